"""Spools of other versions: the older form is shipped, a later one is left as it is.

`spool_version_1` is the spool of a process of that version: it logged `loss` 0 to 49, shipped that, logged on, and was
killed.
"""

from __future__ import annotations

import gzip
import json
import logging
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from trialbook import Run
from trialbook.cli.sync import command
from trialbook.sdk import journal
from trialbook.sdk.drain import read_head
from trialbook.sdk.journal import VERSION
from trialbook.sdk.recovery import recover_for, sync
from trialbook.sdk.target import Target
from trialbook.wire import points

OLD = Path(__file__).parent / "spool_version_1"


def left(target: Target, **head: object) -> Path:
    """Put the old spool where the target's are, with other members in its head."""
    folder = target.spools / "w-old"
    folder.mkdir(parents=True)
    told = {**json.loads((OLD / "head.json").read_text()), "target": target._asdict(), **head}
    (folder / "head.json").write_text(json.dumps(told))
    shutil.copy(OLD / "journal", folder)
    (folder / "000000.seg").write_bytes(gzip.decompress((OLD / "000000.seg.gz").read_bytes()))
    return folder


def take_first_batch(target: Target, folder: Path) -> None:
    """Have the store keep what the process had shipped: batch 0, which its journal says was acknowledged."""
    head = json.loads((folder / "head.json").read_text())
    changes = [entry["change"] for entry in journal.read(folder / "journal")[:2]]
    told = {"run": "exp-old", "writer": head["writer"], "seq": 0, "names": ["loss"], "changes": changes}
    start = {key: one for key, one in head["run"].items() if one is not None and key != "component"}
    step = np.arange(50)
    columns = (step.tobytes(), (head["created"] + step).tobytes(), (step / 4).tobytes(), bytes(4 * 50))
    target.transport().exchange("points", points.write({**told, "start": start}, columns))


def test_a_spool_of_version_1_is_shipped_whole(target: Target) -> None:
    folder = left(target)
    take_first_batch(target, folder)
    (shipped,) = recover_for(target, target.transport())
    assert (shipped.run, shipped.failure, folder.exists()) == ("exp-old", None, False)
    run = Run("exp", "old", begin=False)
    read = run.metrics("loss", "acc")
    assert read["loss"].step.tolist() == list(range(80))
    assert read["loss"].value.tolist() == [step / 4 for step in range(80)]
    assert read["acc"].value.tolist() == [0.5]
    told = run.describe()
    assert told["Parameters"]["depth"] == {"NumberValue": 3.0}
    assert told["Status"]["PrimaryStatus"] == "Stopped"


@pytest.mark.parametrize("version", [VERSION + 1, "two", None])
def test_a_spool_of_a_later_version_is_left_as_it_is(
    target: Target, version: Any, caplog: pytest.LogCaptureFixture
) -> None:
    folder = left(target, version=version, run={"name": "in another form"})
    with (folder / "journal").open("ab") as file:
        file.write(b"a line of another form\n")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with caplog.at_level(logging.WARNING):
        assert all(one.failure for one in recover_for(target, target.transport()))
        (found,) = sync()
    assert found.failure
    assert f"version {version!r}" in found.failure
    assert "newer" in caplog.text
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "lock"} == before


def test_sync_says_which_spool_it_left(target: Target) -> None:
    folder = left(target, version=VERSION + 1)
    told = CliRunner().invoke(command, [])
    assert told.exit_code == 1
    assert str(folder) in told.output.replace("\n", "")


def test_a_spool_says_its_version(target: Target) -> None:
    run = Run("exp", "r")
    (folder,) = target.spools.glob("w-*")
    told = read_head(folder)
    run.finish()
    assert told is not None
    assert told["version"] == VERSION
