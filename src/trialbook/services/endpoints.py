"""Endpoints: a configuration deployed. The launcher brings the variants from what is desired to what is.

An endpoint keeps its own copy of what its configuration asked for: the configuration and the models may be deleted
while it serves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import ValidationError
from trialbook.model import Document, Kind
from trialbook.services import model_links, records
from trialbook.services.endpoint_configs import VARIANTS, require_config, variants_of
from trialbook.services.endpoint_lineage import trace_deployment

if TYPE_CHECKING:
    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, Transaction

_FROM_CONFIG = ("AsyncInferenceConfig", "ExplainerConfig", "MetricsConfig", "CrossRegionTrafficConfig")
_CAPTURE, _COUNT, _WEIGHT = "DataCaptureConfig", "DesiredInstanceCount", "DesiredWeight"


def create_endpoint(call: Call, name: str, members: Document) -> Document:
    """Deploy a configuration as a new endpoint."""

    def add(tx: Transaction) -> Document:
        config = require_config(tx, call, members["EndpointConfigName"])
        given = {member: value for member, value in members.items() if member != "DeploymentConfig"}
        doc = records.new_document(call, Kind.ENDPOINT, name, {**given, "EndpointStatus": "Creating"})
        if "DeploymentConfig" in members:
            doc["LastDeploymentConfig"] = members["DeploymentConfig"]
        if records.lookup(tx, call, Kind.ENDPOINT, name) is not None:
            raise records.taken(call, Kind.ENDPOINT, name)
        models = _models(tx, call, config)
        desired = _desired(doc, config, models)
        started = call.workspace.launcher.start(call, tx, Kind.ENDPOINT, desired)
        return _settle(tx, call, records.insert(tx, call, Kind.ENDPOINT, started), models)

    return call.store.write(add)


def update_endpoint(call: Call, name: str, members: Document) -> Document:
    """Deploy another configuration; variants of the same name keep their counts and weights when asked to."""

    def change(tx: Transaction) -> Document:
        endpoint = records.require(tx, call, Kind.ENDPOINT, name)
        config = require_config(tx, call, members["EndpointConfigName"])
        before, models = records.document(endpoint), _models(tx, call, config)
        doc = _desired({**before, "EndpointStatus": "Updating"}, config, models)
        if members.get("RetainAllVariantProperties"):
            excluded = {one["VariantPropertyType"] for one in members.get("ExcludeRetainedVariantProperties", [])}
            doc = _retain(doc, before, excluded)
        if "DeploymentConfig" in members:
            doc["LastDeploymentConfig"] = members["DeploymentConfig"]
        elif not members.get("RetainDeploymentConfig"):
            doc.pop("LastDeploymentConfig", None)
        started = call.workspace.launcher.start(call, tx, Kind.ENDPOINT, doc)
        return _settle(tx, call, records.save(tx, call, endpoint, started), models)

    return call.store.write(change)


def update_weights_and_capacities(call: Call, name: str, wanted: list[Document]) -> Document:
    """Change the weights and instance counts of variants by name."""

    def change(tx: Transaction) -> Document:
        endpoint = records.require(tx, call, Kind.ENDPOINT, name)
        doc = records.document(endpoint)
        changes = {one["VariantName"]: one for one in wanted}
        names = [variant["VariantName"] for variant in doc.get("ProductionVariants", [])]
        unknown = next((one for one in changes if one not in names), None)
        if unknown is not None:
            raise ValidationError(
                f"The variant name(s) \"{unknown}\" is/are not present within endpoint '{name}': "
                f"it has {', '.join(names)}."
            )
        variants = [_weighed(variant, changes.get(variant["VariantName"], {})) for variant in doc["ProductionVariants"]]
        updating = {**doc, "EndpointStatus": "Updating", "ProductionVariants": variants}
        return records.document(
            records.save(tx, call, endpoint, call.workspace.launcher.start(call, tx, Kind.ENDPOINT, updating))
        )

    return call.store.write(change)


def delete_endpoint(call: Call, name: str) -> None:
    """Remove an endpoint. Its configuration, its models and its lineage stay."""

    def remove(tx: Transaction) -> None:
        tx.delete(records.require(tx, call, Kind.ENDPOINT, name).id)

    call.store.write(remove)


def _settle(tx: Transaction, call: Call, endpoint: Entity, models: dict[str, Entity]) -> Document:
    linked = model_links.link_endpoint(tx, endpoint, models.values())
    trace_deployment(tx, call, linked, list(models.values()))
    return records.document(linked)


def _models(tx: Transaction, call: Call, config: Document) -> dict[str, Entity]:
    """Find the configuration's models by name, in its order. One that was deleted meanwhile cannot be deployed."""
    names = dict.fromkeys(variant["ModelName"] for variant in variants_of(config) if variant.get("ModelName"))
    return {name: records.require(tx, call, Kind.MODEL, name) for name in names}


def _desired(doc: Document, config: Document, models: dict[str, Entity]) -> Document:
    """Give the endpoint's document as the configuration wants it."""
    dropped = {*VARIANTS, *_FROM_CONFIG, _CAPTURE}
    kept = {member: value for member, value in doc.items() if member not in dropped}
    wanted = {member: config[member] for member in _FROM_CONFIG if member in config}
    for member in VARIANTS:
        if member in config:
            wanted[member] = [_variant(variant, models) for variant in config[member]]
    if _CAPTURE in config:
        wanted[_CAPTURE] = _capture(config[_CAPTURE])
    return {**kept, **wanted, "EndpointConfigName": config["EndpointConfigName"]}


def _variant(variant: Document, models: dict[str, Entity]) -> Document:
    model = models.get(variant.get("ModelName", ""))
    images = (
        [one["Image"] for one in model_links.containers_of(records.document(model)) if "Image" in one] if model else []
    )
    shared = ("ManagedInstanceScaling", "RoutingConfig", "AcceleratorPartitionLayouts")
    summary: Document = {
        "VariantName": variant["VariantName"],
        "DeployedImages": [{"SpecifiedImage": image, "ResolvedImage": image} for image in images],
        _WEIGHT: variant["InitialVariantWeight"],
        **{member: variant[member] for member in shared if member in variant},
    }
    if "InitialInstanceCount" in variant:
        summary[_COUNT] = variant["InitialInstanceCount"]
    if "ServerlessConfig" in variant:
        summary["DesiredServerlessConfig"] = variant["ServerlessConfig"]
    return summary


def _capture(config: Document) -> Document:
    enabled = config.get("EnableCapture", False)
    return {
        "EnableCapture": enabled,
        "CaptureStatus": "Started" if enabled else "Stopped",
        "CurrentSamplingPercentage": config["InitialSamplingPercentage"],
        "DestinationS3Uri": config["DestinationS3Uri"],
        "KmsKeyId": config.get("KmsKeyId", ""),
    }


def _retain(doc: Document, before: Document, excluded: set[str]) -> Document:
    """Keep what variants of the same name had before, but for the kinds of property that are excluded."""
    kept = {member for member in (_COUNT, _WEIGHT) if member not in excluded}
    old = {variant["VariantName"]: variant for variant in before.get("ProductionVariants", [])}
    variants = [
        {**variant, **{m: old[variant["VariantName"]][m] for m in kept if m in old.get(variant["VariantName"], {})}}
        for variant in doc["ProductionVariants"]
    ]
    capture = {_CAPTURE: before[_CAPTURE]} if _CAPTURE in before and _CAPTURE not in excluded else {}
    return {**doc, **capture, "ProductionVariants": variants}


def _weighed(variant: Document, wanted: Document) -> Document:
    changed = {member: wanted[member] for member in (_WEIGHT, _COUNT) if member in wanted}
    if "ServerlessUpdateConfig" in wanted:
        config = {**variant.get("DesiredServerlessConfig", {}), **wanted["ServerlessUpdateConfig"]}
        changed["DesiredServerlessConfig"] = config
    return {**variant, **changed}
