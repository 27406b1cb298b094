"""Reads the facts of a run, the quick ones first, and tells each as a change to the run."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from trialbook.sdk.capture import facts, git
from trialbook.sdk.warning import warn_once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trialbook.model import Document
    from trialbook.sdk.capture.choice import Choice

PACKAGES, DIFF = "packages.txt", "git.diff"
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


def read(choice: Choice, upload: Callable[[Path, str, str], None], *, tagging: bool) -> Iterator[Document]:
    """Give the changes that tell what is captured; one fact that cannot be read leaves the others.

    Parameters
    ----------
    upload
        Keeps a file as an artifact: its path, name and media type.
    tagging
        Whether the run is tagged with the facts that runs are searched by, and gets the artifacts.
    """
    for parts in _TURNS:
        known: Document = {}
        for part in (one for one in parts if choice.takes(one)):
            try:
                told = _READERS[part](upload if tagging else None)
            except Exception as error:  # noqa: BLE001 - each fact for itself
                warn_once(f"fact {part}", f"Trialbook could not read {part}: {type(error).__name__}: {error}.")
                continue
            if told:
                known[part] = told
        if known:
            yield {"environment": known}
        tags = _tags(known) if tagging else []
        if tags:
            yield {"tags": tags}


def _tags(known: Document) -> list[Document]:
    return [
        {"Key": f"{TAG}{tag}", "Value": _short(known[part][member])}
        for (part, member), tag in _TAGGED.items()
        if known.get(part, {}).get(member) not in {None, ""}
    ]


def _short(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text[-256:]


def _git(upload: Callable[[Path, str, str], None] | None) -> Document:
    code = git.read(Path.cwd())
    if code is None:
        return {}
    if code.diff and upload is not None:
        _keep(upload, DIFF, code.diff, "text/x-diff")
    return code.facts


def _packages(upload: Callable[[Path, str, str], None] | None) -> Document:
    found = facts.packages()
    if upload is not None:
        _keep(upload, PACKAGES, "\n".join([*found, ""]).encode(), "text/plain")
    return {"count": len(found)}


def _host(_upload: object) -> Document:
    from trialbook.sdk.capture.system import Gpus

    gpus = Gpus().names()
    return {**facts.host(), **({"gpus": gpus} if gpus else {})}


def _keep(upload: Callable[[Path, str, str], None], name: str, data: bytes, media_type: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        upload(path, name, media_type)


_READERS: dict[str, Callable[[Callable[[Path, str, str], None] | None], Document]] = {
    "command": lambda _: facts.command(),
    "seeds": lambda _: facts.seeds(),
    "git": _git,
    "host": _host,
    "packages": _packages,
    "env": lambda _: facts.environment(),
}
