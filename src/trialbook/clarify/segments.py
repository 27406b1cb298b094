"""Segments: parts of the rows that are reported by themselves, by values or intervals of a column."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.clarify.columns import Coded, as_numbers
from trialbook.clarify.config import INTERVAL, Config, column_name
from trialbook.clarify.counting import cells
from trialbook.clarify.facets import same, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trialbook.clarify.columns import Array, Column
    from trialbook.clarify.dataset import Dataset


@dataclass(frozen=True)
class Rows:
    """The rows of a segment: a name, and (rows,) True where a row is in it."""

    config_name: str
    name: str
    mask: Array

    def part(self, column: Column) -> Column:
        """Give the segment's part of a column."""
        if isinstance(column, Coded):
            return Coded(column.codes[self.mask], column.values, column.categorical)
        return np.asarray(column[self.mask])


def segments_of(config: Config, data: Dataset) -> Iterator[Rows]:
    """Give every configured segment, and for each configuration the rows outside of all of them.

    A segment is a list of values, or of intervals such as `(0, 18]` and `[65, inf)` of a column of numbers.
    """
    for place, segment in enumerate(config.get("segment_config", [])):
        where = f"segment_config[{place}].name_or_index"
        name = column_name(list(data.columns), segment["name_or_index"], where)
        column = data.columns[name]
        title = segment.get("config_name", name)
        aliases = segment.get("display_aliases", [])
        rest = np.ones(data.rows, dtype=np.bool_)
        for number, values in enumerate(segment["segments"]):
            mask = _inside(column, values, name)
            rest &= ~mask
            text = aliases[number] if number < len(aliases) else ", ".join(text_of(value) for value in values)
            yield Rows(title, text, mask)
        if rest.any():
            more = len(aliases) > len(segment["segments"])
            yield Rows(title, aliases[-1] if more else "the rest", rest)


def _inside(column: Column, values: list[Any], name: str) -> Array:
    mask = np.zeros(len(column), dtype=np.bool_)
    for value in values:
        found = re.fullmatch(INTERVAL, value) if isinstance(value, str) else None
        if found is None:
            mask |= np.array([same(cell, value) for cell in cells(column).tolist()])
        else:
            numbers = as_numbers(column, name)
            low, high = float(found[2]), float(found[3])
            mask |= (numbers >= low if found[1] == "[" else numbers > low) & (
                numbers <= high if found[4] == "]" else numbers < high
            )
    return mask
