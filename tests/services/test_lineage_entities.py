"""Artifacts, contexts and actions: identity, updates, deletes and lists."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from tests.services.conftest import Client

from trialbook.errors import LimitExceededError, NotFoundError, ValidationError
from trialbook.services.artifacts import source_hash
from trialbook.services.context import Call

ETAG = {"SourceIdType": "S3ETag", "Value": '"b8711b8e"'}
KINDS = ("Artifact", "Context", "Action")


def name_of(kind: str, arn: str) -> dict[str, str]:
    """Give the member by which a kind's operations name one."""
    return {"ArtifactArn": arn} if kind == "Artifact" else {f"{kind}Name": arn.rsplit("/", maxsplit=1)[-1]}


def create(client: Client, kind: str, name: str, **members: Any) -> str:
    request = {f"{kind}Name": name, "Source": {"SourceUri": f"s3://b/{name}"}, f"{kind}Type": "T", **members}
    return str(client(f"Create{kind}", **request)[f"{kind}Arn"])


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_created_is_described(client: Client, kind: str) -> None:
    arn = create(client, kind, "One", Properties={"k": "v"}, Tags=[{"Key": "a", "Value": "b"}])
    doc = client(f"Describe{kind}", **name_of(kind, arn))
    assert doc[f"{kind}Name"] == "One"
    assert doc[f"{kind}Arn"] == arn
    assert doc["Source"] == {"SourceUri": "s3://b/One"}
    assert doc["Properties"] == {"k": "v"}
    assert doc["CreatedBy"]["UserProfileName"] == "tester"
    assert doc["LastModifiedTime"] == doc["CreationTime"]
    assert client("ListTags", ResourceArn=arn)["Tags"] == [{"Key": "a", "Value": "b"}]


@pytest.mark.parametrize("kind", KINDS)
def test_an_update_merges_properties_and_a_removal_wins(client: Client, kind: str) -> None:
    arn = create(client, kind, "one", Properties={"a": "1", "b": "2"})
    client(f"Update{kind}", **name_of(kind, arn), Properties={"b": "3", "c": "4"}, PropertiesToRemove=["c", "a"])
    assert client(f"Describe{kind}", **name_of(kind, arn))["Properties"] == {"b": "3"}


@pytest.mark.parametrize("kind", KINDS)
def test_one_that_is_associated_cannot_be_deleted_until_it_is_not(client: Client, kind: str) -> None:
    arn, other = create(client, kind, "one"), create(client, "Artifact", "other")
    client("AddAssociation", SourceArn=arn, DestinationArn=other)
    client("AddAssociation", SourceArn=other, DestinationArn=arn)
    with pytest.raises(ValidationError, match="has 2 associations"):
        client(f"Delete{kind}", **name_of(kind, arn))
    client("DeleteAssociation", SourceArn=arn, DestinationArn=other)
    client("DeleteAssociation", SourceArn=other, DestinationArn=arn)
    assert client(f"Delete{kind}", **name_of(kind, arn)) == {f"{kind}Arn": arn}
    with pytest.raises(NotFoundError, match="does not exist"):
        client(f"Describe{kind}", **name_of(kind, arn))


@pytest.mark.parametrize("kind", ["Context", "Action"])
def test_a_name_is_unique_without_case(client: Client, kind: str) -> None:
    create(client, kind, "one")
    with pytest.raises(ValidationError, match="already exists"):
        create(client, kind, "ONE")


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_filters_by_source_and_by_type(client: Client, kind: str) -> None:
    first, second = create(client, kind, "one"), create(client, kind, "two", **{f"{kind}Type": "U"})

    def listed(**filters: Any) -> list[str]:
        return [one[f"{kind}Arn"] for one in client(f"List{kind}s", **filters)[f"{kind}Summaries"]]

    assert listed(SortOrder="Ascending") == [first, second]
    assert listed(SourceUri="s3://b/two") == [second]
    assert listed(**{f"{kind}Type": "T"}) == [first]
    assert listed(SourceUri="s3://b/two", **{f"{kind}Type": "T"}) == []


def test_an_artifact_needs_no_name(client: Client) -> None:
    arn = client("CreateArtifact", Source={"SourceUri": "s3://b/k"}, ArtifactType="DataSet")["ArtifactArn"]
    assert "ArtifactName" not in client("DescribeArtifact", ArtifactArn=arn)
    client("UpdateArtifact", ArtifactArn=arn, ArtifactName="late")
    assert client("DescribeArtifact", ArtifactArn=arn)["ArtifactName"] == "late"


def test_a_source_has_one_artifact_whatever_its_name_and_type(client: Client) -> None:
    create(client, "Artifact", "one")
    with pytest.raises(ValidationError, match="already exists"):
        client("CreateArtifact", ArtifactName="two", Source={"SourceUri": "s3://b/one"}, ArtifactType="Other")


def test_a_repeat_that_does_not_say_which_bytes_already_exists(client: Client) -> None:
    create(client, "Artifact", "one")
    with pytest.raises(ValidationError, match="already exists"):
        create(client, "Artifact", "one")


def test_the_same_bytes_told_again_are_the_same_artifact(client: Client) -> None:
    request = {"Source": {"SourceUri": "s3://b/roc.json", "SourceTypes": [ETAG]}, "ArtifactType": "ROCCurve"}
    first = client("CreateArtifact", ArtifactName="roc", **request)
    assert client("CreateArtifact", ArtifactName="roc", **request) == first
    with pytest.raises(ValidationError, match="already exists"):
        client("CreateArtifact", ArtifactName="another", **request)


def test_two_versions_of_one_object_are_two_artifacts(client: Client) -> None:
    arns = {
        client(
            "CreateArtifact",
            Source={"SourceUri": "s3://b/k", "SourceTypes": [{"SourceIdType": "S3ETag", "Value": tag}]},
            ArtifactType="T",
        )["ArtifactArn"]
        for tag in "ab"
    }
    assert len(arns) == 2
    assert len(client("ListArtifacts", SourceUri="s3://b/k")["ArtifactSummaries"]) == 2


def test_the_hash_of_a_source_is_the_same_everywhere_and_forgets_the_order_of_its_types() -> None:
    other = {"SourceIdType": "Custom", "Value": "x"}
    one, two = ({"SourceUri": "s3://b/k", "SourceTypes": types} for types in ([ETAG, other], [other, ETAG]))
    assert source_hash(one) == source_hash(two) == "9d9933e58ef6071af77166912c76d2b4"


def test_an_artifact_is_deleted_by_its_source(client: Client) -> None:
    arn = create(client, "Artifact", "one")
    assert client("DeleteArtifact", Source={"SourceUri": "s3://b/one"}) == {"ArtifactArn": arn}
    with pytest.raises(NotFoundError):
        client("DeleteArtifact", Source={"SourceUri": "s3://b/one"})


@pytest.mark.parametrize("both", [False, True])
def test_a_delete_by_neither_or_by_both_is_refused(client: Client, both: bool) -> None:
    arn = create(client, "Artifact", "one")
    request = {"ArtifactArn": arn, "Source": {"SourceUri": "s3://b/one"}} if both else {}
    with pytest.raises(ValidationError, match="either ArtifactArn or Source"):
        client("DeleteArtifact", **request)


def test_thirty_properties_are_the_most_only_under_the_limits(client: Client) -> None:
    many = {f"k{index}": "v" for index in range(31)}
    create(client, "Context", "free", Properties=many)
    settings = dataclasses.replace(client.call.workspace.settings, aws_limits=True)
    strict = Call(dataclasses.replace(client.call.workspace, settings=settings), client.call.scope, "tester", "r")
    with pytest.raises((LimitExceededError, ValidationError)):
        create(Client(strict), "Context", "held", Properties=many)
    create(Client(strict), "Context", "full", Properties=dict(list(many.items())[:30]))
    with pytest.raises(LimitExceededError):
        Client(strict)("UpdateContext", ContextName="full", Properties={"one-more": "v"})


def test_an_artifact_of_another_region_is_another(client: Client) -> None:
    there = Client(dataclasses.replace(client.call, scope=dataclasses.replace(client.call.scope, region="eu-west-1")))
    here_arn, there_arn = create(client, "Artifact", "one"), create(there, "Artifact", "one")
    assert here_arn.split("/")[1] == there_arn.split("/")[1]
    assert here_arn != there_arn


@pytest.mark.parametrize("members", [{}, {"ArtifactArn": "x", "Source": {"SourceUri": "s3://b/one"}}])
def test_a_deletion_names_one_artifact_in_one_way(client: Client, members: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="either ArtifactArn or Source"):
        client("DeleteArtifact", **members)


def test_an_empty_arn_is_no_artifact(client: Client) -> None:
    with pytest.raises((NotFoundError, ValidationError)):
        client("DeleteArtifact", ArtifactArn="")
