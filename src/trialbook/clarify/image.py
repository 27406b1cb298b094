"""Image explanations: what each segment of a picture contributes to its classification.

The picture is cut into segments of similar colour (SLIC, Achanta et al. 2012). A segment that is not there takes the
baseline's pixels, by default the mean colour of the picture, and the segments play the game of `kernel_shap`. The heat
map gives every pixel the value of its segment.
"""

from __future__ import annotations

import functools
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.clarify.batching import BATCH_BYTES, Cost, Floats
from trialbook.clarify.shapley import default_samples, kernel_shap

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from trialbook.clarify.batching import Predict

UP_COLOUR = np.array([42.0, 111.0, 187.0])
DOWN_COLOUR = np.array([217.0, 119.0, 6.0])


@dataclass(frozen=True)
class ImageAttributions:
    """What the segments of one picture contribute.

    Attributes
    ----------
    image
        (height, width[, channels]): the picture, as given.
    segments
        (height, width): the number of the segment that each pixel belongs to, from 0.
    values
        (segments,) or (segments, outputs), in units of the prediction.
    standard_error
        Of the same shape; 0 where exact.
    expected_value
        The prediction for the baseline picture, a number or (outputs,).
    """

    image: NDArray[Any]
    segments: NDArray[np.intp]
    values: Floats
    standard_error: Floats
    expected_value: Floats | float
    cost: Cost = field(default_factory=Cost, compare=False)

    def heat_map(self, output: int = 0) -> Floats:
        """Give the value of each pixel's segment for one output, (height, width)."""
        return np.asarray(self.values.reshape(len(self.values), -1)[:, output][self.segments], np.float64)

    def to_png(self, output: int = 0, opacity: float = 0.65) -> bytes:
        """Draw the heat map over the grey picture: blue raises the output, orange lowers it. Needs Pillow."""
        from PIL import Image

        heat = self.heat_map(output)
        heat /= np.abs(heat).max() or 1.0
        grey = _bytes(self.image).reshape(*self.segments.shape, -1)[:, :, :3].mean(axis=2)[:, :, None]
        colour = np.where(heat[:, :, None] >= 0, UP_COLOUR, DOWN_COLOUR)
        strength = np.abs(heat)[:, :, None] * opacity
        mixed = grey * (1 - strength) + colour * strength
        file = io.BytesIO()
        Image.fromarray(mixed.round().clip(0, 255).astype(np.uint8)).save(file, "PNG")
        return file.getvalue()

    def _repr_png_(self) -> bytes:
        """Show the heat map of the first output."""
        return self.to_png()


def explain_image(
    predict: Predict,
    image: ArrayLike,
    *,
    num_segments: int = 20,
    segment_compactness: float = 5.0,
    baseline: ArrayLike | None = None,
    segments: ArrayLike | None = None,
    num_samples: int | None = None,
    link: str = "identity",
    seed: int = 0,
    batch_rows: int | None = None,
) -> ImageAttributions:
    """Explain the classification of one picture.

    Parameters
    ----------
    predict
        Takes pictures (n, height, width[, channels]) of the dtype of `image` and gives (n,) or (n, outputs).
    image
        (height, width) or (height, width, channels); integers from 0 to 255 or floats from 0 to 1.
    num_segments, segment_compactness
        What SLIC aims at; there can be fewer segments. More compactness makes them squarer.
    baseline
        A picture, a colour or a number; None: the mean colour.
    segments
        (height, width): integers that cut the picture, instead of SLIC.
    num_samples
        Coalitions; None: min(2M + 2048, 2^M - 2) for M segments.
    link, seed, batch_rows
        As in `kernel_shap`.

    Raises
    ------
    ValueError
        An argument is wrong; nothing was predicted.
    PredictionError
        The model raised, or gave NaN or too few rows.
    """
    picture = np.asarray(image)
    if picture.ndim not in {2, 3} or not picture.size:
        message = f"the image has shape {picture.shape}; (height, width) or (height, width, channels) is needed"
        raise ValueError(message)
    empty = _baseline(picture, baseline)
    cut = _cut(picture, num_segments, segment_compactness) if segments is None else _given(picture, segments)
    count = int(cut.max()) + 1
    found = kernel_shap(
        functools.partial(_predicted, predict, picture, empty, cut),
        np.ones((1, count), np.int8),
        np.zeros((1, count), np.int8),
        num_samples=num_samples if num_samples is not None else default_samples(count),
        link=link,
        seed=seed,
        batch_rows=batch_rows or max(1, BATCH_BYTES // picture.nbytes),
    )
    return ImageAttributions(picture, cut, found.values[0], found.standard_error[0], found.expected_value, found.cost)


def _cut(picture: NDArray[Any], count: int, compactness: float) -> NDArray[np.intp]:
    if count < 1:
        message = f"num_segments is {count}; at least 1 is needed"
        raise ValueError(message)
    from skimage.segmentation import slic

    channels = -1 if picture.ndim == 3 else None
    lab = picture.ndim == 3 and picture.shape[2] == 3
    found = slic(_bytes(picture), count, compactness, channel_axis=channels, convert2lab=lab, start_label=0)
    return np.unique(found, return_inverse=True)[1].reshape(picture.shape[:2])


def _given(picture: NDArray[Any], segments: ArrayLike) -> NDArray[np.intp]:
    cut = np.asarray(segments)
    if cut.shape != picture.shape[:2]:
        message = f"the segments have shape {cut.shape}; the picture's {picture.shape[:2]} is needed"
        raise ValueError(message)
    return np.unique(cut, return_inverse=True)[1].reshape(cut.shape)


def _baseline(picture: NDArray[Any], baseline: ArrayLike | None) -> NDArray[Any]:
    colour = picture.mean(axis=(0, 1)) if baseline is None else np.asarray(baseline)
    try:
        whole = np.broadcast_to(colour, picture.shape)
    except ValueError as wrong:
        message = f"the baseline has shape {colour.shape}, which does not fit the picture's {picture.shape}"
        raise ValueError(message) from wrong
    return (whole.round() if picture.dtype.kind in "iu" else whole).astype(picture.dtype)


def _bytes(picture: NDArray[Any]) -> NDArray[np.uint8]:
    """Give a picture of any number type with values from 0 to 255."""
    if picture.dtype.kind == "f" and picture.max(initial=0.0) <= 1.0:
        return (picture * 255).round().clip(0, 255).astype(np.uint8)
    return picture.clip(0, 255).astype(np.uint8)


def _predicted(
    predict: Predict, picture: NDArray[Any], empty: NDArray[Any], cut: NDArray[np.intp], present: NDArray[Any]
) -> object:
    there = present.astype(np.bool_)[:, cut]
    if picture.ndim == 3:
        there = there[..., None]
    return predict(np.where(there, picture, empty))
