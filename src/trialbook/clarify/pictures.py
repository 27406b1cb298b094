"""Pictures as a data set: read from a folder, explained one by one, written as heat maps."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.clarify.predicting import predict_checked
from trialbook.errors import ClarifyError, ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trialbook.clarify.columns import Array
    from trialbook.clarify.predicting import Predict

ENDINGS = (".jpg", ".jpeg", ".png", ".npy")
FORMATS = {"image/jpeg": "JPEG", "image/jpg": "JPEG", "image/png": "PNG"}


@dataclass(frozen=True)
class Picture:
    """An explained picture.

    Attributes
    ----------
    name
        Its file.
    label
        The label that is explained: the one predicted.
    prediction, expected_value
        The model's answer for the label, for the picture and for the baseline.
    heat_map
        PNG.
    """

    name: str
    label: str
    prediction: float
    expected_value: float
    heat_map: bytes

    @property
    def file(self) -> str:
        """The name of its heat map."""
        return f"{Path(self.name).stem}_{self.label}.png"

    def to_dict(self) -> dict[str, Any]:
        """Give an element of `explanations.kernel_shap.images` of analysis.json."""
        return {
            "image": self.name,
            "label": self.label,
            "prediction": self.prediction,
            "expected_value": self.expected_value,
            "heat_map": f"explanations_shap/images/{self.file}",
        }


def explain_pictures(
    asked: Mapping[str, Any],
    labels: list[str] | None,
    path: Path,
    model: Predict,
    progress: Callable[[str, int, int], None] | None,
) -> list[Picture]:
    """Explain every picture of a folder by its segments.

    Parameters
    ----------
    asked
        `methods.shap` of the configuration.
    labels
        A name for each output of the model; None names them label0, label1, ...
    path
        A picture or a folder of them.
    model
        Takes pictures (n, height, width, channels) uint8, gives (n,) or (n, outputs).
    progress
        Told how many pictures are done.

    Raises
    ------
    ConfigError
        For object detection, which is not explained.
    ClarifyError
        If there is no picture, or one cannot be read.
    PredictionError
        If the model fails.
    """
    from trialbook.clarify.image import explain_image

    config = asked["image_config"]
    if config["model_type"] != "IMAGE_CLASSIFICATION":
        rule = "only IMAGE_CLASSIFICATION is explained; objects are not"
        raise ConfigError("methods.shap.image_config.model_type", rule)
    found = []
    files = _files(path)
    for done, file in enumerate(files):
        picture = read_picture(file)
        answer = np.atleast_2d(np.asarray(predict_checked(model, picture[None]), float).reshape(1, -1))[0]
        best = int(answer.argmax())
        explained = explain_image(
            model,
            picture,
            num_segments=config.get("num_segments", 20),
            segment_compactness=config.get("segment_compactness", 5.0),
            num_samples=asked.get("num_samples"),
            link="logit" if asked.get("use_logit") else "identity",
            seed=asked.get("seed", 0),
        )
        name = labels[best] if labels is not None and best < len(labels) else f"label{best}"
        expected = float(np.atleast_1d(explained.expected_value)[best])
        found.append(Picture(file.name, name, float(answer[best]), expected, explained.to_png(best)))
        if progress is not None:
            progress("explaining pictures", done + 1, len(files))
    return found


def _files(path: Path) -> list[Path]:
    files = [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.suffix.lower() in ENDINGS)
    if not files:
        message = f"{path} holds no picture; a name ends with {', '.join(ENDINGS)}"
        raise ClarifyError(message)
    return files


def read_picture(file: Path) -> Array:
    """Read a picture as (height, width, 3) uint8, or an array as it is.

    Raises
    ------
    ClarifyError
        If it cannot be read.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        if file.suffix.lower() == ".npy":
            return np.asarray(np.load(file, allow_pickle=False))
        with Image.open(file) as image:
            return np.asarray(image.convert("RGB"))
    except (OSError, ValueError, UnidentifiedImageError) as error:
        message = f"{file}: not a picture that can be read: {error}"
        raise ClarifyError(message) from error


def picture_bytes(picture: Array, content_type: str) -> bytes:
    """Write a picture as the body of a request."""
    body = io.BytesIO()
    if content_type in FORMATS:
        from PIL import Image

        Image.fromarray(np.asarray(picture, np.uint8)).save(body, FORMATS[content_type])
    else:
        np.save(body, picture)
    return body.getvalue()
