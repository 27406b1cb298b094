"""Image explanations: segments, heat maps, pictures."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from trialbook.clarify.image import explain_image

Pictures = NDArray[np.uint8]


def picture() -> Pictures:
    """Four quarters: red, black, black, green."""
    made = np.zeros((40, 60, 3), np.uint8)
    made[:20, :30] = [255, 0, 0]
    made[20:, 30:] = [0, 255, 0]
    return made


def quarters() -> NDArray[np.intp]:
    rows, columns = np.mgrid[:40, :60]
    return np.asarray(10 * (rows >= 20) + 5 * (columns >= 30))


def redness(pictures: Pictures) -> NDArray[np.float64]:
    return np.asarray(pictures[..., 0].mean(axis=(1, 2)) / 255, np.float64)


def test_a_segment_gets_what_its_pixels_contribute() -> None:
    found = explain_image(redness, picture(), segments=quarters(), baseline=0)
    assert found.values.tolist() == pytest.approx([0.25, 0, 0, 0])
    assert found.heat_map()[0, 0] == pytest.approx(0.25)
    assert found.heat_map().shape == (40, 60)
    assert found.cost.rows == 16 + 1


def test_the_mean_colour_stands_for_a_segment_that_is_not_there() -> None:
    seen: list[Pictures] = []

    def predict(pictures: Pictures) -> NDArray[np.float64]:
        seen.append(pictures)
        return redness(pictures)

    explain_image(predict, picture(), segments=quarters())
    assert seen[0].dtype == np.uint8
    assert seen[0][0, 5, 5].tolist() == [64, 64, 0]


def test_slic_cuts_along_colours_and_the_right_place_is_found() -> None:
    found = explain_image(redness, picture(), num_segments=8, baseline=0)
    inside = found.heat_map()[:20, :30]
    assert inside.min() > 0
    assert np.abs(found.heat_map()[20:]).max() == pytest.approx(0, abs=1e-9)
    assert found.values.sum() == pytest.approx(0.25)


def test_grey_pictures_of_floats_are_explained() -> None:
    grey = picture()[:, :, 0] / 255.0
    found = explain_image(lambda x: x.mean(axis=(1, 2)), grey, num_segments=4, baseline=0.0)
    assert found.values.sum() == pytest.approx(0.25)
    assert Image.open(io.BytesIO(found.to_png())).size == (60, 40)


def test_the_heat_map_is_blue_where_the_output_rises() -> None:
    found = explain_image(redness, picture(), segments=quarters(), baseline=0)
    drawn = np.asarray(Image.open(io.BytesIO(found.to_png(opacity=1.0))))
    assert drawn[5, 5].tolist() == [42, 111, 187]
    assert len(set(drawn[5, 50].tolist())) == 1


def test_pictures_are_sent_in_batches() -> None:
    sizes: list[int] = []

    def predict(pictures: Pictures) -> NDArray[np.float64]:
        sizes.append(len(pictures))
        return redness(pictures)

    explain_image(predict, picture(), segments=quarters(), batch_rows=5)
    assert max(sizes) == 5


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"image": np.zeros(3)}, "the image has shape"),
        ({"segments": np.zeros((2, 2))}, "the segments have shape"),
        ({"baseline": np.zeros((2, 2))}, "the baseline has shape"),
        ({"num_segments": 0}, "num_segments is 0"),
    ],
)
def test_wrong_arguments_are_named(options: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        explain_image(redness, **{"image": picture(), **options})  # type: ignore[arg-type]
