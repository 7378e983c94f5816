"""What it takes to cut views of objects out of images, against decoding the images alone.

Frames are 1920 x 1080, crops of photographs enlarged to the frame, with ten objects each; one
thread. For JPEG (quality 90) and PNG a line of JSON: milliseconds an image, median over images and
rounds, of decoding at full size, of halving that a whole image needs as well before a network sees
it, and of all default views from file to pictures; and the ratio of the last to the first, the
median of the ratios of each image. Beside them the pages of memory, the mean, that the system had
to hand out for an image. They cost as much as a half of decoding; where one step has them and the
other has not, the ratio tells of the allocator. With the GNU C library, both keep memory in hand
under GLIBC_TUNABLES=glibc.malloc.mmap_threshold=134217728:glibc.malloc.trim_threshold=536870912.

    python bench/object_cost.py [--images 8] [--rounds 5] [--largest 300]
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import tempfile
import time
from dataclasses import dataclass
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
        decoding, halving, views = (
            1e3 * statistics.median(step.seconds for step in steps)
            for steps in zip(*rows, strict=True)
        )
        line = {
            "format": encoding,
            "decode_ms": round(decoding, 1),
            "halve_ms": round(halving, 1),
            "views_ms": round(views, 1),
            "ratio": round(statistics.median(row[2].seconds / row[0].seconds for row in rows), 2),
            "decode_faults": round(statistics.mean(row[0].page_faults for row in rows)),
            "views_faults": round(statistics.mean(row[2].page_faults for row in rows)),
        }
        print(json.dumps(line), flush=True)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a step took of this thread: its time, and pages of memory it had to be given."""

    seconds: float
    page_faults: int


def timed(file: Path, annotated: AnnotatedImage, least: int) -> tuple[Cost, Cost, Cost]:
    """Return the cost of decoding, of halving, and of all views with their decoding."""
    whole = read_image(file)
    item, settings = ImageItem(str(file), file), ViewSettings()
    return (
        cost(lambda: read_image(file)),
        cost(lambda: DecodedImage(whole, least).reduced),
        cost(lambda: cut_image(item, annotated, settings, shorter_side=least)),
    )


def cost(function: Callable[[], object]) -> Cost:
    """Measure it once."""
    faults = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
    started = time.thread_time()
    function()
    seconds = time.thread_time() - started
    return Cost(seconds, resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - faults)


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
