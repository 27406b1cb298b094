"""A job's trial component, the trial or run it goes to, and the lineage it leaves."""

from __future__ import annotations

from typing import Any

import pytest

from trialbook.errors import NotFoundError, ValidationError
from trialbook.model import Kind
from trialbook.services import job_records, records
from trialbook.services.associations import ASSOCIATION_TYPES
from trialbook.store.interface import Transaction

COMPONENT = "job-1-aws-training-job"


def component(client: Any, name: str = COMPONENT) -> Any:
    return client("DescribeTrialComponent", TrialComponentName=name)


def neighbours(client: Any, name: str, *, incoming: bool) -> set[tuple[str, str, str]]:
    """Give (association, type, source URI) of what is associated with a component."""
    call = client.call
    entity = records.require(call.store, call, Kind.TRIAL_COMPONENT, name)
    edges = [one for one in call.store.edges_of([entity.id], incoming=incoming) if one.label in ASSOCIATION_TYPES]
    found = call.store.get_many([edge.source if incoming else edge.target for edge in edges])
    return {
        (edge.label, one.doc["ArtifactType"], one.doc["Source"]["SourceUri"])
        for edge, one in zip(edges, found, strict=True)
    }


@pytest.fixture
def experiment(client: Any) -> None:
    client("CreateExperiment", ExperimentName="exp")
    client("CreateExperiment", ExperimentName="other")
    client("CreateTrial", TrialName="trial", ExperimentName="exp")


def test_a_job_has_a_component_that_names_it_as_its_source(client: Any) -> None:
    arn = client.train("job-1")["TrainingJobArn"]
    found = component(client)
    assert found["Source"] == {"SourceArn": arn, "SourceType": "SageMakerTrainingJob"}
    assert found["Status"]["PrimaryStatus"] == "Completed"
    assert {"StartTime", "EndTime"} <= set(found)


def test_the_component_shows_parameters_inputs_and_outputs(client: Any) -> None:
    client.train("job-1", HyperParameters={"eta": "0.2", "name": '"abc"'})
    found = component(client)
    assert found["Parameters"] == {
        "eta": {"NumberValue": 0.2},
        "name": {"StringValue": "abc"},
        "SageMaker.InstanceType": {"StringValue": "ml.m5.large"},
        "SageMaker.InstanceCount": {"NumberValue": 1.0},
        "SageMaker.VolumeSizeInGB": {"NumberValue": 30.0},
    }
    assert found["InputArtifacts"]["train"] == {"Value": "s3://b/train", "MediaType": "text/csv"}
    assert "sagemaker-xgboost" in found["InputArtifacts"]["SageMaker.ImageUri"]["Value"]
    model = {"SageMaker.ModelArtifact": {"Value": "s3://b/out/job-1/output/model.tar.gz"}}
    assert found["OutputArtifacts"] == model


def test_without_an_experiment_the_component_is_unassigned(client: Any, experiment: None) -> None:
    client.train("job-1", ExperimentConfig={"TrialComponentDisplayName": "my job"})
    doc = records.require(client.call.store, client.call, Kind.TRIAL_COMPONENT, COMPONENT).doc
    assert doc is not None
    assert (doc["Parents"], doc["DisplayName"]) == ([], "my job")


def test_a_named_trial_gets_the_component(client: Any, experiment: None) -> None:
    config = {"ExperimentName": "exp", "TrialName": "trial", "TrialComponentDisplayName": "d"}
    client.train("job-1", ExperimentConfig=config)
    assert parents(client, COMPONENT) == [("trial", "exp")]
    assert client("DescribeTrainingJob", TrainingJobName="job-1")["ExperimentConfig"] == config


def test_an_experiment_alone_gets_a_new_trial_with_the_component(client: Any, experiment: None) -> None:
    client.train("job-1", ExperimentConfig={"ExperimentName": "exp"})
    [(trial, of)] = parents(client, COMPONENT)
    assert of == "exp"
    assert trial != "trial"
    assert client("DescribeTrial", TrialName=trial)["ExperimentName"] == "exp"


def test_a_trial_of_another_experiment_is_refused(client: Any, experiment: None) -> None:
    with pytest.raises(ValidationError, match="belongs to experiment 'exp', not to 'other'"):
        client.train("job-1", ExperimentConfig={"ExperimentName": "other", "TrialName": "trial"})


def parents(client: Any, name: str) -> list[tuple[str, str]]:
    doc = records.require(client.call.store, client.call, Kind.TRIAL_COMPONENT, name).doc
    assert doc is not None
    return [(one["TrialName"], one["ExperimentName"]) for one in doc["Parents"]]


class TestInARun:
    """`ExperimentConfig.RunName`: the user sees one run."""

    @pytest.fixture(autouse=True)
    def run(self, client: Any, experiment: None) -> None:
        client("CreateTrialComponent", TrialComponentName="exp-run", Parameters={"mine": {"NumberValue": 1.0}})
        client("AssociateTrialComponent", TrialComponentName="exp-run", TrialName="trial")

    def train(self, client: Any, **config: str) -> None:
        client.train("job-1", ExperimentConfig={"ExperimentName": "exp", "RunName": "exp-run", **config})

    def test_the_run_gets_parameters_and_artifacts_beside_its_own(self, client: Any) -> None:
        self.train(client)
        found = component(client, "exp-run")
        assert found["Parameters"]["mine"] == {"NumberValue": 1.0}
        assert found["Parameters"]["eta"] == {"NumberValue": 0.2}
        assert "SageMaker.ModelArtifact" in found["OutputArtifacts"]

    def test_the_run_lists_the_job_among_its_sources_once(self, client: Any) -> None:
        self.train(client)
        sources = component(client, "exp-run")["Sources"]
        arn = client("DescribeTrainingJob", TrainingJobName="job-1")["TrainingJobArn"]
        assert sources == [{"SourceArn": arn, "SourceType": "SageMakerTrainingJob"}]

    def test_the_jobs_own_component_stays_unassigned(self, client: Any) -> None:
        self.train(client, TrialName="trial")
        assert parents(client, COMPONENT) == []
        assert parents(client, "exp-run") == [("trial", "exp")]

    def test_no_trial_is_made_for_a_run_that_is_in_the_experiment(self, client: Any) -> None:
        self.train(client)
        assert parents(client, "exp-run") == [("trial", "exp")]

    def test_a_status_that_the_user_set_is_kept(self, client: Any) -> None:
        status = {"PrimaryStatus": "InProgress", "Message": "Within a run context"}
        client("UpdateTrialComponent", TrialComponentName="exp-run", Status=status)
        self.train(client)
        assert component(client, "exp-run")["Status"] == status

    def test_a_run_without_a_status_follows_the_jobs(self, client: Any, held: Any) -> None:
        self.train(held)
        assert component(client, "exp-run")["Status"]["PrimaryStatus"] == "InProgress"
        client("StopTrainingJob", TrainingJobName="job-1")
        assert component(client, "exp-run")["Status"]["PrimaryStatus"] == "Stopped"
        assert len(component(client, "exp-run")["Sources"]) == 1

    def test_a_run_name_without_the_experiments_is_an_error_that_names_the_component(self, client: Any) -> None:
        with pytest.raises(NotFoundError, match="Did you mean 'exp-run'"):
            client.train("job-1", ExperimentConfig={"ExperimentName": "exp", "RunName": "run"})


def test_inputs_contributed_and_outputs_were_produced(client: Any) -> None:
    client.train("job-1", CheckpointConfig={"S3Uri": "s3://b/check"})
    image = component(client)["InputArtifacts"]["SageMaker.ImageUri"]["Value"]
    assert neighbours(client, COMPONENT, incoming=True) == {
        ("ContributedTo", "Image", image),
        ("ContributedTo", "DataSet", "s3://b/train"),
    }
    assert neighbours(client, COMPONENT, incoming=False) == {
        ("Produced", "Model", "s3://b/out/job-1/output/model.tar.gz"),
        ("Produced", "Checkpoint", "s3://b/check"),
    }


def test_a_job_that_ends_later_shows_its_model_then(client: Any, held: Any) -> None:
    held.train("job-1")
    assert component(client)["OutputArtifacts"] == {}
    call = client.call

    def end(tx: Transaction) -> None:
        job = records.require(tx, call, Kind.TRAINING_JOB, "job-1")
        doc = call.workspace.launcher.start(call, tx, Kind.TRAINING_JOB, records.document(job))
        job_records.change_job(tx, call, job, doc)

    call.store.write(end)
    assert component(client)["Status"]["PrimaryStatus"] == "Completed"
    assert ("Produced", "Model", "s3://b/out/job-1/output/model.tar.gz") in neighbours(
        client, COMPONENT, incoming=False
    )


def test_a_component_that_was_deleted_is_not_made_again(client: Any, held: Any) -> None:
    held.train("job-1")
    client("DeleteTrialComponent", TrialComponentName=COMPONENT)
    client("StopTrainingJob", TrainingJobName="job-1")
    with pytest.raises(NotFoundError):
        component(client)
