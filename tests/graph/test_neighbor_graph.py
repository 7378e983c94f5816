"""Ties share a place in equal parts, also where only a sample of them is listed."""

from __future__ import annotations

import numpy as np

from twinscore.graph.neighbor_graph import graph_of
from twinscore.neighbors.records import Neighbors


def _two_points(tie_ids: list[int], tie_counts: list[int] | None) -> Neighbors:
    counts = None if tie_counts is None else np.array(tie_counts, dtype=np.int64)
    return Neighbors(
        np.array([[0.0, 1.0], [1.0, 2.0]]),
        np.array([[1, 2], [0, 2]], dtype=np.int64),
        np.array([0, len(tie_ids), len(tie_ids)], dtype=np.int64),
        np.array(tie_ids, dtype=np.int64),
        counts,
    )


def test_all_that_tie_at_the_last_place_share_it() -> None:
    graph = graph_of(_two_points([3, 4, 5], None))
    assert graph.targets.tolist() == [1, 2, 3, 4, 5, 0, 2]
    np.testing.assert_allclose(graph.weights, [1.0, 0.25, 0.25, 0.25, 0.25, 1.0, 1.0])


def test_a_sample_of_ties_stands_for_all_of_them() -> None:
    graph = graph_of(_two_points([3, 5], [8, 0]))
    assert graph.targets.tolist() == [1, 2, 3, 5, 0, 2]
    np.testing.assert_allclose(graph.weights, [1.0, 1 / 9, 4 / 9, 4 / 9, 1.0, 1.0])


def test_ties_beyond_the_neighbors_in_use_are_left_out() -> None:
    graph = graph_of(_two_points([3, 5], [8, 0]), k=1)
    assert graph.targets.tolist() == [1, 0]
    np.testing.assert_allclose(graph.weights, [1.0, 1.0])
