"""Model package groups, model packages and model cards as records."""

from __future__ import annotations

import json
from typing import Any

import pytest

from trialbook.errors import ConflictError, NotFoundError, ValidationError
from trialbook.model import Kind
from trialbook.services import records

ARN = "arn:aws:sagemaker:us-east-1:000000000000:model-package/group"


@pytest.fixture
def group(client: Any) -> None:
    client("CreateModelPackageGroup", ModelPackageGroupName="Group", ModelPackageGroupDescription="d")


def version(client: Any, **members: Any) -> str:
    return str(client("CreateModelPackage", ModelPackageGroupName="group", **members)["ModelPackageArn"])


def package(client: Any, name: str = "group/1", **members: Any) -> Any:
    return client("DescribeModelPackage", ModelPackageName=name, **members)


def test_a_group_is_completed(client: Any, group: None) -> None:
    found = client("DescribeModelPackageGroup", ModelPackageGroupName="group")
    assert (found["ModelPackageGroupStatus"], found["ModelPackageGroupDescription"]) == ("Completed", "d")
    assert found["CreatedBy"]["UserProfileName"] == "tester"


def test_versions_rise_and_are_never_given_twice(client: Any, group: None) -> None:
    assert [version(client), version(client)] == [f"{ARN}/1", f"{ARN}/2"]
    client("DeleteModelPackage", ModelPackageName=f"{ARN}/2")
    assert version(client) == f"{ARN}/3"


def test_a_version_is_found_by_name_and_by_arn(client: Any, group: None) -> None:
    arn = version(client, ModelPackageDescription="first")
    assert package(client, "group/1") == package(client, arn)
    found = package(client, arn)
    assert (found["ModelPackageGroupName"], found["ModelPackageVersion"]) == ("Group", 1)
    assert (found["ModelPackageStatus"], found["ModelPackageStatusDetails"]["ValidationStatuses"]) == ("Completed", [])


def test_a_version_waits_for_approval_and_an_unversioned_package_does_not(client: Any, group: None) -> None:
    version(client)
    client("CreateModelPackage", ModelPackageName="alone")
    assert package(client)["ModelApprovalStatus"] == "PendingManualApproval"
    assert not {"ModelApprovalStatus", "ModelPackageVersion"} & set(package(client, "alone"))


def test_a_package_of_a_taken_name_is_the_error_that_the_sdk_matches(client: Any) -> None:
    client("CreateModelPackage", ModelPackageName="alone", ClientToken="a")
    with pytest.raises(ValidationError, match="ModelPackage already exists"):
        client("CreateModelPackage", ModelPackageName="ALONE", ClientToken="b")


def test_a_create_that_is_sent_again_answers_what_the_first_made(client: Any, group: None) -> None:
    assert version(client, ClientToken="token") == version(client, ClientToken="token") == f"{ARN}/1"
    twice = [client("CreateModelPackage", ModelPackageName="alone", ClientToken="t")["ModelPackageArn"] for _ in "ab"]
    assert twice[0] == twice[1]


@pytest.mark.parametrize("members", [{}, {"ModelPackageName": "a", "ModelPackageGroupName": "group"}])
def test_a_package_has_a_name_or_a_group(client: Any, group: None, members: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="one of the two"):
        client("CreateModelPackage", **members)


def test_a_version_needs_its_group(client: Any) -> None:
    with pytest.raises(ValidationError, match="Could not find model package group"):
        version(client)


def test_an_update_merges_metadata_and_replaces_the_rest(client: Any, group: None) -> None:
    arn = version(client, CustomerMetadataProperties={"a": "1", "b": "2"}, SourceUri="s3://b/old")
    client(
        "UpdateModelPackage",
        ModelPackageArn=arn,
        ModelApprovalStatus="Approved",
        ApprovalDescription="good",
        CustomerMetadataProperties={"c": "3"},
        CustomerMetadataPropertiesToRemove=["a"],
        AdditionalInferenceSpecificationsToAdd=[{"Name": "x", "Containers": [{"Image": "i"}]}],
        ModelLifeCycle={"Stage": "Production", "StageStatus": "Live"},
    )
    found = package(client)
    assert (found["ModelApprovalStatus"], found["ApprovalDescription"]) == ("Approved", "good")
    assert found["CustomerMetadataProperties"] == {"b": "2", "c": "3"}
    assert [one["Name"] for one in found["AdditionalInferenceSpecifications"]] == ["x"]
    assert found["ModelLifeCycle"]["Stage"] == "Production"
    assert found["SourceUri"] == "s3://b/old"


def test_an_additional_specification_of_a_taken_name_is_refused(client: Any, group: None) -> None:
    added = [{"Name": "x", "Containers": [{"Image": "i"}]}]
    arn = version(client, AdditionalInferenceSpecifications=added)
    with pytest.raises(ValidationError, match="named 'x' already"):
        client("UpdateModelPackage", ModelPackageArn=arn, AdditionalInferenceSpecificationsToAdd=added)


def test_the_approval_is_an_action_of_the_packages_status(client: Any, group: None) -> None:
    arn = version(client)
    client("UpdateModelPackage", ModelPackageArn=arn, ModelApprovalStatus="Rejected")
    action = records.document(
        records.require(client.call.store, client.call, Kind.ACTION, "group-1-aws-model-approval")
    )
    assert (action["ActionType"], action["Status"], action["Source"]["SourceUri"]) == ("Approval", "Rejected", arn)


def test_a_batch_names_what_is_there_and_what_is_not(client: Any, group: None) -> None:
    arn = version(client, InferenceSpecification={"Containers": [{"Image": "i"}]})
    answer = client("BatchDescribeModelPackage", ModelPackageArnList=[arn, f"{ARN}/9"])
    assert list(answer["ModelPackageSummaries"]) == [arn]
    assert answer["BatchDescribeModelPackageErrorMap"][f"{ARN}/9"]["ErrorCode"] == "ValidationException"


def test_a_group_with_versions_cannot_be_deleted(client: Any, group: None) -> None:
    version(client)
    with pytest.raises(ConflictError, match="holds 1 model package:"):
        client("DeleteModelPackageGroup", ModelPackageGroupName="group")
    client("DeleteModelPackage", ModelPackageName="group/1")
    client("DeleteModelPackageGroup", ModelPackageGroupName="group")
    with pytest.raises(ValidationError, match="Could not find model package group"):
        client("DescribeModelPackageGroup", ModelPackageGroupName="group")


def test_a_groups_policy_is_put_read_and_removed(client: Any, group: None) -> None:
    name, policy = {"ModelPackageGroupName": "group"}, json.dumps({"Version": "2012-10-17", "Statement": []})
    client("PutModelPackageGroupPolicy", **name, ResourcePolicy=policy)
    assert client("GetModelPackageGroupPolicy", **name) == {"ResourcePolicy": policy}
    client("DeleteModelPackageGroupPolicy", **name)
    for operation in ("GetModelPackageGroupPolicy", "DeleteModelPackageGroupPolicy"):
        with pytest.raises(ValidationError, match="Cannot find resource policy"):
            client(operation, **name)


@pytest.mark.parametrize("policy", ["{", "[]"])
def test_a_policy_is_a_json_object(client: Any, group: None, policy: str) -> None:
    with pytest.raises(ValidationError, match="JSON"):
        client("PutModelPackageGroupPolicy", ModelPackageGroupName="group", ResourcePolicy=policy)


CONTENT = {
    "model_overview": {"model_id": "m-1", "model_name": "M", "model_description": "secret"},
    "intended_uses": {"risk_rating": "High", "intended_uses": "secret"},
    "business_details": {"business_problem": "secret"},
}


@pytest.fixture
def card(client: Any) -> None:
    client("CreateModelCard", ModelCardName="Card", Content=json.dumps(CONTENT), ModelCardStatus="Draft")


def describe_card(client: Any, **members: Any) -> Any:
    return client("DescribeModelCard", ModelCardName="card", **members)


def test_a_card_keeps_every_version(client: Any, card: None) -> None:
    client("UpdateModelCard", ModelCardName="card", ModelCardStatus="Approved")
    client("UpdateModelCard", ModelCardName="card", Content='{"model_overview": {"model_id": "m-2"}}')
    newest = describe_card(client)
    assert (newest["ModelCardVersion"], newest["ModelCardStatus"]) == (3, "Approved")
    first = describe_card(client, ModelCardVersion=1)
    assert (first["ModelCardVersion"], first["ModelCardStatus"]) == (1, "Draft")
    assert json.loads(first["Content"]) == CONTENT
    assert json.loads(describe_card(client, ModelCardVersion=2)["Content"]) == CONTENT


def test_a_version_that_is_not_there_is_named_beside_those_that_are(client: Any, card: None) -> None:
    with pytest.raises(NotFoundError, match="no version 2: its versions are 1 to 1"):
        describe_card(client, ModelCardVersion=2)


@pytest.mark.parametrize("content", ["", "{", "[1]", '"text"'])
def test_content_is_a_json_object(client: Any, card: None, content: str) -> None:
    with pytest.raises(ValidationError, match="JSON"):
        client("CreateModelCard", ModelCardName="other", Content=content, ModelCardStatus="Draft")
    with pytest.raises(ValidationError, match="JSON"):
        client("UpdateModelCard", ModelCardName="card", Content=content)


def test_metadata_only_leaves_the_public_members_of_the_content(client: Any, card: None) -> None:
    shown = json.loads(describe_card(client, IncludedData="MetadataOnly")["Content"])
    assert shown == {
        "model_overview": {"model_id": "m-1", "model_name": "M"},
        "intended_uses": {"risk_rating": "High"},
    }


def test_a_taken_name_is_a_conflict_and_a_missing_card_does_not_exist(client: Any, card: None) -> None:
    with pytest.raises(ConflictError, match="already exists"):
        client("CreateModelCard", ModelCardName="CARD", Content="{}", ModelCardStatus="Draft")
    client("DeleteModelCard", ModelCardName="card")
    for operation in ("DescribeModelCard", "DeleteModelCard"):
        with pytest.raises(NotFoundError, match="does not exist"):
            client(operation, ModelCardName="card")


def test_the_versions_are_listed_by_number_page_by_page(client: Any, card: None) -> None:
    for status in ("PendingReview", "Approved", "Archived"):
        client("UpdateModelCard", ModelCardName="card", ModelCardStatus=status)
    seen: list[int] = []
    request: dict[str, Any] = {"ModelCardName": "card", "MaxResults": 3, "SortOrder": "Descending"}
    while True:
        answer = client("ListModelCardVersions", **request)
        seen += [one["ModelCardVersion"] for one in answer["ModelCardVersionSummaryList"]]
        if "NextToken" not in answer:
            break
        request["NextToken"] = answer["NextToken"]
    assert seen == [4, 3, 2, 1]
    drafts = client("ListModelCardVersions", ModelCardName="card", ModelCardStatus="Draft")
    assert [one["ModelCardVersion"] for one in drafts["ModelCardVersionSummaryList"]] == [1]


def test_a_made_up_token_is_refused(client: Any, card: None) -> None:
    with pytest.raises(ValidationError, match="Invalid pagination token because"):
        client("ListModelCardVersions", ModelCardName="card", NextToken="junk")
