"""What a run logs as a file of its own making: text and JSON; `pictures` and `models` make the others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_text(folder: Path, name: str, text: object) -> Path:
    """Write text as UTF-8; what cannot be encoded becomes a question mark."""
    path = folder / (name if "." in name else f"{name}.txt")
    path.write_bytes(str(text).encode("utf-8", "replace"))
    return path


def write_json(folder: Path, name: str, value: object) -> Path:
    """Write JSON."""
    return write_text(folder, f"{name}.json", json.dumps(value))
