"""STS and IAM through real boto3 clients."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.conftest import LiveServer, serve

from trialbook.names import Scope
from trialbook.services import identity
from trialbook.services.context import Call, Workspace
from trialbook.settings import Settings

ACCOUNT = "123456789012"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with serve(Settings(store=str(tmp_path_factory.mktemp("identity") / "store"), account=ACCOUNT)) as live:
        yield live


@pytest.fixture
def sts(server: LiveServer) -> Any:
    return server.client("sts")


@pytest.fixture
def iam(server: LiveServer) -> Any:
    return server.client("iam")


def test_the_caller_is_an_assumed_role_whose_name_the_sdk_can_read(sts: Any) -> None:
    answer = sts.get_caller_identity()
    assert answer["Account"] == ACCOUNT
    # The expression of sagemaker.Session.expand_role's caller, which refuses anything but a role.
    found = re.match(r"^(.+)sts::(\d+):assumed-role/(.+?)/(.*)$", answer["Arn"])
    assert found is not None
    assert found[2] == ACCOUNT
    assert "/" not in found[4]


@pytest.mark.parametrize(("user", "session"), [("ann", "ann"), ("a/b c", "a-b-c"), ("", "local"), ("x" * 99, "x" * 64)])
def test_a_session_is_named_for_the_user_as_far_as_an_arn_allows(workspace: Workspace, user: str, session: str) -> None:
    call = Call(workspace, Scope(ACCOUNT, "us-east-1"), user, "request-1")
    assert identity.caller_identity(call)["Arn"].endswith(f"/{session}")


def test_a_role_can_be_assumed_and_gives_credentials_of_the_same_user(sts: Any) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/service-role/MyRole"
    answer = sts.assume_role(RoleArn=role, RoleSessionName="me", DurationSeconds=900)
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/MyRole/me"
    assert answer["Credentials"]["AccessKeyId"] == "AKIATEST"
    assert set(sts.get_session_token()["Credentials"]) == set(answer["Credentials"])


def test_what_is_no_role_cannot_be_assumed(sts: Any) -> None:
    with pytest.raises(ClientError, match="ValidationError.*expected a role's ARN"):
        sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:user/me-and-more", RoleSessionName="me")


def test_every_role_exists_and_is_trusted_by_sagemaker(iam: Any) -> None:
    role = iam.get_role(RoleName="Any.Name-1")["Role"]
    assert role["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/Any.Name-1"
    statement = role["AssumeRolePolicyDocument"]["Statement"][0]
    assert (statement["Effect"], statement["Principal"]) == ("Allow", {"Service": "sagemaker.amazonaws.com"})
    assert role == iam.get_role(RoleName="Any.Name-1")["Role"]


def test_a_trust_policy_is_url_encoded_as_iam_answers_it(call: Call) -> None:
    policy = identity.role(call, "R")["AssumeRolePolicyDocument"]
    assert policy.startswith("%7B%22Version%22")


def test_making_a_role_and_attaching_a_policy_succeed(iam: Any) -> None:
    policy = '{"Version": "2012-10-17", "Statement": []}'
    role = iam.create_role(RoleName="R", Path="/service-role/", AssumeRolePolicyDocument=policy)["Role"]
    assert role["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/service-role/R"
    assert role["AssumeRolePolicyDocument"]["Statement"] == []
    iam.attach_role_policy(RoleName="R", PolicyArn="arn:aws:iam::aws:policy/AmazonSageMakerFullAccess")


def test_every_action_is_allowed_on_every_resource(iam: Any) -> None:
    actions, resources = ["s3:PutObject", "sagemaker:CreateTrainingJob"], ["arn:aws:s3:::a", "arn:aws:s3:::b"]
    answer = iam.simulate_principal_policy(
        PolicySourceArn=f"arn:aws:iam::{ACCOUNT}:role/R", ActionNames=actions, ResourceArns=resources
    )
    results = [(item["EvalActionName"], item["EvalResourceName"]) for item in answer["EvaluationResults"]]
    assert results == [(action, resource) for action in actions for resource in resources]
    assert {item["EvalDecision"] for item in answer["EvaluationResults"]} == {"allowed"}
