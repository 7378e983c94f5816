"""Parts of the synthetic side."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

import twinscore as ts
from twinscore.embedding.records import Embeddings
from twinscore.measures.multiple_tests import holm
from twinscore.measures.slices import SliceScore, score_slices, unit_values
from twinscore.measures.unit_graphs import PoolGraphs, graphs_of


def sliced(
    shifts: dict[str, float], each: int = 60, seed: int = 0
) -> tuple[PoolGraphs, np.ndarray, list[str | None]]:
    random = np.random.default_rng(seed)
    is_real = np.arange(200 + each * len(shifts)) < 200
    vectors = random.standard_normal((len(is_real), 6)).astype(np.float32)
    vectors[200:, 0] += np.repeat(list(shifts.values()), each)
    values: list[str | None] = [None] * 200
    values += [name for name in shifts for _ in range(each)]
    return graphs_of(ts.self_knn(vectors, 10), is_real, 1), is_real, values


def by_value(slices: list[SliceScore]) -> dict[str, SliceScore]:
    return {part.value: part for part in slices}


def test_the_slice_that_gives_the_twin_away_is_found_and_listed_first() -> None:
    graphs, is_real, values = sliced({"good": 0.0, "bad": 4.0, "fair": 0.0})
    slices = score_slices(graphs, is_real, "part", values, seed=0)
    assert [part.value for part in slices if part.worse] == ["bad"]
    bad = slices[0]
    assert bad.value == "bad"
    assert bad.interval[0] <= bad.score <= bad.interval[1] < by_value(slices)["good"].score
    assert bad.n_synthetic == 60


def test_the_scores_of_all_slices_average_to_the_score() -> None:
    graphs, is_real, values = sliced({"a": 0.0, "b": 2.0, "c": 1.0})
    slices = score_slices(graphs, is_real, "part", values, seed=0)
    assert np.mean([part.score for part in slices]) == pytest.approx(graphs.profile[1][0])


def test_the_p_value_is_that_of_a_permutation_test() -> None:
    graphs, is_real, values = sliced({"a": 0.0, "b": 0.7})
    hits = is_real[graphs.graph.targets][~is_real].astype(float)
    expected = stats.hypergeom.cdf(hits[60:].sum(), 120, hits.sum(), 60)
    found = by_value(score_slices(graphs, is_real, "part", values, seed=0))["b"].p_value
    # 1,999 random choices know a p-value to a standard error below 0.011.
    assert found == pytest.approx(expected, abs=0.033)


@pytest.mark.slow
def test_equal_slices_are_called_worse_in_at_most_one_family_of_twenty() -> None:
    families = 0
    for seed in range(200):
        graphs, is_real, values = sliced(dict.fromkeys("abcde", 0.5), 20, seed)
        slices = score_slices(graphs, is_real, "part", values, seed=seed)
        families += any(part.worse for part in slices)
    # Three standard errors of 200 families above 5 %.
    assert families / 200 <= 0.05 + 0.046


def test_images_without_a_value_and_values_of_one_image_are_no_slice() -> None:
    graphs, is_real, values = sliced({"a": 0.0, "b": 0.0})
    values[-1] = "alone"
    values[-2] = None
    slices = by_value(score_slices(graphs, is_real, "part", values, seed=0))
    assert sorted(slices) == ["a", "b"]
    assert slices["b"].n_synthetic == 58


def test_holm_multiplies_the_smallest_by_their_number_and_keeps_their_order() -> None:
    np.testing.assert_allclose(holm(np.array([0.04, 0.01, 0.03])), [0.06, 0.03, 0.06])
    np.testing.assert_allclose(holm(np.array([0.5, 0.9])), [1.0, 1.0])


def test_a_group_has_the_most_common_value_of_its_images() -> None:
    assert unit_values(["a", "b", "b", None], np.array([0, 0, 0, 1])) == ["b", None]


def test_values_without_a_score_of_their_own_are_named_in_a_warning() -> None:
    points = np.random.default_rng(0).standard_normal((2, 40, 3)).astype(np.float32)
    values = ("night",) * 20 + ("day",) * 18 + ("dawn", "dusk")
    names = tuple(map(str, range(40)))
    synthetic = Embeddings(points[1], names, columns={"light": values})

    def notes(**options: Any) -> list[str]:
        found = ts.score(points[0], synthetic, slice_by="light", diagnostics=False, **options)
        return [note for note in found.warnings if "light" in note]

    assert notes() == [
        "slices without a score (2 of 4 values of light): such as 'dawn', fewer than two images"
    ]
    (grouped,) = notes(synthetic_groups=[row // 20 for row in range(40)])
    assert grouped.startswith("slices without a score (4 of 4 values of light): such as 'dawn'")
    assert "fewer than two groups" in grouped
