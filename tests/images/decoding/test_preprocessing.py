"""An image becomes network input without distortion, whatever its size."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from PIL import Image

from twinscore.images.decoding import Preprocessing, preprocess

UNSCALED = Preprocessing(mean=(0, 0, 0), scale=(1, 1, 1))


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (7, 1), (224, 224), (20000, 1), (1, 20000)])
def test_any_size_gives_the_same_shape(size: tuple[int, int]) -> None:
    prepared = preprocess(Image.new("RGB", size, (10, 20, 30)), UNSCALED)
    assert prepared.shape == (3, 224, 224)
    assert prepared.dtype == np.float32
    np.testing.assert_array_equal(
        prepared, np.broadcast_to([[[10]], [[20]], [[30]]], prepared.shape)
    )


def test_channels_are_centred_and_scaled_each_by_its_own_constants() -> None:
    preprocessing = Preprocessing(mean=(10, 20, 30), scale=(1, 2, 4))
    prepared = preprocess(Image.new("RGB", (9, 9), (12, 24, 38)), preprocessing)
    np.testing.assert_array_equal(prepared[:, 0, 0], [2, 2, 2])


@pytest.mark.parametrize("size", [(640, 360), (360, 640), (1000, 300)])
def test_result_is_the_centre_of_the_whole_image_resized(size: tuple[int, int]) -> None:
    image = smooth_image(size)
    factor = 256 / min(size)
    whole = image.resize(
        (round(size[0] * factor), round(size[1] * factor)), Image.Resampling.BICUBIC
    )
    left, top = (whole.width - 224) // 2, (whole.height - 224) // 2
    expected = np.asarray(whole.crop((left, top, left + 224, top + 224)), dtype=np.float32)
    difference = preprocess(image, UNSCALED) - expected.transpose(2, 0, 1)
    assert np.abs(difference).max() <= 2


@pytest.mark.parametrize("size", [(800, 400), (400, 800)])
def test_a_circle_stays_a_circle(size: tuple[int, int]) -> None:
    y, x = np.mgrid[0 : size[1], 0 : size[0]]
    inside = np.hypot(x - size[0] / 2 + 0.5, y - size[1] / 2 + 0.5) < 100
    image = Image.fromarray(np.where(inside, 255, 0).astype(np.uint8)).convert("RGB")
    prepared = preprocess(image, UNSCALED)[0] > 127
    diameter = 200 * 256 / 400
    assert np.abs(prepared.sum(axis=0).max() - diameter) <= 1
    assert np.abs(prepared.sum(axis=1).max() - diameter) <= 1


def test_the_whole_square_is_seen_where_crop_equals_resize() -> None:
    image = smooth_image((224, 224))
    prepared = preprocess(image, Preprocessing(224, 224, mean=(0, 0, 0), scale=(1, 1, 1)))
    np.testing.assert_array_equal(prepared, np.asarray(image).transpose(2, 0, 1))


@pytest.mark.parametrize(
    "change",
    [
        {"resize_shorter": 257},
        {"crop": 223},
        {"interpolation": "lanczos"},
        {"mean": (127, 127, 128)},
        {"scale": (128, 128, 127)},
        {"exposure": 1.0},
    ],
)
def test_fingerprint_tells_every_field_apart(change: dict[str, Any]) -> None:
    changed = dataclasses.replace(Preprocessing(), **change)
    assert changed.fingerprint != Preprocessing().fingerprint
    assert Preprocessing.from_json(changed.to_json()) == changed


def test_fingerprint_is_stable() -> None:
    assert Preprocessing().fingerprint == "rgb-shorter256-bicubic-crop224@6d8cb445"


def test_integers_and_floats_are_one_recipe() -> None:
    whole = Preprocessing(mean=(127, 127, 127), scale=(128, 128, 128))
    assert whole.fingerprint == Preprocessing().fingerprint


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"crop": 0}, "expected 0 < crop <= resize_shorter, got 0 and 256"),
        ({"crop": 300}, "expected 0 < crop <= resize_shorter, got 300 and 256"),
        ({"interpolation": "magic"}, "expected an interpolation of .*, got 'magic'"),
        ({"scale": (1, 0, 1)}, "expected positive scale"),
        ({"mean": (1, 2)}, "expected 3 values each for mean and scale"),
    ],
)
def test_values_out_of_range_are_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Preprocessing(**fields)


@pytest.mark.parametrize("text", ["[1]", '{"zoom": 2}', "not json"])
def test_unknown_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected a JSON object|Expecting value"):
        Preprocessing.from_json(text)


def smooth_image(size: tuple[int, int]) -> Image.Image:
    y, x = np.mgrid[0 : size[1], 0 : size[0]]
    waves = [np.sin(x / 90), np.cos(y / 70), np.sin((x + y) / 130)]
    return Image.fromarray((127 + 120 * np.stack(waves, axis=2)).astype(np.uint8))
