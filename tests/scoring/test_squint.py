"""From afar, twins that differ in fine detail only can no longer be told apart."""

from __future__ import annotations

import dataclasses
import io
import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image, ImageFilter

import twinscore as ts
from twinscore.scoring.squint import squint

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytest.importorskip("onnxruntime", reason="needs the extra cpu")


@pytest.fixture(scope="module")
def embedder() -> ts.Embedder:
    return ts.Embedder()


def scene(random: np.random.Generator) -> Image.Image:
    """A few colored fields, as different from each other as scenes are."""
    fields = random.integers(0, 256, (3, 3, 3), dtype=np.uint8)
    return Image.fromarray(fields).resize((240, 240), Image.Resampling.BICUBIC)


def with_grain(image: Image.Image, random: np.random.Generator) -> Image.Image:
    grain = random.normal(0.0, 40.0, (240, 240, 1))
    return Image.fromarray(np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8))


def test_fine_grain_gives_a_side_away_near_by_but_not_from_afar(embedder: ts.Embedder) -> None:
    random = np.random.default_rng(0)
    smooth = [scene(random) for _ in range(30)]
    grainy = [with_grain(scene(random), random) for _ in range(30)]
    result = ts.score(smooth, grainy, model=embedder, diagnostics=False)
    assert result.score < 0.1
    found = squint(result, embedder, sizes=[224, 16], quality=90).squint
    assert found is not None
    assert [step["size"] for step in found] == [16, 224]
    from_afar, near_by = (step["score"] for step in found)
    assert near_by < 0.3
    assert from_afar > 0.6


def test_the_curve_is_kept_in_the_result_and_in_its_json(
    embedder: ts.Embedder, make_folder: Callable[..., Path]
) -> None:
    real, synthetic = make_folder("real", {".": 21}), make_folder("synthetic", {".": 6}, seed=1)
    (real / "003.png").write_bytes(b"no image at all")
    result = ts.score(real, synthetic, model=embedder, diagnostics=False)
    assert result.to_dict()["squint"] is None
    seen: list[tuple[str, int, int]] = []
    found = squint(
        result,
        embedder,
        sizes=[32],
        progress=lambda stage, done, total: seen.append((stage, done, total)),
    )
    assert found.score == result.score
    (step,) = found.to_dict()["squint"]
    assert (step["size"], step["quality"]) == (32, 75)
    assert seen[-1] == ("Squinting", 26, 26)


def test_all_images_meet_the_network_in_one_size_and_format(
    embedder: ts.Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(0)
    wide = [scene(random).resize((90, 60)) for _ in range(3)]
    tall = [scene(random).filter(ImageFilter.BLUR).resize((300, 500)) for _ in range(3)]
    result = ts.score(wide, tall, model=embedder, diagnostics=False)
    met: list[tuple[str | None, tuple[int, int]]] = []
    embed = embedder.embed

    def noting(items: Any) -> Any:
        for item in items:
            image = Image.open(io.BytesIO(item.content))
            met.append((image.format, image.size))
        return embed(items)

    monkeypatch.setattr(embedder, "embed", noting)
    squint(result, embedder, sizes=[40])
    assert met == [("JPEG", (60, 40))] * 3 + [("JPEG", (40, 67))] * 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sizes": [4]}, r"at least 8 pixels, got \[4\]"),
        ({"sizes": []}, r"at least 8 pixels, got \[\]"),
        ({"quality": 0}, "quality of 1 to 95, got 0"),
    ],
)
def test_impossible_curves_are_refused(
    embedder: ts.Embedder, options: dict[str, Any], message: str
) -> None:
    random = np.random.default_rng(0)
    images = [scene(random) for _ in range(4)]
    result = ts.score(images[:2], images[2:], model=embedder, diagnostics=False)
    with pytest.raises(ValueError, match=message):
        squint(result, embedder, **options)


def test_embeddings_cannot_be_squinted_at(embedder: ts.Embedder) -> None:
    points = np.random.default_rng(0).standard_normal((2, 9, 3)).astype(np.float32)
    result = ts.score(points[0], points[1], diagnostics=False)
    for without in (result, dataclasses.replace(result, pool=None)):
        with pytest.raises(ValueError, match="needs images on both sides"):
            squint(without, embedder)


def test_an_image_that_is_gone_is_named(
    embedder: ts.Embedder, make_folder: Callable[..., Path]
) -> None:
    real, synthetic = make_folder("real", {".": 4}), make_folder("synthetic", {".": 4}, seed=1)
    result = ts.score(real, synthetic, model=embedder, diagnostics=False)
    os.truncate(real / "002.png", 0)
    with pytest.raises(ValueError, match=r"real/002.png could be read before, but now: empty file"):
        squint(result, embedder, sizes=[32])


def test_linear_light_is_reduced_at_the_exposure_that_was_scored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("OpenImageIO", reason="needs the extra vfx")
    from images.decoding.test_scene_linear import write

    random = np.random.default_rng(0)
    for side in ("photos", "renders"):
        (tmp_path / side).mkdir()
        for number in range(3):
            light = random.uniform(0.01, 0.05, (24, 24, 3)).astype(np.float32)
            write(tmp_path / side / f"{number}.exr", light)
    brightness = []
    for exposure in (0.0, 3.0):
        embedder = ts.Embedder(exposure=exposure)
        result = ts.score(
            tmp_path / "photos", tmp_path / "renders", model=embedder, diagnostics=False
        )
        assert result.pool is not None
        assert result.pool.exposure == exposure
        met: list[float] = []
        embed = embedder.embed

        def noting(items: Any, met: list[float] = met, embed: Any = embed) -> Any:
            met += [
                float(np.asarray(Image.open(io.BytesIO(item.content))).mean()) for item in items
            ]
            return embed(items)

        monkeypatch.setattr(embedder, "embed", noting)
        squint(result, embedder, sizes=[16])
        brightness.append(float(np.mean(met)))
    assert brightness[1] > 2.0 * brightness[0]


def test_a_sample_is_squinted_at_without_searching_all_images(
    embedder: ts.Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(3)
    real, synthetic = ([scene(random) for _ in range(12)] for _ in range(2))
    whole = squint(ts.score(real, synthetic, model=embedder), embedder, sizes=[32])
    sampled = ts.score(real, synthetic, model=embedder, precision=0.5)

    def search_of_all(*_: object, **__: object) -> None:
        pytest.fail("all images were searched")

    monkeypatch.setattr("twinscore.neighbors.settings.self_knn", search_of_all)
    # A sample of so few is all of them.
    assert squint(sampled, embedder, sizes=[32]).squint == whole.squint
