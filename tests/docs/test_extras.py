"""The base install and the extras are what the source imports: nothing is missing, nothing is there for nothing."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections import defaultdict
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "trialbook"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PAGE = (ROOT / "docs" / "reference" / "settings.md").read_text()

BROUGHT = {"pandas", "polars", "sklearn", "xgboost", "lightgbm", "torch", "keras", "transformers", "skops", "joblib"}
"""Modules of libraries that come with the program that logs, or with the model that is hosted."""
BROUGHT_TO = ("sdk/", "algorithms/scripts/", "clarify/attributions.py")
FOR_SCRIPTS = {"pandas"}
"""What the jobs extra brings for the scripts that it runs."""


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def distributions(texts: list[str]) -> set[str]:
    return {plain(Requirement(text).name) for text in texts}


BASE = distributions(PROJECT["dependencies"])
EXTRAS = {name: distributions(texts) for name, texts in PROJECT["optional-dependencies"].items()}


def places() -> dict[str, list[str]]:
    """Give the parts of the source that each extra is for, as the page has them."""
    rows = re.findall(r"^\| `(\w+)` \|[^|]+\|([^|]+)\|$", PAGE.partition("## Extras")[2], re.MULTILINE)
    return {name: re.findall(r"`([\w/]+(?:/|\.py))`", cell) for name, cell in rows}


def imports(tree: ast.AST) -> Iterator[str]:
    """Give the modules that are imported when the code runs, by statements, `import_module` and `need`."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        waiting += ast.iter_child_nodes(node)
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in {"import_module", "need"}:
                yield str(node.args[0].value)


def imported() -> dict[str, set[str]]:
    """Give every third-party module at the top of its package, with the files that import it."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted(SOURCE.rglob("*.py")):
        for module in imports(ast.parse(path.read_text())):
            top = module.partition(".")[0]
            if top not in sys.stdlib_module_names and top != "trialbook":
                found[top].add(path.relative_to(SOURCE).as_posix())
    return dict(found)


IMPORTED = imported()
DISTRIBUTIONS = packages_distributions()
NAMED = {"xgboost": ["xgboost-cpu"], "pynvml": ["nvidia-ml-py"]}
"""Modules of distributions with another name that may not be installed here."""


def names(module: str) -> set[str]:
    return {plain(name) for name in NAMED.get(module) or DISTRIBUTIONS.get(module, [module])}


@pytest.mark.parametrize("module", sorted(IMPORTED))
def test_what_is_imported_belongs_to_the_base_install_or_to_the_extra_of_its_place(module: str) -> None:
    if BASE & names(module):
        return
    extras = {place: extra for extra, listed in places().items() for place in listed if EXTRAS[extra] & names(module)}
    for path in IMPORTED[module]:
        brought = module in BROUGHT and path.startswith(BROUGHT_TO)
        assert brought or path.startswith(tuple(extras)), f"{path} imports {module}, which no extra for it brings"


@pytest.mark.parametrize("extra", sorted(EXTRAS.keys() - {"dev"}))
def test_an_extra_brings_nothing_that_its_places_do_not_import(extra: str) -> None:
    used = {
        name
        for module, paths in IMPORTED.items()
        for name in names(module)
        if any(path.startswith(tuple(places()[extra])) for path in paths)
    }
    idle = EXTRAS[extra] - used - (FOR_SCRIPTS if extra == "jobs" else set())
    assert not idle, f"nothing that the extra '{extra}' is for imports {sorted(idle)}"


def test_the_base_install_brings_nothing_that_is_not_imported() -> None:
    assert not BASE - {name for module in IMPORTED for name in names(module)}


def test_every_extra_is_explained() -> None:
    assert list(places()) == list(EXTRAS)
