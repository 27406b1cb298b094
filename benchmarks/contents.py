"""What knowing data by content costs: hashing beside copying, sketching rows, asking whether data was used.

    python benchmarks/contents.py [megabytes]

Prints CPU time on one thread, the best of five, and the machine's load.
"""

from __future__ import annotations

import hashlib
import io
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from trialbook.handlers.native import OPERATIONS
from trialbook.model import Kind
from trialbook.names import Scope
from trialbook.services import buckets, content_uses, contents, objects, records, row_sketches, trial_components
from trialbook.services.conditions import Span
from trialbook.services.content_uses import READ, Use
from trialbook.services.contents import File
from trialbook.services.context import Call
from trialbook.services.workspace import open_workspace
from trialbook.settings import DEFAULT_ACCOUNT, Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialbook.store.interface import ObjectRow, Transaction

ROUNDS = 5
PIECE = 1 << 20
TABLES, FOLDERS, FILES = 200, 50, 1_000


def cpu(action: Callable[[], object]) -> float:
    """Give the least CPU seconds of five rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        action()
        best = min(best, time.process_time() - start)
    return best


def copying(call: Call, folder: Path, megabytes: int) -> None:
    """Put an object, then copy it to a file with and without its hash."""
    data = random.Random(1).randbytes(PIECE) * megabytes

    def put() -> None:
        objects.put_object(call, {"Bucket": "bench", "Key": "big", "Body": io.BytesIO(data)})

    stored = cpu(put)
    row = call.store.object("bench", "big")
    assert row is not None
    plain = cpu(lambda: fetch(call, row, folder / "plain", hashed=False))
    hashed = cpu(lambda: fetch(call, row, folder / "hashed", hashed=True))
    print(f"put {megabytes} MiB (MD5 and SHA-256 on the way)  {stored / megabytes * 1e3:6.2f} ms a MiB")
    print(f"fetch to a file                       {plain / megabytes * 1e3:6.2f} ms a MiB")
    print(f"fetch to a file, hashed               {hashed / megabytes * 1e3:6.2f} ms a MiB")
    for name in ("md5", "sha256", "blake2b"):
        seconds = cpu(lambda name=name: hashlib.new(name, data))  # type: ignore[misc]
        print(f"{name} alone                         {seconds / megabytes * 1e3:6.2f} ms a MiB")


def fetch(call: Call, row: ObjectRow, path: Path, *, hashed: bool) -> None:
    """Copy an object to a file as a job's fetch does."""
    digest = hashlib.sha256(usedforsecurity=False)
    with path.open("wb") as file:
        for piece in objects.read_bytes(call, row, Span(0, row.size)):
            if hashed:
                digest.update(piece)
            file.write(piece)


def table(rows: int, seed: int) -> bytes:
    """Make a CSV table of 14 columns, as Adult has."""
    chance = random.Random(seed)
    return "\n".join(
        ",".join(
            [str(chance.randrange(90)), f"{chance.random():.6f}", chance.choice(("Private", "State-gov")), str(number)]
            + [str(chance.randrange(40)) for _ in range(10)]
        )
        for number in range(rows)
    ).encode()


def sketching() -> None:
    """Sketch tables of two sizes."""
    for rows in (32_561, 300_000):
        data = table(rows, 1)
        seconds = cpu(lambda data=data: row_sketches.sketch(io.BytesIO(data), "csv"))  # type: ignore[misc]
        print(f"sketch {rows:,} rows, {len(data) / PIECE:.1f} MiB of CSV      {seconds * 1e3:6.0f} ms")


def asking(call: Call) -> None:
    """Ask over many tables and folders that were used."""
    one = row_sketches.to_document(row_sketches.sketch(io.BytesIO(table(32_561, 2)), "csv"))
    for number in range(TABLES):
        name = File("t.csv", contents.tree_identity([File(str(number), "0" * 64, 1)]).partition(":")[2], 1)
        use = Use(READ, "train", f"s3://bench/{number}/t.csv", [name], True, {name.hash: one})
        call.store.write(lambda tx, use=use: keep(tx, call, use))  # type: ignore[misc]
    chance = random.Random(3)
    folders = [[File(f"{at}.png", chance.randbytes(32).hex(), 9) for at in range(FILES)] for _ in range(FOLDERS)]
    start = time.process_time()
    for number, files in enumerate(folders):
        use = Use(READ, "train", f"s3://bench/f{number}/", files, False)
        call.store.write(lambda tx, use=use: keep(tx, call, use))  # type: ignore[misc]
    print(f"keep a folder of {FILES:,} files           {(time.process_time() - start) / FOLDERS * 1e3:6.0f} ms")
    half = [{"name": one.name, "sha256": one.hash, "size": 9} for one in folders[7][: FILES // 2]]
    told = cpu(lambda: OPERATIONS["verify"](call, {"files": half, "name": "half", "folder": True}))
    print(f"ask about {FILES // 2} files, {FOLDERS} folders used    {told * 1e3:6.0f} ms")
    rows = row_sketches.to_document(row_sketches.sketch(io.BytesIO(table(1_000, 2)), "csv"))
    question = {"files": [{"name": "q.csv", "sha256": "1" * 64, "size": 9, "rows": rows}]}
    told = cpu(lambda: OPERATIONS["verify"](call, question))
    print(f"ask about 1,000 rows, {TABLES} tables of 32,561 used {told * 1e3:6.0f} ms")


def keep(tx: Transaction, call: Call, use: Use) -> None:
    """Keep a use by the one run of the benchmark."""
    run = records.lookup(tx, call, Kind.TRIAL_COMPONENT, "bench")
    if run is None:
        doc = trial_components.new_component(call, "bench", {})
        run = records.insert(tx, call, Kind.TRIAL_COMPONENT, doc)
    content_uses.keep(tx, call, run, use)


def main() -> None:
    """Measure everything."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 256
    with tempfile.TemporaryDirectory() as folder:
        workspace = open_workspace(Settings(store=f"{folder}/store"))
        call = Call(workspace, Scope(DEFAULT_ACCOUNT, "us-east-1"), "bench", "bench")
        buckets.create_bucket(call, {"Bucket": "bench"})
        copying(call, Path(folder), megabytes)
        sketching()
        asking(call)
        workspace.close()
    print("load", " ".join(f"{one:.1f}" for one in os.getloadavg()))


if __name__ == "__main__":
    main()
