"""Whether objects and the world around them are each read, whatever the other is.

Scenes are put together from photographs: a background, and round cut-outs of other places pasted
on it. Of the synthetic side a known share of the backgrounds, and of the objects, is foreign:
smoothed and reduced to few colours. For each combination of shares: the overlap of items and of the
environment, which is to be the share that is not foreign, as mean and standard error over draws.

Every draw is kept once it is done: begun again, the bench goes on with the next one.

    python bench/object_views.py [--draws 20] [--images 50] [--shares 1 0.5] [--photographs FOLDER]
        [--record bench/records/object_views.jsonl]
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

import twinscore as ts
from photographs import load_photographs, random_crops
from twinscore.embedding.views import EmbeddedViews, embed_views
from twinscore.images.annotations.opening import open_annotations
from twinscore.images.views.annotated_images import images_of
from twinscore.images.views.annotated_source import AnnotatedSource
from twinscore.images.views.settings import ViewSettings

SIZE = (320, 240)
OBJECTS = 3
_PLACES = [(x, y) for x in (0, 107, 214) for y in (0, 120)]
"""Corners of the cells in which an object each may lie."""

VIEWS = ViewSettings(names=("items", "environment"), without_background=True)
RECORD = Path(__file__).parent / "records" / "object_views.jsonl"


def main() -> None:
    """Make the draws that are not on record, and print a line of JSON for each combination."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--images", type=int, default=50, help="a side")
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--shares", type=float, nargs="+", default=[1.0, 0.5])
    parser.add_argument("--photographs", type=Path)
    parser.add_argument("--record", type=Path, default=RECORD)
    asked = parser.parse_args()
    photographs = list(load_photographs(asked.photographs))
    design = {
        "images": asked.images,
        "shares": asked.shares,
        "photographs": len(photographs),
    }
    known = read_record(asked.record, design)
    embedder = ts.Embedder()
    for draw in range(asked.draws):
        if draw in known:
            continue
        started = time.perf_counter()
        known[draw] = read_draw(draw, photographs, asked.images, asked.shares, embedder)
        line = {
            **design,
            "draw": draw,
            "seconds": round(time.perf_counter() - started, 1),
            "readings": known[draw],
        }
        with asked.record.open("a", encoding="utf-8") as record:
            record.write(json.dumps(line) + "\n")
        print(f"draw {draw + 1} of {asked.draws}: {line['seconds']} s", flush=True)
    of_draws = [known[draw] for draw in range(asked.draws)]
    for place, (objects, worlds) in enumerate(itertools.product(asked.shares, repeat=2)):
        readings = [readings[place] for readings in of_draws]
        print(json.dumps({"objects": objects, "worlds": worlds, **summary(readings)}), flush=True)


def read_record(file: Path, design: dict[str, Any]) -> dict[int, list[list[float]]]:
    """Return the readings of draws made before in this design, by draw; a torn line is left out."""
    found = {}
    for text in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        try:
            line = json.loads(text)
        except ValueError:
            continue
        if all(line.get(name) == value for name, value in design.items()):
            found[line["draw"]] = line["readings"]
    return found


def read_draw(
    draw: int,
    photographs: list[Image.Image],
    images: int,
    shares: list[float],
    embedder: ts.Embedder,
) -> list[list[float]]:
    """Return overlaps of items and of the environment for each combination of shares.

    The real side is embedded once for all of them.
    """
    with tempfile.TemporaryDirectory() as folder:
        real = embedded(
            compose(Path(folder) / "real", photographs, images, seed=2 * draw), embedder
        )
        readings = []
        for place, (objects, worlds) in enumerate(itertools.product(shares, repeat=2)):
            scenes = compose(
                Path(folder) / f"synthetic {place}",
                photographs,
                images,
                seed=2 * draw + 1,
                real_objects=objects,
                real_worlds=worlds,
            )
            readings.append(overlaps(real, embedded(scenes, embedder)))
        return readings


def embedded(annotations: Path, embedder: ts.Embedder) -> EmbeddedViews:
    """Embed the views of a COCO file as `twinscore score` does."""
    opened = open_annotations(annotations)
    return embed_views(AnnotatedSource(images_of(opened), opened), embedder, VIEWS)


def overlaps(real: EmbeddedViews, synthetic: EmbeddedViews) -> list[float]:
    """Return the overlap of items and of the environment."""
    found = []
    for name in VIEWS.names:
        first, second = real.embeddings[name], synthetic.embeddings[name]
        result = ts.score(
            first.vectors,
            second.vectors,
            real_groups=first.groups,
            synthetic_groups=second.groups,
            diagnostics=False,
            richness=False,
        )
        assert isinstance(result, ts.ScoreResult)
        found.append(result.overlap)
    return found


def summary(readings: list[list[float]]) -> dict[str, Any]:
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
    # As many crops of each photograph would make the sides more alike than chance does.
    needed = count * (1 + OBJECTS)
    drawn = [photographs[i] for i in random.integers(len(photographs), size=needed)]
    crops = random_crops(drawn, needed, int(random.integers(1 << 30)))
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
