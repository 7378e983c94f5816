"""Every kind of source into a store: as it would be scored directly, and again without work."""

from __future__ import annotations

import csv
import os
import shutil
import sys
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

import twinscore as ts
from images.sources.test_tar_shard import write_tar
from twinscore.base.errors import MissingExtraError
from twinscore.embedding.into_memory import embed_images
from twinscore.embedding.sides import open_source
from twinscore.embedding.store import load_store
from twinscore.images.records import ImageItem

if TYPE_CHECKING:
    from collections.abc import Callable

    from twinscore.embedding.embedding_run import EmbeddingRun

    Builder = Callable[[Path], str]

pytest.importorskip("onnxruntime", reason="needs the extra cpu")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX processes")

COUNT = 7


@pytest.fixture
def embedder(save_model: Callable[..., Path]) -> Callable[..., ts.Embedder]:
    """Makes embedders with a small network: images become the means of their channels."""
    model = save_model()

    def make(**options: Any) -> ts.Embedder:
        return ts.Embedder(model, threads=1, batch_size=2, **options)

    return make


@pytest.fixture
def build(tmp_path: Path, served: tuple[str, Path]) -> Callable[[Builder], str]:
    """Builds a source and returns where it is: a path, or a URL if a server shows it."""
    url, folder = served
    return lambda make: make(tmp_path).replace(str(folder), url)


def write_images(folder: Path) -> list[Path]:
    """Images of different colours in folders "day" and "night", the last one damaged."""
    random = np.random.default_rng(5)
    paths = []
    for number in range(COUNT):
        path = folder / ("day", "night")[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(random.integers(0, 256, (9, 12, 3), dtype=np.uint8)).save(path)
        paths.append(path)
    paths[-1].write_bytes(paths[-1].read_bytes()[:60])
    return paths


def members(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in write_images(folder)}


def in_a_folder(place: Path) -> str:
    write_images(place / "images")
    return str(place / "images")


def by_a_pattern(place: Path) -> str:
    write_images(place / "images")
    return str(place / "images" / "**" / "*.png")


def in_a_list(place: Path) -> str:
    paths = write_images(place / "images")
    text = "\n".join(path.relative_to(place).as_posix() for path in paths)
    (place / "list.txt").write_text(text)
    return str(place / "list.txt")


def in_a_manifest(place: Path) -> str:
    paths = write_images(place / "images")
    with (place / "table.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["path", "group", "weather", "width"])
        for number, path in enumerate(paths):
            row = path.relative_to(place), f"clip {number // 3}", ("sun", "")[number % 2], number
            writer.writerow(row)
    return str(place / "table.csv")


def in_tar_shards(place: Path) -> str:
    images = list(members(place / "images").items())
    write_tar(place / "shard-0.tar", {**dict(images[:3]), "day/0.json": b'{"weather": "sun"}'})
    write_tar(place / "shard-1.tar", dict(images[3:]))
    return str(place / "shard-{0..1}.tar")


def in_a_zip(place: Path) -> str:
    write_zip(place / "images.zip", members(place / "images"))
    return str(place / "images.zip")


def in_parquet(place: Path) -> str:
    import pyarrow as pa
    from pyarrow import parquet

    contents = members(place / "images").values()
    rows = [{"image": {"bytes": content, "path": None}} for content in contents]
    labels = [{"label": number % 3} for number in range(len(rows))]
    table = pa.Table.from_pylist([{**a, **b} for a, b in zip(rows, labels, strict=True)])
    parquet.write_table(table, place / "images.parquet", row_group_size=2)
    return str(place / "images.parquet")


def at_urls(place: Path) -> str:
    write_images(place / "served" / "images")
    return str(place / "served" / "images")


def in_a_zip_at_a_url(place: Path) -> str:
    write_zip(place / "served" / "images.zip", members(place / "images"))
    return str(place / "served" / "images.zip")


def in_a_clip(place: Path) -> str:
    pytest.importorskip("av", reason="needs the extra video")
    from small_clips import write_clip

    return str(write_clip(place / "shot.mp4", 10 * (COUNT - 1) + 5))


def in_openexr(place: Path) -> str:
    pytest.importorskip("OpenImageIO", reason="needs the extra vfx")
    from images.decoding.test_scene_linear import write

    (place / "frames").mkdir()
    for number in range(COUNT):
        light = np.random.default_rng(number).random((8, 9, 3)).astype(np.float32)
        write(place / "frames" / f"{number}.exr", light)
    (place / "frames" / "3.exr").write_bytes((place / "frames" / "3.exr").read_bytes()[:300])
    return str(place / "frames")


def write_zip(path: Path, contents: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)


KINDS = (in_a_folder, by_a_pattern, in_a_list, in_a_manifest, in_tar_shards, in_a_zip, in_parquet)
ALL_KINDS = (*KINDS, at_urls, in_a_zip_at_a_url, in_a_clip, in_openexr)


def bytes_of(store: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(store.glob("[em]*"))}


@pytest.mark.parametrize("isolated", [False, True])
@pytest.mark.parametrize("make", ALL_KINDS)
def test_a_store_holds_what_would_be_scored_directly(
    make: Builder,
    isolated: bool,
    tmp_path: Path,
    build: Callable[[Builder], str],
    embedder: Callable[..., ts.Embedder],
) -> None:
    source = build(make)
    run = ts.embed(source, tmp_path / "store", model=embedder(isolated=isolated), shard_size=3)
    assert run.done == run.total == COUNT
    stored = load_store(tmp_path / "store")
    direct = embed_images(open_source(source, side="real"), embedder())  # type: ignore[arg-type]
    np.testing.assert_array_equal(stored.vectors, direct.vectors)
    assert (stored.names, stored.groups, stored.skipped) == (
        direct.names,
        direct.groups,
        direct.skipped,
    )
    assert dict(stored.columns) == dict(direct.columns)
    assert stored.facts == direct.facts
    assert (stored.model, stored.preprocessing) == (direct.model, direct.preprocessing)


@pytest.mark.parametrize("make", ALL_KINDS)
def test_a_second_run_has_nothing_to_do_and_a_stopped_one_goes_on(
    make: Builder,
    tmp_path: Path,
    build: Callable[[Builder], str],
    embedder: Callable[..., ts.Embedder],
) -> None:
    source = build(make)
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    ts.embed(source, whole, model=embedder(), shard_size=3)
    before = bytes_of(whole)
    again = ts.embed(source, whole, model=embedder())
    assert (again.unchanged, again.embedded, again.failed, again.missing) == (COUNT, 0, 0, 0)
    assert bytes_of(whole) == before

    def stop(run: EmbeddingRun) -> None:
        if run.embedded + run.failed >= 2:
            raise KeyboardInterrupt

    for _ in range(2):
        with suppress(KeyboardInterrupt):
            ts.embed(source, broken, model=embedder(), shard_size=3, progress=stop)
    ts.embed(source, broken, model=embedder())
    assert bytes_of(broken) == before


@pytest.mark.parametrize("make", [*KINDS, in_a_clip])
def test_no_other_spelling_of_a_path_makes_other_images(
    make: Builder,
    tmp_path: Path,
    build: Callable[[Builder], str],
    embedder: Callable[..., ts.Embedder],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = build(make)
    ts.embed(source, tmp_path / "store", model=embedder())
    monkeypatch.chdir(tmp_path)
    shorter = str(Path(source).relative_to(tmp_path))
    assert ts.embed(shorter, "store", model=embedder()).unchanged == COUNT


@pytest.mark.parametrize("make", [in_a_zip, in_a_clip])
@pytest.mark.parametrize("hashed", [False, True])
def test_images_of_a_file_that_was_touched_are_embedded_again_unless_digested(
    make: Builder,
    hashed: bool,
    tmp_path: Path,
    build: Callable[[Builder], str],
    embedder: Callable[..., ts.Embedder],
) -> None:
    source, store = build(make), tmp_path / "store"
    ts.embed(source, store, model=embedder(), hashed=hashed)
    os.utime(source, (1, 1))
    again = ts.embed(source, store, model=embedder(), hashed=hashed)
    assert again.unchanged == (COUNT if hashed else 0)
    assert len(load_store(store).names) + len(load_store(store).skipped) == COUNT


def test_a_clip_that_is_in_the_store_is_not_decoded_again(
    tmp_path: Path,
    build: Callable[[Builder], str],
    embedder: Callable[..., ts.Embedder],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = build(in_a_clip)
    ts.embed(source, tmp_path / "store", model=embedder())
    from twinscore.images.decoding.video import FrameReader

    def decode(*_: object) -> None:
        raise AssertionError("a frame was decoded")

    monkeypatch.setattr(FrameReader, "at", decode)
    assert ts.embed(source, tmp_path / "store", model=embedder()).unchanged == COUNT


def test_an_archive_that_was_cut_is_read_again_when_it_is_whole(
    tmp_path: Path, build: Callable[[Builder], str], embedder: Callable[..., ts.Embedder]
) -> None:
    archive, store = Path(build(in_a_zip)), tmp_path / "store"
    whole = archive.read_bytes()
    archive.write_bytes(whole[: len(whole) // 2])
    cut = ts.embed(archive, store, model=embedder())
    assert 0 < cut.embedded < COUNT - 1
    assert cut.failures[-1].reason.startswith("truncated archive: what followed ")
    archive.write_bytes(whole)
    mended = ts.embed(archive, store, model=embedder(), prune=True)
    assert (mended.embedded, mended.failed) == (COUNT - 1, 1)
    assert len(load_store(store).names) == COUNT - 1


def test_exposure_and_interval_belong_to_a_store(
    tmp_path: Path, build: Callable[[Builder], str], save_model: Callable[..., Path]
) -> None:
    frames, model = build(in_openexr), save_model()
    clip = build(in_a_clip)
    ts.embed(frames, tmp_path / "plain", model=model)
    ts.embed(frames, tmp_path / "bright", model=model, exposure=2)
    plain, bright = load_store(tmp_path / "plain"), load_store(tmp_path / "bright")
    assert (bright.vectors > plain.vectors).all()
    with pytest.raises(ValueError, match=r"bright was made with exposure 2\.0, not 1\.0: use"):
        ts.embed(frames, tmp_path / "bright", model=model, exposure=1)
    with pytest.raises(ValueError, match="of one model and preprocessing"):
        ts.score(tmp_path / "plain", tmp_path / "bright")
    finely = ts.embed(clip, tmp_path / "clip", model=model, video_interval=0.5)
    assert finely.embedded == 2 * COUNT - 1
    with pytest.raises(ValueError, match=r"made with video interval 0\.5, not 1\.0: use the same"):
        ts.embed(clip, tmp_path / "clip", model=model)


def test_stores_are_grouped_sliced_and_compared_as_their_sources(
    tmp_path: Path, embedder: Callable[..., ts.Embedder]
) -> None:
    random = np.random.default_rng(0)
    sides = []
    for side, ending in (("real", "jpg"), ("twin", "png")):
        place = tmp_path / side
        place.mkdir()
        rows = [f"{n}.{ending},clip {n // 2},{('sun', 'rain')[n % 3 == 0]}" for n in range(24)]
        for row in rows:
            pixels = random.integers(0, 256, (16, 16, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(place / row.partition(",")[0])
        (place / "table.csv").write_text("\n".join(["path,clip,weather", *rows]))
        sides.append(place / "table.csv")
        ts.embed(place / "table.csv", tmp_path / f"{side}.store", model=embedder())
    stores = [tmp_path / f"{side}.store" for side in ("real", "twin")]
    options: dict[str, Any] = {"group_by": "clip", "slice_by": "weather", "diagnostics": False}
    direct = ts.score(sides[0], sides[1], model=embedder(), **options)
    stored = ts.score(stores[0], stores[1], **options)
    assert stored.groups == direct.groups == {"real": 12, "synthetic": 12}
    assert stored.score == direct.score
    assert stored.slices == direct.slices
    assert {part.value for part in stored.slices} == {"sun", "rain"}
    assert stored.confounds == direct.confounds
    assert any(found.fact == "format" and found.separates for found in stored.confounds)
    with pytest.raises(ValueError, match=r"group_by='shot': expected one of the columns clip"):
        ts.score(stores[0], stores[1], group_by="shot")


def test_an_image_that_is_listed_twice_is_kept_once(
    tmp_path: Path, embedder: Callable[..., ts.Embedder]
) -> None:
    paths = write_images(tmp_path / "images")[:3]
    run = ts.embed([*paths, paths[1]], tmp_path / "store", model=embedder())
    assert (run.embedded, run.unchanged, run.repeated, run.done, run.total) == (3, 0, 1, 4, 4)
    assert len(load_store(tmp_path / "store").names) == 3


def test_a_package_that_a_decoder_lacks_stops_the_run_with_the_command(
    tmp_path: Path,
    build: Callable[[Builder], str],
    embedder: Callable[..., ts.Embedder],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frames = build(in_openexr)
    absent = tmp_path / "packages" / "OpenImageIO.py"
    absent.parent.mkdir()
    absent.write_text("raise ModuleNotFoundError(name='OpenImageIO')")
    # Decoders look for packages where this process does.
    monkeypatch.syspath_prepend(absent.parent)
    with pytest.raises(MissingExtraError, match=r"pip install '(twinscore|\.)\[vfx\]'"):
        ts.embed(frames, tmp_path / "store", model=embedder(isolated=True))
    absent.unlink()
    shutil.rmtree(absent.parent, ignore_errors=True)
    run = ts.embed(frames, tmp_path / "store", model=embedder(isolated=True))
    assert (run.embedded, run.failed) == (COUNT - 1, 1)


def test_items_of_ones_own_may_be_in_memory_in_files_and_in_archives(
    tmp_path: Path, build: Callable[[Builder], str], embedder: Callable[..., ts.Embedder]
) -> None:
    archive = build(in_a_zip)
    items = [
        *open_source(archive, side="real"),  # type: ignore[misc]
        ImageItem("grey", np.full((4, 4), 9, np.uint8), columns={"made": "here"}),
        tmp_path / "images" / "day" / "0.png",
    ]
    run = ts.embed(items, tmp_path / "store", model=embedder(isolated=True))
    assert (run.embedded, run.failed) == (COUNT + 1, 1)
    assert load_store(tmp_path / "store").columns["made"][COUNT - 1] == "here"
