"""Keys keep their order and prefixes when escaped; documents choose the faster of two codecs."""

from __future__ import annotations

import json
import math

from hypothesis import given
from hypothesis import strategies as st

from trialbook.store.documents import after_prefix, document_to_text, key_to_text, text_to_document, text_to_key

TEXT = st.text(
    st.one_of(st.sampled_from("\x00\x01\x02ab\ud7ff\ue000\U0010ffff"), st.characters(exclude_categories=["Cs"]))
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()), inner),
    max_leaves=20,
)


@given(TEXT)
def test_an_escaped_key_comes_back_and_holds_no_nul(key: str) -> None:
    assert "\x00" not in key_to_text(key)
    assert text_to_key(key_to_text(key)) == key


@given(TEXT, TEXT)
def test_escaping_keeps_the_order_of_utf8_bytes_and_prefixes(a: str, b: str) -> None:
    assert (key_to_text(a).encode() < key_to_text(b).encode()) == (a.encode() < b.encode())
    assert key_to_text(a + b).startswith(key_to_text(a))


@given(TEXT, TEXT)
def test_every_text_with_a_prefix_lies_below_its_end_and_no_other_does(prefix: str, other: str) -> None:
    end = after_prefix(prefix)
    assert end is None or (prefix + other).encode() < end.encode()
    if end is not None and prefix.encode() <= other.encode() < end.encode():
        assert other.startswith(prefix)


@given(st.dictionaries(st.text(st.characters()), JSON))
def test_any_document_comes_back(document: dict[str, object]) -> None:
    text = document_to_text(document)
    assert "\x00" not in text
    assert repr(text_to_document(text)) == repr(document)


def test_only_documents_that_need_it_take_the_slow_way() -> None:
    assert not document_to_text({"a": None, "b": "null", "c": 1.5}).startswith(" ")
    for special in (math.nan, math.inf, 10**30, "\ud800"):
        assert document_to_text({"a": special}).startswith(" ")


def test_what_is_stored_is_json_that_other_programs_read() -> None:
    assert json.loads(document_to_text({"a": [math.inf, "ä"]})) == {"a": [math.inf, "ä"]}
