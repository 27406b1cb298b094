"""Runs a module as the base install would: `python bare.py MODULE ...` imports nothing that only an extra brings."""

from __future__ import annotations

import re
import runpy
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

from packaging.requirements import Requirement

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]


def base() -> set[str]:
    """Name the distributions that the base install brings."""
    found = {"trialbook"}
    waiting = [Requirement(text).name for text in PROJECT["dependencies"]]
    while waiting:
        name = plain(waiting.pop())
        if name in found:
            continue
        try:
            needed = [Requirement(text) for text in requires(name) or ()]
        except PackageNotFoundError:
            continue
        found.add(name)
        waiting += [one.name for one in needed if one.marker is None or one.marker.evaluate({"extra": ""})]
    return found


def plain(name: str) -> str:
    """Write a distribution's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


class Absent:
    """An import hook: what only an extra brings is not there."""

    def __init__(self) -> None:
        installed = base()
        self.absent = {
            module
            for module, distributions in packages_distributions().items()
            if not installed.intersection(map(plain, distributions))
        }

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name.partition(".")[0] in self.absent:
            message = f"No module named {name!r}"
            raise ModuleNotFoundError(message, name=name)


if __name__ == "__main__":
    sys.meta_path.insert(0, Absent())
    del sys.argv[0]
    sys.path[0] = ""  # as with `python -m`
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
