"""Annotated images that keep coming, as whoever scores them in Python sees it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

import twinscore as ts
from annotated_frames import figures
from composed_scenes import write_scenes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytest.importorskip("onnxruntime", reason="needs the extra cpu")
pytest.importorskip("pycocotools", reason="needs the extra objects")


@pytest.fixture
def real(tmp_path: Path) -> Path:
    return write_scenes(tmp_path / "real", 12, seed=1)


@pytest.fixture
def synthetic(tmp_path: Path) -> Path:
    return write_scenes(tmp_path / "synthetic", 9, seed=2, real_objects=0.5)


@pytest.fixture
def stream(real: Path, save_model: Callable[..., Path]) -> ts.StreamingViews:
    return ts.StreamingViews(real, model=save_model(), capacity=200, threads=1)


def parts(synthetic: Path) -> list[tuple[list[Path], Path]]:
    """Cut the images in three, and their annotations with them."""
    whole = json.loads(synthetic.read_text())
    found = []
    for number in range(3):
        images = whole["images"][number::3]
        ids = {each["id"] for each in images}
        objects = [each for each in whole["annotations"] if each["image_id"] in ids]
        file = synthetic.with_name(f"part{number}.json")
        file.write_text(json.dumps({**whole, "images": images, "annotations": objects}))
        folder = synthetic.parent / "images"
        found.append(([folder / each["file_name"] for each in images], file))
    return found


def test_images_in_batches_score_as_all_at_once(
    stream: ts.StreamingViews, real: Path, synthetic: Path, save_model: Callable[..., Path]
) -> None:
    counts = [stream.update(images, objects) for images, objects in parts(synthetic)]
    expected = ts.score(
        real, synthetic, model=save_model(), diagnostics=False, richness=False, threads=1
    )
    assert expected.views is not None
    found = stream.result()
    assert found.views is not None
    assert found.score == expected.views["scenes"].score
    for view, each in found.views.items():
        assert each.score == expected.views[view].score, view
    objects = expected.views.counts["synthetic"].objects
    assert {name: sum(each.objects.get(name, 0) for each in counts) for name in objects} == objects


def test_a_row_says_how_each_view_stands_and_a_sentence_what_that_comes_to(
    stream: ts.StreamingViews, synthetic: Path
) -> None:
    stream.update(synthetic)
    result = stream.result()
    assert result.views is not None
    assert [row.view for row in result.views.rows] == ["items", "environment", "scenes"]
    assert all(row.adjusted_p_value >= row.p_value for row in result.views.rows)  # type: ignore[operator]
    assert result.views.verdict.startswith("The objects")
    assert (
        json.loads(result.to_json())["views"]["items"]["n_synthetic"]
        == result.views["items"].n_seen
    )


def test_a_view_with_too_few_pictures_says_so_and_the_others_are_scored(
    stream: ts.StreamingViews, synthetic: Path
) -> None:
    whole = json.loads(synthetic.read_text())
    bare = synthetic.with_name("bare.json")
    bare.write_text(json.dumps({**whole, "annotations": []}))
    stream.update(bare)
    result = stream.result()
    assert result.views is not None
    assert list(result.views) == ["environment", "scenes"]
    (items,) = [row for row in result.views.rows if row.view == "items"]
    assert items.score is None
    assert any(note.startswith("items: expected at least") for note in result.warnings)


def saved(stream: ts.StreamingViews, folder: Path) -> ts.StreamingViews:
    stream.save(folder / "stream.npz")
    return ts.StreamingViews.load(folder / "stream.npz", threads=1)


def copied(stream: ts.StreamingViews, folder: Path) -> ts.StreamingViews:
    return ts.StreamingViews.restore(stream.snapshot(), model=folder / "mine.onnx", threads=1)


@pytest.mark.parametrize("way", [saved, copied])
def test_a_stream_goes_on_from_what_was_kept(
    way: Callable[..., ts.StreamingViews],
    stream: ts.StreamingViews,
    synthetic: Path,
    tmp_path: Path,
) -> None:
    first, *others = parts(synthetic)
    stream.update(*first)
    again = way(stream, tmp_path)
    for images, objects in others:
        stream.update(images, objects)
        again.update(images, objects)
    assert figures(again.result()) == figures(stream.result())
    assert again.result().warnings == stream.result().warnings


def test_streams_of_parts_put_together_equal_one_of_all(
    stream: ts.StreamingViews, real: Path, synthetic: Path, save_model: Callable[..., Path]
) -> None:
    model = save_model()
    streams = [ts.StreamingViews(real, model=model, capacity=200, threads=1) for _ in range(3)]
    for each, (images, objects) in zip(streams, parts(synthetic), strict=True):
        each.update(images, objects)
    together = streams[0].merge(streams[1]).merge(streams[2])
    for images, objects in parts(synthetic):
        stream.update(images, objects)
    assert figures(together.result()) == figures(stream.result())


def test_streams_that_look_at_objects_in_other_ways_are_not_put_together(
    stream: ts.StreamingViews, real: Path, save_model: Callable[..., Path]
) -> None:
    other = ts.StreamingViews(real, views=["items"], model=save_model(), threads=1)
    with pytest.raises(ValueError, match=r"expected views items,environment,scenes .* to merge"):
        stream.merge(other)


def test_what_is_left_out_of_the_real_side_is_said(
    real: Path, synthetic: Path, save_model: Callable[..., Path]
) -> None:
    views = ts.ViewSettings(smallest=25)
    stream = ts.StreamingViews(real, views=views, model=save_model(), threads=1)
    stream.update(synthetic)
    assert any(
        "real objects left out: smaller than 25" in note for note in stream.result().warnings
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"nothing of the kind", "not the complete saved state of a stream of views"),
        (None, "expected the saved state of a stream of views, but"),
    ],
)
def test_what_is_no_saved_stream_is_refused(
    content: bytes | None, reason: str, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / "stream.npz").write_bytes(content)
    with pytest.raises((ValueError, FileNotFoundError), match=reason):
        ts.StreamingViews.load(tmp_path / "stream.npz")


def test_embeddings_show_no_objects(tmp_path: Path, real: Path) -> None:
    np.save(tmp_path / "real.npy", np.zeros((4, 3), np.float32))
    with pytest.raises(
        ValueError, match="expected real images to look at objects in, got embeddings"
    ):
        ts.StreamingViews(tmp_path / "real.npy", real)
