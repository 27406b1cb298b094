"""Trialbook's own operations, for what AWS's cannot say: JSON members in lower case, in and out.

`search` takes the text grammar, several sort keys and columns; `suggest` gives property names; `table`, `properties`,
`values`, `groups` and `matrix` read the columns of search and no document; `bin` and `restore` are about deleted
entities. `FORMS` holds what each request may hold, from which the OpenAPI document is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from trialbook.handlers import content, ingest, logged, reports, run_edits, views
from trialbook.services import (
    algorithm_list,
    comparison,
    notes,
    points,
    recycling,
    search,
    tables,
    text_search,
    translation,
)
from trialbook.services.forms import Says, read

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialbook.model import Document
    from trialbook.services.context import Call
    from trialbook.wire.points import Message


def find(call: Call, request: Document) -> Document:
    """Search by the text grammar, with explanations if asked; records come with the values of properties."""
    return text_search.run(call, read(text_search.TextQuery, request))


def suggest(call: Call, request: Document) -> Document:
    """Suggest property names for a hint."""
    form = read(text_search.SuggestForm, request)
    return {"names": search.suggest_for(call, text_search.kind_of(form.resource), form.hint)}


def table(call: Call, request: Document) -> Document:
    """Give one page of records, column by column: only the asked properties travel, and no document is read."""
    return tables.table(call, read(tables.TableForm, request))


def properties(call: Call, request: Document) -> Document:
    """List the properties that records have, with type, group, and how many records have each."""
    return tables.properties(call, read(tables.PropertiesForm, request))


def values(call: Call, request: Document) -> Document:
    """List a property's values with counts, how many records lack it, and the range and quantiles of its numbers."""
    return tables.values(call, read(tables.ValuesForm, request))


def groups(call: Call, request: Document) -> Document:
    """Group records by the values of properties, with aggregates of others."""
    return tables.groups(call, read(tables.GroupsForm, request))


def matrix(call: Call, request: Document) -> Document:
    """Give the values of up to 10,000 records, found or named, for plots."""
    return tables.matrix(call, read(tables.MatrixForm, request))


def translate(call: Call, request: Document) -> Document:
    """Give a condition both as a text of the grammar and as SageMaker's SearchExpression."""
    return translation.translate(call, read(translation.TranslateForm, request))


def point(call: Call, request: Document) -> Document:
    """Give one point of a series by its place on a chart: `step`, `time`, seconds `since` the start, and `value`."""
    return points.point(call, read(points.PointForm, request))


def columns(call: Call, request: Document) -> Document:
    """Say whether the columns of search are ready, and how many percent are when they are not; waits for nobody."""
    read(EmptyForm, request)
    progress = call.workspace.engine.progress
    return {"ready": progress is None, "percent": 100 if progress is None else int(100 * progress)}


def list_bin(call: Call, request: Document) -> Document:
    """Give what was deleted and can be restored, newest first."""
    read(EmptyForm, request)
    return {"items": recycling.list_bin(call)}


@dataclass(frozen=True, slots=True)
class RestoreForm:
    """What to bring back."""

    arn: Annotated[str, Says("The ARN of a deleted entity.")]


@dataclass(frozen=True, slots=True)
class RunForm:
    """Which run to describe."""

    name: Annotated[str, Says("The name of the run (its trial component).")]


@dataclass(frozen=True, slots=True)
class EmptyForm:
    """Nothing is asked."""


def restore(call: Call, request: Document) -> Document:
    """Bring a deleted entity back, by its ARN."""
    return recycling.restore(call, read(RestoreForm, request).arn)


@dataclass(frozen=True, slots=True)
class ExperimentForm:
    """Which experiment to describe."""

    name: Annotated[str, Says("The name of the experiment.")]


@dataclass(frozen=True, slots=True)
class NoteForm:
    """What to note of an experiment."""

    name: Annotated[str, Says("The name of the experiment, made when it is not there.")]
    notes: Annotated[str | None, Says("Markdown notes, in place of those before.")] = None
    hypothesis: Annotated[str | None, Says("What it is to show, in place of what was said before.")] = None


def note_experiment(call: Call, request: Document) -> Document:
    """Set an experiment's `notes` or `hypothesis`."""
    form = read(NoteForm, request)
    told = {key: getattr(form, key) for key in notes.NOTES if getattr(form, key) is not None}
    return notes.note_experiment(call, form.name, told)


def experiment(call: Call, request: Document) -> Document:
    """Describe an experiment with its notes."""
    return notes.describe_experiment(call, read(ExperimentForm, request).name)


def algorithms(call: Call, request: Document) -> Document:
    """List the built-in algorithms with their channels and hyperparameters."""
    del call
    read(EmptyForm, request)
    return {"algorithms": algorithm_list.algorithms()}


OPERATIONS: dict[str, Callable[[Call, Document], Document]] = {
    "search": find,
    "suggest": suggest,
    "table": table,
    "properties": properties,
    "values": values,
    "groups": groups,
    "matrix": matrix,
    "columns": columns,
    "translate": translate,
    "bin": list_bin,
    "restore": restore,
    "run": ingest.run,
    "run_note": run_edits.note_run,
    "run_weigh": run_edits.weigh_run,
    "run_delete": run_edits.delete_run,
    "run_move": run_edits.move_run,
    "compare": run_edits.compare,
    "experiment": experiment,
    "experiment_note": note_experiment,
    "algorithms": algorithms,
    "log_streams": logged.log_streams,
    "logs": logged.logs,
    "log_find": logged.log_find,
    "point": point,
    "reports": reports.list_reports,
    "reports_compare": reports.compare,
    "report_rows": reports.rows,
    "bias_metrics": reports.bias_metrics,
    "verify": content.verify,
    "contents": content.contents,
    "trace": content.trace,
}
"""The operations of `/api/v1/`, by path."""

FORMS: dict[str, type] = {
    "search": text_search.TextQuery,
    "suggest": text_search.SuggestForm,
    "table": tables.TableForm,
    "properties": tables.PropertiesForm,
    "values": tables.ValuesForm,
    "groups": tables.GroupsForm,
    "matrix": tables.MatrixForm,
    "columns": EmptyForm,
    "translate": translation.TranslateForm,
    "bin": EmptyForm,
    "restore": RestoreForm,
    "run": RunForm,
    "run_note": run_edits.RunNoteForm,
    "run_weigh": run_edits.RunNameForm,
    "run_delete": run_edits.RunNameForm,
    "run_move": run_edits.RunMoveForm,
    "compare": comparison.CompareForm,
    "experiment": ExperimentForm,
    "experiment_note": NoteForm,
    "algorithms": EmptyForm,
    "log_streams": logged.LogStreamsForm,
    "logs": logged.LogsForm,
    "log_find": logged.LogFindForm,
    "point": points.PointForm,
    "reports": reports.ReportsForm,
    "reports_compare": reports.CompareForm,
    "report_rows": reports.RowsForm,
    "bias_metrics": reports.MetricsForm,
    "verify": content.VerifyForm,
    "contents": content.ContentsForm,
    "trace": content.TraceForm,
}
"""What the requests of `OPERATIONS` may hold; one that is not here is described as any object."""

VIEWS: dict[str, Callable[[Call, Document], bytes]] = {"view": views.view}
"""The operations of `/api/v1/` that take JSON, or the head of a binary message, and answer bytes (`wire.view`)."""

MESSAGES: dict[str, Callable[[Call, Message], bytes]] = {
    "points": ingest.points,
    "series": ingest.series,
    "view": views.view_message,
}
"""The operations of `/api/v1/` that take and answer binary messages (`wire.points`)."""
