"""Known truth by mixing: a share a of the synthetic side is held-out real images."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import twinscore as ts
from twinscore.graph.intervals import score_interval
from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.pool import Pool
from twinscore.graph.score import directed_score, overlap
from twinscore.measures.balance import balanced_score, overlap_with_interval
from twinscore.measures.unit_graphs import graphs_of, grouped_graphs

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    Points = npt.NDArray[np.float32]

DRAWS = 80
"""One score of 200 : 500 has a standard deviation of 0.07: 0.008 for the mean of 80."""


@pytest.fixture(scope="module")
def camera_embeddings(camera_images: Path) -> tuple[Points, Points]:
    embedder = ts.Embedder()
    real = sorted((camera_images / "robocup_real").rglob("*.jpg"))
    simulated = sorted((camera_images / "beamng_sim").glob("*.jpg"))
    return embedder.embed(real), embedder.embed(simulated)


@pytest.mark.slow
@pytest.mark.parametrize(("n_real", "n_synthetic"), [(380, 380), (200, 500)])
@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_score_and_overlap_find_the_share_of_real_images_mixed_in(
    camera_embeddings: tuple[Points, Points], n_real: int, n_synthetic: int, share: float
) -> None:
    frames, simulated = camera_embeddings
    random = np.random.default_rng(11)
    held_out = round(share * n_synthetic)
    p = n_real / (n_real + n_synthetic)
    is_real = np.arange(n_real + n_synthetic) < n_real
    scores = []
    for _ in range(DRAWS):
        real_rows = random.permutation(len(frames))[: n_real + held_out]
        simulated_rows = random.permutation(len(simulated))[: n_synthetic - held_out]
        pool = np.concatenate([frames[real_rows], simulated[simulated_rows]])
        scores.append(directed_score(graph_of(ts.self_knn(pool)), ~is_real))
    assert np.mean(scores) == pytest.approx(share / (p + (1 - p) * share), abs=0.03)
    assert overlap(float(np.mean(scores)), p) == pytest.approx(share, abs=0.05)


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 0.75, 1.0])
@pytest.mark.parametrize("real_fraction", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_the_overlap_does_not_move_with_the_ratio_of_the_sides(
    camera_embeddings: tuple[Points, Points], real_fraction: float, share: float
) -> None:
    frames, simulated = camera_embeddings
    n_real = round(real_fraction * 400)
    held_out = round(share * (400 - n_real))
    is_real = np.arange(400) < n_real
    estimates = []
    for draw in range(40):
        random = np.random.default_rng(draw)
        rows = random.permutation(len(frames))[: n_real + held_out]
        foreign = random.permutation(len(simulated))[: 400 - n_real - held_out]
        pool = Pool(np.concatenate([frames[rows], simulated[foreign]]), is_real, None)
        graphs = graphs_of(ts.self_knn(pool.vectors, 10), is_real, 1)
        score = directed_score(graphs.graph, ~is_real)
        interval = score_interval(graphs.graph, graphs.surroundings, ~is_real)
        balanced = balanced_score(pool, 1, seed=draw) if real_fraction < 0.5 else None
        estimates.append(overlap_with_interval(score, interval, real_fraction, balanced)[0])
    assert np.mean(estimates) == pytest.approx(share, abs=0.05)


def grouped_score(sides: list[Points], groups: list[npt.NDArray[np.int64]]) -> float:
    is_real = np.arange(len(sides[0]) + len(sides[1])) < len(sides[0])
    together = np.concatenate([groups[0], groups[1] + groups[0].max() + 1])
    pool = Pool(np.concatenate(sides), is_real, together)
    return grouped_graphs(pool, 1, seed=0).profile[1][0]


@pytest.mark.slow
@pytest.mark.parametrize("repeated", ["real", "synthetic", "both"])
@pytest.mark.parametrize("times", [2, 5, 10])
def test_repeated_images_count_once_when_grouped(times: int, repeated: str) -> None:
    scores = []
    for seed in range(20):
        random = np.random.default_rng(seed)
        sides, groups = [], []
        for side in ("real", "synthetic"):
            copies = times if repeated in (side, "both") else 1
            images = random.standard_normal((200, 16)).astype(np.float32)
            sides.append(np.repeat(images, copies, axis=0))
            groups.append(np.repeat(np.arange(200), copies))
        scores.append(grouped_score(sides, groups))
    # One score has a standard deviation of 0.085: 0.02 for the mean of 20.
    assert np.mean(scores) == pytest.approx(1.0, abs=0.05)


@pytest.mark.slow
def test_repeated_images_count_once_when_duplicates_are_collapsed() -> None:
    naive, collapsed = [], []
    for seed in range(20):
        random = np.random.default_rng(seed)
        real, synthetic = random.standard_normal((2, 200, 16)).astype(np.float32)
        jitter = 1e-3 * random.standard_normal((1_000, 16), dtype=np.float32)
        frames = np.repeat(real, 5, axis=0) + jitter
        naive.append(ts.score(frames, synthetic, diagnostics=False).score)
        result = ts.score(frames, synthetic, collapse_duplicates=True, diagnostics=False)
        assert result.groups == {"real": 200, "synthetic": 200}
        collapsed.append(result.score)
    assert np.mean(naive) < 0.8
    assert np.mean(collapsed) == pytest.approx(1.0, abs=0.05)
