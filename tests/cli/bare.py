"""Runs a module as an install with few extras would: `python bare.py EXTRAS MODULE ...`.

EXTRAS are names with commas, or a dash for none. What the base install and these extras do not bring is not imported.
"""

from __future__ import annotations

import re
import runpy
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

from packaging.requirements import Requirement

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]


def brought(extras: list[str]) -> set[str]:
    """Name the distributions that an install with some extras brings."""
    found: set[tuple[str, str]] = set()
    waiting = [Requirement(text) for text in PROJECT["dependencies"]]
    waiting += [Requirement(text) for extra in extras for text in PROJECT["optional-dependencies"][extra]]
    while waiting:
        wanted = waiting.pop()
        for extra in ("", *wanted.extras):
            key = (plain(wanted.name), extra)
            if key in found:
                continue
            found.add(key)
            try:
                needed = [Requirement(text) for text in requires(wanted.name) or ()]
            except PackageNotFoundError:
                continue
            waiting += [one for one in needed if one.marker is None or one.marker.evaluate({"extra": extra})]
    return {"trialbook", *(name for name, _ in found)}


def plain(name: str) -> str:
    """Write a distribution's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


class Absent:
    """An import hook: what the extras do not bring is not there."""

    def __init__(self, extras: list[str]) -> None:
        installed = brought(extras)
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
    chosen = sys.argv[1]
    sys.meta_path.insert(0, Absent([] if chosen == "-" else chosen.split(",")))
    del sys.argv[:2]
    sys.path[0] = ""  # as with `python -m`
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
