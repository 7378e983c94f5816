"""Richness of each image as fields of a FiftyOne dataset."""

from __future__ import annotations

from typing import Any

from twinscore.integrations.fiftyone.richness_fields import richness_fields, save_richness_views


class Dataset:
    """Remembers the views that are saved."""

    def __init__(self, ids: list[str]) -> None:
        self.ids = ids
        self.views: dict[str, list[str]] = {}

    def values(self, name: str) -> list[str]:
        assert name == "id"
        return self.ids

    def select(self, chosen: list[str]) -> list[str]:
        return chosen

    def save_view(self, name: str, view: list[str], *, description: str) -> None:
        assert description
        self.views[name] = view


ROWS: list[dict[str, Any]] = [
    {"side": "real", "covered": 1.0, "run": 3.0, "novelty": None},
    {"side": "real", "covered": 0.0, "run": 0.0, "novelty": None},
    {"side": "synthetic", "covered": None, "run": 0.0, "novelty": 0.9},
    {"side": "synthetic", "covered": None, "run": 2.0, "novelty": 0.01},
]


def test_fields_say_of_each_image_what_its_side_can_be() -> None:
    real, gap, foreign, copy = richness_fields(ROWS)
    assert real == {"run": 3.0, "covered": 1.0, "gap": False}
    assert gap == {"run": 0.0, "covered": 0.0, "gap": True}
    assert foreign == {"run": 0.0, "novelty": 0.9, "foreign": True, "copied": False}
    assert copy == {"run": 2.0, "novelty": 0.01, "foreign": False, "copied": True}


def test_each_field_that_is_true_of_some_images_is_a_saved_view() -> None:
    dataset = Dataset(["a", "b", "c", "d"])
    save_richness_views(dataset, richness_fields(ROWS))
    assert dataset.views == {"covered": ["a"], "all-gaps": ["b"], "foreign": ["c"], "copied": ["d"]}


def test_a_result_without_richness_adds_nothing() -> None:
    rows: list[dict[str, Any]] = [{"side": "real"}, {"side": "synthetic"}]
    assert richness_fields(rows) == [{}, {}]
    dataset = Dataset(["a", "b"])
    save_richness_views(dataset, richness_fields(rows))
    assert dataset.views == {}
