"""Series and searches read back: as arrays, as data frames, page after page."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trialbook import Experiment, Run, load_run, search
from trialbook.errors import ApiError
from trialbook.sdk.paging import Asked, fetch
from trialbook.sdk.reading import EMPTY, NO_STEP, Metric, open_reading
from trialbook.sdk.target import forget_transports
from trialbook.wire import points


@pytest.fixture
def runs(store: Path) -> Path:
    """Log three runs: one whose accuracy is NaN, one that has none."""
    for number, accuracy in enumerate([0.9, math.nan, None]):
        with Run("digits", f"r{number}") as run:
            run.log_parameters({"lr": 0.1 * number, "optimizer": "adam"})
            run.log_metrics({"loss": 1.0 - 0.1 * number} | ({} if accuracy is None else {"val/acc": accuracy}), step=1)
    return store


def test_a_series_becomes_a_structured_array(store: Path) -> None:
    with Run("digits", "a") as run:
        for step in (3, 1, 2):
            run.log_metric("loss", step / 2, step=step, timestamp=100.5 + step)
    read = run.metric("loss").to_numpy()
    assert read.dtype.names == ("step", "time", "value")
    assert read.tolist() == [(1, 101.5, 0.5), (2, 102.5, 1.0), (3, 103.5, 1.5)]


@pytest.mark.usefixtures("either")
def test_a_range_of_a_series_is_read_by_step_or_time() -> None:
    with Run("digits", "a") as run:
        for step in range(10):
            run.log_metrics({"loss": step, "acc": -step}, step=step, timestamp=100 + step)
    moment = datetime.fromtimestamp(103, UTC)
    for steps, times, wanted in (
        ((2, 4), None, [2, 3, 4]),
        ((8, None), None, [8, 9]),
        ((None, np.int64(1)), None, [0, 1]),
        (None, (moment, 105.5), [3, 4, 5]),
        (None, (None, 100.0), [0]),
        ((4, 9), (moment, 105), [4, 5]),
        ((20, 2**70), None, []),
        ((None, None), (None, None), list(range(10))),
    ):
        assert run.metric("loss", steps=steps, times=times).step.tolist() == wanted
    both = run.metrics("acc", "never", steps=(9, 9))
    assert {name: one.value.tolist() for name, one in both.items()} == {"acc": [-9.0], "never": []}
    assert search().metric("loss", steps=(1, 1))["digits-a"].value.tolist() == [1.0]
    assert search().metric("loss", steps=(11, 12)) == {}
    forget_transports()


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        ({"steps": (5, 1)}, "ends before it begins"),
        ({"steps": 5}, "pair of whole numbers"),
        ({"steps": (0.5, 2)}, "pair of whole numbers"),
        ({"steps": (1, 2, 3)}, "pair of whole numbers"),
        ({"times": ("now", None)}, "pair of times"),
        ({"times": (math.nan, None)}, "pair of times"),
    ],
)
def test_a_range_that_is_none_is_refused(runs: Path, bounds: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        load_run("r0", "digits").metric("loss", **bounds)


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        ({"steps": [5, 1]}, "ends before it begins"),
        ({"steps": [0.5, 2]}, "pair of whole numbers"),
        ({"steps": [True, 2]}, "pair of whole numbers"),
        ({"steps": "ab"}, "pair of whole numbers"),
        ({"times": ["a", None]}, "pair of epoch seconds"),
    ],
)
def test_the_store_refuses_a_range_that_is_none(runs: Path, bounds: dict[str, Any], words: str) -> None:
    with pytest.raises(ApiError, match=words):
        open_reading().exchange("series", points.write({"run": "digits-r0", "names": ["loss"], **bounds}, EMPTY))


def test_a_series_becomes_data_frames_with_dates_and_without_steps_that_are_none() -> None:
    series = Metric(np.array([NO_STEP, 4]), np.array([0.25, 1.5]), np.array([math.nan, 2.0]))
    pandas, polars = series.to_pandas(), series.to_polars()
    assert pandas["step"].isna().tolist() == [True, False]
    assert str(pandas["time"].iloc[1]) == "1970-01-01 00:00:01.500000+00:00"
    assert polars["step"].to_list() == [None, 4]
    assert polars["time"][1].timestamp() == 1.5
    assert math.isnan(polars["value"][0])


def test_a_frame_keeps_whole_steps_when_every_point_has_one() -> None:
    frame = Metric(np.array([1, 2]), np.zeros(2), np.zeros(2)).to_pandas()
    assert str(frame["step"].dtype) == "int64"


def test_columns_may_be_patterns(runs: Path) -> None:
    table = search(columns=["Parameters.*", "Metrics.val*"], sort="Parameters.lr")
    assert table.columns == ["name", "Parameters.lr", "Parameters.optimizer", "Metrics.val/acc"]
    assert table["Parameters.optimizer"] == ["adam"] * 3


def test_a_pattern_of_nothing_is_no_column(runs: Path) -> None:
    assert search(columns="Metrics.nothing*").columns == ["name"]


def test_a_pattern_stands_for_what_the_records_found_have(runs: Path) -> None:
    with Run("other", "x") as run:
        run.log_parameter("momentum", 0.9)
    assert Experiment("other").search(columns="Parameters.*").columns == ["name", "Parameters.momentum"]


def test_nan_and_missing_stay_two_things(runs: Path) -> None:
    column = search(columns="Metrics.val/acc", sort="Parameters.lr")["Metrics.val/acc"]
    assert column[0] == 0.9
    assert math.isnan(column[1])
    assert column[2] is None


def test_an_experiment_searches_only_its_runs(runs: Path) -> None:
    with Run("other's", "x") as run:
        run.log_metric("loss", 0.1)
    assert Experiment("other's").search("Metrics.loss < 1")["name"] == ["other's-x"]
    assert len(Experiment("digits").search()) == 3


def test_a_search_reads_as_many_pages_as_its_limit_wants(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trialbook.sdk.paging.PAGE", 4)
    for number in range(11):
        with Run("pages", f"r{number:02}") as run:
            run.log_parameter("n", number)
    read = search(sort="Parameters.n", limit=None)
    assert read["Parameters.n"] == list(range(11))
    assert read.total == 11
    some = search(sort="-Parameters.n", limit=6)
    assert some["Parameters.n"] == [10, 9, 8, 7, 6, 5]
    assert some.total == 11


def test_a_search_of_nothing_has_its_columns(store: Path) -> None:
    empty = fetch(open_reading(), Asked(columns=("Parameters.lr",)))
    assert empty.columns == ["name", "Parameters.lr"]
    assert len(empty) == empty.total == 0
    assert empty.to_pandas().shape == (0, 2)
    assert empty.to_polars().shape == (0, 2)


def test_a_table_reads_the_series_of_its_runs(runs: Path) -> None:
    series = search(sort="Parameters.lr").metric("val/acc")
    assert list(series) == ["digits-r0", "digits-r1"]
    assert series["digits-r0"].value.tolist() == [0.9]


def test_only_runs_have_series(runs: Path) -> None:
    with pytest.raises(ValueError, match="holds 'experiment' records"):
        search(resource="experiment").metric("loss")


def test_a_table_of_all_kinds_is_refused(store: Path) -> None:
    with pytest.raises(ValueError, match="one kind"):
        search("x", resource="all")


def test_a_server_gives_the_same_table(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.conftest import serve

    from trialbook.sdk.target import forget_transports
    from trialbook.settings import Settings

    columns = ["Parameters.*", "Metrics.*", "CreationTime"]
    local = search(columns=columns, sort="Parameters.lr")
    forget_transports()
    with serve(Settings(store=str(runs), launcher="record")) as server:
        monkeypatch.setenv("TRIALBOOK_URL", server.url)
        remote = search(columns=columns, sort="Parameters.lr")
        assert repr(remote) == repr(local)
        assert remote.types == local.types
        assert f"<a href='{server.url}/#/runs/digits-r0'>" in remote._repr_html_()
        assert remote.metric("loss")["digits-r2"].value.tolist() == [0.8]
