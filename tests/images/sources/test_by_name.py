"""The name that a source gave an image leads back to the image."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from numbered_images import number_in, png
from twinscore.embedding.sides import open_source
from twinscore.images.records import ImageItem
from twinscore.images.sources.by_name import contents_by_name

if TYPE_CHECKING:
    from pathlib import Path


def zipped(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "renders of may.zip", "w") as archive:
        for number in range(4):
            archive.writestr(f"night/{number}.png", png(number))
    return folder / "renders of may.zip"


def tarred(folder: Path) -> Path:
    with tarfile.open(folder / "shard-0.tar", "w") as archive:
        for number in range(4):
            member = tarfile.TarInfo(f"a/{number}.png")
            member.size = len(png(number))
            archive.addfile(member, io.BytesIO(png(number)))
    return folder / "shard-0.tar"


def tabulated(folder: Path) -> Path:
    import pyarrow as pa
    from pyarrow import parquet

    images = [{"bytes": png(number), "path": None} for number in range(4)]
    parquet.write_table(pa.table({"image": images}), folder / "images.parquet")
    return folder / "images.parquet"


def in_a_folder(folder: Path) -> Path:
    for number in range(4):
        (folder / f"{number} at 3 s.png").write_bytes(png(number))
    return folder


def found(names: list[str]) -> dict[str, int]:
    return {name: number_in(ImageItem(name, content)) for name, content in contents_by_name(names)}


@pytest.mark.parametrize("write", [zipped, tarred, tabulated, in_a_folder])
def test_names_of_every_source_lead_to_their_images(write: Any, tmp_path: Path) -> None:
    source: Any = open_source(write(tmp_path), side="real")
    numbers = {item.name: number_in(item) for item in source}
    assert sorted(numbers.values()) == [0, 1, 2, 3]
    assert found(list(numbers)) == numbers
    last = list(numbers)[-1]
    assert found([last]) == {last: numbers[last]}


def test_frames_of_clips_are_found_by_their_time(tmp_path: Path) -> None:
    pytest.importorskip("av", reason="needs the extra video")
    from small_clips import write_clip

    clip = write_clip(tmp_path / "shot.mp4", 30)
    items: list[ImageItem] = list(open_source(clip, side="real", video_interval=0.5))  # type: ignore[arg-type]
    shown = dict(contents_by_name([items[4].name, items[1].name]))
    assert set(shown) == {items[1].name, items[4].name}
    for item in (items[1], items[4]):
        assert np.array_equal(shown[item.name], np.asarray(item.in_hand().content))


def test_images_at_urls_are_found() -> None:
    fsspec = pytest.importorskip("fsspec", reason="needs the extra remote")
    with fsspec.open("memory://by-name/7.png", "wb") as file:
        file.write(png(7))
    assert found(["memory://by-name/7.png"]) == {"memory://by-name/7.png": 7}


def test_what_is_gone_is_passed_over_and_costs_nothing_else(tmp_path: Path) -> None:
    whole, damaged = zipped(tmp_path), tmp_path / "damaged.zip"
    damaged.write_bytes(b"no archive")
    names = [
        "rows.npy row 3",
        "image 4",
        f"{tmp_path}/gone.png",
        f"{damaged}/0.png",
        f"{whole}/night/9.png",
        "nul\0.png",
        "x" * 5000,
        f"{whole}/night/2.png",
    ]
    assert found(names) == {f"{whole}/night/2.png": 2}


def test_rows_of_a_table_of_embeddings_are_no_images(tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    table = pa.table({"embedding": [[0.0, 1.0]], "image": [png(1)]})
    parquet.write_table(table, tmp_path / "points.parquet")
    assert found([f"{os.fspath(tmp_path)}/points.parquet row 0"]) == {}
