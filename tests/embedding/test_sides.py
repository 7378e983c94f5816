from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from twinscore.embedding.records import Embeddings
from twinscore.embedding.sides import open_source
from twinscore.images.records import ImageItem, ImageSource
from twinscore.images.sources import FolderSource, SequenceSource

VECTORS = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
PIXELS = np.zeros((8, 8, 3), np.uint8)


def as_embeddings(opened: ImageSource | Embeddings) -> Embeddings:
    assert isinstance(opened, Embeddings)
    return opened


@pytest.mark.parametrize("kind", [str, Path])
def test_paths_open_by_what_they_are(kind: Any, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"x")
    np.save(tmp_path / "a.npy", VECTORS)
    np.savez(tmp_path / "b.NPZ.npz", embeddings=VECTORS)
    assert isinstance(open_source(kind(tmp_path), side="real"), FolderSource)
    for name in ("a.npy", "b.NPZ.npz"):
        opened = as_embeddings(open_source(kind(tmp_path / name), side="real"))
        assert np.array_equal(opened.vectors, VECTORS)


def test_a_matrix_is_embeddings() -> None:
    assert as_embeddings(open_source(VECTORS, side="real")).names == ("row 0", "row 1", "row 2")


def test_a_tensor_matrix_is_embeddings() -> None:
    torch = pytest.importorskip("torch")
    opened = as_embeddings(open_source(torch.from_numpy(VECTORS), side="real"))
    assert np.array_equal(opened.vectors, VECTORS)


@pytest.mark.parametrize(
    "images",
    [[PIXELS], PIXELS[None], [Image.fromarray(PIXELS)], ["a.jpg"], iter(["a.jpg"])],
    ids=["list", "stack", "pil", "path", "iterator"],
)
def test_an_iterable_of_images_is_a_sequence(images: Any) -> None:
    opened = open_source(images, side="real")
    assert isinstance(opened, SequenceSource)
    assert len(opened) == 1


def test_what_is_open_stays_open() -> None:
    source = SequenceSource(["a.jpg"])
    embeddings = Embeddings(VECTORS, ("a", "b", "c"))
    assert open_source(source, side="real") is source
    assert open_source(embeddings, side="real") is embeddings


def test_given_groups_take_the_place_of_others(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, embeddings=VECTORS, groups=[1, 1, 2])
    assert as_embeddings(open_source(path, side="real")).groups == ("1", "1", "2")
    opened = open_source(path, side="real", groups=["x", "y", "z"])
    assert as_embeddings(opened).groups == ("x", "y", "z")


@pytest.mark.parametrize("value", [VECTORS, ["a", "b", "c"]])
def test_the_number_of_groups_must_fit(value: Any) -> None:
    with pytest.raises(ValueError, match=r"synthetic groups: expected one group .* 3 .*got 2"):
        open_source(value, side="synthetic", groups=["x", "y"])


def test_grouping_needs_a_column_or_groups(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", VECTORS)
    for value in (VECTORS, tmp_path / "a.npy"):
        with pytest.raises(ValueError, match="real embeddings: group_by='folder': it has no col"):
            open_source(value, side="real", group_by="folder")
    with pytest.raises(ValueError, match="real images: group_by='folder': it has no columns"):
        open_source(["a.jpg"], side="real", group_by="folder")


def test_images_given_with_columns_are_grouped_by_them() -> None:
    items = [ImageItem(name, PIXELS, columns={"clip": name[0]}) for name in ("a1", "a2", "b1")]
    source = open_source(items, side="real", group_by="clip")
    assert not isinstance(source, Embeddings)
    assert [item.group for item in source] == ["a", "a", "b"]


@pytest.mark.parametrize(
    ("value", "kind", "message"),
    [
        ("", ValueError, "got an empty path"),
        (7, TypeError, "expected a folder, .* got int"),
        (None, TypeError, "got NoneType"),
        (b"\xff\xd8", TypeError, "got bytes"),
        (np.zeros((3, 4), np.uint8), TypeError, "float16, float32 or float64, got uint8"),
        ([], ValueError, "expected at least one image, got none"),
    ],
)
def test_other_kinds_are_refused(value: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=f"real .*{message}"):
        open_source(value, side="real")


def test_other_files_are_refused_with_what_is_expected(tmp_path: Path) -> None:
    path = tmp_path / "x.doc"
    path.write_text("x")
    expected = r"expected a folder, a pattern, .* or embeddings \(\.npy, \.npz, \.parquet\)"
    with pytest.raises(ValueError, match=rf"real side: {expected}, got '.*x\.doc'"):
        open_source(path, side="real")
    with pytest.raises(FileNotFoundError, match=rf"real .*{expected}, but '.*y'"):
        open_source(tmp_path / "y", side="real")


@pytest.mark.parametrize("interval", [0, -1, float("nan"), float("inf")])
def test_a_video_interval_is_more_than_nothing(interval: float, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected a video interval of more than 0 seconds"):
        open_source(tmp_path, side="real", video_interval=interval)
