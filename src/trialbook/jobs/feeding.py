"""Pipe mode: a channel's files through one named pipe an epoch.

Part of the keeper: it needs nothing but the standard library.
"""

from __future__ import annotations

import gzip
import os
import random
import shutil
from pathlib import Path
from typing import Any


def feed(pipe: dict[str, Any]) -> None:
    """Give a channel's files through `<path>_0`, `<path>_1` ...: one pipe an epoch, the next made as one is opened."""
    order, chooser = list(pipe["files"]), random.Random(pipe["seed"])  # noqa: S311 (an order of files)
    epoch = 0
    while True:
        here = Path(f"{pipe['path']}_{epoch}")
        if pipe["seed"] is not None:
            chooser.shuffle(order)
        try:
            with here.open("wb") as target:
                os.mkfifo(f"{pipe['path']}_{epoch + 1}")
                for file in order:
                    with gzip.open(file, "rb") if pipe["gzip"] else Path(file).open("rb") as source:
                        shutil.copyfileobj(source, target, 1 << 20)
        except BrokenPipeError:  # the program read as much as it wanted
            pass
        here.unlink()
        epoch += 1
