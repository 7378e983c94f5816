"""Scenes put together from objects and backgrounds, each real or foreign by a known share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

SIZE = (120, 80)
CLASSES = ("car", "sign")
_PLACES = [(x, y) for x in (0, 40, 80) for y in (0, 40)]


def write_scenes(
    folder: Path,
    count: int,
    *,
    seed: int,
    real_objects: float = 1.0,
    real_worlds: float = 1.0,
    objects_each: int = 2,
) -> Path:
    """Write images and their COCO file; return the file.

    Real objects and worlds have colours of one distribution each, foreign ones of another. All
    objects of an image are of one kind.
    """
    random = np.random.default_rng(seed)
    (folder / "images").mkdir(parents=True)
    document: dict[str, list[dict[str, Any]]] = {
        "images": [],
        "annotations": [],
        "categories": [{"id": place, "name": name} for place, name in enumerate(CLASSES)],
    }
    for number in range(count):
        is_real_world = random.random() < real_worlds
        is_real_object = random.random() < real_objects
        pixels = _painted(random, (SIZE[1], SIZE[0]), 90 if is_real_world else 190)
        for place in random.permutation(len(_PLACES))[:objects_each]:
            side = int(random.integers(20, 31))
            left = _PLACES[place][0] + int(random.integers(0, 40 - side + 1))
            top = _PLACES[place][1] + int(random.integers(0, 40 - side + 1))
            painted = _painted(random, (side, side), 70 if is_real_object else 170)
            pixels[top : top + side, left : left + side] = painted
            document["annotations"].append(
                {
                    "id": len(document["annotations"]),
                    "image_id": number,
                    "category_id": int(random.integers(len(CLASSES))),
                    "bbox": [left, top, side, side],
                }
            )
        name = f"{number:04}.png"
        Image.fromarray(pixels).save(folder / "images" / name)
        document["images"].append(
            {"id": number, "file_name": name, "width": SIZE[0], "height": SIZE[1]}
        )
    (folder / "boxes.json").write_text(json.dumps(document))
    return folder / "boxes.json"


def _painted(random: np.random.Generator, shape: tuple[int, int], level: int) -> Any:
    color = level + random.normal(0, 12, 3)
    noise = random.normal(0, 4, (*shape, 3))
    return np.clip(color + noise, 0, 255).astype(np.uint8)
