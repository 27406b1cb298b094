"""The store that the charts are measured on: a curve of a million points, fifty runs, a thousand metrics."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.model import Kind
from trialbook.names import Scope
from trialbook.services import ingest
from trialbook.services.context import Call
from trialbook.services.workspace import open_workspace
from trialbook.settings import Settings
from trialbook.store.interface import Points

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

LONG, LONG_POINTS, SPIKE = "charts-long", 1_000_000, 543_210
WIDE, METRICS = "charts-wide", 1_000
RUNS, SHOWN, STEPS = 50, 4, 2_000
BEGIN = 1_790_000_000.0


def many_names() -> list[str]:
    """Name the runs that are compared."""
    return [f"charts-run-{number:02}" for number in range(RUNS)]


def long_values() -> NDArray[np.float64]:
    """Give the values of the long curve: noise on a slope, and one spike of a single point."""
    step = np.arange(LONG_POINTS)
    value = np.exp(-step / 3e5) + np.random.default_rng(5).normal(0, 0.02, LONG_POINTS)
    value[SPIKE] = 9.0
    return value


@dataclass
class Writer:
    """Writes runs into a store, batch by batch."""

    call: Call
    seq: dict[str, int] = field(default_factory=dict)

    def write(
        self,
        experiment: str,
        run: str,
        series: dict[str, NDArray[np.float64]],
        parameters: dict[str, Any] | None = None,
    ) -> None:
        """Add a point for each step to some series of equal length."""
        names, n = list(series), len(next(iter(series.values()), []))
        first = self.seq.get(run, 0)
        self.seq[run] = first + 1
        step = np.tile(np.arange(n, dtype=np.int64), len(names))
        points = Points(
            names,
            np.repeat(np.arange(len(names), dtype=np.uint32), n),
            step,
            BEGIN + step * 0.01,
            np.concatenate([*series.values(), np.zeros(0)]),
        )
        changes: Sequence[dict[str, Any]] = [{"update": {"Parameters": parameters}}] if parameters else []
        ingest.append(
            self.call, run, "bench", first, points, start={"experiment": experiment, "trial": run}, changes=changes
        )


def make(folder: Path) -> None:
    """Make the store."""
    settings = Settings(store=str(folder))
    with closing(open_workspace(settings)) as workspace:
        call = Call(workspace, Scope(settings.account, "us-east-1"), "bench", "request")
        writer, random = Writer(call), np.random.default_rng(3)
        writer.write("charts", LONG, {"loss": long_values()})
        small = {f"layer{number % 10}/m{number}": random.normal(size=20) for number in range(METRICS)}
        writer.write("charts", WIDE, small)
        for at, run in enumerate(many_names()):
            slope = np.exp(-np.arange(STEPS) * (1 + at / RUNS) / 500)
            series = {f"m{number}": slope + random.normal(0, 0.02, STEPS) for number in range(SHOWN)}
            writer.write(
                "charts", run, series, {"lr": {"NumberValue": 0.001 * (at + 1)}, "seed": {"NumberValue": at % 5}}
            )
        for run in (LONG, WIDE):
            _merge(call, run)


def _merge(call: Call, run: str) -> None:
    entity = call.store.find(Kind.TRIAL_COMPONENT, call.scope.key(run))
    assert entity is not None
    call.store.merge(entity.id)
