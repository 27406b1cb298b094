"""Suggestions of property names: what a hint begins, in the whole name or in its last segment, without case.

Names under maps come first, with the map in lower case as AWS writes them (`hyperparameters.linear_lr`), then the
described properties. Both are sorted once and found by bisection.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trialbook.search.table import Table

_END = "\U0010ffff"


class Names:
    """The property names of one kind in one scope, ready to be asked."""

    def __init__(self, table: Table, scope: str | None) -> None:
        mapped = sorted((f"{path.lower()}.{name}", name) for path, name in table.names(scope))
        described = [(name, name.rpartition(".")[2]) for name in table.schema.names()]
        self._names = [name for name, _ in [*mapped, *described]]
        starts = [
            (start.casefold(), place)
            for place, pair in enumerate([*mapped, *described])
            for start in dict.fromkeys(pair)
        ]
        self._starts = sorted(starts)

    def like(self, hint: str, limit: int) -> list[str]:
        """Give at most `limit` names that go with the hint; all go with the empty one."""
        if not hint:
            return self._names[:limit]
        folded = hint.casefold()
        begin = bisect_left(self._starts, (folded, -1))
        end = bisect_left(self._starts, (folded + _END, -1))
        places = sorted({place for _, place in self._starts[begin:end]})
        return [self._names[place] for place in places[:limit]]
