"""From file to network input: time against full decode and resize, and what the shortcut changes.

Frames are 1920 x 1080: mosaics of photographs at their own resolution, which are as rich in detail
as a frame can be, and crops of photographs enlarged to the frame, which are poor in it.

python bench/decode.py --photographs FOLDER
"""

from __future__ import annotations

import io
import json
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np
import OpenImageIO
from PIL import Image

from exact_search import commit, host
from photographs import load_photographs
from twinscore.embedding.network.embedder import Embedder
from twinscore.images.decoding import Preprocessing, prepare_image, preprocess, read_image

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from twinscore.base.arrays import FloatMatrix

FRAME = (1920, 1080)
LARGEST_MEDIAN = 0.005
"""Cosine distance from the full decode above which a shortcut must not be taken."""

ENCODINGS: dict[str, tuple[str, dict[str, Any]]] = {
    "JPEG, quality 90": ("JPEG", {"quality": 90}),
    "JPEG, quality 75": ("JPEG", {"quality": 75}),
    "JPEG, quality 100, 4:4:4": ("JPEG", {"quality": 100, "subsampling": 0}),
    "PNG": ("PNG", {}),
    "PNG, RGBA": ("PNG", {}),
}
EXR = "EXR, half, ZIP"


def mosaics(tiles: list[Image.Image], count: int) -> Iterator[Image.Image]:
    """Lay photographs beside one another, none of them scaled."""
    random = np.random.default_rng(0)
    for _ in range(count):
        frame = Image.new("RGB", FRAME)
        top = 0
        while top < FRAME[1]:
            left, height = 0, FRAME[1]
            while left < FRAME[0]:
                tile = tiles[int(random.integers(len(tiles)))]
                frame.paste(tile, (left, top))
                left, height = left + tile.width, min(height, tile.height)
            top += height
        yield frame


def enlargements(photographs: list[Image.Image], count: int) -> Iterator[Image.Image]:
    """Enlarge a crop of a photograph to the frame."""
    random = np.random.default_rng(1)
    for number in range(count):
        photograph = photographs[number % len(photographs)]
        width = min(photograph.width, photograph.height * 16 / 9) * random.uniform(0.6, 1.0)
        height = width * 9 / 16
        left = random.uniform(0, photograph.width - width)
        top = random.uniform(0, photograph.height - height)
        box = (left, top, left + width, top + height)
        yield photograph.resize(FRAME, Image.Resampling.BICUBIC, box=box)


def encode(frame: Image.Image, encoding: str) -> bytes:
    """Encode a frame as a camera or renderer would."""
    if encoding == EXR:
        return encode_exr(frame)
    format_name, options = ENCODINGS[encoding]
    file = io.BytesIO()
    stored = frame.convert("RGBA") if encoding.endswith("RGBA") else frame
    stored.save(file, format_name, **options)
    return file.getvalue()


def encode_exr(frame: Image.Image) -> bytes:
    """Encode the light of a frame in half floats."""
    shown = np.asarray(frame, dtype=np.float32) / 255
    light = np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055) ** 2.4)
    spec = OpenImageIO.ImageSpec(*FRAME, 3, "half")
    spec.attribute("compression", "zip")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frame.exr"
        file: Any = OpenImageIO.ImageOutput.create(str(path))
        file.open(str(path), spec)
        file.write_image(light.astype(np.float32))
        file.close()
        return path.read_bytes()


def plain(content: bytes, preprocessing: Preprocessing) -> FloatMatrix:
    """Prepare an image as one would write it first: decode all, scale all, cut the centre out."""
    image = read_plainly(content)
    factor = preprocessing.resize_shorter / min(image.size)
    size = (round(image.width * factor), round(image.height * factor))
    return normalise(
        cut(image.resize(size, Image.Resampling.BICUBIC), preprocessing), preprocessing
    )


def full(content: bytes, preprocessing: Preprocessing) -> FloatMatrix:
    """Prepare an image with the same geometry as the product, but from all of its pixels."""
    image = read_image(content)
    side = min(image.size) * preprocessing.crop / preprocessing.resize_shorter
    left, top = (image.width - side) / 2, (image.height - side) / 2
    size = (preprocessing.crop, preprocessing.crop)
    box = (left, top, left + side, top + side)
    return normalise(image.resize(size, Image.Resampling.BICUBIC, box=box), preprocessing)


def read_plainly(content: bytes) -> Image.Image:
    """Decode with Pillow alone where it can."""
    try:
        return Image.open(io.BytesIO(content)).convert("RGB")
    except OSError:
        return read_image(content)


def cut(image: Image.Image, preprocessing: Preprocessing) -> Image.Image:
    """Cut the centre square out."""
    side = preprocessing.crop
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side))


def normalise(image: Image.Image, preprocessing: Preprocessing) -> FloatMatrix:
    """Scale to what the network takes."""
    pixels = np.asarray(image, dtype=np.float32).transpose(2, 0, 1)
    mean = np.array(preprocessing.mean, dtype=np.float32)[:, None, None]
    scale = np.array(preprocessing.scale, dtype=np.float32)[:, None, None]
    return np.ascontiguousarray((pixels - mean) / scale)


def distances(first: FloatMatrix, second: FloatMatrix) -> npt.NDArray[np.float64]:
    """Return the cosine distance of every row from its counterpart."""
    dots = (first.astype(np.float64) * second).sum(axis=1)
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    shares: npt.NDArray[np.float64] = 1 - dots / lengths
    return shares


def milliseconds(action: Callable[[bytes], object], contents: list[bytes]) -> float:
    """Return the median over the contents, after one that warms up."""
    action(contents[0])
    taken = []
    for content in contents:
        started = time.perf_counter()
        action(content)
        taken.append(time.perf_counter() - started)
    return 1000 * statistics.median(taken)


def measure(encoding: str, frames: list[Image.Image], embedder: Embedder) -> dict[str, Any]:
    """Check how far the product's inputs lead from the full decode, then time both."""
    preprocessing = embedder.preprocessing
    contents = [encode(frame, encoding) for frame in frames]
    network = embedder.network.run
    products = network(np.stack([prepare_image(c, preprocessing) for c in contents]))
    references = network(np.stack([full(c, preprocessing) for c in contents]))
    as_shown = network(np.stack([preprocess(frame, preprocessing) for frame in frames]))
    shortcut = distances(products, references)
    assert np.median(shortcut) <= LARGEST_MEDIAN, f"{encoding}: {np.median(shortcut)}"
    rounds = [
        (
            milliseconds(lambda content: plain(content, preprocessing), contents),
            milliseconds(lambda content: read_plainly(content).load(), contents),
            milliseconds(lambda content: prepare_image(content, preprocessing), contents),
        )
        for _ in range(3)
    ]
    plainly, decoding, product = (statistics.median(times) for times in zip(*rounds, strict=True))
    return {
        "encoding": encoding,
        "frames": len(frames),
        "megabytes": statistics.mean(len(content) for content in contents) / 1e6,
        "plain_ms": plainly,
        "plain_decode_ms": decoding,
        "twinscore_ms": product,
        "ratio": statistics.median(times[0] / times[2] for times in rounds),
        "distance_from_full_decode": {
            "median": float(np.median(shortcut)),
            "largest": float(shortcut.max()),
        },
        "distance_from_unencoded_median": float(np.median(distances(products, as_shown))),
        "load": os.getloadavg()[0],
        "host": host(),
        "commit": commit(),
    }


@click.command()
@click.option("--photographs", type=click.Path(path_type=Path), help="Folder of more photographs.")
@click.option("--frames", default=12, show_default=True, help="Of each kind.")
@click.option("--out", type=click.Path(path_type=Path), help="Append the records as JSON lines.")
def main(photographs: Path | None, frames: int, out: Path | None) -> None:
    """Print one JSON line for each encoding and kind of frame."""
    tiles = list(load_photographs(photographs))
    packaged = list(load_photographs(None))
    embedder = Embedder(threads=1)
    kinds = {
        "mosaics": list(mosaics(tiles, frames)),
        "enlargements": list(enlargements(packaged, frames)),
    }
    for kind, pictures in kinds.items():
        for encoding in (*ENCODINGS, EXR):
            line = json.dumps({"kind": kind, **measure(encoding, pictures, embedder)})
            click.echo(line)
            if out is not None:
                with out.open("a") as lines:
                    lines.write(line + "\n")


if __name__ == "__main__":
    main()
