from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import twinscore as ts

torch = pytest.importorskip("torch", reason="needs torch")

from torch.utils.data import DataLoader, TensorDataset  # noqa: E402

from loader_rows import SPAWN, Rows, Stream, points  # noqa: E402
from twinscore.integrations.torch import (  # noqa: E402
    RealismFilter,
)

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("context", [None, "fork", SPAWN])
@pytest.mark.parametrize("kind", [Rows, Stream])
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_filter_holds_back_what_gives_itself_away(
    context: str | None, kind: Callable[[], Any]
) -> None:
    scorer = ts.StreamingScorer(points(0, 200))
    scorer.update(np.concatenate([points(5, 100), points(6, 100, shift=30.0)]))
    passing = RealismFilter(kind(), scorer, max_distance_ratio=2.0)
    workers = 0 if context is None else 2
    loader = DataLoader(passing, batch_size=8, num_workers=workers, multiprocessing_context=context)
    labels = torch.cat([labels for _, labels in loader])
    assert not labels.any()
    assert 80 <= len(labels) <= 100
    assert scorer.n_seen == 200


def test_a_filter_that_learns_compares_with_what_went_by() -> None:
    scorer = ts.StreamingScorer(points(0, 200))
    fresh = TensorDataset(torch.from_numpy(np.concatenate([points(3, 50), points(4, 50, 30.0)])))
    passing = RealismFilter(fresh, scorer, max_distance_ratio=2.0, learn=True)
    passed = torch.stack([row for (row,) in passing])
    assert 40 <= len(passed) <= 50
    assert (passed.mean(dim=1) < 10).all()
    assert (passing.passed, passing.held_back) == (len(passed), 100 - len(passed))
    assert scorer.n_seen == 100


def test_a_filter_takes_embeddings_that_still_carry_a_gradient() -> None:
    scorer = ts.StreamingScorer(points(0, 200))
    scorer.update(points(5, 100))
    rows = torch.from_numpy(points(3, 20)).requires_grad_()
    assert len(list(RealismFilter(list(rows), scorer, max_distance_ratio=100.0))) == 20


def test_a_filter_without_a_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="expected min_real_share or max_distance_ratio"):
        RealismFilter(Rows(), ts.StreamingScorer(points(0, 20)))
