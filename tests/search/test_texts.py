"""The texts of a column against a plain list of them, kept apart by a dict or not, NUL and surrogates included."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trialbook.search import blob as module
from trialbook.search.texts import MANY, Texts

ANY = st.text(max_size=6) | st.text(st.sampled_from("aAb\0ß\ud800é"), max_size=4)
BATCHES = st.lists(st.lists(ANY, max_size=8), max_size=4)


def stored(batches: list[list[str]], many: int) -> tuple[Texts, list[str]]:
    """Give texts, and the list in which each code is a place."""
    texts, listed = Texts(many), dict[int, str]()
    for batch in batches:
        listed.update(zip(texts.add(batch).tolist(), batch, strict=True))
        texts.ranks()
    return texts, [listed[code] for code in range(len(texts))]


@given(BATCHES, ANY, st.sampled_from([0, 3, 1000]))
def test_texts_are_found_as_in_a_list(batches: list[list[str]], wanted: str, many: int) -> None:
    texts, listed = stored(batches, many)
    for found, holds in (
        (texts.equal(wanted), lambda one: one == wanted),
        (texts.containing(wanted), lambda one: wanted in one),
        (texts.equal_folded(wanted), lambda one: one.casefold() == wanted.casefold()),
        (texts.containing_folded(wanted), lambda one: wanted.casefold() in one.casefold()),
    ):
        assert sorted(found.tolist()) == [code for code, text in enumerate(listed) if holds(text)]
    assert [texts.get(code) for code in range(len(texts))] == listed


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(BATCHES, st.text(st.sampled_from("aAb\0"), max_size=3), st.sampled_from([0, 1000]), st.sampled_from([0, 2]))
def test_a_text_that_is_there_often_is_found_everywhere(
    monkeypatch: pytest.MonkeyPatch, batches: list[list[str]], wanted: str, many: int, often: int
) -> None:
    monkeypatch.setattr(module, "OFTEN", often)
    monkeypatch.setattr(module, "OFTEN_ENOUGH", 0)
    texts, listed = stored(batches, many)
    assert texts.containing(wanted).tolist() == [code for code, text in enumerate(listed) if wanted in text]


@given(BATCHES, ANY, st.sampled_from([0, 3, 1000]))
def test_ranks_order_texts_and_places_lie_between_them(batches: list[list[str]], wanted: str, many: int) -> None:
    texts, listed = stored(batches, many)
    distinct = sorted(set(listed))
    assert texts.ranks().tolist() == [2 * distinct.index(text) + 1 for text in listed]
    place = texts.place(wanted)
    assert all((place > rank) == (wanted > text) for rank, text in zip(texts.ranks().tolist(), listed, strict=True))
    assert (place in texts.ranks().tolist()) == (wanted in listed)


@pytest.mark.parametrize("batch", [7, 300])
def test_equal_texts_rank_equal_however_they_came(batch: int) -> None:
    texts = Texts(many=0)
    chance = np.random.default_rng(5)
    texts.add(["first"])
    listed = ["first"]
    for _ in range(4):
        fresh = [f"t{one}" for one in chance.integers(0, 90, batch).tolist()]
        texts.add(fresh)
        listed += fresh
        distinct = sorted(set(listed))
        assert texts.ranks().tolist() == [2 * distinct.index(text) + 1 for text in listed]


def test_a_dict_keeps_equal_texts_apart_up_to_its_limit_only() -> None:
    texts = Texts()
    texts.add([str(one) for one in range(MANY)])
    assert texts.add(["7"]).tolist() == [7]
    texts.add(["one too many"])
    assert texts.add(["7"]).tolist() == [MANY + 1]
    assert texts.equal("7").tolist() == [7, MANY + 1]


@given(BATCHES, ANY)
def test_texts_that_fold_rank_without_case(batches: list[list[str]], wanted: str) -> None:
    texts, listed = Texts(3, folds=True), list[str]()
    for batch in batches:
        for code, text in zip(texts.add(batch).tolist(), batch, strict=True):
            if code == len(listed):
                listed.append(text)
            assert listed[code] == text
        texts.ranks()
    folded = [one.casefold() for one in listed]
    distinct = sorted(set(folded))
    assert texts.ranks().tolist() == [2 * distinct.index(text) + 1 for text in folded]
    assert (texts.place(wanted) in texts.ranks().tolist()) == (wanted.casefold() in folded)


@given(st.lists(st.tuples(BATCHES, ANY), max_size=12))
def test_a_text_is_found_again_among_those_that_came_since(steps: list[tuple[list[list[str]], str]]) -> None:
    texts, listed = Texts(0), list[str]()
    for batches, wanted in steps:
        for batch in batches:
            for code, text in zip(texts.add(batch).tolist(), batch, strict=True):
                listed += [text] if code == len(listed) else []
        for one in (wanted, "a"):
            assert texts.containing(one).tolist() == [code for code, text in enumerate(listed) if one in text]
            folded = one.casefold()
            expected = [code for code, text in enumerate(listed) if folded in text.casefold()]
            assert texts.containing_folded(one).tolist() == expected
