"""STS and IAM, as far as the SageMaker SDKs ask them who the caller is and what its role may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.services import identity

if TYPE_CHECKING:
    from trialbook.model import Document
    from trialbook.services.context import Call


def get_caller_identity(call: Call, request: Document) -> Document:  # noqa: ARG001 (a handler's signature)
    """Give account and ARN of the caller."""
    return identity.caller_identity(call)


def assume_role(call: Call, request: Document) -> Document:
    """Give credentials for any role."""
    seconds = request.get("DurationSeconds", identity.SESSION_SECONDS)
    return identity.assume_role(call, request["RoleArn"], request["RoleSessionName"], seconds)


def get_session_token(call: Call, request: Document) -> Document:
    """Give temporary credentials of the caller."""
    return {"Credentials": identity.credentials(call, request.get("DurationSeconds", identity.SESSION_SECONDS))}


def get_role(call: Call, request: Document) -> Document:
    """Give a role; every name is one."""
    return {"Role": identity.role(call, request["RoleName"])}


def create_role(call: Call, request: Document) -> Document:
    """Answer as if the role were made; it exists anyway."""
    kept = {name: value for name, value in request.items() if name not in {"RoleName", "PermissionsBoundary"}}
    if "PermissionsBoundary" in request:
        arn = request["PermissionsBoundary"]
        kept["PermissionsBoundary"] = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}
    return {"Role": identity.role(call, request["RoleName"], kept)}


def attach_role_policy(call: Call, request: Document) -> Document:  # noqa: ARG001 (a handler's signature)
    """Do nothing: no permission is checked."""
    return {}


def simulate_principal_policy(call: Call, request: Document) -> Document:  # noqa: ARG001 (a handler's signature)
    """Allow every action."""
    results = identity.allow_all(request["ActionNames"], request.get("ResourceArns", []))
    return {"EvaluationResults": results, "IsTruncated": False}
