"""Plots: what is in the artists, whatever it looks like."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trialbook import Experiment, Run
from trialbook.sdk import plots
from trialbook.sdk.curves_of_runs import Curve, averaged, curve, smoothed, thinned
from trialbook.sdk.importance import importance
from trialbook.sdk.plot_style import COLOURS
from trialbook.sdk.reading import NO_STEP, Metric, open_reading
from trialbook.sdk.table import Table
from trialbook.sdk.target import forget_transports
from trialbook.sdk.transport import HttpTransport, LocalTransport
from trialbook.wire import points

mpl.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(autouse=True)
def figures() -> Iterator[None]:
    """Close what a test drew."""
    yield
    plt.close("all")


def series(*values: float, start: float = 1000.0, steps: list[int] | None = None) -> Metric:
    n = len(values)
    return Metric(np.array(steps or range(n)), start + np.arange(n, dtype=float), np.array(values, float))


def drawn(ax: Axes) -> dict[str, tuple[list[float], list[float]]]:
    return {
        str(one.get_label()): (np.asarray(one.get_xdata()).tolist(), np.asarray(one.get_ydata()).tolist())
        for one in ax.lines
    }


def texts(ax: Axes) -> list[str]:
    legend = ax.get_legend()
    return [] if legend is None else [text.get_text() for text in legend.get_texts()]


def many(n: int = 40) -> Table:
    rng = np.random.default_rng(0)
    depth, noise = rng.integers(1, 9, n), rng.uniform(size=n)
    kind = rng.choice(["a", "b"], n)
    return Table(
        {
            "name": [f"r{at}" for at in range(n)],
            "Parameters.depth": depth.tolist(),
            "Parameters.noise": noise.tolist(),
            "Parameters.kind": kind.tolist(),
            "Parameters.same": [1] * n,
            "Metrics.auc": (depth + 2.0 * (kind == "b") + rng.normal(size=n) * 0.1).tolist(),
        }
    )


def test_a_line_for_each_run_is_labelled_and_starts_where_its_steps_start() -> None:
    ax = plots.line({"a": series(1, 2, 3, steps=[5, 6, 9]), "b": series(4, 5)}, "Metrics.loss")
    assert drawn(ax) == {"a": ([5, 6, 9], [1, 2, 3]), "b": ([0, 1], [4, 5])}
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("step", "loss")
    assert texts(ax) == ["a", "b"]


def test_smoothing_leaves_the_raw_series_behind() -> None:
    ax = plots.line({"a": series(0, 1, 1)}, "loss", smooth=0.5)
    raw, smooth = ax.lines
    assert np.asarray(raw.get_ydata()).tolist() == [0, 1, 1]
    assert raw.get_alpha() == 0.25
    assert np.asarray(smooth.get_ydata()).tolist() == pytest.approx([0, 2 / 3, 6 / 7])


def test_x_can_be_time_since_the_start_or_of_day() -> None:
    one = {"a": series(1, 2, start=86_400.0)}
    assert drawn(plots.line(one, "loss", x="relative"))["a"][0] == [0, 1]
    assert drawn(plots.line(one, "loss", x="time"))["a"][0] == [1.0, 1.0 + 1 / 86_400]


def test_points_without_steps_stand_in_their_order() -> None:
    assert curve(series(1, 2, steps=[NO_STEP, NO_STEP]), "step").x.tolist() == [0, 1]


def test_a_run_of_one_point_is_seen() -> None:
    assert plots.line({"a": series(1)}, "loss").lines[0].get_marker() == "o"


def test_logarithmic_axes_are_logarithmic() -> None:
    ax = plots.line({"a": series(1, 2)}, "loss", logx=True, logy=True)
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(ValueError, match="x is one of"):
        plots.line({"a": series(1)}, "loss", x="epoch")
    with pytest.raises(ValueError, match="No run of these has a metric 'loss'"):
        plots.line({}, "loss")
    with pytest.raises(TypeError, match="Grouping needs a table"):
        plots.line({"a": series(1)}, "loss", by="Parameters.lr")


def test_more_runs_than_a_legend_holds_are_counted() -> None:
    ax = plots.line({f"r{at}": series(at, at) for at in range(20)}, "loss")
    assert len(ax.lines) == 20
    assert texts(ax)[-1] == "and 8 more"


def test_runs_past_the_last_colour_get_another_style() -> None:
    lines = plots.line({f"r{at}": series(at, at) for at in range(9)}, "loss").lines
    looks = {(to_hex(str(line.get_color())), line.get_linestyle()) for line in lines}
    assert len(looks) == 9


def test_groups_are_drawn_as_mean_with_a_band() -> None:
    x, middle, low, high = averaged([Curve(np.array([0.0, 2]), np.array([0.0, 2])), Curve(*np.ones((2, 1)))], "std")
    assert x.tolist() == [0, 1, 2]
    assert middle.tolist() == [0, 1, 2]
    assert (high - low).tolist() == [0, 0, 0]


@pytest.mark.parametrize(("band", "reach"), [("std", math.sqrt(2)), ("range", 1.0), ("interval", 12.7062)])
def test_bands_show_deviation_range_or_interval(band: str, reach: float) -> None:
    x = np.array([0.0, 1.0])
    _, middle, low, high = averaged([Curve(x, np.array([0.0, 1.0])), Curve(x, np.array([2.0, 3.0]))], band)
    assert middle.tolist() == [1, 2]
    assert (high - middle).tolist() == pytest.approx([reach, reach], rel=1e-4)
    assert (middle - low).tolist() == pytest.approx([reach, reach], rel=1e-4)


def test_a_finished_run_counts_only_over_its_own_range() -> None:
    short, long = Curve(np.arange(2.0), np.zeros(2)), Curve(np.arange(4.0), np.full(4, 2.0))
    assert averaged([short, long], "std")[1].tolist() == [1, 1, 2, 2]


@settings(UNHURRIED)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=300), st.integers(2, 40))
def test_thinning_keeps_the_smallest_and_the_largest(values: list[float], most: int) -> None:
    kept = thinned(Curve(np.arange(len(values), dtype=float), np.array(values)), most)
    assert kept.y.min() == min(values)
    assert kept.y.max() == max(values)
    assert len(kept.x) <= max(most, 2)


def test_smoothing_passes_over_nan() -> None:
    y = smoothed(Curve(np.arange(3.0), np.array([1.0, np.nan, 1.0])), 0.9).y
    np.testing.assert_allclose(y, [1.0, np.nan, 1.0])


def test_points_that_lack_a_value_are_left_out_and_counted() -> None:
    table = Table({"x": [1.0, 2.0, None], "y": [1.0, math.nan, 3.0]})
    ax = plots.scatter(table, "x", "y")
    assert np.asarray(ax.collections[0].get_offsets()).tolist() == [[1, 1]]
    assert ax.get_title(loc="right") == "2 of 3 lack a value"


def test_numbers_colour_by_a_scale_and_texts_by_a_legend() -> None:
    table = Table({"x": [1.0, 2.0], "y": [3.0, 4.0], "Parameters.d": [7.0, 8.0], "Tags.t": ["b", "a"]})
    ax = plots.scatter(table, "x", "y", color="Parameters.d", logx=True)
    values = ax.collections[0].get_array()
    assert values is not None
    assert list(values) == [7, 8]
    assert ax.get_xscale() == "log"
    other = plots.scatter(table, "x", "y", color="tags.T")
    assert texts(other) == ["a", "b"]
    assert [np.asarray(one.get_offsets()).tolist() for one in other.collections] == [[[2, 4]], [[1, 3]]]


def test_parallel_lines_stand_between_zero_and_one_and_break_where_a_value_lacks() -> None:
    table = Table({"a": [0.0, 5.0, 10.0], "b": ["x", "z", "y"], "c": [1e-4, None, 1.0]})
    ax = plots.parallel(table, ["a", "b", "c"], color="a")
    lines = [segment[:, 1].tolist() for segment in ax.collections[0].get_segments()]  # type: ignore[attr-defined]
    assert lines[0] == [0, 0, 0]
    assert lines[1] == [0.5, 1]
    assert lines[2] == [1, 0.5, 1]
    assert [text.get_text() for text in ax.get_xticklabels()] == ["a", "b", "c"]


def test_a_wide_range_of_positive_numbers_stands_on_a_logarithmic_axis() -> None:
    ax = plots.parallel(Table({"a": [1e-4, 1e-2, 1.0], "b": [1, 2, 3]}), ["a", "b"])
    assert [segment[0, 1] for segment in ax.collections[0].get_segments()] == [0, 0.5, 1]  # type: ignore[attr-defined]


def test_one_column_is_no_parallel() -> None:
    with pytest.raises(ValueError, match="at least two"):
        plots.parallel(Table({"a": [1]}), ["a"])


def test_the_forest_finds_what_matters_and_says_how_well_it_predicts() -> None:
    found = importance(many(), "Metrics.auc")
    assert found.parameters[:2] == ["Parameters.depth", "Parameters.kind"]
    assert "Parameters.same" not in found.parameters
    assert found.score > 0.8
    assert (found.low <= found.value).all()
    assert found.low[0] > 0
    at = found.parameters.index("Parameters.noise")
    assert found.low[at] < 0 < found.high[at] or abs(found.value[at]) < 0.02


def test_importance_is_the_same_for_the_same_seed() -> None:
    one, two = (importance(many(), "metrics.auc", seed=4) for _ in range(2))
    assert one.value.tolist() == two.value.tolist()


def test_few_runs_are_ranked_by_correlation() -> None:
    found = importance(many(12), "Metrics.auc")
    assert found.method == "ranks"
    assert found.parameters[0] == "Parameters.depth"
    assert found.value[0] > 0.8
    assert ((found.low >= 0) & (found.high <= 1)).all()


def test_importance_needs_runs_and_something_that_varies() -> None:
    with pytest.raises(ValueError, match="Only 4 runs"):
        importance(many(4), "Metrics.auc")
    with pytest.raises(ValueError, match="there is nothing to matter"):
        importance(many(), "Metrics.auc", ["Parameters.same"])


def test_importance_bars_carry_values_names_and_the_methods_worth() -> None:
    table = many()
    ax = plots.plot_importance(table, "Metrics.auc", top=3)
    found = table.importance("Metrics.auc")
    assert [bar.get_width() for bar in ax.patches] == pytest.approx(found.value[:3].tolist())  # type: ignore[attr-defined]
    assert [text.get_text() for text in ax.get_yticklabels()][:2] == ["depth", "kind"]
    assert "40 runs; the forest explains" in ax.get_title(loc="left")


def test_an_experiment_draws_what_it_searches(store: Path) -> None:
    for number in range(4):
        with Run("exp", f"r{number}") as run:
            run.log_parameters({"kind": "ab"[number % 2], "lr": 0.1 * (number + 1)})
            for step in range(3):
                run.log_metric("loss", step * (number + 1), step=step)
    experiment = Experiment("exp")
    assert set(drawn(experiment.line("loss", query="Parameters.lr < 0.25"))) == {"exp-r0", "exp-r1"}
    grouped = experiment.line("loss", by="Parameters.kind")
    assert drawn(grouped) == {"a (2 runs)": ([0, 1, 2], [0, 2, 4]), "b (2 runs)": ([0, 1, 2], [0, 3, 6])}
    points = np.asarray(experiment.scatter("Parameters.lr", "Metrics.loss").collections[0].get_offsets())
    assert sorted(points[:, 1].tolist()) == [2, 4, 6, 8]
    assert len(experiment.parallel(["Parameters.kind", "Parameters.lr", "Metrics.loss"]).collections) == 1


def test_the_colours_stay_apart_for_the_colour_blind() -> None:
    """Simulated deuteranopia and protanopia (Viénot, Brettel and Mollon 1999): no two colours fall together."""
    simulated = [
        np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]),
        np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]),
    ]
    linear = np.array([to_rgb(one) for one in COLOURS]) ** 2.2
    for matrix in simulated:
        seen = np.clip(linear @ matrix.T, 0, 1) ** (1 / 2.2)
        apart = [np.abs(a - b).sum() for at, a in enumerate(seen) for b in seen[:at]]
        assert min(apart) > 0.1


@pytest.fixture(params=["folder", "server"])
def place(request: pytest.FixtureRequest, store: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Have the test once in a folder and once with a server; gives the binary calls made since, by their names."""
    if request.param == "server":
        server = request.getfixturevalue("live_server")
        monkeypatch.setenv("TRIALBOOK_URL", server.url)
    asked: list[str] = []
    for kind in (LocalTransport, HttpTransport):
        real = kind.exchange

        def counted(self: Any, operation: str, message: bytes, real: Any = real) -> bytes:
            asked.append(operation)
            return bytes(real(self, operation, message))

        monkeypatch.setattr(kind, "exchange", counted)
    yield asked
    forget_transports()


def test_a_line_of_a_table_reads_what_the_picture_shows_in_one_call(place: list[str]) -> None:
    values = np.sin(np.arange(9000) / 50)
    values[[1234, 5678]] = 77, -88
    for name, shown in (("long", values), ("short", values[:3]), ("other", values[:0])):
        with Run("exp", name) as run:
            for step, value in enumerate(shown):
                run.log_metric("loss", float(value), step=step, timestamp=1e9 + step)
            run.log_metric("else", 1.0)
    table = Experiment("exp").search()
    for x, first, last, calls in (
        ("step", 0.0, 8999.0, 2),
        ("time", 1e9 / 86_400, (1e9 + 8999) / 86_400, 1),
        ("relative", 0.0, 8999.0, 1),
    ):
        place.clear()
        lines = drawn(table.line("loss", x=x))
        assert place == ["view"] * calls
        assert set(lines) == {"exp-long", "exp-short"}
        across, heights = lines["exp-long"]
        assert len(across) <= 3 * 2000
        assert (max(heights), min(heights)) == (77, -88)
        assert across[0] == pytest.approx(first, abs=1e-6)
        assert across[-1] == pytest.approx(last, rel=1e-6, abs=9000 / 2000)
        assert sorted(across) == across
    place.clear()
    lines = drawn(table.take([row for row, name in enumerate(table["name"]) if name == "exp-short"]).line("loss"))
    assert place == ["view"]
    assert lines["exp-short"] == ([0, 1, 2], values[:3].tolist())


def test_a_line_of_points_without_steps_is_drawn_by_their_places(place: list[str]) -> None:
    with Run("exp", "r") as run:
        run.log_metric("loss", 0.0, step=0)
    transport = open_reading()
    none = np.full(3, NO_STEP)
    columns = (none.tobytes(), (1e9 + np.arange(3.0)).tobytes(), np.arange(3.0).tobytes(), bytes(12))
    head = {"run": "exp-r", "writer": "test", "seq": 0, "names": ["gauge"]}
    transport.exchange("points", points.write(head, columns))
    place.clear()
    assert drawn(Experiment("exp").search().line("gauge"))["exp-r"] == ([0, 1, 2], [0, 1, 2])
    assert place == ["view", "view", "series"]
