from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinscore.images.annotations.placement import PixelBox
from twinscore.images.annotations.records import AnnotationProblem
from twinscore.images.views.found_objects import FoundObject, FoundObjects, found_in_json
from twinscore.images.views.object_facts import OBJECT_FACTS
from twinscore.images.views.settings import ViewSettings

FACTS = st.lists(
    st.floats(width=32, allow_nan=False, allow_infinity=False) | st.just(float("nan")),
    min_size=len(OBJECT_FACTS),
    max_size=len(OBJECT_FACTS),
)


def thing(
    facts: list[float], name: str = "car", *, side: int = 20, has_mask: bool = False
) -> FoundObject:
    return FoundObject(3, name, PixelBox(1, 2, 1 + side, 5), False, has_mask, tuple(facts))


@given(facts=FACTS, name=st.text(), is_annotated=st.booleans(), has_environment=st.booleans())
def test_what_was_found_is_read_as_it_was_written(
    facts: list[float], name: str, is_annotated: bool, has_environment: bool
) -> None:
    region = FoundObject(1, name, PixelBox(0, 0, 9, 9), True, False, ())
    problem = AnnotationProblem(name, "it is empty", is_lost=False)
    found = FoundObjects(is_annotated, has_environment, (region, thing(facts, name)), (problem,))
    read = found_in_json(found.to_json())
    assert (read.is_annotated, read.has_environment) == (is_annotated, has_environment)
    assert read.problems == (problem,)
    assert read.objects[0] == region
    np.testing.assert_array_equal(
        np.array(read.objects[1].facts, np.float32), np.array(facts, np.float32)
    )
    assert read.objects[1].class_name == name


def test_only_objects_that_are_large_enough_and_no_region_are_looked_at() -> None:
    facts = [0.0] * len(OBJECT_FACTS)
    alone = ViewSettings(without_background=True)
    assert thing(facts).is_looked_at(ViewSettings())
    assert not thing(facts, side=15).is_looked_at(ViewSettings())
    assert not thing(facts).is_looked_at(alone)
    assert thing(facts, has_mask=True).is_looked_at(alone)


@pytest.mark.parametrize("row", [[1, "car"], [1, "car", 0, 0, "9", 9, 0, 0, []]])
def test_what_is_damaged_is_refused(row: list[object]) -> None:
    fields = {"annotated": True, "environment": True, "objects": [row], "problems": []}
    with pytest.raises(ValueError, match="expected"):
        found_in_json(json.dumps(fields))
