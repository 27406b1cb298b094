"""Who the caller is, as STS and IAM tell it: everyone is one assumed role of the account, and every role exists.

The SageMaker SDK reads a role's name out of GetCallerIdentity's ARN (it must be that of an assumed role), looks the
role up and hands its ARN to jobs. No permission is checked anywhere, so every simulated action is allowed, and roles
are not kept: creating one and attaching policies to it succeed and change nothing.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING
from urllib.parse import quote

from trialbook.errors import CodedError

if TYPE_CHECKING:
    from trialbook.model import Document
    from trialbook.services.context import Call

EXECUTION_ROLE = "AmazonSageMaker-ExecutionRole-local"
SESSION_SECONDS = 3600
ROLES_SINCE = 1_577_836_800.0
"""The CreateDate of every role, 2020-01-01: roles have always been there."""
TRUST_POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def caller_identity(call: Call) -> Document:
    """Give the account and the ARN of the caller: the execution role in a session named for the user."""
    session = _session_name(call.user)
    return {
        "UserId": f"{_id('AROA', EXECUTION_ROLE)}:{session}",
        "Account": call.scope.account,
        "Arn": _session_arn(call, EXECUTION_ROLE, session),
    }


def assume_role(call: Call, role_arn: str, session: str, seconds: int) -> Document:
    """Give credentials whose access key is as good as any other.

    Raises
    ------
    CodedError
        ValidationError when `role_arn` is not the ARN of a role.
    """
    head, slash, path = role_arn.partition(":role/")
    if not (head.startswith("arn:aws") and slash and path):
        example = role_arn_of(call, EXECUTION_ROLE)
        raise CodedError("ValidationError", f"{role_arn[:200]} is invalid: expected a role's ARN, such as {example}.")
    role = path.rpartition("/")[2]
    user = {"AssumedRoleId": f"{_id('AROA', role)}:{session}", "Arn": _session_arn(call, role, session)}
    return {"Credentials": credentials(call, seconds), "AssumedRoleUser": user}


def credentials(call: Call, seconds: int = SESSION_SECONDS) -> Document:
    """Make temporary credentials; the access key is that of the caller, so that its name stays in the record."""
    return {
        "AccessKeyId": call.user,
        "SecretAccessKey": call.workspace.new_id(),
        "SessionToken": call.workspace.new_id(),
        "Expiration": call.now() + seconds,
    }


def role_arn_of(call: Call, name: str, path: str = "/") -> str:
    """Give a role's ARN."""
    return f"arn:aws:iam::{call.scope.account}:role{path}{name}"


def role(call: Call, name: str, members: Document | None = None) -> Document:
    """Give the role of any name, trusted by SageMaker; the trust policy is URL-encoded JSON, as IAM answers it."""
    given = members or {}
    path = given.get("Path", "/")
    policy = given.get("AssumeRolePolicyDocument") or json.dumps(TRUST_POLICY)
    return {
        "Description": "",
        "MaxSessionDuration": SESSION_SECONDS,
        **given,
        "Path": path,
        "RoleName": name,
        "RoleId": _id("AROA", name),
        "Arn": role_arn_of(call, name, path),
        "CreateDate": ROLES_SINCE,
        "AssumeRolePolicyDocument": quote(policy, safe=""),
    }


def allow_all(actions: list[str], resources: list[str]) -> list[Document]:
    """Give the evaluation of each action on each resource: allowed."""
    return [
        {"EvalActionName": action, "EvalResourceName": resource, "EvalDecision": "allowed"}
        for action in actions
        for resource in resources or ["*"]
    ]


def _session_arn(call: Call, role_name: str, session: str) -> str:
    return f"arn:aws:sts::{call.scope.account}:assumed-role/{role_name}/{session}"


def _session_name(user: str) -> str:
    """Make a user's name fit for an ARN: a slash in it would look like another part."""
    kept = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "_+=,.@-") else "-" for letter in user)
    return kept[:64] or "local"


def _id(prefix: str, name: str) -> str:
    """Give the id of a role: always the same for a name, in the form of AWS's ids."""
    return prefix + hashlib.sha256(name.encode()).hexdigest()[:17].upper()
