"""Whether objects and the world around them are each read, whatever the other is.

Scenes are put together from photographs: a background, and round cut-outs of other places pasted
on it. Of the synthetic side a known share of the backgrounds, and of the objects, is foreign:
smoothed and reduced to few colours. For each combination of shares: the overlap of items and of the
environment, which is to be the share that is not foreign, as mean and standard error over draws.

    python bench/object_views.py [--images 60] [--draws 20] [--shares 1 0.5] [--photographs FOLDER]
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

import twinscore as ts
from photographs import load_photographs, random_crops
from twinscore.images.views.settings import ViewSettings

SIZE = (320, 240)
OBJECTS = 3
_PLACES = [(x, y) for x in (0, 107, 214) for y in (0, 120)]
"""Corners of the cells in which an object each may lie."""


def main() -> None:
    """Print a line of JSON for each combination of shares."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--images", type=int, default=60, help="a side")
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--shares", type=float, nargs="+", default=[1.0, 0.5])
    parser.add_argument("--photographs", type=Path)
    asked = parser.parse_args()
    photographs = list(load_photographs(asked.photographs))
    embedder = ts.Embedder()
    combinations = list(itertools.product(asked.shares, repeat=2))
    found: dict[tuple[float, float], list[tuple[float, float]]] = {
        each: [] for each in combinations
    }
    for draw in range(asked.draws):
        with tempfile.TemporaryDirectory() as folder:
            real = compose(Path(folder) / "real", photographs, asked.images, seed=2 * draw)
            for place, (objects, worlds) in enumerate(combinations):
                synthetic = compose(
                    Path(folder) / f"synthetic {place}",
                    photographs,
                    asked.images,
                    seed=2 * draw + 1,
                    real_objects=objects,
                    real_worlds=worlds,
                )
                found[objects, worlds].append(read(real, synthetic, embedder))
    for (objects, worlds), readings in found.items():
        print(json.dumps({"objects": objects, "worlds": worlds, **summary(readings)}), flush=True)


def read(real: Path, synthetic: Path, embedder: ts.Embedder) -> tuple[float, float]:
    """Return the overlap of items and of the environment."""
    result = ts.score(
        real,
        synthetic,
        model=embedder,
        diagnostics=False,
        richness=False,
        views=ViewSettings(names=("items", "environment"), without_background=True),
    )
    assert isinstance(result, ts.ScoreResult)
    assert result.views is not None
    return result.views["items"].overlap, result.views["environment"].overlap


def summary(readings: list[tuple[float, float]]) -> dict[str, Any]:
    """Return means and standard errors over draws."""
    values = np.array(readings)
    errors = values.std(axis=0, ddof=1) / math.sqrt(len(values)) if len(values) > 1 else [None] * 2
    return {
        "draws": len(values),
        "items": round(float(values[:, 0].mean()), 3),
        "items_error": None if errors[0] is None else round(float(errors[0]), 3),
        "environment": round(float(values[:, 1].mean()), 3),
        "environment_error": None if errors[1] is None else round(float(errors[1]), 3),
    }


def compose(
    folder: Path,
    photographs: list[Image.Image],
    count: int,
    *,
    seed: int,
    real_objects: float = 1.0,
    real_worlds: float = 1.0,
) -> Path:
    """Write scenes and a COCO file with the outlines of their objects; return the file."""
    random = np.random.default_rng(seed)
    (folder / "images").mkdir(parents=True)
    document: dict[str, list[dict[str, Any]]] = {
        "images": [],
        "annotations": [],
        "categories": [{"id": 1, "name": "disc"}],
    }
    crops = random_crops(photographs, count * (1 + OBJECTS), int(random.integers(1 << 30)))
    for number in range(count):
        scene = next(crops).resize(SIZE, Image.Resampling.BICUBIC)
        scene = scene if random.random() < real_worlds else foreign(scene)
        is_real = random.random() < real_objects
        for place in random.permutation(len(_PLACES))[:OBJECTS]:
            side = int(random.integers(60, 96))
            left = _PLACES[place][0] + int(random.integers(0, 107 - side))
            top = _PLACES[place][1] + int(random.integers(0, 120 - side))
            thing = ImageOps.fit(next(crops), (side, side))
            outline = _disc(side)
            mask = Image.new("L", (side, side))
            ImageDraw.Draw(mask).polygon(outline, fill=255)
            scene.paste(thing if is_real else foreign(thing), (left, top), mask)
            document["annotations"].append(
                {
                    "id": len(document["annotations"]),
                    "image_id": number,
                    "category_id": 1,
                    "bbox": [left, top, side, side],
                    "segmentation": [[at for x, y in outline for at in (left + x, top + y)]],
                }
            )
        scene.save(folder / "images" / f"{number:04}.png")
        document["images"].append(
            {"id": number, "file_name": f"{number:04}.png", "width": SIZE[0], "height": SIZE[1]}
        )
    (folder / "outlines.json").write_text(json.dumps(document))
    return folder / "outlines.json"


def foreign(image: Image.Image) -> Image.Image:
    """Return an image as no camera sees it: smooth, in few colours."""
    return ImageOps.posterize(image.filter(ImageFilter.MedianFilter(7)), 2)


def _disc(side: int) -> list[tuple[float, float]]:
    middle, radius = (side - 1) / 2, side / 2 - 2
    angles = 2 * math.pi * np.arange(24) / 24
    return [(middle + radius * math.cos(a), middle + radius * math.sin(a)) for a in angles]


if __name__ == "__main__":
    main()
