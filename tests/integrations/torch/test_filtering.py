from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import twinscore as ts

torch = pytest.importorskip("torch", reason="needs torch")

from torch.utils.data import DataLoader, TensorDataset  # noqa: E402

from loader_rows import SPAWN, Rows, Stream, points  # noqa: E402
from twinscore.integrations.torch import RealismFilter, ScoreMonitor  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from twinscore.base.arrays import BoolArray, FloatMatrix


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


def renders(seed: int, columns: int) -> tuple[FloatMatrix, BoolArray]:
    """400 points of which the latter half is foreign, and which these are."""
    rows = np.random.default_rng(seed).standard_normal((400, columns))
    rows[200:] += 2.0
    return rows.astype(np.float32), np.arange(400) >= 200


@pytest.mark.parametrize("learn", [False, True])
@pytest.mark.parametrize("order", ["good first", "foreign first", "mixed"])
@pytest.mark.parametrize("columns", [24, 64])
def test_whatever_was_seen_before_good_samples_pass_and_foreign_ones_do_not(
    columns: int, order: str, learn: bool
) -> None:
    real = np.random.default_rng(0).standard_normal((400, columns)).astype(np.float32)
    rows, is_foreign = renders(1, columns)
    arranged = {
        "good first": np.arange(400),
        "foreign first": np.arange(400)[::-1],
        "mixed": np.random.default_rng(2).permutation(400),
    }[order]
    rows, is_foreign = rows[arranged].copy(), is_foreign[arranged]
    passed = set()
    for seen in (0, 1, 40, 200, 399, 400):
        scorer = ts.StreamingScorer(real)
        scorer.update(rows[:seen])
        dataset = TensorDataset(torch.from_numpy(rows), torch.from_numpy(is_foreign))
        passing = RealismFilter(dataset, scorer, max_distance_ratio=1.3, learn=learn)
        foreign = [bool(label) for _, label in passing]
        assert foreign.count(False) >= 180
        assert foreign.count(True) <= 4
        passed.add((passing.passed, passing.held_back))
    assert len(passed) == 1


def test_a_monitored_loader_is_filtered_as_one_that_was_not() -> None:
    real, (rows, is_foreign) = points(0, 400), (Rows(400).rows, np.arange(400) >= 200)
    dataset = TensorDataset(rows, torch.from_numpy(is_foreign))
    fresh, used = ts.StreamingScorer(real), ts.StreamingScorer(real)
    with ScoreMonitor(DataLoader(dataset, batch_size=40), used, budget=1.0) as monitor:
        next(iter(monitor))
        monitor.drain()
    assert used.n_seen == 40
    numbers = [
        [bool(label) for _, label in RealismFilter(dataset, scorer, max_distance_ratio=2.0)]
        for scorer in (fresh, used)
    ]
    assert numbers[0] == numbers[1]
    assert numbers[0].count(True) == 0
    assert numbers[0].count(False) >= 180


def test_a_share_of_real_neighbors_is_asked_of_a_scorer_that_has_seen_enough() -> None:
    rows = Rows(200)
    scorer = ts.StreamingScorer(points(0, 200), k=5)
    passing = RealismFilter(rows, scorer, min_real_share=0.2)
    for seen in (0, 99):
        scorer.update(rows.rows[scorer.n_seen : seen])
        with pytest.raises(
            ValueError, match=rf"at least 100 synthetic images .* got one with {seen}"
        ):
            list(passing)
    mixed = np.random.default_rng(0).permutation(200)
    scorer = ts.StreamingScorer(points(0, 200), k=5)
    scorer.update(rows.rows[mixed[:150]])
    labels = [label for _, label in RealismFilter(rows, scorer, min_real_share=0.2)]
    assert labels.count(1) == 0
    assert labels.count(0) >= 80
