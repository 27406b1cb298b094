"""The lineage that a deployment leaves: what is served contributed to a ModelDeployment, which is an endpoint's.

::

    artifact (data, image, package) --ContributedTo--> action (ModelDeployment) --AssociatedWith--> context (Endpoint)
    action (Approval of a package)  --ContributedTo--> action (ModelDeployment)

So from the endpoint's context the ascendants lead to the model's data and, through its Produced edge, to the training
job and what that read. Each deployment is an action of its own; the context is the endpoint's for all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.model import Kind
from trialbook.services import auto_lineage, model_links, records

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, Transaction


def trace_deployment(tx: Transaction, call: Call, endpoint: Entity, models: Sequence[Entity]) -> None:
    """Leave the lineage of one deployment of models as an endpoint."""
    doc = records.document(endpoint)
    name, arn = doc["EndpointName"], doc["EndpointArn"]
    context = auto_lineage.ensure_context(tx, call, f"{name}-aws-endpoint", "Endpoint", arn)
    label = f"{name}-aws-model-deployment-{call.workspace.new_id()[:8]}"
    action = auto_lineage.ensure_action(tx, call, label, "ModelDeployment", arn, "Completed")
    for source in _sources(tx, call, models):
        auto_lineage.associate(tx, call, source, "ContributedTo", action)
    auto_lineage.associate(tx, call, action, "AssociatedWith", context)


def _sources(tx: Transaction, call: Call, models: Sequence[Entity]) -> Iterable[Entity]:
    for model in models:
        doc = records.document(model)
        for uri in model_links.data_uris(tx, call, doc):
            yield auto_lineage.ensure_artifact(tx, call, uri, "Model")
        for container in model_links.containers_of(doc):
            if "Image" in container:
                yield auto_lineage.ensure_artifact(tx, call, container["Image"], "Image")
            if "ModelPackageName" in container:
                yield from _package(tx, call, container["ModelPackageName"])


def _package(tx: Transaction, call: Call, name_or_arn: str) -> Iterable[Entity]:
    """Give a model package's artifact and its approvals."""
    package = model_links.find_package(tx, call, name_or_arn)
    arn = records.document(package)["ModelPackageArn"] if package else name_or_arn
    artifact = auto_lineage.ensure_artifact(tx, call, arn, "ModelPackage")
    yield artifact
    edges = tx.edges(source=artifact.id, label="AssociatedWith")
    for action in tx.get_many([edge.target for edge in edges]):
        if action.kind == Kind.ACTION and records.document(action)["ActionType"] == "Approval":
            yield action
