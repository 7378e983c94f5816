"""What it takes to cut views of objects out of images, against decoding the images alone.

Frames are 1920 x 1080, crops of photographs enlarged to the frame, with ten objects each; one
thread. For JPEG (quality 90) and PNG a line of JSON: milliseconds an image, median over images and
rounds, of decoding at full size, of halving that a whole image needs as well before a network sees
it, and of all default views from file to pictures; and the ratio of the last to the first, the
median of the ratios of each image.

    python bench/object_cost.py [--images 8] [--rounds 5] [--largest 300]
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from decode import FRAME, encode, enlargements
from photographs import load_photographs
from twinscore.images.annotations.records import AnnotatedImage, Box, ObjectAnnotation
from twinscore.images.decoding import Preprocessing, read_image
from twinscore.images.decoding.decoded_image import DecodedImage
from twinscore.images.records import ImageItem
from twinscore.images.views.cutting import cut_image
from twinscore.images.views.settings import ViewSettings

if TYPE_CHECKING:
    from collections.abc import Callable

OBJECTS = 10
SMALLEST = 40
"""Pixels of a side of the smallest object."""


def main() -> None:
    """Time both formats."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--images", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--largest", type=int, default=300, help="pixels of a side of an object")
    asked = parser.parse_args()
    frames = list(enlargements(list(load_photographs(None)), asked.images))
    least = Preprocessing().least_decoded
    for encoding in ("JPEG, quality 90", "PNG"):
        with tempfile.TemporaryDirectory() as folder:
            rows = []
            for number, frame in enumerate(frames):
                file = Path(folder) / f"{number}"
                file.write_bytes(encode(frame, encoding))
                annotated = annotated_frame(number, asked.largest)
                rows += [timed(file, annotated, least) for _ in range(asked.rounds)]
        decoding, halving, views = (1e3 * statistics.median(row) for row in zip(*rows, strict=True))
        line = {
            "format": encoding,
            "decode_ms": round(decoding, 1),
            "halve_ms": round(halving, 1),
            "views_ms": round(views, 1),
            "ratio": round(statistics.median(row[2] / row[0] for row in rows), 2),
        }
        print(json.dumps(line), flush=True)


def timed(file: Path, annotated: AnnotatedImage, least: int) -> tuple[float, float, float]:
    """Return the seconds of decoding, of halving, and of all views with their decoding."""
    whole = read_image(file)
    item, settings = ImageItem(str(file), file), ViewSettings()
    return (
        seconds(lambda: read_image(file)),
        seconds(lambda: DecodedImage(whole, least).reduced),
        seconds(lambda: cut_image(item, annotated, settings, shorter_side=least)),
    )


def seconds(function: Callable[[], object]) -> float:
    """Return the time that this thread works on it."""
    started = time.thread_time()
    function()
    return time.thread_time() - started


def annotated_frame(seed: int, largest: int) -> AnnotatedImage:
    """Place objects anywhere in a frame."""
    random = np.random.default_rng(seed)
    objects = []
    for _ in range(OBJECTS):
        width, height = random.integers(SMALLEST, largest, 2)
        left, top = random.integers(FRAME[0] - width), random.integers(FRAME[1] - height)
        box = Box(float(left), float(top), float(left + width), float(top + height))
        objects.append(ObjectAnnotation("frame", "car", box))
    return AnnotatedImage("frame", tuple(objects), (float(FRAME[0]), float(FRAME[1])))


if __name__ == "__main__":
    main()
