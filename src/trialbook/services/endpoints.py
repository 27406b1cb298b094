"""Endpoints: a configuration deployed. The launcher brings the variants from what is desired to what is.

An endpoint keeps its own copy of what its configuration asked for: the configuration and the models may be deleted
while it serves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import ValidationError
from trialbook.model import Document, Kind
from trialbook.services import endpoint_states, model_links, records, serving_plan
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
        desired = {**_desired(doc, config, models), endpoint_states.DEPLOYMENT: _deployment(tx, call, config, models)}
        started = call.workspace.launcher.start(call, tx, Kind.ENDPOINT, desired)
        return _settle(tx, call, records.insert(tx, call, Kind.ENDPOINT, started), models)

    return call.store.write(add)


def describe_endpoint(call: Call, name: str) -> Document:
    """Give an endpoint; a client that would ask again is let wait for the end of its deployment first."""

    def found() -> Document:
        return records.document(records.require(call.store, call, Kind.ENDPOINT, name))

    def settled() -> bool:
        return found()["EndpointStatus"] not in {endpoint_states.CREATING, endpoint_states.UPDATING}

    if call.patience > 0:
        call.workspace.watch.wait(settled, call.patience)
    return found()


def update_endpoint(call: Call, name: str, members: Document) -> Document:
    """Deploy another configuration; variants of the same name keep their counts and weights when asked to."""

    def change(tx: Transaction) -> Document:
        endpoint = records.require(tx, call, Kind.ENDPOINT, name)
        config = require_config(tx, call, members["EndpointConfigName"])
        before, models = records.document(endpoint), _models(tx, call, config)
        _refuse_unready(before)
        doc = _desired({**before, "EndpointStatus": "Updating"}, config, models)
        if members.get("RetainAllVariantProperties"):
            excluded = {one["VariantPropertyType"] for one in members.get("ExcludeRetainedVariantProperties", [])}
            doc = _retain(doc, before, excluded)
        if "DeploymentConfig" in members:
            doc["LastDeploymentConfig"] = members["DeploymentConfig"]
        elif not members.get("RetainDeploymentConfig"):
            doc.pop("LastDeploymentConfig", None)
        doc[endpoint_states.DEPLOYMENT] = _deployment(tx, call, config, models)
        doc[endpoint_states.PREVIOUS] = {one: before[one] for one in endpoint_states.CONFIGURED if one in before}
        started = call.workspace.launcher.start(call, tx, Kind.ENDPOINT, doc)
        return _settle(tx, call, records.save(tx, call, endpoint, started), models)

    return call.store.write(change)


def update_weights_and_capacities(call: Call, name: str, wanted: list[Document]) -> Document:
    """Change the weights and instance counts of variants by name."""

    def change(tx: Transaction) -> Document:
        endpoint = records.require(tx, call, Kind.ENDPOINT, name)
        doc = records.document(endpoint)
        _refuse_unready(doc)
        changes = {one["VariantName"]: one for one in wanted}
        names = [variant["VariantName"] for variant in doc.get("ProductionVariants", [])]
        unknown = next((one for one in changes if one not in names), None)
        if unknown is not None:
            raise ValidationError(
                f"The variant name(s) \"{unknown}\" is/are not present within endpoint '{name}': "
                f"it has {', '.join(names)}."
            )
        variants = [_weighed(variant, changes.get(variant["VariantName"], {})) for variant in doc["ProductionVariants"]]
        # A variant runs as one process here, whatever its count: there is nothing to wait for.
        weighed = endpoint_states.deployed({**doc, "ProductionVariants": variants}, call.now())
        return records.document(records.save(tx, call, endpoint, weighed))

    return call.store.write(change)


def delete_endpoint(call: Call, name: str) -> None:
    """Remove an endpoint. Its configuration, its models and its lineage stay."""

    def remove(tx: Transaction) -> None:
        tx.delete(records.require(tx, call, Kind.ENDPOINT, name).id)
        claim = tx.claim(Kind.ENDPOINT, call.scope.key(name))
        if claim is not None:
            tx.drop_claim(claim.id)

    call.store.write(remove)
    call.workspace.host.wake()


def _refuse_unready(doc: Document) -> None:
    status, arn = doc["EndpointStatus"], doc["EndpointArn"]
    if status == endpoint_states.FAILED:
        raise ValidationError(f'Cannot update endpoint "{arn}": it is Failed, and can only be deleted.')
    if status != endpoint_states.IN_SERVICE:
        raise ValidationError(
            f'Cannot update in-progress endpoint "{arn}": it is {status}; wait until it is InService, or delete it.'
        )


def _deployment(tx: Transaction, call: Call, config: Document, models: dict[str, Entity]) -> Document:
    """Give what a deployment of a configuration serves; its id names it on the machines that run it."""
    shadows = {one["VariantName"] for one in config.get(VARIANTS[1], [])}
    limit = "ContainerStartupHealthCheckTimeoutInSeconds"
    variants = [
        {
            **serving_plan.plan_of(tx, call, models[variant["ModelName"]]),
            "name": variant["VariantName"],
            "shadow": variant["VariantName"] in shadows,
            **({"seconds": variant[limit]} if limit in variant else {}),
        }
        for variant in variants_of(config)
        if variant.get("ModelName")
    ]
    capture = {"capture": config[_CAPTURE]} if _CAPTURE in config else {}
    return {"id": call.workspace.new_id(), "variants": variants, **capture}


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
