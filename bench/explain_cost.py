"""What facts, an explanation and its quick form cost, on photographs of 1920 x 1080.

JPEG files are made from photographs, no two the same: other parts of them, enlarged, with grain;
one side is blurred and more colourful. Then, in one run: a score with all that `twinscore score`
computes, its quick explanation, and `explain`, in seconds as they pass; and the facts of some of
these files beside decoding and embedding them, in time of one processor.

    python bench/explain_cost.py PHOTOGRAPHS [--images 2000] [--seed 0]

The quick form tries repairs from about 500 images of each side on; fewer tell the rest as well.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

import twinscore as ts
from facts_cost import SIZE, cost_of
from twinscore.embedding.network.embedder import Embedder
from twinscore.images.sources import FolderSource
from twinscore.scoring.explanation.quick import explained_quickly

GRAIN, BLUR = 3.0, 6.0
MEASURED = 40
"""Files whose facts are timed by themselves."""


def make_image(file: Path, place: int, folder: Path, *, seed: int, is_render: bool) -> None:
    """Cut a part out of a photograph, enlarge it, and give it grain; a render has faults."""
    random = np.random.default_rng([seed, place, int(is_render)])
    with Image.open(file) as photograph:
        whole = photograph.convert("RGB")
    width = random.uniform(0.5, 1.0) * min(whole.width, whole.height * SIZE[0] / SIZE[1])
    height = width * SIZE[1] / SIZE[0]
    left, top = random.uniform(0, whole.width - width), random.uniform(0, whole.height - height)
    box = (left, top, left + width, top + height)
    image = whole.resize(SIZE, Image.Resampling.BICUBIC, box)
    tile = random.normal(0.0, GRAIN, (SIZE[1] // 4, SIZE[0] // 4, 3)).astype(np.float32)
    pixels = np.asarray(image) + np.tile(tile, (4, 4, 1))
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    if is_render:
        image = ImageEnhance.Color(image.filter(ImageFilter.GaussianBlur(BLUR))).enhance(1.6)
    image.save(folder / f"{place:05}.jpg", quality=90)


def make_side(
    photographs: list[Path], folder: Path, count: int, *, seed: int, is_render: bool
) -> None:
    """Fill a folder; both sides have other parts of the same photographs."""
    folder.mkdir()
    make = partial(make_image, folder=folder, seed=seed, is_render=is_render)
    files = (photographs[place % len(photographs)] for place in range(count))
    with ThreadPoolExecutor() as pool:
        list(pool.map(make, files, range(count)))


def share_of_facts(folder: Path) -> tuple[float, float, float]:
    """Return milliseconds of facts, of decoding and embedding, and the median share."""
    embedder = Embedder(threads=1)
    files = [file.read_bytes() for file in sorted(folder.iterdir())[:MEASURED]]
    cost_of(files[0], embedder)
    costs = [cost_of(data, embedder) for data in files for _ in range(3)]
    facts, embed, share = (
        float(np.median(values))
        for values in (
            [cost.facts for cost in costs],
            [cost.embed for cost in costs],
            [cost.facts / cost.embed for cost in costs],
        )
    )
    return facts, embed, share


def main() -> None:
    """Make images, time, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("photographs", type=Path)
    parser.add_argument("--images", type=int, default=2000, help="of each side")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    photographs = [Path(str(item.content)) for item in FolderSource(arguments.photographs)]
    with tempfile.TemporaryDirectory() as folder:
        real, synthetic = Path(folder) / "real", Path(folder) / "synthetic"
        started = time.perf_counter()
        for side in (real, synthetic):
            is_render = side == synthetic
            make_side(photographs, side, arguments.images, seed=arguments.seed, is_render=is_render)
        print(f"{time.perf_counter() - started:.0f} s to make 2 x {arguments.images} images")
        embedder = Embedder()
        started = time.perf_counter()
        result = ts.score(real, synthetic, model=embedder)
        scored = time.perf_counter() - started
        quick = explained_quickly(result)
        quick_seconds = quick.seconds["explanation"]
        started = time.perf_counter()
        found = ts.explain(result, embedder=embedder)
        explained = time.perf_counter() - started
        facts, embed, share = share_of_facts(real)
    print(f"score {result.score:.2f} in {scored:.1f} s")
    named = [repair.fact for repair in quick.explanation.repairs] if quick.explanation else []
    print(f"quick form {quick_seconds:.1f} s, {quick_seconds / scored:.2f} of the score: {named}")
    for repair in found.repairs:
        print(f"  {repair.fact}: {repair.before:.2f} to {repair.after:.2f}")
    print(f"explain {explained:.1f} s, {explained / scored:.2f} times the score")
    print(f"facts {facts:.2f} ms of {embed:.1f} ms to decode and embed, {100 * share:.1f} %")


if __name__ == "__main__":
    main()
