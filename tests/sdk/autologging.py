"""What tests of autologging share: it is off after each test, and what was logged can be asked."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from trialbook import autolog, search
from trialbook.sdk.reading import open_reading
from trialbook.sdk.table import Table

FAKES = Path(__file__).parent / "fakes"
FAKED = ("lightning", "keras", "transformers")


def faked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the libraries that are not installed be imported from `fakes`, anew."""
    monkeypatch.syspath_prepend(str(FAKES))
    forget()
    yield
    autolog(False)
    forget()


def forget() -> None:
    """Forget the libraries, and the modules that know them."""
    for name in list(sys.modules):
        if name.partition(".")[0] in FAKED or name.startswith(tuple(f"trialbook.sdk.autolog.{one}" for one in FAKED)):
            del sys.modules[name]


def told(name: str) -> dict[str, Any]:
    """Give a run's parameters, as numbers and texts."""
    found = open_reading().call("run", {"name": name}).get("Parameters", {})
    return {key: value.get("NumberValue", value.get("StringValue")) for key, value in found.items()}


def artifacts(name: str) -> set[str]:
    """Name a run's artifacts, tables among them."""
    return {
        *open_reading().call("run", {"name": name}).get("OutputArtifacts", {}),
        *search(resource="artifact")["name"],
    }


def logged() -> Table:
    """Find all runs, in the order in which they were made."""
    return search(columns=["Tags.*", "Metrics.*", "Status.PrimaryStatus"], sort="CreationTime", limit=None)
