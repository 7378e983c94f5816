"""Instance masks as images: every object has a number or a colour of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.base.json_text import parse_json
from twinscore.images.annotations.beside import files_below
from twinscore.images.annotations.blended_edges import FEWEST_SHADES, without_blends
from twinscore.images.annotations.label_files import LabelFiles, LabelLines
from twinscore.images.annotations.records import (
    OBJECT,
    AnnotatedImage,
    AnnotationProblem,
    Box,
    ObjectAnnotation,
)
from twinscore.images.annotations.values import MalformedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twinscore.base.arrays import BoolArray, IdArray
    from twinscore.images.annotations.records import AnnotationSet

MASK_ENDINGS = (".png", ".bmp", ".tif", ".tiff", ".gif", ".tga")
"""Of formats that keep numbers as they are."""

CLASSES_FILE = "classes.json"

MOST_OBJECTS = 10_000
"""Values in one mask; more are the shades of a photograph."""

_VOID = 255
"""Of palettes, the border that Pascal VOC draws around objects."""

_ENDINGS_OF_NAMES = ("_instances", "_instance", "_instanceIds", "_masks", "_mask", "_ids", "_seg")
"""Those that tell objects apart the surest first."""


@dataclass(frozen=True, slots=True, eq=False)
class PixelRuns:
    """An object as stretches of neighboring pixels, row by row.

    Attributes
    ----------
    width, height
        Of the image.
    starts, stops
        Shape (m,): places in the image, row after row; the last one is not part of the stretch.
    """

    width: int
    height: int
    starts: IdArray
    stops: IdArray

    def drawn(self, width: int, height: int) -> BoolArray:
        """Return the pixels."""
        if (width, height) != (self.width, self.height):
            raise ValueError(
                f"the mask is {self.width} x {self.height}, its image {width} x {height}"
            )
        # Of the object's rows alone: most of an image has none of it.
        first = int(self.starts.min()) // width
        last = -(-int(self.stops.max()) // width)
        steps = np.zeros(width * (last - first) + 1, dtype=np.int8)
        np.add.at(steps, self.starts - first * width, 1)
        np.add.at(steps, self.stops - first * width, -1)
        drawn = np.zeros((height, width), dtype=bool)
        drawn[first:last] = np.cumsum(steps[:-1], dtype=np.int8).reshape(-1, width)
        return drawn


@dataclass(frozen=True, slots=True)
class MaskReader:
    """Reads the objects of one mask; 0, which is black, is none.

    Attributes
    ----------
    classes
        Names by number, or by colour: "7", "#ff8000".
    """

    classes: Mapping[str, str]

    def __call__(self, name: str, file: Path) -> AnnotatedImage:
        """Return what is in the file."""
        values, is_color = read_values(file, by_color=self._are_by_color)
        height, width = values.shape
        lines = LabelLines(name, file)
        objects = _objects_in(values)
        if sum(map(_may_be_edge, objects.values())) >= FEWEST_SHADES:
            values, n_shades = without_blends(values, is_color=is_color)
            if n_shades:
                objects = _objects_in(values)
                reason = f"{n_shades} of its values are soft edges: put with what they are nearest"
                lines.note(str(file), reason, is_lost=False)
        for value, mask in objects.items():
            shown = f"#{value:06x}" if is_color else str(value)
            lines.objects.append(
                ObjectAnnotation(
                    name,
                    self.classes.get(shown, OBJECT),
                    _box_of(mask),
                    mask,
                    record=f"{file} {'colour' if is_color else 'number'} {shown}",
                )
            )
        return lines.finish((float(width), float(height)))

    @property
    def _are_by_color(self) -> bool:
        return bool(self.classes) and all(key.startswith("#") for key in self.classes)


def instance_masks(location: str) -> LabelFiles:
    """Take the masks below a folder, each named like its image.

    Where some are called masks, as ``0001_mask.png`` is, the others are taken for the images. Of
    several masks of one image, that of instances is taken before that of kinds (``_seg``).
    A ``classes.json`` beside them names their classes: ``{"7": "car", "#ff8000": "person"}``.

    Raises
    ------
    ValueError
        It is no such file.
    """
    folder = Path(location)
    found = files_below(folder, MASK_ENDINGS)
    called = {stem: file for stem, file in found.items() if is_mask_name(stem)}
    files: dict[str, Path] = {}
    problems = []
    for stem, file in sorted((called or found).items(), key=_kind_of_mask):
        kept = files.setdefault(_image_name(stem), file)
        if kept != file:
            reason = f"{kept.name} is the mask of its image already"
            problems.append(AnnotationProblem(str(file), reason))
    return LabelFiles(
        location,
        "instance masks",
        dict(sorted(files.items())),
        MaskReader(_classes_in(folder)),
        problems=tuple(problems),
    )


def are_masks(annotations: AnnotationSet) -> bool:
    """Tell whether annotations are images as well."""
    return isinstance(annotations, LabelFiles) and isinstance(annotations.reader, MaskReader)


def are_called_masks(annotations: AnnotationSet) -> bool:
    """Tell whether annotations are masks that their names tell from images."""
    if not (isinstance(annotations, LabelFiles) and are_masks(annotations)):
        return False
    return all(is_mask_name(file.stem) for file in annotations.files.values())


def is_mask_name(stem: str) -> bool:
    """Tell whether a file is called a mask, as ``0001_mask`` is, by its path without ending."""
    return _image_name(stem) != stem


def read_values(file: Path, *, by_color: bool = False) -> tuple[IdArray, bool]:
    """Read the numbers of a mask, and whether they are colours: red first, eight bits each.

    Tools that make files smaller give colours a palette in any order. Its places are numbers where
    the first one is black, or none is.

    Parameters
    ----------
    file
        The mask.
    by_color
        Whether the colours of a palette are what counts, whatever its order.

    Raises
    ------
    MalformedError
        It is no image, or none that holds numbers.
    """
    # Brings in Pillow, which listing annotations is to do without.
    from PIL import Image

    from twinscore.images.decoding import pillow_warnings_silenced

    try:
        with pillow_warnings_silenced(), Image.open(file) as image:
            image.load()
            if image.mode in ("RGB", "RGBA"):
                return _colors_of(np.asarray(image)), True
            values = np.asarray(image)
            if image.mode == "P":
                return _of_palette(image, values.astype(np.int64), by_color)
    except OSError as error:
        raise MalformedError(f"expected a mask, got what cannot be read ({error})") from error
    except Exception as error:
        # Damaged headers make Pillow raise nearly anything.
        raise MalformedError(f"damaged mask ({error})") from error
    if values.ndim != 2 or values.dtype.kind not in "uib":
        raise MalformedError(f"expected a mask of numbers or colours, got mode {image.mode}")
    values = values.astype(np.int64)
    return values, False


def _of_palette(image: Any, numbers: IdArray, by_color: bool) -> tuple[IdArray, bool]:
    first = (image.getpalette() or [0])[:3]
    colors = _colors_of(np.asarray(image.convert("RGB")))
    is_any_order = any(first) and not colors.all()
    values = colors if by_color or is_any_order else numbers
    values[numbers == _VOID] = 0
    return values, values is colors


@dataclass(frozen=True, slots=True)
class _Runs:
    """Stretches of equal values; see `PixelRuns`."""

    values: IdArray
    starts: IdArray
    stops: IdArray


def _runs_of(values: IdArray) -> _Runs:
    height, width = values.shape
    begins = np.ones((height, width), dtype=bool)
    np.not_equal(values[:, 1:], values[:, :-1], out=begins[:, 1:])
    starts = np.flatnonzero(begins)
    return _Runs(values.reshape(-1)[starts], starts, np.append(starts[1:], values.size))


def _objects_in(values: IdArray) -> dict[int, PixelRuns]:
    """Return the pixels of each number or colour but 0.

    Raises
    ------
    MalformedError
        There are more than a mask has.
    """
    height, width = values.shape
    runs = _runs_of(values)
    order = np.argsort(runs.values, kind="stable")
    present, firsts = np.unique(runs.values[order], return_index=True)
    if len(present) > MOST_OBJECTS:
        raise MalformedError(
            f"expected a number or colour an object, got {len(present):,} different ones: "
            "no instance mask"
        )
    return {
        value: PixelRuns(width, height, runs.starts[of_it], runs.stops[of_it])
        for value, of_it in zip(present.tolist(), np.split(order, firsts[1:]), strict=True)
        if value != 0
    }


def _may_be_edge(mask: PixelRuns) -> bool:
    """Tell whether an object is a line, or fills less than half of its box."""
    box = _box_of(mask)
    pixels = float((mask.stops - mask.starts).sum())
    return min(box.width, box.height) <= 1.0 or 2.0 * pixels < box.width * box.height


def _box_of(mask: PixelRuns) -> Box:
    rows = mask.starts // mask.width
    return Box(
        float((mask.starts % mask.width).min()),
        float(rows.min()),
        float(((mask.stops - 1) % mask.width).max() + 1),
        float(rows.max() + 1),
    )


def _colors_of(pixels: Any) -> IdArray:
    colors: IdArray = pixels[..., 0].astype(np.int64)
    for channel in (1, 2):
        colors = (colors << 8) | pixels[..., channel]
    return colors


def _kind_of_mask(named: tuple[str, Path]) -> tuple[int, str]:
    stem, _ = named
    ending = stem.removeprefix(_image_name(stem))
    return _ENDINGS_OF_NAMES.index(ending) if ending else 0, stem


def _image_name(stem: str) -> str:
    """Return the name of the image that a mask is of: ``0001_mask`` is that of ``0001``."""
    for ending in _ENDINGS_OF_NAMES:
        if stem.endswith(ending) and not stem.endswith("/" + ending):
            return stem.removesuffix(ending)
    return stem


def _classes_in(folder: Path) -> dict[str, str]:
    file = folder / CLASSES_FILE
    if not file.is_file():
        return {}
    try:
        classes = parse_json(file.read_bytes())
    except ValueError as error:
        raise ValueError(f"{str(file)!r}: expected JSON, got {error}") from error
    if not isinstance(classes, dict):
        raise ValueError(f"{str(file)!r}: expected names by number or colour")
    return {str(key).lower(): str(name) for key, name in classes.items()}
