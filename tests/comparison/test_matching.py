"""Images of equal names in both sets are the same scene."""

from __future__ import annotations

import math

import pytest

from twinscore.comparison.matching import match_scenes, moved_images, scene_names


def test_the_folder_of_a_set_is_no_part_of_a_scene() -> None:
    assert scene_names(["runs/v1/day/a.png", "runs/v1/night/a.png"]) == ["day/a.png", "night/a.png"]
    assert scene_names(["a.png"]) == ["a.png"]
    assert scene_names([]) == []


def test_equal_scenes_pair_whatever_their_order() -> None:
    first = ["v1/day/a.png", "v1/day/b.png", "v1/night/a.png"]
    second = ["v2/night/a.png", "v2/day/c.png", "v2/day/a.png"]
    assert match_scenes(first, second) == [(0, 2), (2, 0)]


def test_a_name_that_occurs_twice_pairs_with_nothing() -> None:
    assert match_scenes(["a", "a", "b"], ["a", "b"]) == [(2, 1)]
    assert match_scenes(["a", "b"], ["a", "b", "a"]) == [(1, 1)]


def test_sets_of_other_scenes_have_no_pairs() -> None:
    assert match_scenes(["v1/a.png", "v1/b.png"], ["v2/c.png", "v2/d.png"]) == []


def test_images_that_moved_most_come_first_with_their_direction() -> None:
    first = [("v1/a", 4.0), ("v1/b", 1.0), ("v1/c", 2.0), ("v1/d", math.inf)]
    second = [("v2/a", 1.0), ("v2/b", 1.0), ("v2/c", 3.0), ("v2/d", 2.0)]
    moved = moved_images(first, second)
    assert [image.first for image in moved] == ["v1/d", "v1/a", "v1/c", "v1/b"]
    assert [image.change for image in moved] == pytest.approx(
        [-math.inf, math.log(1 / 4), math.log(3 / 2), 0.0]
    )
