"""For each format: a sound example, and what must be true of a damaged one that is read.

Reading ends with a reason (`REASONS`) or with what is true; whatever else is raised is a fault.
"""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from twinscore.base.errors import UnreadableImageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

REASONS = (ValueError, OSError)
"""What the program says in one line; UnreadableImageError is a ValueError."""

COUNT = 6


def check(is_true: bool, message: str) -> None:
    """Raise where what was read is wrong."""
    if not is_true:
        raise AssertionError(message)


def make_tar(path: Path) -> None:
    """Write images with a description each."""
    with tarfile.open(path, "w") as archive:
        for number in range(COUNT):
            _add(archive, f"shot.{number:04}.png", _picture(number))
            _add(archive, f"shot.{number:04}.json", json.dumps({"scene": number}).encode())


def make_zip(path: Path) -> None:
    """Write images, half of them compressed."""
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(COUNT):
            method = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)[number % 2]
            archive.writestr(f"night/{number}.png", _picture(number), method)


def make_parquet(path: Path) -> None:
    """Write images as Hugging Face does, with a column."""
    import pyarrow as pa
    from pyarrow import parquet

    images = [{"bytes": _picture(number), "path": None} for number in range(COUNT)]
    scenes = [f"scene {number}" for number in range(COUNT)]
    parquet.write_table(pa.table({"photo": images, "scene": scenes}), path, row_group_size=2)


def read_source(path: Path) -> None:
    """List and decode all; an image may be missing only where something is said to be damaged."""
    listed, readable = list_source(path)
    check(
        listed >= COUNT or readable < listed,
        f"{listed} images of {COUNT}, and none is said to be damaged",
    )


def list_source(path: Path) -> tuple[int, int]:
    """List and decode all: how many there are, and how many of them can be read."""
    from twinscore.embedding.sides import open_source
    from twinscore.images.decoding.decode import read_image

    source: Any = open_source(path, side="real")
    items = list(source)
    check(len(items) == len(source), f"{len(source)} promised, {len(items)} given")
    readable = 0
    for item in items:
        content = item.content
        try:
            read_image(content.read() if hasattr(content, "read") else content)
        except UnreadableImageError:
            continue
        readable += 1
    return len(items), readable


def make_store(path: Path) -> None:
    """Write two shards."""
    from twinscore.embedding.records import EmbeddedImage
    from twinscore.embedding.store import StoreDescription, StoreWriter
    from twinscore.images.records import ContentStamp, ImageItem

    description = StoreDescription("net@1", "crop@1", dimension=4, shard_size=4)
    with StoreWriter(path, description) as writer:
        for number in range(COUNT):
            item = ImageItem(f"image {number}", b"", columns={"scene": "night"})
            writer.plan(item, lambda: ContentStamp(1, 1))
            vector = np.full(4, number, np.float32)
            writer.extend([EmbeddedImage(item, vector, None, None, ContentStamp(1, 1))])
        writer.finish()


def read_store(path: Path) -> None:
    """Load it: all or nothing."""
    from twinscore.embedding.store import load_store
    from twinscore.embedding.store.check import check_store

    found = check_store(path)
    embeddings = load_store(path)
    check(not found.damages, "loaded in spite of damage")
    check(embeddings.names == tuple(f"image {n}" for n in range(COUNT)), "other names")
    expected = np.repeat(np.arange(COUNT, dtype=np.float32)[:, None], 4, axis=1)
    check(np.array_equal(embeddings.vectors, expected), "other vectors")


def _points(seed: int) -> Any:
    return np.random.default_rng(seed).standard_normal((20, 4)).astype(np.float32)


def make_scorer(path: Path) -> None:
    """Save a scorer that has seen twenty images."""
    import twinscore as ts

    scorer = ts.StreamingScorer(_points(0), threads=1)
    scorer.update(_points(1), ids=[f"frame {number}" for number in range(20)])
    scorer.save(path)


def read_scorer(path: Path) -> None:
    """Load it: as it was, or not at all."""
    import twinscore as ts

    scorer = ts.StreamingScorer.load(path, threads=1)
    check((scorer.n_seen, scorer.n_kept, scorer.k) == (20, 20, 1), "another count")
    check(scorer.result().score == _score(), "another score")


def _score() -> float:
    import twinscore as ts

    return ts.score(_points(0), _points(1), threads=1).score


def make_watch(path: Path) -> None:
    """Save the state of a watch that has counted twenty frames."""
    import twinscore as ts
    from twinscore.streaming.watching.frames import Signature
    from twinscore.streaming.watching.ledger import Entry, Ledger
    from twinscore.streaming.watching.state_file import StateFile

    scorer = ts.StreamingScorer(_points(0), threads=1)
    names = [f"frame {number}" for number in range(20)]
    scorer.update(_points(1), ids=names)
    ledger = Ledger()
    for name in names:
        ledger.enter(name, Entry(Signature(1, 2, 3), (name,)))
    StateFile(path, {"folder": "renders"}).write(scorer, ledger)


def read_watch(path: Path) -> None:
    """Go on from it, or refuse."""
    import twinscore as ts
    from twinscore.streaming.watching.state_file import StateFile

    scorer, ledger = StateFile(path, {"folder": "renders"}).resumed("cpu", 1)
    assert isinstance(scorer, ts.StreamingScorer)
    check((scorer.n_seen, scorer.n_kept, ledger.counted) == (20, 20, 20), "another count")


def make_watch_of_objects(path: Path) -> None:
    """Save the state of a watch that has counted twenty frames with an object each."""
    import twinscore as ts
    from twinscore.streaming.views.snapshot import ViewsSnapshot
    from twinscore.streaming.watching.frames import Signature
    from twinscore.streaming.watching.ledger import Entry, Ledger
    from twinscore.streaming.watching.objects_of_file import ObjectsOfFile
    from twinscore.streaming.watching.state_file import StateFile

    names = [f"frame {number}" for number in range(20)]
    ending = " object 1 (car)"
    scorers = {view: ts.StreamingScorer(_points(0), threads=1) for view in ("items", "scenes")}
    scorers["scenes"].update(_points(1), ids=names)
    scorers["items"].update(_points(1), ids=[name + ending for name in names])
    kept = {view: scorer.snapshot() for view, scorer in scorers.items()}
    settings = ts.ViewSettings(names=tuple(scorers))
    stream = ts.StreamingViews.restore(ViewsSnapshot(kept, settings), threads=1)
    ledger = Ledger()
    for name in names:
        found = ObjectsOfFile({"car": 1})
        entry = Entry(Signature(1, 2, 3, "4 5 6"), (name,), cut={"items": (ending,)}, objects=found)
        ledger.enter(name, entry)
    StateFile(path, {"folder": "renders"}).write(stream, ledger)


def read_watch_of_objects(path: Path) -> None:
    """Go on from it, or refuse."""
    import twinscore as ts
    from twinscore.streaming.watching.state_file import StateFile

    stream, ledger = StateFile(path, {"folder": "renders"}).resumed("cpu", 1)
    assert isinstance(stream, ts.StreamingViews)
    seen = {view: scorer.n_seen for view, scorer in stream.scorers.items()}
    check(seen == {"items": 20, "scenes": 20} and ledger.counted == 20, "another count")
    check(ledger.objects((), None).classes == {"car": 20}, "other objects")


def make_exr(path: Path) -> None:
    """Write a picture of scene-linear light."""
    from importlib import import_module

    oiio: Any = import_module("OpenImageIO")
    pixels = np.random.default_rng(0).random((24, 32, 3)).astype(np.float32)
    output = oiio.ImageOutput.create(str(path))
    output.open(str(path), oiio.ImageSpec(32, 24, 3, "half"))
    output.write_image(pixels)
    output.close()


def read_picture(path: Path) -> None:
    """Decode it."""
    from twinscore.images.decoding.decode import read_image

    width, height = read_image(path).size
    check(width > 0 and height > 0, "an empty picture")


def make_clip(path: Path) -> None:
    """Write two seconds."""
    from small_clips import write_clip

    write_clip(path, 20)


def read_clip(path: Path) -> None:
    """Take every frame that there should be."""
    from twinscore.images.sources.clips import open_clip

    source: Any = open_clip(path, interval=0.5, typed=path.name)
    items = list(source)
    check(len(items) == len(source), f"{len(source)} promised, {len(items)} given")
    for item in items:
        content = item.in_hand().content
        try:
            content.read() if hasattr(content, "read") else np.asarray(content)
        except UnreadableImageError:
            continue


FORMATS: dict[str, tuple[str, Callable[[Path], None], Callable[[Path], None]]] = {
    "tar": ("example.tar", make_tar, read_source),
    "zip": ("example.zip", make_zip, read_source),
    "parquet": ("example.parquet", make_parquet, read_source),
    "store": ("example.store", make_store, read_store),
    "scorer": ("scorer.npz", make_scorer, read_scorer),
    "watch": ("watch.npz", make_watch, read_watch),
    "watch of objects": ("watch.npz", make_watch_of_objects, read_watch_of_objects),
    "exr": ("example.exr", make_exr, read_picture),
    "clip": ("example.mp4", make_clip, read_clip),
}


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    archive.addfile(info, io.BytesIO(content))


def _picture(number: int) -> bytes:
    buffer = io.BytesIO()
    pixels = np.random.default_rng(number).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()
