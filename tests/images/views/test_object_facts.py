from __future__ import annotations

import numpy as np
import pytest

from twinscore.images.annotations.placement import PixelBox, SeenObject
from twinscore.images.views.object_facts import OBJECT_FACTS, ObjectFacts, measured_objects


def seen(*edges: int, is_cut: bool = False) -> SeenObject:
    return SeenObject(1, "car", PixelBox(*edges), None, False, is_cut, "")


def test_each_object_has_a_row_of_what_its_place_tells() -> None:
    facts = ObjectFacts()
    objects = [seen(0, 10, 20, 20, is_cut=True), seen(10, 10, 30, 50)]
    rows = measured_objects(objects, (200, 100), [12.0, 80.0])
    facts.append(["car", "car"], rows, "clip 1")
    named = [
        dict(zip((fact.name for fact in OBJECT_FACTS), row, strict=True)) for row in facts.table
    ]
    assert named[0] == pytest.approx(
        {
            "size": 20,
            "share": 1.0,
            "aspect": 2.0,
            "across": 5.0,
            "down": 15.0,
            "overlap": 50.0,
            "stand-out": 12.0,
            "cut": 100.0,
        }
    )
    assert named[1]["overlap"] == pytest.approx(12.5)
    assert named[1]["cut"] == 0.0
    assert (facts.units, facts.image_units) == (["clip 1", "clip 1"], ["clip 1"])


def test_an_image_without_objects_counts_as_an_image() -> None:
    facts = ObjectFacts()
    facts.append([], measured_objects([], (200, 100), []), "a")
    assert list(facts.classes_by_image()) == [[]]
    np.testing.assert_array_equal(facts.table, np.zeros((0, len(OBJECT_FACTS)), dtype=np.float32))
