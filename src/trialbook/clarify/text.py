"""Text explanations: what each token, sentence or paragraph of a text contributes to its prediction.

A text is cut into units by rules that need no language: a token is a run of letters, digits and marks (in scripts
without spaces, one character with its marks), or one other sign; a sentence ends with a full stop, question or
exclamation mark of any script; a paragraph with an empty line. A unit that is not there is replaced by the baseline
text, everything between units stays, and the units play the game of `kernel_shap`.
"""

from __future__ import annotations

import functools
import html
import itertools
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from trialbook.clarify.batching import BATCH_BYTES, Cost, Floats
from trialbook.clarify.shapley import default_samples, kernel_shap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from trialbook.clarify.batching import Predict, Progress

Granularity = Literal["token", "sentence", "paragraph"]

SPACELESS = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN", "BOPOMOFO")
# Full stops: Latin, Chinese and Japanese, Devanagari, Arabic, Urdu, Ethiopic, Armenian; with closing quotes.
SENTENCE_END = re.compile(r"""(?:[.!?…؟۔።։]+["'”’»)\]]*(?=\s|$)|[。！？।॥]+["'”’»」』)\]]*)""")
PARAGRAPH_END = re.compile(r"\n[^\S\n]*\n\s*")
# As in don't, 3.14, 1,000 and e-mail.
INSIDE_WORDS = "'’.,-"
ZERO_WIDTH_JOINER = "\u200d"


class Unit(NamedTuple):
    """A piece of a text: characters `start` to `stop` of it."""

    text: str
    start: int
    stop: int


def split(text: str, granularity: Granularity) -> list[Unit]:
    """Cut a text into units, in order; white space around them belongs to none. A blank text has none."""
    if granularity == "token":
        return _tokens(text)
    if granularity not in {"sentence", "paragraph"}:
        message = f"granularity {granularity!r} is not known: use 'token', 'sentence' or 'paragraph'"
        raise ValueError(message)
    end = SENTENCE_END if granularity == "sentence" else PARAGRAPH_END
    cuts = [0, *(found.end() for found in end.finditer(text)), len(text)]
    units = []
    for start, stop in itertools.pairwise(cuts):
        piece = text[start:stop]
        inner = piece.strip()
        if inner:
            first = start + len(piece) - len(piece.lstrip())
            units.append(Unit(inner, first, first + len(inner)))
    return units


@functools.lru_cache(maxsize=4096)
def _kind(sign: str) -> str:
    """Give what a character is: a space, part of a word, a syllable of a script without spaces, a mark, or a sign."""
    category = unicodedata.category(sign)
    if sign.isspace():
        return "space"
    if category.startswith("M") or sign == ZERO_WIDTH_JOINER:
        return "mark"
    if category[0] in "LN" or sign == "_":
        return "syllable" if unicodedata.name(sign, "").startswith(SPACELESS) else "word"
    return "sign"


def _tokens(text: str) -> list[Unit]:
    spans: list[tuple[int, int, str]] = []
    for at, sign in enumerate(text):
        kind = _kind(sign)
        if kind == "space":
            continue
        start, stop, last = spans[-1] if spans else (0, -1, "")
        joined = stop == at and (
            kind == "mark"
            or text[at - 1] == ZERO_WIDTH_JOINER
            or (kind == "word" and last == "word")
            or (sign in INSIDE_WORDS and last == "word" and _kind(text[at + 1 : at + 2] or " ") == "word")
        )
        if joined:
            spans[-1] = (start, at + 1, last)
        else:
            spans.append((at, at + 1, kind))
    return [Unit(text[start:stop], start, stop) for start, stop, _ in spans]


@dataclass(frozen=True)
class TextAttributions:
    """What the units of one text contribute.

    Attributes
    ----------
    text, units
        The text and its pieces.
    values
        (units,) or (units, outputs), in units of the prediction.
    standard_error
        Of the same shape; 0 where exact.
    expected_value
        The prediction for the text with every unit replaced, a number or (outputs,).
    """

    text: str
    units: tuple[Unit, ...]
    values: Floats
    standard_error: Floats
    expected_value: Floats | float
    cost: Cost = field(default_factory=Cost, compare=False)

    def to_dict(self, feature: str = "text") -> dict[str, Any]:
        """Give a line of Clarify's explanations_shap/out.jsonl."""
        values = self.values.reshape(len(self.units), -1)
        return {
            "explanations": [
                {
                    "feature_name": feature,
                    "data_type": "free_text",
                    "attributions": [
                        {
                            "attribution": line.tolist(),
                            "description": {"partial_text": unit.text, "start_idx": unit.start},
                        }
                        for unit, line in zip(self.units, values, strict=True)
                    ],
                }
            ]
        }

    def _repr_html_(self) -> str:
        """Show the text with its units coloured: blue raises the (first) output, orange lowers it."""
        first = self.values.reshape(len(self.units), -1)[:, :1].ravel()
        most = float(np.abs(first).max(initial=0.0)) or 1.0
        parts, at = [], 0
        for unit, value in zip(self.units, first, strict=True):
            colour = "42,111,187" if value >= 0 else "217,119,6"
            parts.append(html.escape(self.text[at : unit.start]))
            parts.append(
                f'<span title="{value:+.4g}" style="background:rgba({colour},{abs(value) / most * 0.6:.2f})">'
                f"{html.escape(unit.text)}</span>"
            )
            at = unit.stop
        parts.append(html.escape(self.text[at:]))
        return f'<p style="white-space:pre-wrap">{"".join(parts)}</p>'


def explain_text(
    predict: Predict,
    texts: Sequence[str],
    *,
    granularity: Granularity = "token",
    baseline: str = "",
    num_samples: int | None = None,
    link: str = "identity",
    seed: int = 0,
    batch_rows: int | None = None,
    progress: Progress | None = None,
) -> list[TextAttributions]:
    """Explain predictions for texts.

    Parameters
    ----------
    predict
        Takes a list of n texts and gives (n,) or (n, outputs).
    texts
        What to explain.
    granularity
        "token", "sentence" or "paragraph".
    baseline
        What stands in the place of a unit that is not there, such as the model's mask token; empty removes it.
    num_samples
        Coalitions for each text; None: min(2M + 2048, 2^M - 2) for M units.
    link, seed, batch_rows, progress
        As in `kernel_shap`.

    Raises
    ------
    ValueError
        A text has no unit, or an argument is wrong; nothing was predicted.
    PredictionError
        The model raised, or gave NaN or too few rows.
    """
    if isinstance(texts, str):
        message = "texts is one text; a list of texts is needed"
        raise ValueError(message)
    cut = [split(text, granularity) for text in texts]
    empty = [at for at, units in enumerate(cut) if not units]
    if empty:
        message = f"text {empty[0]} is blank: it has no {granularity} to explain"
        raise ValueError(message)
    found = []
    for number, (text, units) in enumerate(zip(texts, cut, strict=True)):
        values = kernel_shap(
            functools.partial(_predicted, predict, text, units, baseline),
            np.ones((1, len(units)), np.int8),
            np.zeros((1, len(units)), np.int8),
            num_samples=num_samples if num_samples is not None else default_samples(len(units)),
            link=link,
            seed=seed,
            batch_rows=batch_rows or max(1, BATCH_BYTES // (4 * len(text) + 100)),
        )
        found.append(
            TextAttributions(
                text, tuple(units), values.values[0], values.standard_error[0], values.expected_value, values.cost
            )
        )
        if progress is not None:
            progress(number + 1, len(texts))
    return found


def top_texts(explained: Sequence[TextAttributions], count: int = 50) -> list[tuple[str, float]]:
    """Give the units with the largest mean absolute value over their occurrences, case aside, and that value."""
    sizes: defaultdict[str, list[float]] = defaultdict(list)
    for one in explained:
        for unit, line in zip(one.units, one.values.reshape(len(one.units), -1), strict=True):
            sizes[unit.text.casefold()].append(float(np.abs(line).sum()))
    means = [(text, sum(values) / len(values)) for text, values in sizes.items()]
    return sorted(means, key=lambda pair: (-pair[1], pair[0]))[:count]


def masked(text: str, units: Sequence[Unit], present: NDArray[Any], baseline: str) -> str:
    """Give the text with the units that are not present replaced."""
    parts, at = [], 0
    for unit, there in zip(units, present, strict=True):
        parts += [text[at : unit.start], unit.text if there else baseline]
        at = unit.stop
    return "".join([*parts, text[at:]])


def _predicted(predict: Predict, text: str, units: Sequence[Unit], baseline: str, present: NDArray[Any]) -> object:
    return predict([masked(text, units, line, baseline) for line in present])
