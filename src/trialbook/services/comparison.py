"""Whether one setting is better than another, or only luckier: the SDK's test, for any client."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from trialbook.errors import ValidationError
from trialbook.model import Document, Kind
from trialbook.services import records, tables
from trialbook.services.forms import Bounds, Says
from trialbook.services.run_groups import SEEDS, RunGroup, goal_of, group_rows, in_order
from trialbook.services.statistics import all_pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trialbook.services.context import Call
    from trialbook.services.statistics import Difference

MOST_RUNS = 200
_LEAST, _MOST = 0.5, 0.9999


@dataclass(frozen=True, slots=True)
class CompareForm:
    """Runs to compare by one metric: those with the same parameters except the seed are one group."""

    names: Annotated[tuple[str, ...], Says(f"Names of runs, at most {MOST_RUNS}.")]
    metric: Annotated[str, Says("The metric, as in Metrics.auc or auc; a statistic may follow: auc.max.")]
    goal: Annotated[
        Literal["max", "min"] | None, Says("What is better; by default told from the name: a loss is to be small.")
    ] = None
    seeds: Annotated[tuple[str, ...], Says("Parameters that hold a seed, by their last part, without case.")] = SEEDS
    confidence: Annotated[float, Says("Of the intervals, as a share."), Bounds(_LEAST, _MOST)] = 0.95


def compare(call: Call, form: CompareForm) -> Document:
    """Group the runs, summarise each group, and test every two groups, corrected over all the tests (Holm).

    Returns
    -------
    `metric`, `goal`, `confidence`; `groups`, best mean first: `label`, `parameters`, `runs`, `values` (in the order of
    the runs that have one), `n`, `mean`, `std`, `low`, `high`; `tests`: `first` and `second` (places of groups),
    `method`, `difference`, `low`, `high`, `statistic`, `freedom`, `p`, `p_holm`; `within_noise`: places of the groups
    that are not told apart from the best.
    """
    if not 1 <= len(form.names) <= MOST_RUNS:
        raise ValidationError(f"'names' has {len(form.names)} runs; it must have from 1 to {MOST_RUNS}.")
    column = form.metric if form.metric.casefold().startswith("metrics.") else f"Metrics.{form.metric}"
    rows = _rows(call, list(dict.fromkeys(form.names)), column)
    goal = form.goal or goal_of(column)
    try:
        groups = in_order(group_rows(rows, column, form.seeds, form.confidence), goal)
        tests = all_pairs([group.values for group in groups if group.summary.n], form.confidence)
    except ModuleNotFoundError as error:
        raise ValidationError(f"Runs cannot be compared on this server. {error}") from None
    return {
        "metric": column.partition(".")[2],
        "goal": goal,
        "confidence": form.confidence,
        "groups": [_told(group) for group in groups],
        "tests": [asdict(test) for test in tests],
        "within_noise": _within_noise(tests, form.confidence),
    }


def _rows(call: Call, names: list[str], column: str) -> list[dict[str, Any]]:
    found = tables.matrix(call, tables.MatrixForm(columns=(column,), names=tuple(names)))
    rows = []
    for name, value in zip(found["names"], found["columns"][column], strict=True):
        doc = records.document(records.require(call.store, call, Kind.TRIAL_COMPONENT, name))
        row = {f"Parameters.{key}": one.get("NumberValue", one.get("StringValue")) for key, one in _parameters(doc)}
        rows.append({"name": name, **row, column: value if isinstance(value, int | float) else None})
    if all(row[column] is None for row in rows):
        raise ValidationError(f"None of the runs has numbers in '{column}'.")
    return rows


def _parameters(doc: Document) -> Sequence[tuple[str, Document]]:
    return list(doc.get("Parameters", {}).items())


def _told(group: RunGroup) -> Document:
    told = asdict(group)
    return {**told, **told.pop("summary"), "values": list(group.values.values())}


def _within_noise(tests: list[Difference], confidence: float) -> list[int]:
    return [test.second for test in tests if test.first == 0 and not test.p_holm < 1 - confidence]
