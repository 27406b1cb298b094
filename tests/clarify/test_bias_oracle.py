"""Every metric equals its definition row by row; tables of parts add; swapping the sides turns the signs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.clarify import oracle
from tests.clarify.oracle import Row

from trialbook.clarify import BiasReport, bias_report
from trialbook.clarify.counting import Counter, Question
from trialbook.clarify.metrics import keys
from trialbook.clarify.report import assemble

ROWS = st.lists(
    st.builds(Row, st.integers(0, 2), st.booleans(), st.integers(0, 1), st.integers(0, 1)), min_size=2, max_size=24
).filter(lambda rows: len({row.sensitive for row in rows}) == 2 and any(row.label for row in rows))
ANTISYMMETRIC = ("CI", "DPL", "DPPL", "DCA", "DCR", "RD", "SD", "DAR", "DRR", "AD", "TE", "CDDL", "CDDPL")
SYMMETRIC = ("JS", "LP", "TVD", "KS", "GE")
COUNTED = [key for stage in ("pre", "post") for key in keys(stage) if key != "FT"]


def frame(rows: Sequence[Row]) -> dict[str, Any]:
    return {
        "group": np.array([row.group for row in rows]),
        "sex": np.array(["f" if row.sensitive else "m" for row in rows]),
        "label": np.array([row.label for row in rows]),
        "predicted": np.array([row.predicted for row in rows]),
    }


def report(data: Any, facet_value: str = "f") -> BiasReport:
    return bias_report(
        data,
        label="label",
        positive=1,
        facet="sex",
        facet_value=facet_value,
        group="group",
        predicted="predicted",
        metrics=COUNTED,
    )


def values(one: BiasReport) -> dict[str, float | None]:
    return {**one["pre"]["sex"][0], **one["post"]["sex"][0]}


def test_the_oracle_knows_every_metric_that_is_counted() -> None:
    rows = [Row(0, True, 1, 1), Row(0, False, 0, 0)]
    assert sorted(oracle.metrics(rows)) == sorted(COUNTED)


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_every_metric_equals_its_definition(rows: list[Row]) -> None:
    found, expected = values(report(frame(rows))), oracle.metrics(rows)
    assert {key for key, value in found.items() if value is not None} == set(expected)
    for key, value in expected.items():
        assert found[key] == pytest.approx(value, rel=1e-12, abs=1e-12), key


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_swapping_the_sides_turns_the_signs_and_only_these(rows: list[Row]) -> None:
    one, other = values(report(frame(rows))), values(report(frame(rows), "m"))
    groups = [[row for row in rows if row.group == group] for group in {row.group for row in rows}]
    both = all(len({r.label for r in part}) == len({r.predicted for r in part}) == 2 for part in groups)
    for key in ANTISYMMETRIC if both else (key for key in ANTISYMMETRIC if not key.startswith("CDD")):
        left, right = one[key], other[key]
        assert (left is None) == (right is None)
        if left is not None and right is not None:
            assert left == pytest.approx(-right, abs=1e-12), key
    for key in SYMMETRIC:
        assert one[key] == pytest.approx(other[key], abs=1e-12) or one[key] is other[key] is None, key
    if one["DI"] and other["DI"] and math.isfinite(one["DI"]):
        assert one["DI"] * other["DI"] == pytest.approx(1)


@settings(max_examples=60, deadline=None)
@given(ROWS, st.data())
def test_merging_parts_changes_nothing(rows: list[Row], data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=4)))
    question = Question("label", 1, {"sex": None, "group": [0]}, "group", "predicted")
    whole, parts = Counter(question), Counter(question)
    assume(any(row.group == 0 for row in rows))
    whole.add(columns(rows))
    for start, stop in zip([0, *cuts], [*cuts, len(rows)], strict=True):
        parts.add(columns(rows[start:stop]))
    chosen: Any = {"pre": COUNTED, "post": COUNTED}
    assert assemble(parts, chosen, None).to_dict() == assemble(whole, chosen, None).to_dict()


def columns(rows: Sequence[Row]) -> Any:
    from trialbook.clarify.columns import take

    return take(frame(rows), ["group", "sex", "label", "predicted"])


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_every_value_lies_in_the_range_that_its_docstring_gives(rows: list[Row]) -> None:
    from trialbook.clarify.metrics import find

    for key, value in values(report(frame(rows))).items():
        if value is not None:
            one = find(key)
            assert one.low - 1e-12 <= value <= one.high + 1e-12, key
