"""How few neighbors a sample of the points has, in effect."""

from __future__ import annotations

import numpy as np
import pytest

import twinscore as ts
from twinscore.graph.hubness import hubness
from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.sampled_hubness import labels_of_sampled_hubs, shared_neighbors


def test_what_two_points_share_is_counted_and_no_point_with_itself() -> None:
    reference = np.array([[0.0], [10.0], [20.0]], dtype=np.float32)
    near_one, near_each = [[0.1], [0.2], [0.3]], [[0.1], [10.1], [20.1]]
    for points, shared in ((near_one, 1.0), (near_each, 0.0)):
        graph = graph_of(ts.knn(np.array(points, dtype=np.float32), reference))
        assert shared_neighbors([graph], 3) == pytest.approx(shared)


def test_a_sample_says_the_same_of_hubs_as_all_points() -> None:
    random = np.random.default_rng(0)
    points = random.standard_normal((3_000, 64)) * np.exp(random.standard_normal((3_000, 1)))
    points = points.astype(np.float32)
    everything = ts.self_knn(points)
    effective = hubness(graph_of(everything))["effective"]
    rows = random.permutation(3_000)[:600]
    own = np.arange(3_000)
    parts = [
        graph_of(ts.knn(points[part], points, query_groups=part, reference_groups=own))
        for part in (rows[:400], rows[400:])
    ]
    with_itself = shared_neighbors(parts, 3_000) + 1.0 / 3_000
    assert 1.0 / with_itself == pytest.approx(effective, rel=0.25)


@pytest.mark.parametrize(
    ("shared", "real", "decide"),
    [(0.05, 30, True), (0.05, 150, False), (0.01, 30, False), (0.0, 30, False)],
)
def test_few_labels_of_the_smaller_side_decide_where_few_are_neighbors(
    shared: float, real: int, decide: bool
) -> None:
    assert (labels_of_sampled_hubs(shared, real, 300) is not None) is decide
