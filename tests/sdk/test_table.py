"""Tables: their columns, types, order, frames, and how they look."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trialbook.sdk.table import Table

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

VALUES: dict[str, list[Any]] = {
    "name": ["a-1", "a-2", "a-3", "a-4"],
    "Metrics.auc": [0.5, math.nan, None, 0.9],
    "CreationTime": [0.0, 1.5, None, 86400.0],
    "Parameters.fast": [True, None, False, True],
    "Parameters.mix": [1, "one", None, 2.5],
}


@pytest.fixture
def table() -> Table:
    return Table(VALUES, 1234)


def test_types_follow_values_and_built_in_names(table: Table) -> None:
    assert list(table.types.values()) == ["text", "number", "time", "flag", "mixed"]


def test_a_parameter_that_ends_in_time_is_no_date() -> None:
    assert Table({"Parameters.fitTime": [1.0]}).types == {"Parameters.fitTime": "number"}


def test_rows_parts_and_columns_can_be_taken(table: Table) -> None:
    assert table[1]["name"] == "a-2"
    assert table[-1]["name"] == "a-4"
    assert table[1:3]["name"] == ["a-2", "a-3"]
    assert table[1:3].total == 1234
    assert table[["Metrics.auc"]].columns == ["Metrics.auc"]
    assert [row["name"] for row in table] == VALUES["name"]
    assert len(table) == 4


def test_a_wrong_column_names_the_nearest(table: Table) -> None:
    with pytest.raises(KeyError, match="did you mean 'Metrics.auc'"):
        table["Metric.auc"]


def test_columns_of_two_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        Table({"a": [1], "b": []})


def test_frames_get_types(table: Table) -> None:
    frame = table.to_pandas()
    assert [str(one) for one in frame.dtypes] == ["str", "float64", "datetime64[ns, UTC]", "boolean", "object"]
    assert frame["Metrics.auc"].isna().tolist() == [False, True, True, False]
    assert frame["CreationTime"].iloc[1].timestamp() == 1.5
    polars = table.to_polars()
    assert [str(one) for one in polars.dtypes] == [
        "String",
        "Float64",
        "Datetime(time_unit='us', time_zone='UTC')",
        "Boolean",
        "String",
    ]
    assert polars["Metrics.auc"][2] is None
    assert math.isnan(polars["Metrics.auc"][1])


def test_numbers_become_an_array_with_nan_where_missing(table: Table) -> None:
    np.testing.assert_array_equal(table.to_numpy("Metrics.auc"), [0.5, np.nan, np.nan, 0.9])
    assert table.to_numpy("Parameters.mix").dtype == object


def test_sorting_puts_nan_behind_numbers_and_missing_last_either_way(table: Table) -> None:
    assert table.sorted("Metrics.auc")["name"] == ["a-1", "a-4", "a-2", "a-3"]
    assert table.sorted("-Metrics.auc")["name"] == ["a-4", "a-1", "a-2", "a-3"]


@settings(UNHURRIED)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1))
def test_sorting_by_two_columns_is_sorting_by_pairs(pairs: list[tuple[int, int]]) -> None:
    table = Table({"a": [a for a, _ in pairs], "b": [b for _, b in pairs]}).sorted("a", "-b")
    assert table.rows == [list(pair) for pair in sorted(pairs, key=lambda pair: (pair[0], -pair[1]))]


def test_text_stands_aligned_and_says_how_many(table: Table) -> None:
    lines = repr(table).splitlines()
    assert lines[0].split() == ["name", "Metrics.auc", "CreationTime", "Parameters.fast", "Parameters.mix"]
    assert lines[2].startswith("a-2           NaN  1970-01-01 00:00:01")
    assert lines[3].startswith("a-3  ")
    assert lines[-1] == "4 of 1,234 runs"


def test_html_aligns_numbers_shows_nan_and_leaves_the_missing_blank(table: Table) -> None:
    text = table._repr_html_()
    assert "<td class='n'>0.5</td>" in text
    assert "<td class='n'><span class='nan'>NaN</span></td>" in text
    assert "<td class='n'></td>" in text
    assert "<th class='n'><small>Metrics</small>auc</th>" in text
    assert "4 of 1,234 runs" in text


def test_html_escapes_and_links() -> None:
    table = Table({"name": ["<b>"], "Tags.page": ["https://example.org/?a=1&b='2'"]})
    text = table._repr_html_()
    assert "&lt;b&gt;" in text
    assert "<a href='https://example.org/?a=1&amp;b=&#x27;2&#x27;'>" in text


def test_names_link_to_the_console_of_a_server() -> None:
    from trialbook.sdk.transport import HttpTransport

    table = Table({"name": ["exp-r 1"]}, transport=HttpTransport("http://127.0.0.1:8817"))
    assert "<a href='http://127.0.0.1:8817/#/runs/exp-r%201'>exp-r 1</a>" in table._repr_html_()
    assert Table({"name": ["m"]}, resource="model", transport=HttpTransport("http://x")).link("m") is None
