"""Charts by `/api/v1/view`: JSON in, `wire.view` out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from trialbook.errors import ValidationError
from trialbook.services import views
from trialbook.wire import view as wire

if TYPE_CHECKING:
    from trialbook.model import Document
    from trialbook.services.context import Call
    from trialbook.wire.points import Message


def view(call: Call, request: Document) -> bytes:
    """Draw `queries` ([{run, metric}]) over `x` from `from` to `to` on at most `buckets` buckets."""
    x = request.get("x", "step")
    if not isinstance(x, str):
        raise ValidationError("'x' must be given as text.")
    query = views.ViewQuery(_series(request), x, _number(request, "from"), _number(request, "to"), _buckets(request))
    return wire.write(views.draw(call, query))


def view_message(call: Call, message: Message) -> bytes:
    """Draw series of many runs on one grid: members in the head, or as JSON; answers `wire.view`."""
    return view(call, message.head)


def _series(request: Document) -> list[tuple[str, str]]:
    queries = request.get("queries")
    if not isinstance(queries, list) or len(queries) > views.MOST_SERIES:
        raise ValidationError(f"'queries' must be a list of at most {views.MOST_SERIES} objects.")
    series = []
    for one in queries:
        run, metric = (one.get("run"), one.get("metric")) if isinstance(one, dict) else (None, None)
        if not isinstance(run, str) or not isinstance(metric, str):
            raise ValidationError("Each of 'queries' must have 'run' and 'metric' as text.")
        series.append((run, metric))
    return series


def _number(request: Document, member: str) -> float | None:
    value = request.get(member)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValidationError(f"'{member}' is {value!r}; it must be a finite number.")
    return float(value)


def _buckets(request: Document) -> int:
    value = request.get("buckets", 1000)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= views.MOST_BUCKETS:
        raise ValidationError(f"'buckets' is {value!r}; it must be a whole number from 1 to {views.MOST_BUCKETS}.")
    return value
