"""One point of a chart: the last one of a range of any axis, with step, time, time since the start and all digits."""

from __future__ import annotations

import math

import pytest
from tests.server.test_view import make

from trialbook.errors import NotFoundError, ValidationError
from trialbook.handlers import native
from trialbook.model import Document
from trialbook.services.context import Call
from trialbook.store.interface import NO_STEP


def ask(call: Call, metric: str = "loss", **members: object) -> Document | None:
    found: Document | None = native.OPERATIONS["point"](call, {"run": "a", "metric": metric, **members})["point"]
    return found


@pytest.fixture
def run(call: Call) -> int:
    rows = [("loss", step, 110.0 + step, step + 1 / 3) for step in range(100)]
    rows += [("epoch", 10 * step, 0.0, float(step)) for step in range(10)]
    rows += [("loss", NO_STEP, 105.0, -1.0), ("odd", 0, 111.0, math.nan)]
    return make(call, "a", rows, StartTime=100.0)


def test_a_range_of_steps_has_its_last_point(call: Call, run: int) -> None:
    assert ask(call, low=20, high=29.999) == {"step": 29, "time": 139.0, "since": 39.0, "value": 29 + 1 / 3}
    assert ask(call, low=30, high=30) == {"step": 30, "time": 140.0, "since": 40.0, "value": 30 + 1 / 3}
    last = ask(call)
    assert last is not None
    assert last["step"] == 99
    call.store.merge(run)
    assert ask(call, low=30, high=30) == {"step": 30, "time": 140.0, "since": 40.0, "value": 30 + 1 / 3}


@pytest.mark.usefixtures("run")
def test_times_and_other_metrics_find_points_too(call: Call) -> None:
    assert ask(call, x="time", low=104, high=109) == {"step": None, "time": 105.0, "since": 5.0, "value": -1.0}
    assert ask(call, x="relative", low=10, high=12) == {"step": 2, "time": 112.0, "since": 12.0, "value": 2 + 1 / 3}
    by_epoch = ask(call, x="metric:epoch", low=3, high=3)
    assert by_epoch is not None
    assert by_epoch["step"] == 39
    odd = ask(call, "odd")
    assert odd is not None
    assert math.isnan(odd["value"])


@pytest.mark.usefixtures("run")
def test_where_nothing_is_there_is_no_point(call: Call) -> None:
    assert ask(call, low=200) is None
    assert ask(call, low=1.25, high=1.75) is None
    assert ask(call, "nothing") is None
    with pytest.raises(ValidationError, match="'x' is 'steps'"):
        ask(call, x="steps")
    with pytest.raises(NotFoundError, match="gone"):
        native.OPERATIONS["point"](call, {"run": "gone", "metric": "loss"})
