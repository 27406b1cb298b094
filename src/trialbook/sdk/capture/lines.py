"""Pieces of console output become lines: progress bars as they ended up, colours left out, nothing too long."""

from __future__ import annotations

import re

LONGEST = 16_384
"""Characters of a line; a longer one goes on in the next."""
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")

Line = tuple[float, str]
"""Epoch seconds of the line's first piece, and its text."""


class Lines:
    """Assembles the lines of one stream."""

    def __init__(self) -> None:
        self._open = ""
        self._since = 0.0

    def take(self, moment: float, piece: str) -> list[Line]:
        """Take a piece as it was printed; gives the lines that it ends."""
        if not self._open:
            self._since = moment
        *ended, self._open = (self._open + piece).split("\n")
        lines = [(self._since if number == 0 else moment, text) for number, text in enumerate(ended)]
        if ended:
            self._since = moment
        if "\r" in self._open:
            self._open = _overwritten(self._open, keep_end=True)
        if len(self._open) > LONGEST:
            lines.append((self._since, self._open))
            self._open = ""
        return [line for time, text in lines for line in _cut(time, _shown(text))]

    def rest(self) -> list[Line]:
        """Give the line that has not ended."""
        text, self._open = _shown(self._open), ""
        return _cut(self._since, text) if text else []


def _shown(text: str) -> str:
    return _ESCAPES.sub("", _overwritten(text, keep_end=False)).replace("\0", "\ufffd")


def _overwritten(text: str, *, keep_end: bool) -> str:
    """Leave what a terminal shows after carriage returns: a later text stands in place of the one before."""
    whole = text.rstrip("\r")
    last = whole.rpartition("\r")[2]
    return f"{last}\r" if keep_end and len(whole) < len(text) else last


def _cut(moment: float, text: str) -> list[Line]:
    if len(text) <= LONGEST:
        return [(moment, text)]
    return [(moment, text[at : at + LONGEST]) for at in range(0, len(text), LONGEST)]
