"""The notebook of examples/ runs from an empty store, and is kept with its outputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest

NOTEBOOK = Path(__file__).parents[2] / "examples" / "tour.ipynb"


def stored() -> Any:
    read: Any = nbformat.read
    return read(NOTEBOOK, as_version=4)


def outputs(notebook: Any) -> list[dict[str, Any]]:
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def html(notebook: Any) -> str:
    return "".join(str(output["data"].get("text/html", "")) for output in outputs(notebook) if "data" in output)


def check(notebook: Any) -> None:
    assert not [output for output in outputs(notebook) if output["output_type"] == "error"]
    assert sum("image/png" in output.get("data", {}) for output in outputs(notebook)) == 6
    text = html(notebook)
    assert "Best by test/accuracy (higher is better)" in text
    assert "The winner of 24 runs is digits-" in text
    assert "<table class='trialbook'>" in text


def test_the_notebook_is_kept_with_its_outputs() -> None:
    check(stored())


def test_the_documentation_shows_the_very_notebook() -> None:
    assert (NOTEBOOK.parents[1] / "docs" / "tour.ipynb").read_bytes() == NOTEBOOK.read_bytes()


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_notebook_runs_from_an_empty_store(tmp_path: Path) -> None:
    from nbclient import NotebookClient

    notebook = stored()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    check(notebook)
