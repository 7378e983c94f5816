"""Where a few points are neighbors of most others."""

from __future__ import annotations

import numpy as np
import pytest

import twinscore as ts
from twinscore.graph.hubness import hubness, labels_of_hubs
from twinscore.graph.neighbor_graph import graph_of


def points(units: int, width: int, *, heavy: bool, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    drawn = random.standard_normal((units, width))
    if heavy:
        drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
        drawn *= np.exp(random.standard_normal((units, 1)))
    return drawn.astype(np.float32)


def labels(drawn: np.ndarray, real: int, k: int = 1) -> float | None:
    graph = graph_of(ts.self_knn(drawn, k))
    return labels_of_hubs(hubness(graph), real / len(drawn))


@pytest.mark.parametrize("k", [1, 10])
@pytest.mark.parametrize("real", [50, 1_000])
def test_hubs_decide_where_one_side_is_small_beside_them(k: int, real: int) -> None:
    for seed in range(5):
        found = labels(points(1_050, 256, heavy=True, seed=seed), real, k)
        assert found is not None
        assert found < 4.0


@pytest.mark.parametrize(
    ("real", "synthetic", "width", "heavy"),
    [(200, 200, 256, True), (20, 180, 256, False), (20, 400, 16, False)],
)
def test_hubs_do_not_decide_where_enough_labels_count(
    real: int, synthetic: int, width: int, heavy: bool
) -> None:
    for seed in range(5):
        assert labels(points(real + synthetic, width, heavy=heavy, seed=seed), real) is None


@pytest.mark.parametrize("real", [3, 10])
def test_small_sides_alone_make_no_hubs(real: int) -> None:
    for seed in range(5):
        assert labels(points(2 * real, 16, heavy=False, seed=seed), real) is None
