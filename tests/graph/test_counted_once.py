"""The variance told by scores without each unit, against pools drawn anew."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

import twinscore as ts
from known_truth import Mixture
from twinscore.graph.counted_once import counted_once_variance
from twinscore.graph.left_out import LeftOut, labels_and_chance, leave_out
from twinscore.graph.neighbor_graph import NeighborGraph, graph_of
from twinscore.graph.score import directed_score
from twinscore.graph.surroundings import Surroundings, neighborhood_size, surroundings_of

Points = npt.NDArray[np.float32]
Draw = Callable[[np.random.Generator], Points]
Searched = tuple[NeighborGraph, Surroundings, LeftOut]


def searched(points: Points, n_real: int, k: int) -> Searched:
    is_real = np.arange(len(points)) < n_real
    size = neighborhood_size(min(n_real, len(points) - n_real))
    neighbors = ts.self_knn(points, max(k + 1, size), threads=1)
    graph, wider = graph_of(neighbors, k), graph_of(neighbors, k + 1)
    surroundings = surroundings_of(graph_of(neighbors, size))
    return graph, surroundings, leave_out(graph, wider, labels_and_chance(is_real))


def moved(random: np.random.Generator) -> Points:
    points = random.standard_normal((160, 16))
    points[80:] += 3.0 / 4.0
    return points.astype(np.float32)


def mixed(random: np.random.Generator) -> Points:
    return Mixture(80, 80, overlap=0.25).draw(random)


@pytest.mark.parametrize(("draw", "k"), [(moved, 5), (mixed, 1)])
def test_it_is_that_over_pools_drawn_anew_whether_sides_differ_in_place_or_in_a_part(
    draw: Draw, k: int
) -> None:
    random = np.random.default_rng(0)
    scores, counted, jackknife = [], [], []
    for _ in range(100):
        graph, surroundings, left_out = searched(draw(random), 80, k)
        scores.append(directed_score(graph, ~left_out.labels[0]))
        counted.append(counted_once_variance(graph, surroundings, left_out))
        jackknife.append(left_out.variance)
    # 100 draws know a standard deviation to 7 %.
    assert np.sqrt(np.mean(counted)) == pytest.approx(np.std(scores), rel=0.22)
    assert np.mean(counted) < np.mean(jackknife)


def test_where_each_unit_acts_alone_the_jackknife_is_believed() -> None:
    random = np.random.default_rng(0)
    # Ten clusters far apart, of real images alone or of these and one synthetic image each.
    clusters = np.repeat(np.arange(10), 20)
    points = 100.0 * random.standard_normal((10, 4))[clusters] + random.standard_normal((200, 4))
    synthetic = (clusters % 2 == 1) | (np.arange(200) % 40 == 0)
    pool = points[np.argsort(synthetic, kind="stable")].astype(np.float32)
    graph, surroundings, left_out = searched(pool, int((~synthetic).sum()), 1)
    found = counted_once_variance(graph, surroundings, left_out)
    assert found == pytest.approx(left_out.variance, rel=0.1)


def test_no_unit_moves_a_score_of_zero() -> None:
    random = np.random.default_rng(0)
    points = random.standard_normal((60, 3)).astype(np.float32)
    points[30:] += 1_000.0
    assert counted_once_variance(*searched(points, 30, 1)) == 0.0


def test_labels_by_chance_keep_the_sizes_of_the_sides_and_are_the_same_at_every_call() -> None:
    is_real = np.arange(50) < 20
    labels = labels_and_chance(is_real)
    assert (labels[0] == is_real).all()
    assert (labels.sum(axis=1) == 20).all()
    assert len({row.tobytes() for row in labels}) == len(labels)
    np.testing.assert_array_equal(labels, labels_and_chance(is_real))
