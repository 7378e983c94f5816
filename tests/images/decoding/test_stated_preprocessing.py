"""A preprocessing is stated in torch's words, in ours, or as a function, or is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from twinscore.images.decoding import Preprocessing, preprocess
from twinscore.images.decoding.preprocessing import IMAGENET
from twinscore.images.decoding.stated_preprocessing import as_preprocessing


def halved(image: Image.Image) -> Any:
    return np.asarray(image.resize((16, 8)), dtype=np.float32).transpose(2, 0, 1) / 2


def cut(image: Image.Image) -> Any:
    return halved(image)[:1]


def test_mean_and_std_are_of_values_up_to_one_as_in_torch() -> None:
    stated = as_preprocessing({"size": 8, "mean": (0.5, 0.25, 0), "std": (0.5, 0.5, 1)})
    assert (stated.crop, stated.resize_shorter) == (8, 8)
    found = preprocess(Image.new("RGB", (20, 9), (255, 255, 255)), stated)
    np.testing.assert_allclose(found[:, 0, 0], [1, 1.5, 1], rtol=1e-6)


def test_what_is_not_stated_is_that_of_imagenet() -> None:
    assert as_preprocessing({}) == IMAGENET
    larger = as_preprocessing({"size": 64, "resize": 72, "interpolation": "bilinear"})
    assert (larger.crop, larger.resize_shorter, larger.mean) == (64, 72, IMAGENET.mean)


def test_fields_of_a_preprocessing_keep_their_units() -> None:
    stated = as_preprocessing({"crop": 8, "resize_shorter": 9, "mean": [1, 2, 3]})
    assert stated == Preprocessing(crop=8, resize_shorter=9, mean=(1, 2, 3))
    assert as_preprocessing(stated) is stated


def test_a_function_makes_inputs_of_its_own_shape_from_the_whole_image() -> None:
    stated = as_preprocessing(halved)
    assert stated.input_shape == (3, 8, 16)
    image = Image.new("RGB", (5000, 4000), (100, 200, 50))
    found = preprocess(image, stated)
    assert found[:, 0, 0].tolist() == [50, 100, 25]
    assert stated.least_decoded > 5000


def test_functions_are_known_again_by_what_they_do() -> None:
    same = as_preprocessing(lambda image: halved(image))
    assert same.fingerprint == as_preprocessing(halved).fingerprint
    other = as_preprocessing(lambda image: halved(image) + 1e-3)
    assert other.fingerprint != same.fingerprint
    assert as_preprocessing(cut).fingerprint != same.fingerprint


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"size": 8, "mean": (127, 127, 127)}, "expected mean as three numbers from 0 to 1"),
        ({"size": 8, "std": (0.5,)}, "expected std as three numbers"),
        ({"size": 8, "std": 0.5}, "expected std as three numbers"),
        ({"size": 8.5}, "expected whole pixels"),
        ({"size": 9, "resize": 8}, "expected 0 < crop <= resize_shorter"),
        ({"size": 8, "crop": 8}, "expected a preprocessing of size, resize, .*, got crop"),
        ({"sise": 8}, "got sise"),
        ({"crop": 8, "colour": 1}, "cannot read the preprocessing"),
        (lambda image: np.asarray(image), r"expected .* \(channels, height, width\) .* \(64, 96"),
        (lambda _image: {"pixel_values": 1}, "expected .* from the preprocessing, got dict"),
        (lambda _image: 1 / 0, "the preprocessing fails: ZeroDivisionError"),
        (lambda _image: np.full((3, 4, 4), np.nan), "expected finite values"),
        (lambda _image: np.random.default_rng().random((3, 4, 4)), "leave out what is random"),
        (
            lambda image: np.asarray(image, dtype=np.float32).transpose(2, 0, 1),
            "expected one shape from the preprocessing .* let it scale and crop",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(stated: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        as_preprocessing(stated)


def test_other_values_are_refused_by_their_type() -> None:
    with pytest.raises(TypeError, match=r"expected a preprocessing as a mapping .*, got int"):
        as_preprocessing(224)  # type: ignore[arg-type]


def test_an_image_of_which_a_function_makes_another_shape_is_refused() -> None:
    def sometimes(image: Image.Image) -> Any:
        return halved(image) if image.width > 50 else halved(image)[:, :4]

    with pytest.raises(ValueError, match=r"gives shape \(3, 4, 16\) .* 10 x 10 pixels, and"):
        preprocess(Image.new("RGB", (10, 10)), as_preprocessing(sometimes))
