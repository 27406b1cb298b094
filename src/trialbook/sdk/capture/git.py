"""What git knows of the code: commit, branch, remote, and the difference of the working tree from the commit.

Asked of git itself, with its hooks and external programs off and its locks untouched. Files whose names look like
those of secrets are left out of the difference, and user and password out of the remote's address.
"""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING, NamedTuple

from trialbook.sdk.capture.shared import changed_at

if TYPE_CHECKING:
    from pathlib import Path

    from trialbook.model import Document

SECONDS = 20.0
"""How long git may take for one answer; large trees on slow disks take that long."""
LARGEST = 4 << 20
"""Bytes of the difference that are kept."""
MOST_UNTRACKED = 200
SECRETS = (".env", "*.env", ".env.*", "*.pem", "*.key", "*.p12", "*.pfx", "id_*", "*credentials*", "*secret*", ".netrc")
"""File names that stay out of the difference."""
_USER = re.compile(r"(?<=://)[^/@]+@")


class Code(NamedTuple):
    """The facts (`commit`, `branch`, `remote`, `root`, `dirty`, `untracked`) and the difference as bytes."""

    facts: Document
    diff: bytes


def read(folder: Path) -> Code | None:
    """Ask git about the repository around `folder`; None when there is none, or no git."""
    told = _git(folder, "rev-parse", "--show-toplevel", "--abbrev-ref", "HEAD")
    if told is None:
        return None
    root, _, branch = told.decode("utf-8", "replace").strip().partition("\n")
    commit = (_git(folder, "rev-parse", "HEAD") or b"").decode().strip()
    facts: Document = {"root": root, "commit": commit, "branch": branch if branch != "HEAD" else ""}
    remote = _git(folder, "config", "--get", "remote.origin.url")
    if remote:
        facts["remote"] = _USER.sub("", remote.decode("utf-8", "replace").strip())
    status = (_git(folder, "status", "--porcelain", "-z", "--untracked-files=normal") or b"").split(b"\0")
    untracked = [line[3:].decode("utf-8", "replace") for line in status if line.startswith(b"??")]
    facts["dirty"] = any(line[:2].strip() and not line.startswith(b"??") for line in status)
    if untracked:
        facts["untracked"] = untracked[:MOST_UNTRACKED]
    return Code(facts, _difference(folder, facts) if facts["dirty"] else b"")


def state(folder: Path) -> tuple[int, ...]:
    """Give the times of what changes with a commit, a checkout and `git add`: of HEAD, its log, and the index.

    An edit of a file alone changes none of them.
    """
    for place in (folder, *folder.parents):
        inner = place / ".git"
        if inner.is_file():  # a worktree, or a submodule
            inner = place / inner.read_text(encoding="utf-8", errors="replace").partition(":")[2].strip()
        if inner.is_dir():
            return tuple(changed_at(inner / name) for name in ("HEAD", "index", "logs/HEAD"))
    return ()


def _difference(folder: Path, facts: Document) -> bytes:
    hidden = [f":(top,exclude,icase,glob)**/{pattern}" for pattern in SECRETS]
    arguments = ["diff", "--no-ext-diff", "--no-textconv", "--no-color", "HEAD", "--", ":(top)", *hidden]
    diff = _git(folder, *arguments) or b""
    if len(diff) > LARGEST:
        facts["diff_cut"] = len(diff)
        diff = diff[:LARGEST]
    return diff


def _git(folder: Path, *arguments: str) -> bytes | None:
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    safe = ["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "diff.external="]
    try:
        done = subprocess.run(
            ["git", *safe, *arguments],  # noqa: S607 - the user's own git
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None
