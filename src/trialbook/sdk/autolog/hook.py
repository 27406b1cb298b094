"""Waiting for imports: calls a function once a module has been imported, now if it has been already.

A finder at the head of `sys.meta_path` answers only for the modules waited for: it asks the finders behind it for the
real one, and has its loader followed by the function.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import sys
import threading
from typing import TYPE_CHECKING

from trialbook.sdk.warning import warn_once

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

_waiting: dict[str, Callable[[str], None]] = {}
_done: set[tuple[str, int]] = set()
_looking = threading.local()


def when_imported(name: str, then: Callable[[str], None]) -> None:
    """Call `then(name)` once for the module, when it is imported or now. What it raises becomes a warning."""
    module = sys.modules.get(name)
    if module is not None and not getattr(getattr(module, "__spec__", None), "_initializing", False):
        _follow(name, module, then)
        return
    _waiting[name] = then
    if not any(isinstance(one, _Finder) for one in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


def _follow(name: str, module: ModuleType, then: Callable[[str], None]) -> None:
    key = (name, id(module))
    if key in _done:
        return
    _done.add(key)
    try:
        then(name)
    except Exception as error:  # noqa: BLE001 - a library that changed must not stop its own import
        warn_once(f"autolog {name}", f"Trialbook cannot autolog {name}: {type(error).__name__}: {error}.")


class _Finder(importlib.abc.MetaPathFinder):
    """Finds what is waited for through the finders behind it."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module that is waited for; None for all others."""
        del path, target
        if fullname not in _waiting or getattr(_looking, "name", None) == fullname:
            return None
        _looking.name = fullname
        try:
            spec = importlib.util.find_spec(fullname)
        finally:
            _looking.name = None
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, fullname)
        return spec


class _Loader(importlib.abc.Loader):
    """Loads as the real loader does, then calls what waits."""

    def __init__(self, loader: importlib.abc.Loader, name: str) -> None:
        self._loader = loader
        self._name = name

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Make the module."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module, with its own loader in its place."""
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        module.__loader__ = self._loader
        self._loader.exec_module(module)
        then = _waiting.pop(self._name, None)
        if then is not None:
            _follow(self._name, module, then)

    def __getattr__(self, name: str) -> object:
        return getattr(self._loader, name)
