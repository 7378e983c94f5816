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
def test_correlated_frames_count_once_when_grouped() -> None:
    clips = np.repeat(np.arange(200), 5)
    naive, grouped = [], []
    for seed in range(20):
        random = np.random.default_rng(seed)
        real, synthetic = random.standard_normal((2, 200, 16)).astype(np.float32)
        jitter = 1e-3 * random.standard_normal((1_000, 16), dtype=np.float32)
        frames = np.repeat(real, 5, axis=0) + jitter
        naive.append(ts.score(frames, synthetic).score)
        grouped.append(ts.score(frames, synthetic, real_groups=clips).score)
    assert np.mean(naive) < 0.8
    # One score has a standard deviation of 0.085: 0.02 for the mean of 20.
    assert np.mean(grouped) == pytest.approx(1.0, abs=0.05)
