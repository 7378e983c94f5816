from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from twinscore.images.annotations.opening import open_annotations

if TYPE_CHECKING:
    from pathlib import Path

    from twinscore.images.annotations.records import AnnotatedImage

ORANGE, BLUE, BLACK = (255, 128, 0), (0, 0, 255), (0, 0, 0)


def read(folder: Path) -> AnnotatedImage:
    annotations = open_annotations(folder)
    (name,) = annotations.names
    return annotations.read(name)


def palette_mask(file: Path, *palette: tuple[int, int, int], background: int) -> None:
    """Write a square of the colour orange, and one of blue."""
    places = np.full((40, 60), background, dtype=np.uint8)
    places[5:25, 5:25] = palette.index(ORANGE)
    places[5:25, 30:50] = palette.index(BLUE)
    image = Image.fromarray(places).convert("P")
    image.putdata(places.reshape(-1).tolist())
    image.putpalette([channel for color in palette for channel in color])
    image.save(file)


def test_colours_made_a_palette_in_any_order_are_colours(tmp_path: Path) -> None:
    palette_mask(tmp_path / "0001.png", ORANGE, BLACK, BLUE, background=1)
    boxes = {each.record[-7:]: each.box.left for each in read(tmp_path).objects}
    assert boxes == {"#ff8000": 5, "#0000ff": 30}


def test_a_palette_is_read_by_colour_where_classes_are_named_so(tmp_path: Path) -> None:
    palette_mask(tmp_path / "0001.png", BLACK, ORANGE, BLUE, background=0)
    (tmp_path / "classes.json").write_text(json.dumps({"#FF8000": "car", "#0000ff": "person"}))
    assert {each.class_name for each in read(tmp_path).objects} == {"car", "person"}


def test_places_of_a_palette_that_begins_with_black_are_numbers(tmp_path: Path) -> None:
    palette_mask(tmp_path / "0001.png", BLACK, ORANGE, BLUE, background=0)
    (tmp_path / "classes.json").write_text(json.dumps({"1": "car", "2": "person"}))
    assert [each.class_name for each in read(tmp_path).objects] == ["car", "person"]


def test_soft_edges_are_no_objects_and_are_said(tmp_path: Path) -> None:
    image = Image.new("L", (800, 480))
    ImageDraw.Draw(image).ellipse((100, 100, 400, 400), fill=255)
    image.resize((200, 120), Image.Resampling.BOX).save(tmp_path / "0001.png")
    mask = read(tmp_path)
    assert len(mask.objects) == 1
    assert [problem.is_lost for problem in mask.problems] == [False]
    assert "soft edges" in mask.problems[0].reason
