"""Images that are not read are counted, by ending, and said."""

from __future__ import annotations

import tarfile
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

import twinscore as ts
from twinscore.base.extras import pip_command
from twinscore.embedding.into_memory import embed_images
from twinscore.embedding.network.embedder import Embedder
from twinscore.embedding.records import Embeddings
from twinscore.embedding.sides import open_source
from twinscore.images.sources import FolderSource, endings
from twinscore.images.sources.passed_over import describe_passed_over, passed_over_by
from twinscore.scoring.notes import passed_over_notes
from twinscore.streaming.watching.frames import list_frames

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

UNREAD = {".cr2": 2, ".svg": 1}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "images"
    (root / "deep").mkdir(parents=True)
    for number in range(4):
        pixels = np.random.default_rng(number).integers(0, 256, (16, 16, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(root / f"{number}.png")
    for name in ("a.CR2", "deep/b.cr2", "c.svg", "notes.txt", ".hidden.cr2"):
        (root / name).write_bytes(b"not looked at")
    return root


def in_a_folder(folder: Path) -> str:
    return str(folder)


def in_a_pattern(folder: Path) -> str:
    return f"{folder}/**/*"


def in_a_zip(folder: Path) -> str:
    path = folder.parent / "images.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*.*")):
            archive.write(file, str(file.relative_to(folder)))
    return str(path)


def in_a_tar(folder: Path) -> str:
    path = folder.parent / "images.tar"
    with tarfile.open(path, "w") as archive:
        for file in sorted(folder.rglob("*.*")):
            archive.add(file, str(file.relative_to(folder)))
    return str(path)


@pytest.mark.parametrize("build", [in_a_folder, in_a_pattern, in_a_zip, in_a_tar])
@pytest.mark.parametrize("grouped", [False, True])
def test_every_kind_of_source_counts_them(
    folder: Path, build: Callable[[Path], str], grouped: bool
) -> None:
    groups: list[Any] | None = list("aabb") if grouped else None
    source = open_source(build(folder), side="real", groups=groups)
    assert len(source) == 4  # type: ignore[arg-type]
    assert passed_over_by(source) == UNREAD


def test_a_watch_counts_them(folder: Path) -> None:
    assert list_frames(folder).passed_over == UNREAD


def test_what_is_embedded_carries_them(folder: Path, save_model: Callable[..., Path]) -> None:
    run = ts.embed(folder, folder.parent / "store", model=save_model())
    assert run.passed_over == UNREAD
    embedded = embed_images(FolderSource(folder), Embedder(save_model()))
    (note,) = passed_over_notes(embedded, Embeddings(np.zeros((1, 1), np.float32), ("a",)))
    assert note == "real side, 3 image files passed over: 2 .cr2, 1 .svg, which are not read"


def test_a_folder_of_nothing_else_says_what_there_is(tmp_path: Path) -> None:
    (tmp_path / "a.nef").write_bytes(b"")
    with pytest.raises(ValueError, match=r"1 image file passed over: 1 \.nef, which are not read"):
        FolderSource(tmp_path)


@pytest.fixture
def without_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endings, "_is_installed", lambda package: package == "imagecodecs")
    return


@pytest.mark.usefixtures("without_packages")
def test_what_a_package_would_read_is_named_with_the_command(folder: Path) -> None:
    for name in ("d.exr", "e.heic", "f.jxl"):
        (folder / name).write_bytes(b"")
    source = FolderSource(folder)
    assert len(source) == 5
    assert source.passed_over == {**UNREAD, ".exr": 1, ".heic": 1}
    said = describe_passed_over(source.passed_over)
    assert f"1 .exr, which {pip_command('vfx')} reads" in said
    assert f"1 .heic, which {pip_command('heif')} reads" in said


@pytest.mark.parametrize("name", ["a.jfif", "a.GIF", "a.jp2", "a.tga", "a.psd", "a.qoi", "a.mpo"])
def test_more_endings_are_read(name: str) -> None:
    assert endings.is_image_name(name)
    assert not endings.is_unread_image(name)
