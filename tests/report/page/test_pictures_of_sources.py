"""Wherever images come from, the page shows them: files, archives, tables, URLs, clips, stores."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

import twinscore as ts
from scored import score_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytest.importorskip("onnxruntime", reason="needs the extra cpu")
pytest.importorskip("plotly", reason="needs the extra report")

IMAGES = 8


def encoded(seed: int) -> list[bytes]:
    random = np.random.default_rng(seed)
    files = []
    for _ in range(IMAGES):
        file = io.BytesIO()
        pixels = random.integers(0, 256, (24, 32, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(file, "PNG")
        files.append(file.getvalue())
    return files


def folder(path: Path, seed: int) -> Path:
    path.mkdir()
    for number, content in enumerate(encoded(seed)):
        (path / f"{number}.png").write_bytes(content)
    return path


def zipped(path: Path, seed: int) -> Path:
    with zipfile.ZipFile(path.with_suffix(".zip"), "w") as archive:
        for number, content in enumerate(encoded(seed)):
            archive.writestr(f"a/{number}.png", content)
    return path.with_suffix(".zip")


def tarred(path: Path, seed: int) -> Path:
    with tarfile.open(path.with_suffix(".tar"), "w") as archive:
        for number, content in enumerate(encoded(seed)):
            member = tarfile.TarInfo(f"{number}.png")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path.with_suffix(".tar")


def tabulated(path: Path, seed: int) -> Path:
    import pyarrow as pa
    from pyarrow import parquet

    parquet.write_table(pa.table({"image": encoded(seed)}), path.with_suffix(".parquet"))
    return path.with_suffix(".parquet")


def remote(path: Path, seed: int) -> str:
    fsspec = pytest.importorskip("fsspec", reason="needs the extra remote")
    for number, content in enumerate(encoded(seed)):
        with fsspec.open(f"memory://{path.name}/{number}.png", "wb") as file:
            file.write(content)
    return f"memory://{path.name}"


def clips(path: Path, seed: int) -> Path:
    pytest.importorskip("av", reason="needs the extra video")
    from small_clips import write_clip

    path.mkdir()
    for number in range(2):
        write_clip(path / f"take {number}.mp4", 20 + 5 * seed + number)
    return path


def linear(path: Path, seed: int) -> Path:
    pytest.importorskip("OpenImageIO", reason="needs the extra vfx")
    from images.decoding.test_scene_linear import write

    path.mkdir()
    random = np.random.default_rng(seed)
    for number in range(IMAGES):
        write(path / f"{number}.exr", random.random((24, 32, 3)).astype(np.float32))
    return path


def pictures_on(result: ts.ScoreResult, page: Path) -> Counter[str]:
    """How many images of each side the page has in galleries or for the map."""
    from twinscore.report.page.score_page import write_report
    from twinscore.report.page.thumbnails import Thumbnails

    write_report(result, page, map_method="pca")
    assert "no picture" not in page.read_text(encoding="utf-8").partition("<dialog")[0]
    assert result.pool is not None
    none, everything = np.zeros(0, np.int64), np.arange(len(result.pool))
    pictures = Thumbnails(result.pool).of_page(none, everything, seed=0)[1]
    return Counter("real" if row < result.pool.n_real else "synthetic" for row in pictures)


@pytest.mark.parametrize("write", [folder, zipped, tarred, tabulated, remote, clips, linear])
def test_images_of_every_source_are_on_the_page(
    write: Any, tmp_path: Path, save_model: Callable[..., Path]
) -> None:
    model = save_model()
    sides = write(tmp_path / "photos", 0), write(tmp_path / "renders", 1)
    result = score_all(*sides, model=model, diagnostics=False, video_interval=0.5)
    shown = pictures_on(result, tmp_path / "report.html")
    assert shown == {"real": result.n_real, "synthetic": result.n_synthetic}


@pytest.mark.parametrize("write", [folder, zipped, tarred, tabulated])
def test_images_whose_embeddings_are_in_a_store_are_on_the_page(
    write: Any, tmp_path: Path, save_model: Callable[..., Path]
) -> None:
    model = save_model()
    stores = []
    for seed, side in enumerate(("photos", "renders")):
        stores.append(tmp_path / f"{side}.store")
        ts.embed(write(tmp_path / side, seed), stores[-1], model=model)
    result = score_all(stores[0], stores[1], diagnostics=False)
    shown = pictures_on(result, tmp_path / "report.html")
    assert shown == {"real": IMAGES, "synthetic": IMAGES}
