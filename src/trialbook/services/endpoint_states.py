"""The states of an endpoint, as changes of its document: deploying, deployed, failed.

::

    Creating ── InService ── Updating ── InService      the new configuration, or the old one with a FailureReason
        └────── Failed

While it is Updating the document shows what still serves; what is wanted waits in `_pending`. `_deployment` is what
a deployment serves: its id, and each variant's containers, copied so that models and configurations may go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trialbook.model import Document

DEPLOYMENT, PENDING, PREVIOUS = "_deployment", "_pending", "_previous"
"""Members: what serves, what is to serve, and (on its way to the launcher) what served before."""
VARIANTS = ("ProductionVariants", "ShadowProductionVariants")
CONFIGURED = (
    "EndpointConfigName",
    *VARIANTS,
    "DataCaptureConfig",
    "AsyncInferenceConfig",
    "ExplainerConfig",
    "MetricsConfig",
    "CrossRegionTrafficConfig",
    DEPLOYMENT,
)
"""The members that a configuration gives an endpoint."""
IN_SERVICE, CREATING, UPDATING, FAILED = "InService", "Creating", "Updating", "Failed"
_SUMMARY = "PendingDeploymentSummary"


def deploying(doc: Document, now: float) -> Document:
    """Give the document of an endpoint whose deployment waits for a runner."""
    wanted = dict(doc)
    previous = wanted.pop(PREVIOUS, None)
    if previous is None:
        return {**wanted, "EndpointStatus": CREATING}
    pending = {member: wanted.pop(member) for member in CONFIGURED if member in wanted}
    summary = {member: pending[member] for member in ("EndpointConfigName", *VARIANTS) if member in pending}
    wanted.pop("FailureReason", None)
    return {
        **wanted,
        **previous,
        PENDING: pending,
        "EndpointStatus": UPDATING,
        _SUMMARY: {**summary, "StartTime": now},
    }


def deployed(doc: Document, now: float) -> Document:
    """Give the document of an endpoint that serves what it was to serve."""
    served = {member: value for member, value in doc.items() if member not in {PREVIOUS, PENDING, _SUMMARY}}
    pending = doc.get(PENDING)
    if pending is not None:
        served = {member: value for member, value in served.items() if member not in CONFIGURED} | pending
    served.pop("FailureReason", None)
    served["EndpointStatus"] = IN_SERVICE
    for member in VARIANTS:
        if member in served:
            served[member] = [_serving(variant, now) for variant in served[member]]
    return served


def failed(doc: Document, reason: str) -> Document:
    """Give the document after a deployment that failed: what served before goes on, if anything did."""
    kept = {member: value for member, value in doc.items() if member not in {PENDING, _SUMMARY}}
    status = IN_SERVICE if PENDING in doc else FAILED
    return {**kept, "EndpointStatus": status, "FailureReason": reason}


def _serving(variant: Document, now: float) -> Document:
    """Give a variant whose current state is the desired one."""
    current = {
        f"Current{what}": variant[f"Desired{what}"]
        for what in ("Weight", "InstanceCount", "ServerlessConfig")
        if f"Desired{what}" in variant
    }
    images = [{"ResolutionTime": now, **image} for image in variant.get("DeployedImages", [])]
    return {**variant, **current, "DeployedImages": images}
