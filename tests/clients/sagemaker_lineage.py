"""The lineage classes of the `sagemaker` SDK, version 2, end to end; run in the clients' environment by its test.

Each step asserts what AWS's own integration tests, or the SDK's documentation, say of it.
"""

from __future__ import annotations

from typing import Any

import sagemaker
from sagemaker.experiments import Run
from sagemaker.lineage.action import Action
from sagemaker.lineage.artifact import Artifact, DatasetArtifact, ModelArtifact
from sagemaker.lineage.association import Association
from sagemaker.lineage.context import Context, EndpointContext
from sagemaker.lineage.lineage_trial_component import LineageTrialComponent
from sagemaker.lineage.query import (
    LineageEntityEnum,
    LineageFilter,
    LineageQuery,
    LineageQueryDirectionEnum,
    LineageSourceEnum,
)
from sagemaker.lineage.visualizer import LineageTableVisualizer

session = sagemaker.Session()
client = session.sagemaker_client


def arns(records: list[Any]) -> set[str]:
    return {getattr(one, "artifact_arn", None) or one.context_arn for one in records}


def entities_are_saved_loaded_listed_and_deleted() -> None:
    made = Artifact.create(
        artifact_name="one",
        source_uri="s3://b/one",
        artifact_type="T",
        properties={"k1": "v1"},
        sagemaker_session=session,
    )
    made.properties = {"k3": "v3"}
    made.properties_to_remove = ["k1"]
    made.save()
    loaded = Artifact.load(made.artifact_arn, sagemaker_session=session)
    assert loaded.properties == {"k3": "v3"}, loaded.properties
    assert loaded.set_tag({"Key": "a", "Value": "b"}) == [{"Key": "a", "Value": "b"}]
    assert [one.artifact_arn for one in Artifact.list(source_uri="s3://b/one", sagemaker_session=session)] == [
        made.artifact_arn
    ]
    context = Context.create(
        context_name="c", source_uri="s3://b/c", context_type="T", properties={"k": "v"}, sagemaker_session=session
    )
    action = Action.create(
        action_name="a", source_uri="s3://b/a", action_type="T", status="InProgress", sagemaker_session=session
    )
    action.status = "Completed"
    action.save()
    assert Action.load("a", sagemaker_session=session).status == "Completed"
    assert [one.context_name for one in Context.list(sagemaker_session=session)] == ["c"]
    for source, destination in ((made.artifact_arn, action.action_arn), (action.action_arn, context.context_arn)):
        Association.create(source_arn=source, destination_arn=destination, sagemaker_session=session)
    assert len(list(Association.list(sagemaker_session=session))) == 2
    for one in (action, context, loaded):
        one.delete(disassociate=True)
    assert not list(Association.list(sagemaker_session=session))
    assert not list(Artifact.list(sagemaker_session=session))


def more_associations_than_a_page_are_listed_newest_first() -> None:
    root = Action.create(action_name="root", source_uri="x", action_type="T", sagemaker_session=session)
    leaves = [
        Action.create(action_name=f"leaf{index}", source_uri="x", action_type="T", sagemaker_session=session)
        for index in range(23)
    ]
    for leaf in leaves:
        Association.create(
            source_arn=root.action_arn,
            destination_arn=leaf.action_arn,
            association_type="Produced",
            sagemaker_session=session,
        )
    listed = [one.destination_arn for one in Association.list(source_arn=root.action_arn, sagemaker_session=session)]
    assert listed == [leaf.action_arn for leaf in leaves][::-1]
    root.delete(disassociate=True)


def a_deployment_is_walked_from_both_ends() -> None:
    role = "arn:aws:iam::000000000000:role/R"
    client.create_training_job(
        TrainingJobName="job",
        AlgorithmSpecification={"TrainingImage": "image", "TrainingInputMode": "File"},
        RoleArn=role,
        InputDataConfig=[
            {
                "ChannelName": "train",
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://b/train.csv"}},
            }
        ],
        OutputDataConfig={"S3OutputPath": "s3://b/out"},
        ResourceConfig={"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 60},
    )
    data = client.describe_training_job(TrainingJobName="job")["ModelArtifacts"]["S3ModelArtifacts"]
    client.create_model(
        ModelName="model", ExecutionRoleArn=role, PrimaryContainer={"Image": "image", "ModelDataUrl": data}
    )
    client.create_endpoint_config(
        EndpointConfigName="config",
        ProductionVariants=[
            {
                "VariantName": "v",
                "ModelName": "model",
                "InitialInstanceCount": 1,
                "InstanceType": "ml.m5.large",
            }
        ],
    )
    endpoint = client.create_endpoint(EndpointName="endpoint", EndpointConfigName="config")["EndpointArn"]

    (found,) = Context.list(source_uri=endpoint, sagemaker_session=session)
    context = EndpointContext.load(found.context_name, sagemaker_session=session)
    assert [one.source.source_uri for one in context.dataset_artifacts()] == ["s3://b/train.csv"]
    job_arn = client.describe_training_job(TrainingJobName="job")["TrainingJobArn"]
    assert context.training_job_arns() == [job_arn]
    assert len(context.actions(LineageQueryDirectionEnum.ASCENDANTS)) == 1
    assert context.pipeline_execution_arn() is None

    (summary,) = Artifact.list(source_uri=data, sagemaker_session=session)
    model = ModelArtifact.load(summary.artifact_arn, sagemaker_session=session)
    assert arns(model.endpoint_contexts()) == {context.context_arn}
    assert arns(model.dataset_artifacts()) == arns(context.dataset_artifacts())
    assert model.training_job_arns() == [job_arn]
    (at_endpoint,) = model.endpoints()
    assert at_endpoint.destination_arn == context.context_arn
    assert at_endpoint.source_type == "ModelDeployment"

    (summary,) = Artifact.list(source_uri="s3://b/train.csv", sagemaker_session=session)
    dataset = DatasetArtifact.load(summary.artifact_arn, sagemaker_session=session)
    assert arns(dataset.endpoint_contexts()) == {context.context_arn}
    assert dataset.upstream_datasets() == []
    component = LineageTrialComponent.load("job-aws-training-job", sagemaker_session=session)
    assert arns(component.dataset_artifacts()) == {dataset.artifact_arn}
    assert arns(component.models()) == {model.artifact_arn}

    table = LineageTableVisualizer(session).show(training_job_name="job")
    assert set(table["Direction"]) == {"Input", "Output"}
    assert {"DataSet", "Image", "Model"} == set(table["Type"])
    assert len(LineageTableVisualizer(session).show(endpoint_arn=endpoint)) == 1


def a_query_draws_a_graph_that_hangs_together() -> None:
    (summary,) = Artifact.list(source_uri="s3://b/train.csv", sagemaker_session=session)
    only = LineageFilter(entities=[LineageEntityEnum.CONTEXT], sources=[LineageSourceEnum.ENDPOINT])
    for query_filter in (None, only):
        result = LineageQuery(session).query([summary.artifact_arn], query_filter=query_filter)
        known = {one.arn for one in result.vertices}
        assert summary.artifact_arn in known
        assert result.edges
        assert all({one.source_arn, one.destination_arn} <= known for one in result.edges)
        assert any(start for *_, start in result._get_visualization_elements()["nodes"])
        for vertex in result.vertices:
            vertex.to_lineage_object()
    alone = LineageQuery(session).query([summary.artifact_arn], query_filter=only, include_edges=False)
    assert [one.lineage_source for one in alone.vertices] == ["Endpoint"]
    assert alone.edges == []


def a_run_logs_the_same_curve_again_after_it_was_loaded() -> None:
    labels, scores = [0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3]
    for title in ("roc", "roc", "other"):
        with Run(experiment_name="e", run_name="r", sagemaker_session=session) as run:
            run.log_roc_curve(labels, scores, title=title)
            run.log_roc_curve(labels, scores, title=title)
    component = client.describe_trial_component(TrialComponentName="e-r")["TrialComponentArn"]
    curves = list(Association.list(source_arn=component, sagemaker_session=session))
    assert sorted(one.destination_name for one in curves) == ["other", "roc"]
    with Run(experiment_name="e", run_name="r", sagemaker_session=session) as run:
        run.log_roc_curve(labels, [0.9, 0.1, 0.8, 0.3], title="roc")
    curves = list(Association.list(source_arn=component, sagemaker_session=session))
    assert [one.destination_name for one in curves] == ["roc", "other", "roc"]


entities_are_saved_loaded_listed_and_deleted()
more_associations_than_a_page_are_listed_newest_first()
a_deployment_is_walked_from_both_ends()
a_query_draws_a_graph_that_hangs_together()
a_run_logs_the_same_curve_again_after_it_was_loaded()
print("every step of the SDK's lineage ran")
