"""Known truth by mixing: a share a of the synthetic side is held-out real images."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import twinscore as ts
from twinscore.graph import graph_of
from twinscore.scoring import directed_score, overlap

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
    total = 400
    n_real = round(real_fraction * total)
    n_synthetic = total - n_real
    estimates = []
    for draw in range(60):
        random = np.random.default_rng(draw)
        held_out = round(share * n_synthetic)
        rows = random.permutation(len(frames))[: n_real + held_out]
        foreign = random.permutation(len(simulated))[: n_synthetic - held_out]
        synthetic = np.concatenate([frames[rows[n_real:]], simulated[foreign]])
        estimates.append(ts.score(frames[rows[:n_real]], synthetic, seed=draw).overlap)
    assert np.mean(estimates) == pytest.approx(share, abs=0.05)


@pytest.mark.slow
@pytest.mark.parametrize("repeated", ["real", "synthetic", "both"])
@pytest.mark.parametrize("times", [1, 2, 5, 10])
def test_repeated_images_count_once_when_grouped(times: int, repeated: str) -> None:
    scores = []
    for seed in range(30):
        random = np.random.default_rng(seed)
        sides, groups = [], []
        for side in ("real", "synthetic"):
            copies = times if repeated in (side, "both") else 1
            images = random.standard_normal((200, 16)).astype(np.float32)
            sides.append(np.repeat(images, copies, axis=0))
            groups.append(np.repeat(np.arange(200), copies))
        result = ts.score(
            *sides, real_groups=groups[0], synthetic_groups=groups[1], diagnostics=False
        )
        scores.append(result.score)
    # One score has a standard deviation of 0.085: 0.016 for the mean of 30.
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
