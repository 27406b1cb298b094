"""Synthetic rows: what a model is shown for a coalition, each one only once.

A coalition S of a row x against a background row b asks for the row that has x's values in S and b's elsewhere. Rows
that agree on S ask for the same one, and a feature that equals the background's is no player at all. So every column
is coded once (equal values, equal codes), synthetic rows are rows of codes, and only the distinct ones are made and
predicted: on the Adult data that is one in a hundred of all rows x coalitions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trialbook.clarify.batching import Floats, Model

Codes = NDArray[np.int32]
KEY_LIMIT = 1 << 62


@dataclass(frozen=True)
class Coded:
    """Rows (n, features) and background rows (b, features) as codes, and the value behind each code by column."""

    rows: Codes
    background: Codes
    values: tuple[NDArray[Any], ...]
    dtype: np.dtype[Any]

    @classmethod
    def of(cls, rows: NDArray[Any], background: NDArray[Any]) -> Coded:
        """Code two arrays of one dtype; NaN equals NaN."""
        both = np.concatenate([background, rows])
        codes = np.empty(both.shape, np.int32)
        values = []
        for column in range(both.shape[1]):
            distinct, codes[:, column] = _factorised(both[:, column])
            values.append(distinct)
        return cls(codes[len(background) :], codes[: len(background)], tuple(values), both.dtype)

    def real(self, codes: Codes) -> NDArray[Any]:
        """Give rows of codes as rows of values."""
        made = np.empty(codes.shape, self.dtype)
        for column, distinct in enumerate(self.values):
            made[:, column] = distinct[codes[:, column]]
        return made

    def distinct(self, codes: Codes) -> tuple[Codes, NDArray[np.intp]]:
        """Give the distinct rows of codes, and for each row which of them it is."""
        key = np.zeros(len(codes), np.int64)
        span = 1
        for column, distinct in enumerate(self.values):
            if span * len(distinct) > KEY_LIMIT:
                _, key = np.unique(key, return_inverse=True)
                span = len(codes)
            key = key * len(distinct) + codes[:, column]
            span *= len(distinct)
        _, first, which = np.unique(key, return_index=True, return_inverse=True)
        return codes[first], which


@dataclass(frozen=True)
class Games:
    """Games of the same number of players and the same coalitions.

    `present` and `absent` (games, features) are the codes of the explained and of the background row, `players`
    (games, m) the features that differ, `masks` (coalitions, m) the coalitions.
    """

    present: Codes
    absent: Codes
    players: NDArray[np.intp]
    masks: NDArray[np.bool_]

    @property
    def size(self) -> int:
        """Synthetic rows, before equal ones are merged."""
        return len(self.players) * len(self.masks)

    def part(self, start: int, stop: int) -> Games:
        """Give some of the games."""
        return Games(self.present[start:stop], self.absent[start:stop], self.players[start:stop], self.masks)

    def codes(self) -> Codes:
        """Give the synthetic rows (games x coalitions, features)."""
        made = np.repeat(self.absent[:, None, :], len(self.masks), axis=1)
        inside = np.take_along_axis(self.present, self.players, axis=1)[:, None, :]
        outside = np.take_along_axis(self.absent, self.players, axis=1)[:, None, :]
        np.put_along_axis(made, self.players[:, None, :], np.where(self.masks[None], inside, outside), axis=2)
        return made.reshape(-1, self.absent.shape[1])


def evaluate(model: Model, coded: Coded, games: Sequence[Games], purpose: str = "") -> list[Floats]:
    """Predict all coalitions of all games in one go; for each item (games, coalitions, outputs)."""
    asked, which = coded.distinct(np.concatenate([one.codes() for one in games]))
    answers = model(coded.real(asked), purpose)
    found, start = [], 0
    for one in games:
        part = which[start : start + one.size]
        found.append(answers[part].reshape(len(one.players), len(one.masks), -1))
        start += one.size
    return found


def _factorised(column: NDArray[Any]) -> tuple[NDArray[Any], Codes]:
    if column.dtype != object:
        distinct, codes = np.unique(column, return_inverse=True)
        return distinct, codes.astype(np.int32)
    seen: dict[object, int] = {}
    # None and NaN stand for themselves; a float NaN is not equal to itself, so all of them get one key.
    keys = [("nan",) if isinstance(value, float) and value != value else value for value in column]  # noqa: PLR0124
    found = np.array([seen.setdefault(key, len(seen)) for key in keys], np.int32)
    _, first = np.unique(found, return_index=True)
    return column[first], found
