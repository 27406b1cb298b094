"""Experiments, trials and trial components through a real boto3 client."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def client(live_server: Any) -> Any:
    return live_server.client("sagemaker")


def code_of(raised: pytest.ExceptionInfo[ClientError]) -> tuple[str, str]:
    error = raised.value.response["Error"]
    return error["Code"], error["Message"]


def test_an_experiment_keeps_every_field_it_was_given(client: Any) -> None:
    arn = client.create_experiment(
        ExperimentName="Churn", DisplayName="Churn 2026", Description="d", Tags=[{"Key": "Project", "Value": "P"}]
    )["ExperimentArn"]
    found = client.describe_experiment(ExperimentName="churn")
    assert arn == "arn:aws:sagemaker:us-east-1:000000000000:experiment/churn"
    assert (found["ExperimentName"], found["DisplayName"], found["Description"]) == ("Churn", "Churn 2026", "d")
    assert found["CreatedBy"]["UserProfileName"] == "AKIATEST"
    assert client.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "Project", "Value": "P"}]


def test_a_display_name_defaults_to_the_name(client: Any) -> None:
    client.create_experiment(ExperimentName="e")
    assert client.describe_experiment(ExperimentName="e")["DisplayName"] == "e"


@pytest.mark.parametrize(
    ("operation", "arguments", "word"),
    [
        ("create_experiment", {"ExperimentName": "taken"}, "Experiment"),
        ("create_trial", {"TrialName": "taken", "ExperimentName": "taken"}, "Trial"),
        ("create_trial_component", {"TrialComponentName": "taken"}, "TrialComponent"),
    ],
)
def test_a_taken_name_is_the_error_that_the_sdk_matches(
    client: Any, operation: str, arguments: dict[str, str], word: str
) -> None:
    if operation != "create_experiment":
        client.create_experiment(ExperimentName="taken")
    getattr(client, operation)(**arguments)
    with pytest.raises(ClientError) as raised:
        getattr(client, operation)(**{key: value.upper() for key, value in arguments.items()})
    code, message = code_of(raised)
    assert code == "ValidationException"
    assert "already exists" in message
    assert message.startswith(f"{word} names must be unique")


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("describe_experiment", {"ExperimentName": "no"}),
        ("update_experiment", {"ExperimentName": "no"}),
        ("delete_experiment", {"ExperimentName": "no"}),
        ("describe_trial", {"TrialName": "no"}),
        ("create_trial", {"TrialName": "t", "ExperimentName": "no"}),
        ("describe_trial_component", {"TrialComponentName": "no"}),
        ("update_trial_component", {"TrialComponentName": "no"}),
        ("associate_trial_component", {"TrialComponentName": "no", "TrialName": "no"}),
        ("list_trials", {"ExperimentName": "no"}),
        ("list_trial_components", {"TrialName": "no"}),
    ],
)
def test_what_does_not_exist_is_resource_not_found(client: Any, operation: str, arguments: dict[str, str]) -> None:
    with pytest.raises(client.exceptions.ResourceNotFound, match="does not exist in account 000000000000"):
        getattr(client, operation)(**arguments)


def test_an_update_merges_maps_and_removes_only_what_is_named(client: Any) -> None:
    client.create_trial_component(
        TrialComponentName="tc",
        Parameters={"lr": {"NumberValue": 0.1}, "loss": {"StringValue": "log"}},
        InputArtifacts={"data": {"Value": "s3://b/d", "MediaType": "text/csv"}},
    )
    client.update_trial_component(
        TrialComponentName="tc",
        Parameters={"lr": {"NumberValue": 0.2}, "depth": {"NumberValue": 5}},
        ParametersToRemove=["loss", "never-there"],
    )
    found = client.describe_trial_component(TrialComponentName="tc")
    assert found["Parameters"] == {"lr": {"NumberValue": 0.2}, "depth": {"NumberValue": 5}}
    assert found["InputArtifacts"] == {"data": {"Value": "s3://b/d", "MediaType": "text/csv"}}
    assert found["OutputArtifacts"] == {}


def test_a_key_both_set_and_removed_is_refused_and_changes_nothing(client: Any) -> None:
    client.create_trial_component(TrialComponentName="tc", Parameters={"lr": {"NumberValue": 0.1}})
    with pytest.raises(ClientError, match="'lr' is in both Parameters and ParametersToRemove"):
        client.update_trial_component(
            TrialComponentName="tc", Parameters={"lr": {"NumberValue": 1}}, ParametersToRemove=["lr"]
        )
    assert client.describe_trial_component(TrialComponentName="tc")["Parameters"] == {"lr": {"NumberValue": 0.1}}


def test_a_long_status_message_is_cut_and_the_run_kept(client: Any) -> None:
    client.create_trial_component(TrialComponentName="tc")
    client.update_trial_component(TrialComponentName="tc", Status={"PrimaryStatus": "Failed", "Message": "x" * 5000})
    assert client.describe_trial_component(TrialComponentName="tc")["Status"]["Message"] == "x" * 1024


def test_deleting_goes_from_the_bottom_up(client: Any) -> None:
    client.create_experiment(ExperimentName="e")
    client.create_trial(TrialName="t", ExperimentName="e")
    client.create_trial_component(TrialComponentName="tc")
    client.associate_trial_component(TrialComponentName="tc", TrialName="t")
    for operation, arguments, why in (
        ("delete_experiment", {"ExperimentName": "e"}, "holds 1 trial "),
        ("delete_trial", {"TrialName": "t"}, "holds 1 trial component "),
        ("delete_trial_component", {"TrialComponentName": "tc"}, "belongs to 't'"),
    ):
        with pytest.raises(ClientError, match=why):
            getattr(client, operation)(**arguments)
    client.disassociate_trial_component(TrialComponentName="tc", TrialName="t")
    client.delete_trial_component(TrialComponentName="tc")
    client.delete_trial(TrialName="t")
    client.delete_experiment(ExperimentName="e")
    client.create_experiment(ExperimentName="e")


def test_lists_filter_sort_and_page(client: Any) -> None:
    client.create_experiment(ExperimentName="e")
    for index in range(25):
        client.create_trial(TrialName=f"t-{index:02}", ExperimentName="e")
    pages = client.get_paginator("list_trials").paginate(
        ExperimentName="E", SortBy="Name", SortOrder="Ascending", PaginationConfig={"PageSize": 7}
    )
    names = [[trial["TrialName"] for trial in page["TrialSummaries"]] for page in pages]
    assert [len(page) for page in names] == [7, 7, 7, 4]
    assert [name for page in names for name in page] == [f"t-{index:02}" for index in range(25)]
    newest = client.list_trials()["TrialSummaries"]
    assert [trial["TrialName"] for trial in newest][:2] == ["t-24", "t-23"]
    assert len(newest) == 10


def test_components_are_listed_by_experiment_trial_and_trials_by_component(client: Any) -> None:
    client.create_experiment(ExperimentName="e")
    client.create_trial(TrialName="t1", ExperimentName="e")
    client.create_trial(TrialName="t2", ExperimentName="e")
    for name in ("a", "b"):
        client.create_trial_component(TrialComponentName=name)
    client.associate_trial_component(TrialComponentName="a", TrialName="t1")
    client.associate_trial_component(TrialComponentName="a", TrialName="t1")
    client.associate_trial_component(TrialComponentName="a", TrialName="t2")

    def components(**of: str) -> list[str]:
        found = client.list_trial_components(**of)["TrialComponentSummaries"]
        return [one["TrialComponentName"] for one in found]

    assert components(ExperimentName="E") == components(TrialName="t2") == ["a"]
    assert set(components()) == {"a", "b"}
    trials = client.list_trials(TrialComponentName="a")["TrialSummaries"]
    assert {one["TrialName"] for one in trials} == {"t1", "t2"}
    assert client.list_trials(TrialComponentName="b")["TrialSummaries"] == []


def test_accounts_and_regions_keep_their_own_state(live_server: Any) -> None:
    live_server.client("sagemaker", "us-east-1").create_experiment(ExperimentName="e")
    elsewhere = live_server.client("sagemaker", "eu-west-1")
    assert elsewhere.list_experiments()["ExperimentSummaries"] == []
    elsewhere.create_experiment(ExperimentName="e")


def test_tags_are_added_replaced_listed_and_removed(client: Any) -> None:
    arn = client.create_trial_component(TrialComponentName="tc", Tags=[{"Key": "a", "Value": "1"}])["TrialComponentArn"]
    full = client.add_tags(ResourceArn=arn, Tags=[{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "3"}])["Tags"]
    assert full == [{"Key": "a", "Value": "3"}, {"Key": "b", "Value": "2"}]
    client.delete_tags(ResourceArn=arn, TagKeys=["a", "never-there"])
    assert client.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "b", "Value": "2"}]
    with pytest.raises(ClientError, match="Could not find resource"):
        client.add_tags(ResourceArn=arn.replace("/tc", "/other"), Tags=[{"Key": "a", "Value": "1"}])
    with pytest.raises(ClientError, match="is not the ARN of a SageMaker resource"):
        client.list_tags(ResourceArn="tc")


def test_quotas_hold_only_with_aws_limits(live_server: Any, strict_server: Any) -> None:
    many = {f"p{index}": {"NumberValue": index} for index in range(301)}
    live_server.client("sagemaker").create_trial_component(TrialComponentName="tc", Parameters=many)
    strict = strict_server.client("sagemaker")
    with pytest.raises(ClientError) as raised:
        strict.create_trial_component(TrialComponentName="tc", Parameters=many)
    assert code_of(raised)[0] in {"ResourceLimitExceeded", "ValidationException"}
    with pytest.raises(ClientError, match="regular expression pattern"):
        strict.create_experiment(ExperimentName="under_scored")
