"""The `sagemaker` SDK's lineage classes over a flow that really ran; run in the clients' environment by its test."""

from __future__ import annotations

import sagemaker
from sagemaker.lineage.context import EndpointContext
from sagemaker.lineage.query import LineageQuery, LineageQueryDirectionEnum
from sagemaker.lineage.visualizer import LineageTableVisualizer

session = sagemaker.Session()
client = session.sagemaker_client
endpoint = client.describe_endpoint(EndpointName="income-live")["EndpointArn"]

table = LineageTableVisualizer(session).show(training_job_name="fit")
inputs = set(table[table["Direction"] == "Input"]["Name/Source"])
assert any(name.endswith("sets/train.csv") for name in inputs), inputs
assert set(table[table["Direction"] == "Output"]["Type"]) == {"Model"}, table

split = LineageTableVisualizer(session).show(processing_job_name="split")
assert any(name.endswith("/raw") for name in split["Name/Source"]), split
assert len(LineageTableVisualizer(session).show(endpoint_arn=endpoint)) == 1

(context,) = client.list_contexts(SourceUri=endpoint)["ContextSummaries"]
result = LineageQuery(session).query([context["ContextArn"]], direction=LineageQueryDirectionEnum.ASCENDANTS)
types = {one.lineage_source for one in result.vertices}
assert {"TrainingJob", "DataSet", "Model", "ModelDeployment"} <= types, types

loaded = EndpointContext.load(context["ContextName"], sagemaker_session=session)
datasets = [one.source.source_uri for one in loaded.dataset_artifacts(LineageQueryDirectionEnum.ASCENDANTS)]
assert any(uri.endswith("sets/train.csv") for uri in datasets), datasets
print("the flow is seen whole")
