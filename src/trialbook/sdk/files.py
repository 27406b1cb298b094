"""What can be logged as a file: text, images, figures, models, JSON; each function gives the bytes' file in a folder.

Objects are recognised by what they can do (`savefig`, `save`, `write_html`), so that no library is imported for it.
"""

from __future__ import annotations

import json
import pickle
import struct
import tarfile
import zlib
from pathlib import Path

import numpy as np


def write_text(folder: Path, name: str, text: str) -> Path:
    """Write text as UTF-8."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def write_json(folder: Path, name: str, value: object) -> Path:
    """Write JSON."""
    return write_text(folder, f"{name}.json", json.dumps(value))


def write_figure(folder: Path, name: str, figure: object) -> Path:
    """Write a Matplotlib figure as PNG, a Plotly one (or whatever writes HTML) as HTML."""
    for method, ending in (("savefig", "png"), ("write_html", "html"), ("save", "html")):
        if hasattr(figure, method):
            path = folder / _with_ending(name, ending)
            getattr(figure, method)(path)
            return path
    message = f"a {type(figure).__name__} is no figure: expected one of Matplotlib, Plotly or Altair"
    raise TypeError(message)


def write_image(folder: Path, name: str, image: object) -> Path:
    """Write a PIL image, or an array (h, w), (h, w, 3) or (h, w, 4) of bytes or of floats in [0, 1], as PNG."""
    path = folder / _with_ending(name, "png")
    if hasattr(image, "save"):
        image.save(path)
    else:
        path.write_bytes(_png(np.asarray(image)))
    return path


def write_model(folder: Path, name: str, model: object) -> Path:
    """Write a model: a folder as tar.gz, anything else pickled."""
    if isinstance(model, str | Path):
        source = Path(model)
        if source.is_file():
            return source
        path = folder / f"{name}.tar.gz"
        with tarfile.open(path, "w:gz") as archive:
            archive.add(source, arcname=".")
        return path
    path = folder / f"{name}.pkl"
    with path.open("wb") as file:
        pickle.dump(model, file)
    return path


def _with_ending(name: str, ending: str) -> str:
    return name if name.endswith(f".{ending}") else f"{name}.{ending}"


def _png(image: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> bytes:
    if image.ndim not in {2, 3} or (image.ndim == 3 and image.shape[2] not in {1, 3, 4}):
        message = f"an image has the shape (h, w), (h, w, 3) or (h, w, 4), not {image.shape}"
        raise ValueError(message)
    if image.dtype != np.uint8:
        scaled = image.astype(np.float64)
        if np.issubdtype(image.dtype, np.floating):
            scaled = scaled * 255
        image = np.clip(np.rint(scaled), 0, 255).astype(np.uint8)
    height, width = image.shape[:2]
    colour = {1: 0, 3: 2, 4: 6}[1 if image.ndim == 2 else image.shape[2]]
    rows = np.concatenate([np.zeros((height, 1), np.uint8), image.reshape(height, -1)], axis=1).tobytes()
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
