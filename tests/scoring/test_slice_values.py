"""Facts of pixels as columns to slice by."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from PIL import Image

import twinscore as ts
from twinscore.embedding.records import Embeddings
from twinscore.images.facts.catalog import FACT_NAMES
from twinscore.scoring.slice_values import PARTS, slice_values


def side(
    values: list[float], columns: dict[str, tuple[str | None, ...]] | None = None
) -> Embeddings:
    facts = np.full((len(values), len(FACT_NAMES)), np.nan, dtype=np.float32)
    facts[:, FACT_NAMES.index("noise")] = values
    names = tuple(map(str, range(len(values))))
    vectors = np.random.default_rng(0).normal(size=(len(values), 4)).astype(np.float32)
    return Embeddings(vectors, names, columns=columns or {}, pixel_facts=facts)


def test_a_fact_is_cut_into_parts_of_as_many_images_each() -> None:
    values = np.random.default_rng(1).permutation(200).astype(float).tolist()
    named = slice_values("noise", (side(values[:100]), side(values[100:])))
    counts = Counter(named)
    assert len(counts) == PARTS
    assert max(counts.values()) - min(counts.values()) <= 2
    for value, name in zip(values, named, strict=True):
        assert name is not None
        low, high = (float(edge) for edge in name.split(": ")[1].split(" to "))
        assert low - 1.0 <= value <= high + 1.0


def test_what_is_not_known_is_in_no_part_and_equal_values_are_in_one() -> None:
    named = slice_values("noise", (side([2.0, np.nan, 2.0]), side([2.0, 2.0])))
    assert named == ["1: 2", None, "1: 2", "1: 2", "1: 2"]


def test_a_column_of_the_source_comes_before_a_fact_of_its_name() -> None:
    sides = side([1.0, 2.0], {"noise": ("low", "high")}), side([3.0, 4.0])
    assert slice_values("noise", sides) == ["low", "high", None, None]


def test_a_score_has_slices_by_a_fact_of_the_images() -> None:
    result = ts.score(
        side(np.linspace(0.0, 5.0, 40).tolist()),
        side(np.linspace(0.0, 5.0, 40).tolist()),
        slice_by="noise",
        diagnostics=False,
        richness=False,
    )
    assert len(result.slices) == PARTS
    assert {part.column for part in result.slices} == {"noise"}
    assert "noise" in result.samples.column_names


def test_a_fact_that_nobody_measured_is_refused() -> None:
    points = np.random.default_rng(0).normal(size=(2, 20, 4)).astype(np.float32)
    with pytest.raises(ValueError, match="slice_by: expected a column of the synthetic side"):
        ts.score(points[0], points[1], slice_by="noise")


def test_images_may_be_sliced_by_facts_and_others_are_named() -> None:
    images = [Image.new("RGB", (20, 20))] * 3
    with pytest.raises(ValueError, match=r"or a fact of its pixels .*sharpness"):
        ts.score(images, images, slice_by="sharpnes")
