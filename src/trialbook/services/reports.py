"""Bias and explanation reports of runs: which there are, what they say, and two runs side by side.

One idea: **a report is an artifact of a run** whose media type says so and whose object is an analysis.json. The pages
made with it (report.html, report.pdf, report.ipynb, explanations_shap/out.csv) lie beside it in the same folder. A run
can have several; jobs and the SDK attach theirs alike, and every figure in them is a metric of the run too.
"""

from __future__ import annotations

import csv
import io
import json
import math
from typing import TYPE_CHECKING

import numpy as np

from trialbook.clarify.metric_names import metric_values
from trialbook.clarify.results import jsonable
from trialbook.errors import ApiError, NotFoundError, ValidationError
from trialbook.model import Document, Kind
from trialbook.services import objects, records, trial_components
from trialbook.services.conditions import Span
from trialbook.store.interface import NO_STEP, Points

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trialbook.services.context import Call
    from trialbook.store.interface import ObjectRow, Transaction

MEDIA_TYPE = "application/vnd.trialbook.analysis+json"
"""What tells a report's artifact from others."""
MOST_BYTES = 64 * 2**20
"""The largest analysis.json that is read."""
MOST_ROWS = 500
LOCAL_VALUES = "explanations_shap/out.csv"
_PAGES = {"html": ".html", "pdf": ".pdf", "ipynb": ".ipynb"}
_MOST_FILES = 200


def attach(
    tx: Transaction, call: Call, component: int, name: str, uri: str, analysis: Document, writer: str, now: float
) -> None:
    """Add a report to a run, and its figures to the run's metrics.

    Parameters
    ----------
    component
        The id of the run's trial component; nothing happens when it is gone.
    name
        The artifact's name; one of the same name is replaced.
    uri
        Where analysis.json lies.
    writer
        Names the source of the points: the same writer adds them once, however often this is called.
    now
        The time of the points, in epoch seconds.
    """
    for entity in tx.get_many([component]):
        artifact = {name: {"Value": uri, "MediaType": MEDIA_TYPE}}
        records.save(
            tx, call, entity, trial_components.merged(call, records.document(entity), {"OutputArtifacts": artifact})
        )
        figures = metric_values(analysis)
        if figures:
            tx.append(entity.id, writer, 0, _points(figures, now))


def _points(figures: dict[str, float], now: float) -> Points:
    count = len(figures)
    return Points(
        names=list(figures),
        metric=np.arange(count, dtype=np.uint32),
        step=np.full(count, NO_STEP, dtype=np.int64),
        time=np.full(count, now, dtype=np.float64),
        value=np.array(list(figures.values()), dtype=np.float64),
    )


def list_reports(call: Call, run: str) -> Document:
    """Give the reports of a run, newest first.

    Returns
    -------
    `run`, and `reports`: each with `name`, `uri`, `made` (epoch seconds), `files` (URIs of its pages by kind) and the
    `analysis`, or the `error` that keeps it from being read.
    """
    doc = records.document(records.require(call.store, call, Kind.TRIAL_COMPONENT, run))
    found = [_report(call, name, uri) for name, uri in _artifacts(doc)]
    found.sort(key=lambda one: -(one["made"] or 0.0))
    return {"run": doc["TrialComponentName"], "reports": found}


def compare(call: Call, runs: Sequence[str]) -> Document:
    """Set the figures of runs' reports side by side.

    Returns
    -------
    `runs` (their names), and `metrics`: each with `name` and `values`, one a run: the newest report's that has the
    figure, null where none has.
    """
    if not 1 <= len(runs) <= 100:
        raise ValidationError(f"runs names {len(runs)} runs; 1 to 100 can be compared.")
    names, figures = [], []
    for run in runs:
        listed = list_reports(call, run)
        merged: dict[str, float] = {}
        for one in listed["reports"]:
            merged = {**metric_values(one.get("analysis", {})), **merged}
        names.append(listed["run"])
        figures.append(merged)
    order = dict.fromkeys(name for one in figures for name in one)
    metrics = [{"name": name, "values": [jsonable(one.get(name)) for one in figures]} for name in sorted(order)]
    return {"runs": names, "metrics": metrics}


def read_rows(call: Call, run: str, name: str, start: int, limit: int) -> Document:
    """Give what moved the prediction of single rows: local Shapley values of a report.

    Returns
    -------
    `columns` (as in out.csv: FEATURE_label0), `rows` (lists of numbers; text where a column joins rows to their
    source), `start`, and `count`, how many rows there are.
    """
    doc = records.document(records.require(call.store, call, Kind.TRIAL_COMPONENT, run))
    uri = dict(_artifacts(doc)).get(name)
    if uri is None:
        known = ", ".join(f"'{one}'" for one, _ in _artifacts(doc)) or "none"
        raise NotFoundError(f"Run '{doc['TrialComponentName']}' has no report '{name}': it has {known}.")
    try:
        row = _object(call, f"{uri.rpartition('/')[0]}/{LOCAL_VALUES}")
    except ApiError as error:
        raise NotFoundError(
            f"Report '{name}' has no local values: ask for save_local_shap_values. {error.message}"
        ) from None
    lines = _read(call, row).decode("utf-8", "replace").splitlines()
    kept = lines[start + 1 : start + 1 + min(limit, MOST_ROWS)]
    table = csv.reader(io.StringIO("\n".join([lines[0], *kept]) if lines else ""))
    columns, *rows = list(table) or [[]]
    return {
        "columns": columns,
        "rows": [[_cell(cell) for cell in one] for one in rows],
        "start": start,
        "count": max(len(lines) - 1, 0),
    }


def _artifacts(doc: Document) -> Iterator[tuple[str, str]]:
    for name, artifact in doc["OutputArtifacts"].items():
        # The SDK keeps the versions of an artifact over steps as name@step beside the latest.
        if artifact.get("MediaType") == MEDIA_TYPE:
            yield name, artifact["Value"]


def _report(call: Call, name: str, uri: str) -> Document:
    told: Document = {"name": name, "uri": uri, "made": None, "files": {}}
    try:
        row = _object(call, uri)
        analysis = json.loads(_read(call, row))
    except ApiError as error:
        return {**told, "error": error.message}
    except ValueError as error:
        return {**told, "error": f"{uri} is not JSON: {error}"}
    if not isinstance(analysis, dict):
        return {**told, "error": f"{uri} is no analysis: it holds {type(analysis).__name__}"}
    return {**told, "made": row.modified, "files": _files(call, row), "analysis": analysis}


def _files(call: Call, row: ObjectRow) -> Document:
    """Find the pages that lie beside an analysis, by kind."""
    folder = row.key.rpartition("/")[0]
    prefix = f"{folder}/" if folder else ""
    found: Document = {}
    for one in call.store.objects(row.bucket, prefix, "", _MOST_FILES):
        rest = one.key.removeprefix(prefix)
        uri = f"s3://{one.bucket}/{one.key}"
        for kind, ending in _PAGES.items():
            if "/" not in rest and rest.endswith(ending):
                found.setdefault(kind, uri)
        if rest in {LOCAL_VALUES, "explanations_shap/baseline.csv"}:
            found["rows" if rest == LOCAL_VALUES else "baseline"] = uri
    return found


def _object(call: Call, uri: str) -> ObjectRow:
    if not uri.startswith("s3://"):
        raise NotFoundError(f"'{uri}' is no S3 URI: the report lies elsewhere.")
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    row = objects.require_object(call, {"Bucket": bucket, "Key": key})
    if row.size > MOST_BYTES:
        raise ValidationError(f"'{uri}' has {row.size:,} bytes; at most {MOST_BYTES:,} are read.")
    return row


def _read(call: Call, row: ObjectRow) -> bytes:
    return b"".join(objects.read_bytes(call, row, Span(0, row.size)))


def _cell(text: str) -> float | str | None:
    try:
        value = float(text)
    except ValueError:
        return text
    return value if math.isfinite(value) else jsonable(value)
