"""Checkpoints as SageMaker's container keeps them: `xgboost-checkpoint.<round>`, the five newest.

A job that is started again with the folder it had goes on after the newest checkpoint that can be read.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

KEPT = 5
_NAME = re.compile(r"xgboost-checkpoint\.(\d+)")


def newest(folder: Path | None) -> tuple[Any, int]:
    """Give the newest readable checkpoint as a Booster and the number of rounds it holds, (None, 0) without one."""
    import xgboost

    for number, path in reversed(_found(folder)):
        booster = xgboost.Booster()
        try:
            booster.load_model(bytearray(path.read_bytes()))
        except xgboost.core.XGBoostError:  # torn by the stop that it is there for: try the one before
            continue
        return booster, number + 1
    return None, 0


def save(booster: Any, folder: Path, number: int) -> None:
    """Write the model after round `number`, whole or not at all, and drop those older than the five newest."""
    folder.mkdir(parents=True, exist_ok=True)
    write_model(booster, folder / f"xgboost-checkpoint.{number}")
    for _, path in _found(folder)[:-KEPT]:
        path.unlink(missing_ok=True)


def write_model(booster: Any, path: Path) -> None:
    """Write a model in UBJSON, which xgboost reads from 1.6 to today, whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(booster.save_raw("ubj"))
    except TypeError:  # xgboost before 1.6 knows one raw format
        temporary.write_bytes(booster.save_raw())
    temporary.replace(path)


def _found(folder: Path | None) -> list[tuple[int, Path]]:
    if folder is None or not folder.is_dir():
        return []
    matches = ((_NAME.fullmatch(path.name), path) for path in folder.iterdir())
    return sorted((int(match[1]), path) for match, path in matches if match)
