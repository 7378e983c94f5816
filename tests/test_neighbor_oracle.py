"""The oracle itself, on cases small enough to do by hand."""

from __future__ import annotations

import numpy as np
import pytest

from neighbor_oracle import assert_same_neighbors, merge_ties, rank
from twinscore.neighbors.records import Neighbors

LINE = np.array([[0.0], [1.0], [-1.0], [3.0]], dtype=np.float32)


def neighbors_of_zero(ids: list[int], distances: list[float], ties: list[int]) -> Neighbors:
    return Neighbors(
        np.array([distances]), np.array([ids]), np.array([0, len(ties)]), np.array(ties, dtype=int)
    )


def test_candidates_are_ranked_by_distance_then_id() -> None:
    forbidden = np.array([[True, False, False, False]])
    ranking = rank(LINE[:1], LINE, forbidden)
    assert ranking.ids.tolist() == [[1, 2, 3, 0]]
    assert ranking.distances.tolist() == [[1.0, 1.0, 9.0, np.inf]]


def test_distances_that_differ_by_rounding_are_merged_and_others_are_not() -> None:
    distances = np.array([1.0, 1.0 + 4e-13, 1.0 + 1e-11, np.inf])
    ids = np.array([7, 3, 1, 0])
    merge_ties(distances, ids)
    assert ids.tolist() == [3, 7, 1, 0]
    assert distances.tolist() == [1.0, 1.0, 1.0 + 1e-11, np.inf]


def test_the_right_answer_is_accepted() -> None:
    forbidden = np.array([[True, False, False, False]])
    assert_same_neighbors(neighbors_of_zero([1], [1.0], [2]), rank(LINE[:1], LINE, forbidden))


@pytest.mark.parametrize(
    "wrong",
    [
        neighbors_of_zero([2], [1.0], [1]),
        neighbors_of_zero([1], [1.0], []),
        neighbors_of_zero([1], [1.0 + 1e-9], [2]),
        neighbors_of_zero([1], [1.0], [2, 3]),
    ],
    ids=["order of ids", "missing tie", "distance", "more than ties"],
)
def test_a_wrong_answer_is_not(wrong: Neighbors) -> None:
    forbidden = np.array([[True, False, False, False]])
    with pytest.raises(AssertionError):
        assert_same_neighbors(wrong, rank(LINE[:1], LINE, forbidden))


@pytest.mark.parametrize("ties", [[], [1]])
def test_a_distance_at_the_end_of_the_tolerance_may_tie_or_not(ties: list[int]) -> None:
    reference = np.array([[1e6, 0.0], [1e6, 1.0]], dtype=np.float32)
    origin = np.zeros((1, 2), dtype=np.float32)
    assert_same_neighbors(neighbors_of_zero([0], [1e12], ties), rank(origin, reference))


@pytest.mark.parametrize(("step", "ties"), [(0.9, []), (1.1, [1])])
def test_a_distance_on_either_side_of_the_end_is_judged(step: float, ties: list[int]) -> None:
    reference = np.array([[1e6, 0.0], [1e6, step]], dtype=np.float32)
    origin = np.zeros((1, 2), dtype=np.float32)
    with pytest.raises(AssertionError):
        assert_same_neighbors(neighbors_of_zero([0], [1e12], ties), rank(origin, reference))
