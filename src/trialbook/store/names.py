"""Names of series as numbers: the table `metric`, remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.store.documents import key_to_text, text_to_key
from trialbook.store.session import batched, placeholders

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trialbook.store.session import Session


class MetricNames:
    """Names of series as numbers, remembered. What a transaction adds counts for others once it is committed."""

    def __init__(self, shared: MetricNames | None = None) -> None:
        self._shared = shared
        self._numbers: dict[str, int] = {}
        self._names: dict[int, str] = {}

    def within(self) -> MetricNames:
        """Give the same names for use in one transaction, which adds to its own first."""
        return MetricNames(self)

    def commit(self) -> None:
        """Share what this transaction learned."""
        if self._shared is not None:
            for name, number in self._numbers.items():
                self._shared._learn(name, number)  # noqa: SLF001 - the same class

    def number(self, session: Session, name: str) -> int | None:
        """Give the number of a name; None when there is none."""
        known = self._numbers.get(name)
        if known is None and self._shared is not None:
            known = self._shared._numbers.get(name)  # noqa: SLF001 - the same class
        if known is None:
            rows = session.rows("SELECT id FROM metric WHERE name = ?", (key_to_text(name),))
            known = self._learn(name, rows[0][0]) if rows else None
        return known

    def number_or_add(self, session: Session, name: str) -> int:
        """Give the number of a name, a new one if need be."""
        known = self.number(session, name)
        if known is None:
            rows = session.rows("INSERT INTO metric (name) VALUES (?) RETURNING id", (key_to_text(name),))
            known = self._learn(name, rows[0][0])
        return known

    def names(self, session: Session, numbers: Sequence[int]) -> Mapping[int, str]:
        """Give the names of at least those numbers, all of which are in the database."""
        missing = [number for number in numbers if number not in self._names]
        for part in batched(missing):
            sql = f"SELECT id, name FROM metric WHERE id IN ({placeholders(len(part))})"  # noqa: S608
            for number, name in session.rows(sql, part):
                self._learn(text_to_key(name), number)
        return self._names

    def _learn(self, name: str, number: int) -> int:
        self._numbers[name], self._names[number] = number, name
        return number
