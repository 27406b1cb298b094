"""What a model's containers are served with, read from the record: image, data, variables.

A plan is copied into whatever serves the model (an endpoint's document, a transform job's), so that the model and its
packages may be deleted meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.services import model_links, records

if TYPE_CHECKING:
    from trialbook.model import Document
    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, Transaction

_KEPT = ("Image", "ModelDataUrl", "ModelDataSource", "Environment", "ContainerHostname", "Mode")


def plan_of(tx: Transaction, call: Call, model: Entity) -> Document:
    """Give how a model is served: its containers in order, and whether requests pass through all of them (Serial)."""
    doc = records.document(model)
    containers = [one for container in model_links.containers_of(doc) for one in _resolved(tx, call, container)]
    mode = doc.get("InferenceExecutionConfig", {}).get("Mode", "Serial")
    return {"model": doc["ModelName"], "mode": mode, "containers": containers}


def _resolved(tx: Transaction, call: Call, container: Document) -> list[Document]:
    own = {member: container[member] for member in _KEPT if member in container}
    name = container.get("ModelPackageName")
    if not name:
        return [own]
    package = model_links.find_package(tx, call, name)
    if package is None:  # one of another account (a marketplace's, say): whoever serves it has to say so
        return [{**own, "ModelPackageName": name}]
    doc = records.document(package)
    specification = _specification(doc, container.get("InferenceSpecificationName"))
    inner = specification.get("Containers", [])
    if not inner:
        return [{**own, "ModelPackageName": name}]
    return [
        {
            **{member: one[member] for member in _KEPT if member in one},
            **{member: value for member, value in own.items() if member != "Environment"},
            "Environment": {**one.get("Environment", {}), **container.get("Environment", {})},
        }
        for one in inner
    ]


def _specification(package: Document, name: str | None) -> Document:
    found: Document = package.get("InferenceSpecification", {})
    for one in package.get("AdditionalInferenceSpecifications", []):
        if name is not None and one.get("Name") == name:
            found = one
    return found
