"""Images with objects whose places are known, and their annotations in every format."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

CLASSES = ("car", "person")


@dataclass(frozen=True)
class Drawn:
    """An object: its class and the columns and rows it fills, left, top, right, bottom."""

    class_name: str
    box: tuple[int, int, int, int]


SIZE = (96, 64)
"""Width and height of the images."""

SCENE: dict[str, tuple[Drawn, ...]] = {
    "0001": (Drawn("car", (10, 12, 40, 33)), Drawn("person", (50, 5, 61, 47))),
    "0002": (Drawn("car", (0, 30, 17, 64)), Drawn("car", (70, 0, 96, 20))),
    "0003": (),
    "0004": (Drawn("person", (30, 20, 33, 23)),),
}
"""Objects at the border, one of three pixels, an image without any."""


def write_images(folder: Path, names: Sequence[str] = tuple(SCENE), seed: int = 0) -> Path:
    """Write images of noise, a PNG each."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    for name in names:
        pixels = random.integers(0, 256, (SIZE[1], SIZE[0], 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{name}.png")
    return folder


def coco(scene: Mapping[str, Sequence[Drawn]], shape: str = "box") -> dict[str, Any]:
    """Return a COCO document whose annotations are boxes, polygons, or run lengths."""
    annotations: list[dict[str, Any]] = []
    for image, objects in enumerate(scene.values()):
        for each in objects:
            left, top, right, bottom = each.box
            annotation: dict[str, Any] = {
                "id": len(annotations),
                "image_id": image,
                "category_id": CLASSES.index(each.class_name) + 1,
            }
            if shape == "box":
                annotation["bbox"] = [left, top, right - left, bottom - top]
            elif shape == "polygon":
                corners = [left, top, right, top, right, bottom, left, bottom]
                annotation["segmentation"] = [corners]
            else:
                mask = _mask(each)
                annotation["segmentation"] = run_lengths(mask)
            annotations.append(annotation)
    return {
        "images": [
            {"id": number, "file_name": f"{name}.png", "width": SIZE[0], "height": SIZE[1]}
            for number, name in enumerate(scene)
        ],
        "categories": [{"id": 1 + place, "name": name} for place, name in enumerate(CLASSES)],
        "annotations": annotations,
    }


def run_lengths(mask: Any) -> dict[str, Any]:
    """Return the run lengths of a mask, column by column, beginning with what is off."""
    flat = np.asarray(mask).T.reshape(-1).astype(int)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flat, [1 - flat[-1]]])))
    counts = np.diff(np.concatenate([[0], edges]))
    return {"size": list(mask.shape), "counts": counts.tolist()}


def write_coco(folder: Path, scene: Mapping[str, Sequence[Drawn]], shape: str = "box") -> Path:
    """Write the document beside the folder of images."""
    file = folder / f"{shape}.json"
    file.write_text(json.dumps(coco(scene, shape)), encoding="utf-8")
    return file


def write_yolo(folder: Path, scene: Mapping[str, Sequence[Drawn]], shape: str = "box") -> Path:
    """Write a data.yaml and labels beside the folder of images, to six decimals."""
    labels = folder / "labels"
    labels.mkdir()
    names = "".join(f"  {place}: {name}\n" for place, name in enumerate(CLASSES))
    (folder / "data.yaml").write_text(f"path: .\ntrain: images\nnames:\n{names}")
    for name, objects in scene.items():
        lines = [_yolo_line(each, shape) for each in objects]
        (labels / f"{name}.txt").write_text("".join(lines))
    return folder / "data.yaml"


def write_voc(folder: Path, scene: Mapping[str, Sequence[Drawn]]) -> Path:
    """Write an XML file an image."""
    (folder / "Annotations").mkdir()
    for name, objects in scene.items():
        (folder / "Annotations" / f"{name}.xml").write_text(voc(name, objects))
    return folder / "Annotations"


def voc(name: str, objects: Sequence[Drawn]) -> str:
    """Return the XML of one image."""
    written = "".join(
        f"<object><name>{each.class_name}</name><bndbox><xmin>{each.box[0]}</xmin>"
        f"<ymin>{each.box[1]}</ymin><xmax>{each.box[2]}</xmax><ymax>{each.box[3]}</ymax>"
        "</bndbox></object>"
        for each in objects
    )
    size = f"<size><width>{SIZE[0]}</width><height>{SIZE[1]}</height><depth>3</depth></size>"
    return f"<annotation><filename>{name}.png</filename>{size}{written}</annotation>"


def write_kitti(folder: Path, scene: Mapping[str, Sequence[Drawn]]) -> Path:
    """Write a text file an image."""
    (folder / "label_2").mkdir()
    for name, objects in scene.items():
        lines = [
            f"{each.class_name} 0.00 0 0.00 {' '.join(f'{edge:.2f}' for edge in each.box)} "
            "1 1 1 0 0 0 0\n"
            for each in objects
        ]
        (folder / "label_2" / f"{name}.txt").write_text("".join(lines))
    return folder / "label_2"


def write_masks(folder: Path, scene: Mapping[str, Sequence[Drawn]], kind: str) -> Path:
    """Write instance masks: numbers of 8 or 16 bits, or colours."""
    place = folder / "masks"
    place.mkdir()
    classes = {}
    for name, objects in scene.items():
        values = np.zeros((SIZE[1], SIZE[0]), dtype=np.int64)
        for number, each in enumerate(objects):
            value = 1 + CLASSES.index(each.class_name) * 10 + number
            value = value * (0x010A0B if kind == "colour" else 300 if kind == "16 bits" else 1)
            values[_mask(each)] = value
            key = f"#{value:06x}" if kind == "colour" else str(value)
            classes[key] = each.class_name
        _as_image(values, kind).save(place / f"{name}.png")
    (place / "classes.json").write_text(json.dumps(classes))
    return place


def write_table(folder: Path, scene: Mapping[str, Sequence[Drawn]], *, corners: bool) -> Path:
    """Write a CSV file, a row an object; an image without any has a row without a box."""
    names = "left,top,right,bottom" if corners else "x,y,width,height"
    lines = [f"path,group,{names},class"]
    for name, objects in scene.items():
        for each in objects:
            left, top, right, bottom = each.box
            edges = (right, bottom) if corners else (right - left, bottom - top)
            lines.append(f"images/{name}.png,,{left},{top},{edges[0]},{edges[1]},{each.class_name}")
        if not objects:
            lines.append(f"images/{name}.png,,,,,,")
    (folder / "boxes.csv").write_text("\n".join(lines) + "\n")
    return folder / "boxes.csv"


WRITERS: dict[str, Callable[[Path, Mapping[str, Sequence[Drawn]]], Path]] = {
    "COCO boxes": write_coco,
    "COCO polygons": lambda folder, scene: write_coco(folder, scene, "polygon"),
    "COCO run lengths": lambda folder, scene: write_coco(folder, scene, "runs"),
    "YOLO boxes": write_yolo,
    "YOLO segments": lambda folder, scene: write_yolo(folder, scene, "segment"),
    "Pascal VOC": write_voc,
    "KITTI": write_kitti,
    "tables of boxes": lambda folder, scene: write_table(folder, scene, corners=False),
    "tables of corners": lambda folder, scene: write_table(folder, scene, corners=True),
    "masks of 8 bits": lambda folder, scene: write_masks(folder, scene, "8 bits"),
    "masks of 16 bits": lambda folder, scene: write_masks(folder, scene, "16 bits"),
    "masks of colours": lambda folder, scene: write_masks(folder, scene, "colour"),
}
"""Every format: writes annotations into a folder, beside images/, and returns where they are."""


def _mask(each: Drawn) -> Any:
    left, top, right, bottom = each.box
    mask = np.zeros((SIZE[1], SIZE[0]), dtype=bool)
    mask[top:bottom, left:right] = True
    return mask


def _yolo_line(each: Drawn, shape: str) -> str:
    left, top, right, bottom = each.box
    width, height = SIZE
    number = CLASSES.index(each.class_name)
    if shape == "segment":
        points = [(left, top), (right, top), (right, bottom), (left, bottom)]
        values = [value for x, y in points for value in (x / width, y / height)]
    else:
        values = [
            (left + right) / 2 / width,
            (top + bottom) / 2 / height,
            (right - left) / width,
            (bottom - top) / height,
        ]
    return f"{number} {' '.join(f'{value:.6f}' for value in values)}\n"


def _as_image(values: Any, kind: str) -> Image.Image:
    if kind == "8 bits":
        return Image.fromarray(values.astype(np.uint8))
    if kind == "16 bits":
        return Image.fromarray(values.astype(np.uint16))
    channels = [(values >> shift & 255).astype(np.uint8) for shift in (16, 8, 0)]
    return Image.fromarray(np.stack(channels, axis=-1))
