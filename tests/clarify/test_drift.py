"""Drift of bias metrics and of feature rankings."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialbook.clarify import attribution_drift, bias_drift, bias_report
from trialbook.errors import ClarifyError

IMPORTANCES = st.dictionaries(st.text("abcdef", min_size=1), st.floats(0.01, 10), min_size=1, max_size=6)


def report(hired: list[int]) -> Any:
    data = {"s": ["f", "f", "m", "m"], "y": hired}
    return bias_report(data, label="y", positive=1, facet="s", facet_value="f")


def test_a_metric_that_moves_further_than_it_may_has_drifted() -> None:
    found = bias_drift(report([1, 0, 1, 0]), report([0, 0, 1, 1]))
    moved = {one.name: one for one in found.metrics}
    assert found.drifted
    assert (moved["bias.pre.DPL.s"].change, moved["bias.pre.DPL.s"].drifted) == (1.0, True)
    assert (moved["bias.pre.CI.s"].change, moved["bias.pre.CI.s"].drifted) == (0.0, False)


def test_a_limit_can_be_given_for_a_metric() -> None:
    limits = {"DPL": 1.0, "KL": math.inf, "JS": 1.0, "KS": 1.0, "LP": 2.0, "TVD": 1.0}
    assert not bias_drift(report([1, 0, 1, 0]), report([0, 0, 1, 1]), limit=limits).drifted


def test_infinite_values_are_read_from_their_texts_and_do_not_drift_from_themselves() -> None:
    one = report([0, 0, 1, 0]).to_dict()
    found = {each.name: each for each in bias_drift(one, one).metrics}
    assert found["bias.pre.KL.s"].baseline == math.inf
    assert not found["bias.pre.KL.s"].drifted
    assert bias_drift(one, one).to_dict()["metrics"][4]["baseline"] == "Infinity"


def test_reports_on_other_facets_have_nothing_in_common() -> None:
    other = bias_report({"t": [0, 1], "y": [0, 1]}, label="y", positive=1, facet="t", facet_value=0)
    with pytest.raises(ClarifyError, match="no bias metric in common"):
        bias_drift(report([1, 0, 1, 0]), other)


@given(IMPORTANCES)
def test_the_same_ranking_has_an_ndcg_of_1(importances: dict[str, float]) -> None:
    assert attribution_drift(importances, {name: 3 * value for name, value in importances.items()}).ndcg == 1.0


@given(IMPORTANCES)
def test_the_ndcg_is_that_of_its_definition_and_at_most_1(importances: dict[str, float]) -> None:
    names = sorted(importances)
    current = {name: float(place) for place, name in enumerate(names)}
    order = sorted(current, key=lambda name: -current[name])
    gain = sum(importances[name] / math.log2(place + 2) for place, name in enumerate(order))
    best = max(
        sum(importances[name] / math.log2(place + 2) for place, name in enumerate(each))
        for each in itertools.permutations(names)
    )
    found = attribution_drift(importances, current).ndcg
    assert found == pytest.approx(gain / best)
    assert found <= 1 + 1e-12


def test_an_important_feature_that_falls_behind_is_drift() -> None:
    baseline = {"age": 0.7, "hours": 0.1, "sex": 0.3}
    found = attribution_drift(baseline, {"age": 0.1, "hours": 0.5, "sex": 0.3})
    assert found.drifted
    assert found.ranks == (("age", 1, 3), ("sex", 2, 2), ("hours", 3, 1))


def test_other_features_or_no_importance_at_all_cannot_be_ranked() -> None:
    with pytest.raises(ClarifyError, match="the features differ: hours"):
        attribution_drift({"age": 1.0, "hours": 0.5}, {"age": 1.0})
    with pytest.raises(ClarifyError, match="every importance of the baseline is 0"):
        attribution_drift({"age": 0.0}, {"age": 1.0})
