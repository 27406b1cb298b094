"""A deployment: the variants that one configuration of an endpoint runs, and which of them answers a request."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from trialbook.errors import CodedError
from trialbook.jobs.capturing import Capture
from trialbook.jobs.variants import Variant

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trialbook.jobs.serving_recipe import Kitchen
    from trialbook.model import Document
    from trialbook.services.context import Call
    from trialbook.store.interface import Entity


class Deployment:
    """The variants of one deployment on this machine."""

    def __init__(self, kitchen: Kitchen, call: Call, url: str, endpoint: Entity, folder: Path, plan: Document) -> None:
        self.id = str(plan["id"])
        self.endpoint = endpoint.id
        self.folder = folder
        self.key = endpoint.key
        self.call = call
        self.capture = Capture(plan.get("capture", {}), str((endpoint.doc or {}).get("EndpointName", "")))
        self.variants = {
            one["name"]: Variant(kitchen, call, url, endpoint.id, folder / f"variant-{number}", one)
            for number, one in enumerate(plan["variants"])
            if not one.get("shadow")
        }

    def start(self, check: Callable[[], None]) -> None:
        """Start all variants. `check` may raise what ends it."""
        for variant in self.variants.values():
            variant.start(check)

    def retire(self, drain: float) -> None:
        """Answer what is being answered, end the processes, remove the folder."""
        for variant in self.variants.values():
            variant.retire(drain)
        self.capture.write(self.call, at_once=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def choose(self, doc: Document, wanted: str | None, draw: float) -> Variant:
        """Give the variant that is to answer.

        Parameters
        ----------
        doc
            The endpoint's document: its weights may change while it serves.
        wanted
            TargetVariant; None: one by weight.
        draw
            A random number in [0, 1).

        Raises
        ------
        CodedError
            There is no such variant, or all weights are 0.
        """
        shown = {one["VariantName"]: one.get("CurrentWeight", 1.0) for one in doc.get("ProductionVariants", [])}
        weights = {name: float(shown[name]) for name in self.variants if name in shown}
        if wanted is not None:
            if wanted not in weights:
                raise CodedError(
                    "ValidationError",
                    f"Variant {wanted} is not found for endpoint {doc['EndpointName']}: it has {', '.join(weights)}.",
                )
            return self.variants[wanted]
        total = sum(weights.values())
        if total <= 0:
            raise CodedError(
                "ValidationError",
                f"All variants of endpoint {doc['EndpointName']} have the weight 0: name a TargetVariant, or give one "
                "a weight (UpdateEndpointWeightsAndCapacities).",
            )
        at = draw * total
        for name, weight in weights.items():
            at -= weight
            if at < 0:
                return self.variants[name]
        return self.variants[max(weights, key=lambda name: weights[name])]
