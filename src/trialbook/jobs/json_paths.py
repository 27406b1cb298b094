"""The JSON paths of batch transform's filters, the operators that SageMaker documents and no others.

=========================  ==================================================
`$`                        the whole record
`.name`, `['name']`        a member; `['a','b']` an object of these members
`[0]`, `[0,2]`, `[-1]`     an element; a list of these elements
`[1:3]`, `[1:]`            a part of a list
`.*`, `[*]`                all members or elements, as a list
=========================  ==================================================

Source: the SageMaker Developer Guide, "Associate Prediction Results with Input Records".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from trialbook.jobs.failure import JobFailure

_STEP = re.compile(
    r"\.(?P<name>[A-Za-z_][\w-]*)"
    r"|(?P<all>\.\*|\[\s*\*\s*\])"
    r"|\[\s*(?P<names>'[^']*'(?:\s*,\s*'[^']*')*)\s*\]"
    r'|\[\s*(?P<quoted>"[^"]*"(?:\s*,\s*"[^"]*")*)\s*\]'
    r"|\[\s*(?P<numbers>-?\d+(?:\s*,\s*-?\d+)*)\s*\]"
    r"|\[\s*(?P<start>-?\d*)\s*:\s*(?P<end>-?\d*)\s*\]"
)
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")


class PathError(LookupError):
    """A record has not what a path names."""


@dataclass(frozen=True, slots=True)
class JsonPath:
    """A path that was read. `text` is as it was given."""

    text: str
    _steps: tuple[re.Match[str], ...]

    @classmethod
    def read(cls, text: str, what: str) -> JsonPath:
        """Read a path; `what` has it. Raises `JobFailure` naming the part that is not understood."""
        rest = text.strip()
        if not rest.startswith("$"):
            raise JobFailure(f"ClientError: {what} is '{text}': a JSON path begins with $, such as $[1:] or $.id.")
        at, steps = 1, []
        while at < len(rest):
            found = _STEP.match(rest, at)
            if found is None:
                raise JobFailure(
                    f"ClientError: {what} is '{text}', and '{rest[at:]}' in it is not understood: served are .name, "
                    "['name'], [0], [0,2], [1:], .* and [*]."
                )
            steps.append(found)
            at = found.end()
        return cls(text, tuple(steps))

    @property
    def is_whole(self) -> bool:
        """Whether it means the whole record."""
        return not self._steps

    def find(self, record: Any) -> Any:
        """Give what the path means in a record. Raises `PathError`."""
        for step in self._steps:
            try:
                record = _follow(step, record)
            except (LookupError, TypeError):
                raise PathError(f"the record has nothing at '{step[0]}' of the path '{self.text}'") from None
        return record


def _follow(step: re.Match[str], record: Any) -> Any:
    if step["name"] is not None:
        return _member(record, step["name"])
    if step["all"]:
        return list(record.values() if isinstance(record, dict) else _list(record))
    quoted = step["names"] or step["quoted"]
    if quoted:
        names = [one or two for one, two in _QUOTED.findall(quoted)]
        return _member(record, names[0]) if len(names) == 1 else {name: _member(record, name) for name in names}
    if step["numbers"]:
        numbers = [int(one) for one in step["numbers"].split(",")]
        elements = _list(record)
        return elements[numbers[0]] if len(numbers) == 1 else [elements[number] for number in numbers]
    start, end = (int(step[name]) if step[name] else None for name in ("start", "end"))
    return _list(record)[start:end]


def _member(record: Any, name: str) -> Any:
    if not isinstance(record, dict):
        raise TypeError(record)
    return record[name]


def _list(record: Any) -> list[Any]:
    if not isinstance(record, list):
        raise TypeError(record)
    return record
