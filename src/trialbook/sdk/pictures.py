"""Pictures that a run logs: figures and images, each as a file in a folder.

Objects are recognised by what they can do (`savefig`, `to_html`, `save`), so that no library is imported for it.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any

from trialbook.sdk.warning import warn_once

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

IMAGE_ENDINGS = ("png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff")
_FIGURE_ENDINGS = ("png", "svg", "pdf", "jpg", "jpeg", "webp")
_CHANNELS = {1: 0, 3: 2, 4: 6}
"""PNG's colour types, by the number of channels."""


def write_figure(folder: Path, name: str, figure: Any) -> Path:
    """Write a figure of Matplotlib, or its axes, as PNG (or as the name's ending says), any that gives HTML as HTML."""
    if not hasattr(figure, "savefig") and hasattr(getattr(figure, "figure", None), "savefig"):
        figure = figure.figure
    if hasattr(figure, "savefig"):
        path = _named(folder, name, _FIGURE_ENDINGS)
        figure.savefig(path)
        return path
    path = _named(folder, name, ("html",))
    for method in ("write_html", "save"):
        if hasattr(figure, method):
            getattr(figure, method)(str(path))
            return path
    for method in ("to_html", "_repr_html_"):
        if hasattr(figure, method):
            path.write_text(getattr(figure, method)(), encoding="utf-8")
            return path
    message = f"a {type(figure).__name__} is no figure: expected one of Matplotlib, Plotly or Altair"
    raise TypeError(message)


def write_image(folder: Path, name: str, image: Any) -> Path:
    """Write an image as PNG, or a PIL image as the ending of the name says.

    An array is (h, w), (h, w, c) or (c, h, w) with one, three or four channels, of bytes, of booleans or of floats in
    [0, 1]; a tensor is taken from its device.
    """
    if hasattr(image, "save") and not hasattr(image, "dtype"):
        path = _named(folder, name, IMAGE_ENDINGS)
        image.save(path)
        return path
    path = _named(folder, name, ("png",))
    path.write_bytes(_png(_pixels(image)))
    return path


def _named(folder: Path, name: str, endings: tuple[str, ...]) -> Path:
    has_one = name.lower().rpartition(".")[2] in endings and "." in name
    return folder / (name if has_one else f"{name}.{endings[0]}")


def _pixels(image: Any) -> NDArray[Any]:
    import numpy as np

    if hasattr(image, "detach"):
        image = image.detach().cpu().numpy()
    array: NDArray[Any] = np.asarray(image)
    if array.ndim == 3 and array.shape[2] not in _CHANNELS and array.shape[0] in _CHANNELS:
        array = np.moveaxis(array, 0, 2)
    if array.ndim not in {2, 3} or (array.ndim == 3 and array.shape[2] not in _CHANNELS) or not array.size:
        message = f"an image has the shape (h, w), (h, w, c) or (c, h, w) with 1, 3 or 4 channels, not {array.shape}"
        raise ValueError(message)
    if array.dtype == np.uint8:
        return array
    scaled = array.astype(np.float64)
    if array.dtype == np.bool_ or np.issubdtype(array.dtype, np.floating):
        scaled = scaled * 255
        if np.nanmax(scaled, initial=0.0) > 255 or np.nanmin(scaled, initial=0.0) < 0:
            warn_once("image", "Trialbook cut an image's floats to [0, 1]: divide them, or give bytes (uint8).")
    return np.clip(np.rint(np.nan_to_num(scaled, nan=0.0)), 0, 255).astype(np.uint8)


def _png(image: NDArray[Any]) -> bytes:
    import numpy as np

    height, width = image.shape[:2]
    colour = _CHANNELS[1 if image.ndim == 2 else image.shape[2]]
    rows = np.concatenate([np.zeros((height, 1), np.uint8), image.reshape(height, -1)], axis=1).tobytes()
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
