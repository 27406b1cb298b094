"""Batches of a run's points and changes, each applied exactly once.

(run, writer, seq) names a batch; one that came before is answered as if it were new, and changes nothing. Points and
changes of a batch are one commit, so the end of a run is never seen before its last point.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.model import Document, Kind
from trialbook.services import records, run_edits, runs
from trialbook.services.trial_components import metric_summaries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trialbook.services.context import Call
    from trialbook.store.interface import Points, Series, Transaction


def append(
    call: Call,
    run: str,
    writer: str,
    seq: int,
    points: Points,
    *,
    start: Document | None = None,
    changes: Sequence[Document] = (),
) -> Document:
    """Apply a batch to the trial component `run` (its name or ARN).

    Parameters
    ----------
    start
        What `runs.start` takes, to load or make the run first.

    Returns
    -------
    `run` and `arn` of the component, `kept` (False for a batch that came before), and `bucket`, where artifacts go.
    """

    def apply(tx: Transaction) -> tuple[int, Document]:
        if start is not None:
            entity = runs.start(tx, call, {**start, "component": run, "writer": writer})
        else:
            entity = records.require(tx, call, Kind.TRIAL_COMPONENT, run)
        kept = tx.append(entity.id, writer, seq, points)
        if kept and changes:
            runs.change(tx, call, entity, writer, seq, list(changes))
        doc = records.document(entity)
        return entity.id, {
            "run": doc["TrialComponentName"],
            "arn": doc["TrialComponentArn"],
            "kept": kept,
            "bucket": f"sagemaker-{call.scope.region}-{call.scope.account}",
        }

    run_id, answer = call.store.write(apply)
    if any("end" in change for change in changes):
        call.store.merge_soon(run_id)
    return answer


def read_series(
    call: Call,
    run: str,
    names: Sequence[str],
    steps: tuple[int, int] | None = None,
    times: tuple[float, float] | None = None,
) -> dict[str, Series]:
    """Give series of a run in order of (step, time, arrival); empty ones for names that it has none of.

    `steps` and `times` narrow them to the points between, ends included.
    """
    entity = records.require(call.store, call, Kind.TRIAL_COMPONENT, run)
    read = call.store.read_series([(entity.id, name) for name in names], steps=steps, times=times)
    return dict(zip(names, read, strict=True))


def describe(call: Call, run: str) -> Document:
    """Give a run as AWS describes it, with what only Trialbook knows.

    That is `notes`, `hypothesis`, `axes`, `models`, `forked`, `writers`, `parent` and `children` (names of runs), and
    `environment`: what the writer captured that began the run last.
    """
    entity = records.require(call.store, call, Kind.TRIAL_COMPONENT, run)
    doc = records.document(entity)
    own = {key: doc.get(f"_{key}") for key in ("notes", "hypothesis", "axes", "models", "forked", "writers")}
    own["environment"] = doc.get("_writers", {}).get(doc.get("_owner"), {}).get("environment")
    own |= run_edits.family(call.store, entity)
    shown = {key: value for key, value in doc.items() if not key.startswith("_")}
    summaries = metric_summaries(doc, call.store.summary(entity.id))
    return {**shown, "Metrics": summaries, **{key: value for key, value in own.items() if value is not None}}
