"""Reads the facts of a run, the quick ones first, and tells each as a change to the run.

The machine, the packages and git are read once for all runs of the process (`shared`): the machine for good, packages
until a folder of packages changes, git until something is committed or staged, or for `GIT_SECONDS`.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from trialbook.sdk.capture import facts, git
from trialbook.sdk.capture.shared import Shared
from trialbook.sdk.warning import warn_once

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from trialbook.model import Document
    from trialbook.sdk.capture.choice import Choice

PACKAGES, DIFF = "packages.txt", "git.diff"
GIT_SECONDS = 10.0
"""How long runs that begin one after another share what git said: so old may the difference be that a run keeps."""
_TAGGED = {
    ("git", "commit"): "git.commit",
    ("git", "branch"): "git.branch",
    ("git", "dirty"): "git.dirty",
    ("command", "script"): "script",
    ("command", "notebook"): "notebook",
    ("host", "name"): "host",
}
_TURNS = (("command", "seeds", "env"), ("host", "git", "packages"))
"""What is known at once is told at once; the rest together, for each telling is a write to the run."""
TAG = "trialbook:"
"""Tags with this prefix are captured."""


class Attachment(NamedTuple):
    """A file to keep with a run."""

    name: str
    data: bytes
    media_type: str

    def keep(self, upload: Callable[[Path, str, str], None]) -> None:
        """Give it to `upload` as a path, a name and a media type; the path holds for that call."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / self.name
            path.write_bytes(self.data)
            upload(path, self.name, self.media_type)


class Facts:
    """What is captured of one run.

    Parameters
    ----------
    tagging
        Whether the run is tagged with the facts that runs are searched by, and gets the attachments.

    Attributes
    ----------
    attachments
        The files to keep, once `changes` is exhausted.
    """

    def __init__(self, choice: Choice, *, tagging: bool) -> None:
        self._choice = choice
        self._tagging = tagging
        self.attachments: list[Attachment] = []

    @property
    def at_hand(self) -> bool:
        """Whether `changes` takes no time, because other runs of this process have had the slow facts read."""
        return all(one.known for part, one in _SLOW.items() if self._choice.takes(part))

    def changes(self) -> Iterator[Document]:
        """Give the changes that tell the facts; one that cannot be read leaves the others."""
        for parts in _TURNS:
            known: Document = {}
            for part in (one for one in parts if self._choice.takes(one)):
                try:
                    told = _READERS[part](self)
                except Exception as error:  # noqa: BLE001 - each fact for itself
                    warn_once(f"fact {part}", f"Trialbook could not read {part}: {type(error).__name__}: {error}.")
                    continue
                if told:
                    known[part] = told
            if known:
                yield {"environment": known}
            tags = _tags(known) if self._tagging else []
            if tags:
                yield {"tags": tags}

    def git(self) -> Document:
        """Give what git knows, and attach the difference."""
        code = _git.get()
        if code is None:
            return {}
        if code.diff and self._tagging:
            self.attachments.append(Attachment(DIFF, code.diff, "text/x-diff"))
        return code.facts

    def packages(self) -> Document:
        """Give the number of packages, and attach their list."""
        found = _packages.get()
        if self._tagging:
            self.attachments.append(Attachment(PACKAGES, "\n".join([*found, ""]).encode(), "text/plain"))
        return {"count": len(found)}


def forget() -> None:
    """Read everything anew for the next run."""
    for one in _SLOW.values():
        one.forget()


def _tags(known: Document) -> list[Document]:
    return [
        {"Key": f"{TAG}{tag}", "Value": _short(known[part][member])}
        for (part, member), tag in _TAGGED.items()
        if known.get(part, {}).get(member) not in {None, ""}
    ]


def _short(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text[-256:]


def _host() -> Document:
    from trialbook.sdk.capture.system import Gpus

    gpus = Gpus().names()
    return {**facts.host(), **({"gpus": gpus} if gpus else {})}


def _git_state() -> Hashable:
    folder = os.getcwd()  # noqa: PTH109 - Path.cwd() takes ten times as long
    return folder, git.state(Path(folder))


_git = Shared(lambda: git.read(Path.cwd()), _git_state, GIT_SECONDS)
_packages = Shared(lambda: facts.packages(), facts.package_state)  # noqa: PLW0108 - tests put others in their place
_machine = Shared(_host, lambda: None)
_SLOW: dict[str, Shared[Any]] = {"git": _git, "packages": _packages, "host": _machine}
_READERS: dict[str, Callable[[Facts], Document]] = {
    "command": lambda _: facts.command(),
    "seeds": lambda _: facts.seeds(),
    "git": Facts.git,
    "host": lambda _: _machine.get(),
    "packages": Facts.packages,
    "env": lambda _: facts.environment(),
}
