"""The published procedure, beside the score."""

from __future__ import annotations

import numpy as np
import pytest

import twinscore as ts
from twinscore.measures.published_procedure import second_hit_share
from twinscore.neighbors.settings import EXACT

umap = pytest.importorskip("umap", reason="umap-learn is not installed")


def sides(shift: float) -> tuple[np.ndarray, np.ndarray]:
    real, synthetic = np.random.default_rng(0).standard_normal((2, 100, 8)).astype(np.float32)
    return real, synthetic + np.float32(shift)


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
def test_it_stands_beside_the_score_with_its_spread_over_seeds() -> None:
    real, synthetic = sides(0.0)
    result = ts.score(real, synthetic, space="umap2d", convention="notebook", diagnostics=False)
    published = result.compatibility
    assert published is not None
    assert result.score == ts.score(real, synthetic, diagnostics=False).score
    assert len(set(published.scores)) > 1
    assert published.score == pytest.approx(np.mean(published.scores))
    assert published.interval[0] < published.score < published.interval[1]
    assert 0.6 < published.score < 1.4


def test_the_second_hit_counts_even_where_it_is_the_point_itself() -> None:
    real, _ = sides(0.0)
    copies = np.concatenate([real, real])
    # The real twin, with the smaller row, is the first hit.
    assert second_hit_share(copies, np.arange(200) < 100, EXACT) == 0.0


@pytest.mark.parametrize(("space", "convention"), [("umap2d", "exact"), ("embedding", "notebook")])
def test_half_a_procedure_is_refused(space: str, convention: str) -> None:
    with pytest.raises(ValueError, match="expected space='embedding' with convention='exact', or"):
        ts.score(*sides(0.0), space=space, convention=convention)  # type: ignore[arg-type]
