"""Points in and series out, as binary messages (`wire.points`); and a run as a whole.

The head of a message to `points` has `run`, `writer`, `seq`, `names`, and may have `start` and `changes`
(`services.runs`). The head of one to `series` has `run` and `names`, and may have `steps` and `times`, each a pair of
ends (included; null for an open one); its answer has the series one after the other.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from trialbook.errors import ValidationError
from trialbook.services import ingest
from trialbook.store.interface import NO_STEP, Points
from trialbook.wire import points as wire
from trialbook.wire.catalog import operation
from trialbook.wire.validate import validate

if TYPE_CHECKING:
    from types import UnionType

    from numpy.typing import NDArray

    from trialbook.model import Document
    from trialbook.services.context import Call

EMPTY = (b"", b"", b"", b"")
_START = ("experiment", "trial", "experiment_display", "trial_display", "component_display", "parent")
_MOST_SEQ = 2**63 - 1


def points(call: Call, message: wire.Message) -> bytes:
    """Apply a batch of a run's points and changes, exactly once."""
    head = message.head
    seq = head.get("seq")
    if not isinstance(seq, int) or isinstance(seq, bool) or not 0 <= seq <= _MOST_SEQ:
        raise ValidationError(f"'seq' is {seq!r}; it must be a whole number from 0 on.")
    answer = ingest.append(
        call,
        _text(head, "run"),
        _text(head, "writer"),
        seq,
        _points(message),
        start=_start(call, head),
        changes=_changes(call, head),
    )
    return wire.write({"names": [], **answer}, EMPTY)


def series(call: Call, message: wire.Message) -> bytes:
    """Give series of a run, whole or a range of each, in the order of the names asked for."""
    names: list[str] = message.head["names"]
    within = _steps(message.head), _times(message.head)
    read = ingest.read_series(call, _text(message.head, "run"), names, *within)
    each = [read[name] for name in names]
    if not each:
        return wire.write({"names": []}, EMPTY)
    metric: NDArray[np.uint32] = np.repeat(np.arange(len(each), dtype=np.uint32), [len(one.value) for one in each])
    # The columns are joined once, where the message is put together.
    columns = ([getattr(one, column).data for one in each] for column in ("step", "time", "value"))
    return wire.write_parts({"names": names}, (*columns, [metric.data]))


def run(call: Call, request: Document) -> Document:
    """Describe a run: `name`."""
    return ingest.describe(call, _text(request, "name"))


def _steps(head: Document) -> tuple[int, int] | None:
    """Read the range of steps; points without one are in none."""
    ends = _ends(head, "steps", int)
    if ends is None:
        return None
    low, high = ends
    return (
        NO_STEP + 1 if low is None else max(int(low), NO_STEP + 1),
        _MOST_SEQ if high is None else min(int(high), _MOST_SEQ),
    )


def _times(head: Document) -> tuple[float, float] | None:
    ends = _ends(head, "times", int | float)
    if ends is None:
        return None
    low, high = ends
    return -math.inf if low is None else float(low), math.inf if high is None else float(high)


def _ends(head: Document, member: str, kind: type | UnionType) -> tuple[float | None, float | None] | None:
    given = head.get(member)
    if given is None:
        return None
    if (
        not isinstance(given, list)
        or len(given) != 2
        or any(isinstance(one, bool) or not isinstance(one, kind | None) for one in given)
        or any(isinstance(one, float) and math.isnan(one) for one in given)
    ):
        what = "whole numbers" if kind is int else "epoch seconds"
        raise ValidationError(f"'{member}' is {given!r}; it must be a pair of {what}, null for an open end.")
    low, high = given
    if low is not None and high is not None and low > high:
        raise ValidationError(f"'{member}' ends before it begins: {low} is after {high}.")
    return low, high


def _points(message: wire.Message) -> Points:
    """Take the columns where they lie, leaving out names that no point has."""
    metric = np.frombuffer(message.metric, "<u4")
    names: list[str] = message.head["names"]
    if len(metric) and int(metric.max()) >= len(names):
        raise ValidationError(f"A point is of metric {int(metric.max())}, and there are {len(names)} 'names'.")
    time = np.frombuffer(message.time, "<f8")
    if not np.isfinite(time).all():
        raise ValidationError("Every time must be a finite number of epoch seconds.")
    used = np.bincount(metric, minlength=len(names)) > 0
    return Points(
        names=[name for name, one in zip(names, used.tolist(), strict=True) if one],
        metric=(np.cumsum(used, dtype=np.uint32) - np.uint32(1))[metric].astype(np.uint32, copy=False),
        step=np.frombuffer(message.step, "<i8"),
        time=time,
        value=np.frombuffer(message.value, "<f8"),
    )


def _start(call: Call, head: Document) -> Document | None:
    start = head.get("start")
    if start is None:
        return None
    if not isinstance(start, dict):
        raise ValidationError("'start' must be an object.")
    for member in _START:
        if not isinstance(start.get(member, ""), str | None):
            raise ValidationError(f"'start.{member}' must be text.")
    _check(call, "CreateTrial", {"TrialName": start.get("trial"), "ExperimentName": start.get("experiment")})
    members = {"TrialComponentName": head["run"], "Tags": start.get("tags", [])}
    _check(call, "CreateTrialComponent", members)
    _check_fork(start.get("fork"))
    if not isinstance(start.get("provenance"), dict | None):
        raise ValidationError("'start.provenance' must be an object.")
    return start


def _check_fork(fork: object) -> None:
    if fork is None:
        return
    if not isinstance(fork, dict) or not isinstance(fork.get("step"), int | None):
        raise ValidationError("'start.fork' must be an object with 'run' and, if not all is taken, 'step'.")
    _text(fork, "run")


def _changes(call: Call, head: Document) -> list[Document]:
    changes = head.get("changes", [])
    if not isinstance(changes, list) or not all(isinstance(one, dict) for one in changes):
        raise ValidationError("'changes' must be a list of objects.")
    for one in changes:
        for kind, told in one.items():
            _check_change(call, head["run"], kind, told)
    return changes


def _check_change(call: Call, name: str, kind: str, told: object) -> None:
    if kind == "update" and isinstance(told, dict):
        _check(call, "UpdateTrialComponent", {**told, "TrialComponentName": name})
    elif kind == "tags":
        _check(call, "CreateTrialComponent", {"TrialComponentName": name, "Tags": told})
    elif kind == "begin":
        _number(told, kind)
    elif kind == "log" and isinstance(told, dict):
        _check_log(told)
    elif kind == "lineage" and isinstance(told, dict):
        for member in ("name", "type", "uri"):
            _text(told, member)
    elif kind == "end" and isinstance(told, dict):
        _text(told, "status")
        _number(told.get("time"), "end.time")
        if not isinstance(told.get("message", ""), str):
            raise ValidationError("'end.message' must be text.")
    elif not isinstance(told, dict):
        raise ValidationError(f"'{kind}' must be an object.")


def _check_log(told: Document) -> None:
    _text(told, "stream")
    lines = told.get("lines")
    if not isinstance(lines, list) or not all(
        isinstance(line, list) and len(line) == 2 and isinstance(line[1], str) for line in lines
    ):
        raise ValidationError("'log.lines' must be a list of pairs: a time and a text.")
    for moment, _ in lines:
        _number(moment, "log.lines")


def _check(call: Call, name: str, members: Document) -> None:
    model = operation("sagemaker", name)
    assert model is not None
    assert model.input_shape is not None
    validate(model.input_shape, members, strict=call.strict)


def _number(value: object, member: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e12:
        raise ValidationError(f"'{member}' must be a time in epoch seconds.")


def _text(request: Document, member: str) -> str:
    value = request.get(member)
    if not isinstance(value, str) or not value:
        raise ValidationError(f"'{member}' must be given as text.")
    return value
