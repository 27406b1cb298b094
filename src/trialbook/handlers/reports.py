"""Bias and explanation reports by `/api/v1`, and what the bias metrics mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from trialbook.clarify.metrics import metrics
from trialbook.clarify.results import jsonable
from trialbook.services import reports
from trialbook.services.forms import Bounds, Says, read

if TYPE_CHECKING:
    from trialbook.clarify.metrics import Metric
    from trialbook.model import Document
    from trialbook.services.context import Call

MOST_START = 2**31


@dataclass(frozen=True, slots=True)
class ReportsForm:
    """Whose reports to give."""

    run: Annotated[str, Says("The name of the run (its trial component).")]


@dataclass(frozen=True, slots=True)
class CompareForm:
    """Whose reports to set side by side."""

    runs: Annotated[tuple[str, ...], Says("The names of 1 to 100 runs.")]


@dataclass(frozen=True, slots=True)
class RowsForm:
    """Which rows of which report to explain."""

    run: Annotated[str, Says("The name of the run.")]
    report: Annotated[str, Says("The name of one of its reports.")]
    start: Annotated[int, Says("The number of the first row, from 0 on."), Bounds(0, MOST_START)] = 0
    limit: Annotated[int, Says("Rows at most."), Bounds(1, reports.MOST_ROWS)] = 20


@dataclass(frozen=True, slots=True)
class MetricsForm:
    """Nothing is asked."""


def list_reports(call: Call, request: Document) -> Document:
    """Give the bias and explanation reports of a run, newest first, with their analysis.json."""
    return reports.list_reports(call, read(ReportsForm, request).run)


def compare(call: Call, request: Document) -> Document:
    """Set the bias metrics and importances of several runs side by side."""
    return reports.compare(call, read(CompareForm, request).runs)


def rows(call: Call, request: Document) -> Document:
    """Give the local Shapley values of single rows: what moved each prediction."""
    form = read(RowsForm, request)
    return reports.read_rows(call, form.run, form.report, form.start, form.limit)


def bias_metrics(call: Call, request: Document) -> Document:
    """Explain the bias metrics: what each asks, its formula, range and ideal value, and what lies above and below."""
    del call
    read(MetricsForm, request)
    return {"metrics": [_explained(one) for stage in ("pre", "post") for one in metrics(stage)]}


def _explained(one: Metric) -> Document:
    return {
        "key": one.key,
        "stage": one.stage,
        "title": one.title,
        "text": one.text,
        "low": jsonable(one.low),
        "high": jsonable(one.high),
        "ideal": one.ideal,
        "lines": one.lines,
    }
