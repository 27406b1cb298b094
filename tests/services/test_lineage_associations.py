"""AddAssociation, DeleteAssociation and ListAssociations."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import pytest
from tests.services.conftest import Client

from trialbook.errors import NotFoundError, ValidationError
from trialbook.services.context import Call


def artifact(client: Client, name: str, artifact_type: str = "DataSet") -> str:
    source = {"SourceUri": f"s3://b/{name}"}
    return str(client("CreateArtifact", ArtifactName=name, Source=source, ArtifactType=artifact_type)["ArtifactArn"])


def action(client: Client, name: str, action_type: str = "ModelDeployment") -> str:
    return str(
        client("CreateAction", ActionName=name, Source={"SourceUri": "s3://b/x"}, ActionType=action_type)["ActionArn"]
    )


def component(client: Client, name: str) -> str:
    return str(client("CreateTrialComponent", TrialComponentName=name)["TrialComponentArn"])


def link(client: Client, source: str, destination: str, *types: str) -> None:
    for one in types or (None,):
        chosen = {"AssociationType": one} if one else {}
        answer = client("AddAssociation", SourceArn=source, DestinationArn=destination, **chosen)
        assert answer == {"SourceArn": source, "DestinationArn": destination}


def listed(client: Client, **filters: Any) -> list[tuple[str, str, str]]:
    """Give (source, destination, type) of all pages; the names at the ends of the ARNs."""
    found, token = list[tuple[str, str, str]](), None
    while True:
        page = client("ListAssociations", **filters, **({"NextToken": token} if token else {}))
        found += [
            (one["SourceArn"].split("/")[-1], one["DestinationArn"].split("/")[-1], one["AssociationType"])
            for one in page["AssociationSummaries"]
        ]
        token = page.get("NextToken")
        if token is None:
            return found


@pytest.fixture
def star(client: Client) -> list[str]:
    """Give the ARNs of five actions, each associated with the next one, oldest first."""
    arns = [action(client, f"a{index}", f"T{index % 2}") for index in range(5)]
    for source, destination in itertools.pairwise(arns):
        link(client, source, destination, "ContributedTo")
    return arns


def test_a_summary_tells_both_ends_and_who_made_it(client: Client) -> None:
    source, destination = artifact(client, "data"), component(client, "run")
    link(client, source, destination, "ContributedTo")
    (summary,) = client("ListAssociations", SourceArn=source)["AssociationSummaries"]
    assert summary.pop("CreationTime") > 0
    assert summary.pop("CreatedBy")["UserProfileName"] == "tester"
    assert summary == {
        "SourceArn": source,
        "SourceName": "data",
        "SourceType": "DataSet",
        "DestinationArn": destination,
        "DestinationName": "run",
        "DestinationType": "SageMakerExperimentTrialComponent",
        "AssociationType": "ContributedTo",
    }


def test_a_summary_shows_the_name_an_artifact_has_now(client: Client) -> None:
    source, destination = artifact(client, "data"), action(client, "act")
    link(client, source, destination)
    client("UpdateArtifact", ArtifactArn=source, ArtifactName="renamed")
    assert client("ListAssociations")["AssociationSummaries"][0]["SourceName"] == "renamed"


def test_the_type_is_associated_with_when_none_is_named(client: Client) -> None:
    link(client, action(client, "one"), action(client, "two"))
    assert listed(client) == [("one", "two", "AssociatedWith")]


def test_the_same_association_twice_already_exists(client: Client) -> None:
    one, two = action(client, "one"), action(client, "two")
    link(client, one, two, "Produced")
    with pytest.raises(ValidationError, match="already exists"):
        link(client, one, two, "Produced")
    link(client, one, two, "DerivedFrom")
    link(client, two, one, "Produced")
    assert len(listed(client)) == 3


def test_a_delete_takes_every_type_and_one_direction(client: Client) -> None:
    one, two = action(client, "one"), action(client, "two")
    link(client, one, two, "Produced", "DerivedFrom")
    link(client, two, one)
    client("DeleteAssociation", SourceArn=one, DestinationArn=two)
    assert listed(client) == [("two", "one", "AssociatedWith")]
    with pytest.raises(NotFoundError, match="There is no association"):
        client("DeleteAssociation", SourceArn=one, DestinationArn=two)


def test_an_entity_cannot_be_associated_with_itself(client: Client) -> None:
    one = action(client, "one")
    with pytest.raises(ValidationError, match="with itself"):
        link(client, one, one)


def test_two_experiment_entities_cannot_be_associated(client: Client) -> None:
    experiment = client("CreateExperiment", ExperimentName="e")["ExperimentArn"]
    with pytest.raises(ValidationError, match="both experiment entities"):
        link(client, component(client, "one"), component(client, "two"))
    with pytest.raises(ValidationError, match="both experiment entities"):
        link(client, component(client, "three"), experiment)
    link(client, experiment, action(client, "fine"))


def test_an_end_that_is_missing_is_not_found(client: Client) -> None:
    one = action(client, "one")
    gone = one.replace("/one", "/gone")
    with pytest.raises(NotFoundError, match="gone"):
        link(client, one, gone)
    with pytest.raises(NotFoundError, match="gone"):
        client("ListAssociations", SourceArn=gone)


@pytest.mark.parametrize(
    ("path", "hint"), [("training-job/j", "<job>-aws-training-job"), ("endpoint/e", "its context"), ("model/m", "")]
)
def test_an_end_of_another_kind_is_told_what_stands_for_it(client: Client, path: str, hint: str) -> None:
    one = action(client, "one")
    with pytest.raises(ValidationError, match="cannot be an end of an association") as caught:
        link(client, one, one.replace("action/one", path))
    assert hint in caught.value.message


def test_trial_membership_is_no_association(client: Client) -> None:
    client("CreateExperiment", ExperimentName="e")
    client("CreateTrial", TrialName="t", ExperimentName="e")
    run = component(client, "run")
    client("AssociateTrialComponent", TrialComponentName="run", TrialName="t")
    assert listed(client) == listed(client, SourceArn=run) == []


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_pages_go_from_the_newest_to_the_oldest(client: Client, star: list[str], limit: int) -> None:
    newest_first = [("a3", "a4"), ("a2", "a3"), ("a1", "a2"), ("a0", "a1")]
    assert [one[:2] for one in listed(client, MaxResults=limit)] == newest_first
    assert [one[:2] for one in listed(client, MaxResults=limit, SortOrder="Ascending")] == newest_first[::-1]


@pytest.mark.parametrize("by", ["SourceArn", "DestinationArn", "SourceType", "DestinationType"])
@pytest.mark.parametrize("order", ["Ascending", "Descending"])
def test_every_order_pages_through_all(client: Client, star: list[str], by: str, order: str) -> None:
    found, token = list[Any](), None
    while True:
        request = {"SortBy": by, "SortOrder": order, "MaxResults": 1, **({"NextToken": token} if token else {})}
        page = client("ListAssociations", **request)
        found += page["AssociationSummaries"]
        token = page.get("NextToken")
        if token is None:
            break
    values = [one[by] for one in found]
    assert len({one["SourceArn"] for one in found}) == 4
    assert values == sorted(values, reverse=order == "Descending")


def test_pages_neither_repeat_nor_skip_while_others_write(client: Client, star: list[str]) -> None:
    page = client("ListAssociations", MaxResults=2)
    link(client, star[0], star[4])
    rest = client("ListAssociations", MaxResults=2, NextToken=page["NextToken"])
    pairs = [(one["SourceArn"], one["DestinationArn"]) for one in page["AssociationSummaries"]]
    pairs += [(one["SourceArn"], one["DestinationArn"]) for one in rest["AssociationSummaries"]]
    assert pairs == list(itertools.pairwise(star))[::-1]
    assert "NextToken" not in rest


@pytest.mark.parametrize("token", ["junk", "W10=", "é", "WyJDcmVhdGlvblRpbWUiLCAiIiwgdHJ1ZV0="])
def test_a_token_that_is_none_of_ours_is_refused(client: Client, token: str) -> None:
    with pytest.raises(ValidationError, match="Invalid pagination token"):
        client("ListAssociations", NextToken=token)


def test_a_token_of_another_order_is_refused(client: Client, star: list[str]) -> None:
    token = client("ListAssociations", MaxResults=1)["NextToken"]
    with pytest.raises(ValidationError, match="Invalid pagination token"):
        client("ListAssociations", SortBy="SourceArn", NextToken=token)


def test_lists_filter_by_ends_types_and_association_type(client: Client) -> None:
    data, image = artifact(client, "data"), artifact(client, "image", "Image")
    run, act = component(client, "run"), action(client, "act")
    link(client, data, run, "ContributedTo")
    link(client, image, run, "DerivedFrom")
    link(client, run, act, "Produced")
    hashes = {one: one.split("/")[-1] for one in (data, image)}
    assert listed(client, DestinationArn=run, SourceType="Image") == [(hashes[image], "run", "DerivedFrom")]
    assert listed(client, SourceArn=data, DestinationArn=run) == [(hashes[data], "run", "ContributedTo")]
    assert listed(client, AssociationType="Produced") == [("run", "act", "Produced")]
    assert listed(client, DestinationType="ModelDeployment") == [("run", "act", "Produced")]
    assert listed(client, SourceArn=run, DestinationArn=data) == []


def test_the_kind_of_an_end_is_a_type_too(client: Client) -> None:
    """`ModelArtifact.endpoints()` of the SDK asks for the destinations that are an Action, then a Context."""
    run, act = component(client, "run"), action(client, "act")
    link(client, run, act)
    assert listed(client, DestinationType="Action") == listed(client, SourceType="TrialComponent") != []
    assert listed(client, DestinationType="Context") == listed(client, DestinationType="SageMakerAction") == []


@pytest.mark.parametrize("spelling", ["SageMakerTrainingJob", "TrainingJob"])
def test_a_jobs_component_is_found_by_both_spellings(client: Client, spelling: str) -> None:
    client.train("job")
    found = listed(client, DestinationType=spelling)
    assert {one[1] for one in found} == {"job-aws-training-job"}
    summary = client("ListAssociations", DestinationType=spelling)["AssociationSummaries"][0]
    assert summary["DestinationType"] == "SageMakerTrainingJob"
    assert summary["AssociationType"] == "ContributedTo"


def test_the_bounds_of_time_belong_to_the_span(client: Client) -> None:
    now = [100.0]
    workspace = dataclasses.replace(client.call.workspace, clock=lambda: now[0])
    timed = Client(Call(workspace, client.call.scope, "tester", "r"))
    arns = [action(timed, f"a{index}") for index in range(4)]
    for index, (source, destination) in enumerate(itertools.pairwise(arns)):
        now[0] = 100.0 + index
        link(timed, source, destination)
    assert [one[0] for one in listed(timed, CreatedAfter=101.0)] == ["a2", "a1"]
    assert [one[0] for one in listed(timed, CreatedBefore=101.0)] == ["a1", "a0"]


def test_without_an_end_only_the_scopes_own_are_listed(client: Client) -> None:
    scope = dataclasses.replace(client.call.scope, region="eu-west-1")
    there = Client(dataclasses.replace(client.call, scope=scope))
    link(there, action(there, "x"), action(there, "y"))
    assert listed(client) == []
    assert listed(there) == [("x", "y", "AssociatedWith")]


def test_a_restored_entity_has_its_associations_back(client: Client) -> None:
    one, two = action(client, "one"), component(client, "run")
    link(client, one, two)
    client("DeleteTrialComponent", TrialComponentName="run")
    assert listed(client) == []
    (item,) = client.call.store.bin()
    client.call.store.write(lambda tx: tx.restore(item.id))
    assert listed(client) == [("one", "run", "AssociatedWith")]
