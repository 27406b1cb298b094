"""Text explanations: units of many scripts, and what they contribute."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialbook.clarify.text import explain_text, masked, split, top_texts
from trialbook.errors import PredictionError


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("I don't pay 3.14 €.", ["I", "don't", "pay", "3.14", "€", "."]),
        ("Größe: a_b e-mail", ["Größe", ":", "a_b", "e-mail"]),
        ("नमस्ते दुनिया।", ["नमस्ते", "दुनिया", "।"]),
        ("你好，世界", ["你", "好", "，", "世", "界"]),
        ("สวัสดี", ["ส", "วั", "ส", "ดี"]),
        ("السلام عليكم؟", ["السلام", "عليكم", "؟"]),
        ("👩\u200d👩\u200d👧 ok", ["👩\u200d👩\u200d👧", "ok"]),
    ],
)
def test_tokens_need_no_language(text: str, tokens: list[str]) -> None:
    assert [unit.text for unit in split(text, "token")] == tokens


def test_sentences_end_with_the_full_stops_of_any_script() -> None:
    text = 'One. "Two?" Three is 3.5! 四。五？ छह। سبعة؟ eight'
    found = [unit.text for unit in split(text, "sentence")]
    assert found == ["One.", '"Two?"', "Three is 3.5!", "四。", "五？", "छह।", "سبعة؟", "eight"]


def test_paragraphs_end_with_an_empty_line() -> None:
    assert [unit.text for unit in split("a\nb\n\n c \n \t\nd\n", "paragraph")] == ["a\nb", "c", "d"]


@given(st.text(), st.sampled_from(["token", "sentence", "paragraph"]))
def test_units_are_the_text_without_white_space_between_them(text: str, granularity: str) -> None:
    units = split(text, granularity)  # type: ignore[arg-type]
    assert all(text[unit.start : unit.stop] == unit.text for unit in units)
    assert "".join("".join(unit.text for unit in units).split()) == "".join(text.split())
    assert masked(text, units, np.ones(len(units)), "?") == text


def feeling(texts: Sequence[str]) -> list[float]:
    return [2.0 * text.count("good") - text.count("bad") * (1 + text.count("very")) for text in texts]


def test_each_unit_gets_what_it_contributes() -> None:
    (found,) = explain_text(feeling, ["a good, very bad day"])
    values = dict(zip([unit.text for unit in found.units], found.values, strict=True))
    assert values == pytest.approx({"a": 0, "good": 2, ",": 0, "very": -0.5, "bad": -1.5, "day": 0}, abs=1e-9)
    assert not found.standard_error.any()
    assert found.expected_value == 0


def test_a_unit_that_is_not_there_is_the_baseline_text() -> None:
    seen: list[str] = []

    def predict(texts: Sequence[str]) -> list[float]:
        seen.extend(texts)
        return [0.0] * len(texts)

    explain_text(predict, ["One two. Three"], granularity="sentence", baseline="[MASK]")
    assert sorted(set(seen)) == ["One two. Three", "One two. [MASK]", "[MASK] Three", "[MASK] [MASK]"]


def test_long_texts_are_sampled_with_errors() -> None:
    (found,) = explain_text(feeling, ["very " * 20 + "bad good"], num_samples=200)
    assert found.standard_error.max() > 0
    assert found.values.sum() == pytest.approx(feeling([found.text])[0], abs=1e-9)


def test_the_file_and_the_page_show_every_unit() -> None:
    (found,) = explain_text(lambda texts: np.array([[len(t), 1] for t in texts]), ["<b>"])
    (line,) = found.to_dict("review")["explanations"]
    assert line["feature_name"] == "review"
    assert line["attributions"][0]["description"] == {"partial_text": "<", "start_idx": 0}
    assert line["attributions"][0]["attribution"] == pytest.approx([1.0, 0.0])
    assert "&lt;" in found._repr_html_()


def test_top_texts_are_means_over_occurrences() -> None:
    found = explain_text(feeling, ["good good", "Bad bad"])
    assert dict(top_texts(found, 2)) == pytest.approx({"good": 2.0, "bad": 0.5})


def test_a_blank_text_is_named_before_any_call() -> None:
    with pytest.raises(ValueError, match="text 1 is blank"):
        explain_text(lambda _: 1 / 0, ["x", "  "])


def test_one_text_instead_of_a_list_is_named() -> None:
    with pytest.raises(ValueError, match="a list of texts is needed"):
        explain_text(feeling, "good")


def test_a_failing_model_is_reported() -> None:
    with pytest.raises(PredictionError, match="KeyError"):
        explain_text(lambda texts: {}[texts[0]], ["x"])
