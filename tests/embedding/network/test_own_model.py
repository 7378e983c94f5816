"""A user's ONNX file is an embedder, or is refused with what it lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from twinscore.embedding.network.embedder import Embedder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytest.importorskip("onnxruntime", reason="needs the extra cpu")

PLAIN = {"resize_shorter": 8, "crop": 8, "mean": [0, 0, 0], "scale": [1, 1, 1]}


def test_own_model_with_its_own_preprocessing(save_model: Callable[..., Path]) -> None:
    embedder = Embedder(save_model(preprocessing=PLAIN))
    assert embedder.dimension == 3
    assert embedder.fingerprint.startswith("mine@")
    vectors = embedder.embed([Image.new("RGB", (20, 9), (50, 60, 70))])
    np.testing.assert_allclose(vectors, [[50, 60, 70]], rtol=1e-6)


def test_own_model_without_metadata_gets_imagenet_constants(
    save_model: Callable[..., Path],
) -> None:
    embedder = Embedder(save_model(shape=("n", 3, 112, 112)))
    assert (embedder.preprocessing.resize_shorter, embedder.preprocessing.crop) == (128, 112)
    vectors = embedder.embed([Image.new("RGB", (20, 9), (255, 255, 255))])
    expected = (1 - np.array([0.485, 0.456, 0.406])) / [0.229, 0.224, 0.225]
    np.testing.assert_allclose(vectors, [expected], rtol=1e-4)


def test_own_model_of_open_size_gets_the_usual_crop(save_model: Callable[..., Path]) -> None:
    assert Embedder(save_model(shape=("n", 3, "h", "w"))).preprocessing.crop == 224


@pytest.mark.parametrize("batch", [1, 4])
def test_own_model_of_fixed_batch(save_model: Callable[..., Path], batch: int) -> None:
    images = np.random.default_rng(0).integers(0, 256, (7, 30, 40, 3), dtype=np.uint8)
    fixed = Embedder(save_model(shape=(batch, 3, 8, 8)), batch_size=6)
    free = Embedder(save_model(name="free.onnx"))
    np.testing.assert_array_equal(fixed.embed(images), free.embed(images))


def test_own_model_in_half_precision(save_model: Callable[..., Path]) -> None:
    embedder = Embedder(save_model(dtype="FLOAT16", preprocessing=PLAIN))
    vectors = embedder.embed([Image.new("RGB", (9, 9), (50, 60, 70))])
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, [[50, 60, 70]], rtol=1e-3)


def test_weights_beside_the_model_are_part_of_its_fingerprint(
    save_model: Callable[..., Path],
) -> None:
    path = save_model()
    alone = Embedder(path).fingerprint
    path.with_name("mine.onnx.data").write_bytes(b"weights")
    assert Embedder(path).fingerprint != alone


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"shape": ("n", 3, 8)}, r"mine@\w+: expected one input .*, got pixels \['n', 3, 8\]"),
        ({"shape": ("n", 4, 8, 8)}, "expected one input of shape"),
        ({"shape": ("n", 3, 8, 9)}, "expected one input of shape"),
        ({"dtype": "DOUBLE"}, r"expected an input of .*, got tensor\(double\)"),
        ({"preprocessing": "{"}, "metadata 'twinscore.preprocessing'"),
        ({"preprocessing": {"crop": "8"}}, "metadata 'twinscore.preprocessing'"),
        ({"preprocessing": {**PLAIN, "crop": 7}}, "expected crop 8 as the input has, got 7"),
    ],
)
def test_models_that_take_no_images_are_refused(
    save_model: Callable[..., Path], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Embedder(save_model(**options))


def test_file_that_is_no_model(tmp_path: Path) -> None:
    path = tmp_path / "noise.onnx"
    path.write_bytes(b"not a model")
    with pytest.raises(ValueError, match=r"noise.onnx: ONNX Runtime cannot open it"):
        Embedder(path)
