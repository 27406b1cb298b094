"""The hot path: `log_metric` packs 32 bytes into mapped memory, in under half a microsecond.

Both functions are closures, because a closure finds everything it uses without a look-up of attributes. Whatever they
cannot do at once (a new name, a full segment, a value that is no float) raises inside and goes to `_mend`, so that the
usual call pays for none of it, and no fault reaches the training loop.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from trialbook.sdk.segment import CHECKSUM, WHOLE, Segment, checksum, pack_body, pack_point
from trialbook.sdk.warning import warn_finished, warn_once

if TYPE_CHECKING:
    import mmap
    from collections.abc import Callable

T = TypeVar("T")
Current = tuple["mmap.mmap", "Callable[[], int]", int]
"""What is written to: the mapped bytes, the counter of slots, the offset behind the last one."""

_MOST_STEP = 2**63 - 1


class LogMetric(Protocol):
    """Logs one point."""

    def __call__(self, name: str, value: float, timestamp: object = None, step: int | None = None) -> None:
        """See `Run.log_metric`."""


class LogMetrics(Protocol):
    """Logs a point each of several series."""

    def __call__(self, metrics: Mapping[str, object], step: int | None = None, timestamp: object = None) -> None:
        """See `Run.log_metrics`."""


class FinishedError(Exception):
    """Something was logged after the end."""


class Recorder:
    """The two functions over one spool.

    Parameters
    ----------
    roll
        Gives what to write to once the given bytes have no free slot. Raises `FinishedError` after the end, OSError or
        MemoryError when there is no room.
    register
        Keeps the name of a new series; gives its number.
    kind
        The kind of mark (`segment`).
    first_step
        The first of the steps that are counted where none are given.

    Attributes
    ----------
    log_metric, log_metrics
        The functions. They raise nothing.
    turn
        Makes them write to another segment.
    """

    def __init__(
        self,
        segment: Segment,
        roll: Callable[[mmap.mmap], Current],
        register: Callable[[str], int],
        kind: int,
        clock: Callable[[], float],
        first_step: int = 0,
    ) -> None:
        self._roll = roll
        self._register = register
        self._clock = clock
        self._first_step = first_step
        self._pack = _pack_checked if kind == CHECKSUM else pack_point
        self._table: dict[str, list[int]] = {}
        self.log_metric: LogMetric
        self.log_metrics: LogMetrics
        self.turn: Callable[[Segment], None]
        self._bind(segment)

    def _bind(self, segment: Segment) -> None:  # noqa: C901, PLR0915 - the loop repeats the body: a call costs 60 ns
        table, now, roll, mend, pack = self._table, self._clock, self._roll, self._mend, self._pack
        current: Current = segment.buffer, segment.slot, segment.end

        def turn(other: Segment) -> None:
            nonlocal current
            current = other.buffer, other.slot, other.end

        def log_metric(name: str, value: float, timestamp: object = None, step: int | None = None) -> None:
            at = -1
            buffer, slot, end = current
            try:
                entry = table[name]
                if step is None:
                    place = entry[1]
                    entry[1] = place + 1
                else:
                    place = step
                moment = now() if timestamp is None else epoch(timestamp)
                at = slot()
                while at >= end:
                    at = -1
                    buffer, slot, end = roll(buffer)
                    at = slot()
                pack(buffer, at, place, moment, value, entry[0], WHOLE)
                if step is not None:
                    entry[1] = step + 1
            except Exception as error:  # noqa: BLE001 - whatever is wrong must not reach the training loop
                mend(error, buffer, at, name, value, timestamp, step)

        def log_metrics(metrics: Mapping[str, object], step: int | None = None, timestamp: object = None) -> None:
            try:
                moment = now() if timestamp is None else epoch(timestamp)
                items = metrics.items()
            except Exception as error:  # noqa: BLE001
                warn_once("values", f"Trialbook kept nothing of log_metrics({metrics!r:.80}): {error}.")
                return
            for name, value in items:
                at = -1
                buffer, slot, end = current
                try:
                    entry = table[name]
                    if step is None:
                        place = entry[1]
                        entry[1] = place + 1
                    else:
                        place = step
                    at = slot()
                    while at >= end:
                        at = -1
                        buffer, slot, end = roll(buffer)
                        at = slot()
                    pack(buffer, at, place, moment, value, entry[0], WHOLE)  # type: ignore[arg-type]
                    if step is not None:
                        entry[1] = step + 1
                except Exception as error:  # noqa: BLE001
                    mend(error, buffer, at, name, value, moment, step)

        self.turn, self.log_metric, self.log_metrics = turn, log_metric, log_metrics

    def _mend(
        self,
        error: Exception,
        buffer: mmap.mmap,
        at: int,
        name: str,
        value: object,
        timestamp: object,
        step: object,
    ) -> None:
        """Take a call apart that the quick way could not serve: log what can be, warn of the rest, raise nothing."""
        try:
            if at >= 0:
                if any(buffer[at + 28 : at + 32]):
                    return  # it is written, and what failed came after
                Segment.void_in(buffer, at)
            if isinstance(error, FinishedError):
                warn_finished()
            elif isinstance(error, MemoryError | OSError):
                warn_once("room", f"Trialbook gave up points, for there is no room left ({error}): make room.")
            elif isinstance(value, Mapping):
                for part, one in value.items():
                    self.log_metric(f"{name}/{part}", one, timestamp, step)  # type: ignore[arg-type]
            else:
                self._again(name, value, timestamp, step)
        except Exception as reason:  # noqa: BLE001
            warn_once(f"value {type(value)}", f"Trialbook kept nothing of metric {name!r} = {value!r:.80}: {reason}.")

    def _again(self, name: str, value: object, timestamp: object, step: object) -> None:
        number = _number(value)
        now = self._clock()
        moment = now if timestamp is None else _sane(epoch, timestamp, now, name, "timestamp")
        place = None if step is None else _sane(_whole_number, step, None, name, "step")
        entry = self._table.get(name)
        if entry is None:
            entry = self._table.setdefault(name, [self._register(name), self._first_step])
        if not -_MOST_STEP <= entry[1] <= _MOST_STEP:
            entry[1] = 0
        self.log_metric(name, number, moment, place)


def _number(value: Any) -> float:
    try:
        return float(value)
    except TypeError:
        if getattr(value, "size", 0) == 1:  # an array of one element, in any number of dimensions
            return float(value.item())
        raise


def epoch(timestamp: object) -> float:
    """Give epoch seconds of a number or a datetime (without a zone: local time). Raises ValueError."""
    moment = timestamp.timestamp() if hasattr(timestamp, "timestamp") else float(timestamp)  # type: ignore[arg-type]
    if not -1e12 < moment < 1e12:
        message = f"{timestamp!r} is no time"
        raise ValueError(message)
    return float(moment)


def _sane(read: Callable[[object], T], given: object, instead: T, name: str, what: str) -> T:
    try:
        return read(given)
    except Exception:  # noqa: BLE001
        warn_once(what, f"Trialbook took another {what} for metric {name!r}: it cannot use {given!r:.80}.")
        return instead


def _whole_number(step: object) -> int | None:
    number = int(step) if isinstance(step, float) and step.is_integer() else operator.index(step)  # type: ignore[arg-type]
    if not -_MOST_STEP <= number <= _MOST_STEP:
        message = f"{step!r} has more than 64 bits"
        raise ValueError(message)
    return number


def _pack_checked(buffer: mmap.mmap, at: int, step: int, moment: float, value: float, metric: int, _mark: int) -> None:
    body = pack_body(step, moment, value, metric)
    buffer[at : at + 32] = body + checksum(body).to_bytes(4, "little")
