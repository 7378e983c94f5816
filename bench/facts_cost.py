"""What the facts of an image cost, beside decoding it and embedding it.

Photographs of 1920 x 1080 are made from those that come with scikit-image, as JPEG and PNG. The
parts are timed image by image, one after the other on one thread, in time of the processor, so
that whatever else the machine does falls on all of them; medians are printed, and the share of the
facts.

    python bench/facts_cost.py [--images 24] [--rounds 5]
"""

from __future__ import annotations

import argparse
import io
import time
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from PIL import Image

from twinscore.embedding.network.embedder import Embedder
from twinscore.images.decoding.facts import read_facts
from twinscore.images.decoding.prepare import prepare_and_measure, prepare_image, read_for_network
from twinscore.images.decoding.preprocessing import preprocess
from twinscore.images.facts.catalog import FACT_NAMES
from twinscore.images.records import ImageItem

SIZE = (1920, 1080)
SOURCES = ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg")


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of the processor for one image.

    Attributes
    ----------
    decode
        From bytes to the network's input, without facts.
    facts
        By how much longer a decoded image takes to become the network's input where all are
        measured on the way.
    embed
        From bytes to a vector, without facts: decoding and network.
    """

    decode: float
    facts: float
    embed: float


def photographs(count: int, suffix: str) -> list[bytes]:
    """Cut photographs to Full HD at random places and encode them."""
    random = np.random.default_rng(0)
    made = []
    for number in range(count):
        source = files("skimage.data").joinpath(SOURCES[number % len(SOURCES)])
        with Image.open(io.BytesIO(source.read_bytes())) as image:
            whole = image.convert("RGB")
        share = random.uniform(0.6, 1.0)
        width = share * min(whole.width, whole.height * SIZE[0] / SIZE[1])
        height = width * SIZE[1] / SIZE[0]
        left, top = random.uniform(0, whole.width - width), random.uniform(0, whole.height - height)
        cut = whole.resize(SIZE, Image.Resampling.BICUBIC, (left, top, left + width, top + height))
        grain = random.normal(0.0, 2.0, (SIZE[1], SIZE[0], 3))
        pixels = np.clip(np.asarray(cut) + grain, 0, 255).astype(np.uint8)
        stream = io.BytesIO()
        Image.fromarray(pixels).save(stream, format=suffix, quality=90)
        made.append(stream.getvalue())
    return made


def cost_of(data: bytes, embedder: Embedder) -> Cost:
    """Time the parts on one image."""
    preprocessing = embedder.preprocessing
    item = ImageItem("photograph", data)
    file = read_facts(item)
    image = read_for_network(data, preprocessing)
    image.load()
    times = [time.process_time()]
    prepare_image(data, preprocessing)
    times.append(time.process_time())
    preprocess(image, preprocessing)
    times.append(time.process_time())
    _, facts = prepare_and_measure(image, preprocessing, file)
    times.append(time.process_time())
    embedder.embed([data])
    times.append(time.process_time())
    if len(facts) != len(FACT_NAMES) or facts[0] is None:
        raise AssertionError(f"expected {len(FACT_NAMES)} facts, got {facts}")
    decode, prepared, measured, embed = (1000.0 * float(step) for step in np.diff(times))
    return Cost(decode, measured - prepared, embed)


def main() -> None:
    """Time and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--images", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    embedder = Embedder(threads=1)
    print("| format | decode, ms | facts, ms | decode and embed, ms | facts of decode | of embed |")
    print("|---|---|---|---|---|---|")
    for suffix in ("JPEG", "PNG"):
        images = photographs(arguments.images, suffix)
        cost_of(images[0], embedder)
        costs = [cost_of(data, embedder) for _ in range(arguments.rounds) for data in images]
        decode, facts, embed = (
            float(np.median([getattr(cost, part) for cost in costs]))
            for part in ("decode", "facts", "embed")
        )
        shares = [
            float(np.median([cost.facts / getattr(cost, part) for cost in costs]))
            for part in ("decode", "embed")
        ]
        print(
            f"| {suffix} | {decode:.1f} | {facts:.2f} | {embed:.1f} | {100 * shares[0]:.1f} % "
            f"| {100 * shares[1]:.1f} % |"
        )


if __name__ == "__main__":
    main()
