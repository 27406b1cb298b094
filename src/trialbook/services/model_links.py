"""Which training job made the data that a model serves: `_links` of models and endpoints, by which Search follows it.

The lineage artifact of the data's URI is where the two meet, so that neither side is ever looked for among documents:

    training job --madeModelData--> artifact <--servesModelData-- model <--deploys-- endpoint

Whichever of job and model comes later finds the other there. A link to a deleted job stays: Search reads nothing behind
it, and finds the job again when it is restored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.model import Document, Kind
from trialbook.services import auto_lineage, records
from trialbook.services.search_records import DEPLOYS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trialbook.services.context import Call
    from trialbook.store.interface import Edge, Entity, Transaction

MADE = "madeModelData"
"""The edge from a training job to the artifact of the model data it wrote."""
SERVES = "servesModelData"
"""The edge from a model to the artifact of the model data it serves."""
_JOB = "TrainingJob"


def containers_of(doc: Document) -> list[Document]:
    """Give a model's containers, the primary one first."""
    primary = [doc["PrimaryContainer"]] if "PrimaryContainer" in doc else []
    return [*primary, *doc.get("Containers", [])]


def data_uri(container: Document) -> str | None:
    """Give the URI of a container's model data; None when it has none."""
    if container.get("ModelDataUrl"):
        return str(container["ModelDataUrl"])
    source = container.get("ModelDataSource", {}).get("S3DataSource", {})
    return str(source["S3Uri"]) if "S3Uri" in source else None


def data_uris(tx: Transaction, call: Call, doc: Document) -> list[str]:
    """Give the URIs of all data that a model serves, those of its model packages' containers included."""
    found: list[str | None] = []
    for container in containers_of(doc):
        found.append(data_uri(container))
        if "ModelPackageName" in container:
            package = find_package(tx, call, container["ModelPackageName"])
            inner = records.document(package).get("InferenceSpecification", {}) if package else {}
            found.extend(data_uri(one) for one in inner.get("Containers", []))
    return list(dict.fromkeys(uri for uri in found if uri))


def find_package(tx: Transaction, call: Call, name_or_arn: str) -> Entity | None:
    """Find a container's model package; one of another account (a marketplace's, say) may not be in the record."""
    if name_or_arn.startswith("arn:"):
        return records.find_arn(tx, name_or_arn)
    return records.lookup(tx, call, Kind.MODEL_PACKAGE, name_or_arn)


def link_model(tx: Transaction, call: Call, model: Entity) -> Entity:
    """Link a new model to the training job that made its data, if there is one."""
    jobs: list[Edge] = []
    for uri in data_uris(tx, call, records.document(model)):
        artifact = auto_lineage.ensure_artifact(tx, call, uri, "Model")
        tx.link(model.id, SERVES, artifact.id, {})
        jobs.extend(tx.edges(target=artifact.id, label=MADE)[-1:])
    return _point(tx, model, jobs[0].source) if jobs else model


def link_job(tx: Transaction, call: Call, job: Entity) -> None:
    """Link a training job to the models that serve its data already, and to their endpoints."""
    uri = records.document(job).get("ModelArtifacts", {}).get("S3ModelArtifacts")
    if not uri:
        return
    artifact = auto_lineage.ensure_artifact(tx, call, uri, "Model")
    if tx.link(job.id, MADE, artifact.id, {}):
        for model in _sources(tx, [artifact.id], SERVES):
            _point(tx, model, job.id)
            for endpoint in _sources(tx, [model.id], DEPLOYS):
                _point(tx, endpoint, job.id)


def link_endpoint(tx: Transaction, endpoint: Entity, models: Iterable[Entity]) -> Entity:
    """Point an endpoint at its models, instead of those before, and at the training job of the first that has one."""
    for edge in tx.edges(source=endpoint.id, label=DEPLOYS):
        tx.unlink(edge.source, edge.target, DEPLOYS)
    job = None
    for model in models:
        tx.link(endpoint.id, DEPLOYS, model.id, {})
        job = job or records.document(model).get("_links", {}).get(_JOB)
    return _point(tx, endpoint, job)


def _sources(tx: Transaction, targets: list[int], label: str) -> list[Entity]:
    found = [edge.source for edge in tx.edges_of(targets, incoming=True) if edge.label == label] if targets else []
    return tx.get_many(found)


def _point(tx: Transaction, entity: Entity, job_id: int | None) -> Entity:
    """Set or remove the link. Times stay as they are: nothing was changed by a user."""
    doc = records.document(entity)
    links = {} if job_id is None else {"_links": {_JOB: job_id}}
    if doc.get("_links") == links.get("_links"):
        return entity
    doc.pop("_links", None)
    return tx.update(entity.id, {**doc, **links})
