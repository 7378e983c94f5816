from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import twinscore as ts
from scored import score_all
from stream_points import batch_score, gaussian_points, grid_points
from twinscore.streaming.reservoir import Reservoir

if TYPE_CHECKING:
    from twinscore.base.arrays import FloatMatrix
    from twinscore.streaming.reservoir import Arrivals


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    k=st.integers(1, 5),
    cuts=st.lists(st.integers(0, 90), max_size=6),
    looks=st.booleans(),
)
def test_up_to_capacity_the_result_is_the_batch_score_bit_for_bit(
    seed: int, k: int, cuts: list[int], looks: bool
) -> None:
    real, synthetic = grid_points(seed, 100), grid_points(seed + 1, 90, most=7)
    batch = batch_score(real, synthetic, k)
    scorer = ts.StreamingScorer(real, k=k)
    order = np.random.default_rng(seed).permutation(90)
    for part in np.split(synthetic[order], sorted(cuts)):
        scorer.update(part)
        if looks and scorer.n_kept >= 2:
            scorer.result()
    result = scorer.result()
    assert result.score == batch.score
    assert result.reverse_score == batch.reverse_score
    assert result.overlap == pytest.approx(batch.overlap, abs=0.01)
    assert result.pooled_score == batch.pooled_score
    assert result.sampling == "all"
    assert result.score_at_seen_ratio == pytest.approx(batch.score, abs=1e-12)


@pytest.mark.parametrize("group_size", [None, 4])
@pytest.mark.parametrize("n_real", [240, 100])
def test_up_to_capacity_all_figures_are_those_of_the_batch_score(
    n_real: int, group_size: int | None
) -> None:
    real = gaussian_points(0, n_real)
    synthetic = np.concatenate([gaussian_points(1, 90), gaussian_points(2, 90, shift=3.0)])
    groups = [None if group_size is None else np.arange(n) // group_size for n in (n_real, 180)]
    scorer = ts.StreamingScorer(real, capacity=180, groups=groups[0])
    for part in np.array_split(np.arange(180), 7):
        scorer.update(synthetic[part], groups=None if groups[1] is None else groups[1][part])
    result = scorer.result()
    batch = score_all(
        real, synthetic, real_groups=groups[0], synthetic_groups=groups[1], diagnostics=False
    )
    for name in ("score", "reverse_score", "pooled_score", "interval", "z", "null_interval"):
        assert getattr(result, name) == getattr(batch, name), name
    for name in ("overlap", "overlap_interval"):
        assert getattr(result, name) == getattr(batch, name), name


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), shards=st.integers(2, 5))
def test_shards_in_any_order_give_the_batch_score_bit_for_bit(seed: int, shards: int) -> None:
    random = np.random.default_rng(seed)
    real, synthetic = grid_points(seed, 100), grid_points(seed + 1, 90, most=7)
    batch = batch_score(real, synthetic, 2)
    order = random.permutation(90)
    scorers = []
    for part in np.array_split(synthetic[order], shards):
        scorers.append(ts.StreamingScorer(real, k=2))
        scorers[-1].update(part)
    merged = ts.StreamingScorer(real, k=2)
    for shard in random.permutation(shards):
        merged.merge(scorers[shard])
    assert merged.result().score == batch.score
    assert merged.n_seen == 90


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_groups_in_any_order_give_the_batch_score_bit_for_bit(seed: int) -> None:
    random = np.random.default_rng(seed)
    real, synthetic = grid_points(seed, 120), grid_points(seed + 1, 90, most=7)
    real_groups, groups = random.integers(0, 20, 120), random.integers(0, 15, 90)
    batch = score_all(real, synthetic, 2, real_groups, groups, diagnostics=False)
    merged = ts.StreamingScorer(real, k=2, groups=real_groups)
    order = random.permutation(90)
    for part in np.array_split(order, 3):
        shard = ts.StreamingScorer(real, k=2, groups=real_groups)
        shard.update(synthetic[part], groups=groups[part])
        merged.merge(shard)
    result = merged.result()
    assert result.score == batch.score
    assert result.pooled_score == batch.pooled_score
    assert result.groups is not None
    assert batch.groups is not None
    assert result.groups["synthetic_kept"] == batch.groups["synthetic"]


def test_beyond_capacity_memory_is_bounded_and_the_result_says_so() -> None:
    real = gaussian_points(0, 200)
    scorer = ts.StreamingScorer(real, capacity=100)
    for seed in range(20):
        scorer.update(gaussian_points(seed + 1, 150))
    result = scorer.result()
    assert result.n_seen == 3000
    assert result.n_kept == 100
    assert result.real_fraction == 200 / 300
    assert result.real_fraction_seen == 200 / 3200
    assert result.sampling == "uniform"
    assert "100 synthetic images, a uniform sample of the 3,000 seen" in result.warnings[0]
    kept = scorer.snapshot().vectors
    assert result.score == batch_score(real, kept).score


def test_the_sample_depends_on_seed_and_stream_alone() -> None:
    real, stream = gaussian_points(0, 50), gaussian_points(1, 1000)
    scorers = [ts.StreamingScorer(real, seed=seed) for seed in (7, 7, 8)]
    for scorer, parts in zip(scorers, (1, 40, 40), strict=True):
        for part in np.array_split(stream, parts):
            scorer.update(part)
    first, same, other = (scorer.result() for scorer in scorers)
    assert first.score == same.score
    assert first.score != other.score


def test_merged_samples_are_those_of_one_scorer() -> None:
    """With ids priorities do not depend on who saw an item: equality, not only in distribution."""
    real, stream = gaussian_points(0, 50), gaussian_points(1, 1000)
    ids = np.arange(1000)
    whole = ts.StreamingScorer(real)
    whole.update(stream, ids=ids)
    merged = ts.StreamingScorer(real)
    for part in np.array_split(np.random.default_rng(0).permutation(1000), 4):
        shard = ts.StreamingScorer(real)
        shard.update(stream[part], ids=ids[part])
        merged.merge(shard)
    result, expected = merged.result(), whole.result()
    assert result.score == expected.score
    assert (result.n_seen, result.n_kept) == (expected.n_seen, expected.n_kept) == (1000, 50)


def test_shards_with_one_seed_draw_independently() -> None:
    real = gaussian_points(0, 40)
    from_first = []
    for seed in range(200):
        shards = []
        for side in range(2):
            shards.append(ts.StreamingScorer(real, seed=seed))
            shards[-1].update(gaussian_points(1000 + 2 * seed + side, 100, shift=100.0 * side))
        shards[0].merge(shards[1])
        from_first.append(int((shards[0].snapshot().vectors[:, 0] < 50).sum()))
    # Of 40 kept, 20 each on average, with the spread of draws without replacement.
    assert np.mean(from_first) == pytest.approx(20, abs=1.0)
    assert np.std(from_first) == pytest.approx(2.83, abs=0.6)


def test_an_item_that_comes_again_counts_once() -> None:
    real = grid_points(0, 40)
    scorer = ts.StreamingScorer(real)
    first, second = grid_points(1, 20), grid_points(2, 20)
    ids = [f"frame {number}" for number in range(20)]
    scorer.update(first, ids=ids)
    scorer.update(second[:5], ids=ids[:5])
    assert scorer.n_seen == 20
    final = np.concatenate([second[:5], first[5:]])
    assert scorer.result().score == batch_score(real, final).score


def test_discarded_items_no_longer_count() -> None:
    real, points = grid_points(0, 40), grid_points(1, 20)
    scorer = ts.StreamingScorer(real)
    scorer.update(points, ids=range(20))
    scorer.result()
    scorer.discard([0, 3, 19])
    left = np.delete(points, [0, 3, 19], axis=0)
    assert scorer.n_seen == 17
    assert scorer.result().score == batch_score(real, left).score


def test_a_window_scores_the_latest_only() -> None:
    real = gaussian_points(0, 200)
    scorer = ts.StreamingScorer(real, window=100)
    scorer.update(gaussian_points(1, 500))
    before = scorer.result()
    drifted = gaussian_points(2, 100, shift=3.0)
    scorer.update(drifted)
    after = scorer.result()
    assert before.score > 0.6
    assert after.score == batch_score(real, drifted).score < 0.3
    assert after.sampling == "window"


def test_a_half_life_follows_a_drift_that_a_uniform_sample_averages() -> None:
    real = gaussian_points(0, 200)
    uniform, decayed = (
        ts.StreamingScorer(real, half_life=half_life) for half_life in (None, 200.0)
    )
    for scorer in (uniform, decayed):
        scorer.update(gaussian_points(1, 2000))
        scorer.update(gaussian_points(2, 1000, shift=3.0))
    assert decayed.result().score < 0.4 < uniform.result().score
    assert decayed.result().sampling == "decay"


def test_ctrl_c_in_the_middle_of_an_update_loses_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real, points = grid_points(0, 40), grid_points(1, 30)
    scorer = ts.StreamingScorer(real)
    admit = Reservoir.admit

    def interrupted(reservoir: Reservoir, arrivals: Arrivals) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        admit(reservoir, arrivals)

    with monkeypatch.context() as context:
        context.setattr(Reservoir, "admit", interrupted)
        with pytest.raises(KeyboardInterrupt):
            scorer.update(points, ids=range(30))
    assert (scorer.n_seen, scorer.n_kept) == (30, 30)
    assert scorer.result().score == batch_score(real, points).score


def test_threads_may_update_and_look_at_once() -> None:
    real, points = grid_points(0, 80), grid_points(1, 80)
    scorer = ts.StreamingScorer(real)
    scorer.update(points[:2])

    def feed(part: FloatMatrix) -> None:
        for row in range(len(part)):
            scorer.update(part[row : row + 1], answers=row % 3 == 0)
            if row % 5 == 0:
                scorer.result()

    threads = [threading.Thread(target=feed, args=(points[2 + i :: 4],)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert scorer.n_seen == 80
    assert scorer.result().score == batch_score(real, points).score


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"k": 0}, "expected k of at least 1, got 0"),
        ({"capacity": 0}, "expected capacity of at least 1, got 0"),
        ({"half_life": 0.0}, "expected half_life above 0"),
        ({"window": 5, "capacity": 9}, "expected window alone"),
        ({"seed": -1}, "expected seed of at least 0, got -1"),
        ({"seed": 2**64}, "expected seed of at most 2"),
    ],
)
def test_arguments_out_of_range_are_refused(arguments: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ts.StreamingScorer(grid_points(0, 40), **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", [1.5, True, None])
def test_a_seed_that_is_no_whole_number_is_refused(seed: object) -> None:
    with pytest.raises(TypeError, match="expected seed as a whole number"):
        ts.StreamingScorer(grid_points(0, 40), seed=seed)  # type: ignore[arg-type]


def test_a_seed_of_numpy_draws_as_the_same_number_does() -> None:
    found = []
    for seed in (3, np.int64(3)):
        scorer = ts.StreamingScorer(grid_points(0, 40), capacity=20, seed=seed)  # type: ignore[arg-type]
        scorer.update(grid_points(1, 60))
        found.append(scorer.result().score)
    assert found[0] == found[1]


def test_scorers_that_draw_differently_cannot_be_merged() -> None:
    real = grid_points(0, 40)
    scorer = ts.StreamingScorer(real)
    with pytest.raises(ValueError, match="expected scorers of one k, got 1 and 2"):
        scorer.merge(ts.StreamingScorer(real, k=2))
    with pytest.raises(ValueError, match="expected scorers of one seed, got 0 and 1"):
        scorer.merge(ts.StreamingScorer(real, seed=1))
    with pytest.raises(ValueError, match="of the same real images"):
        scorer.merge(ts.StreamingScorer(grid_points(1, 40)))
    with pytest.raises(ValueError, match="got the same one"):
        scorer.merge(scorer)


def test_too_large_a_k_is_refused_when_it_shows() -> None:
    scorer = ts.StreamingScorer(grid_points(0, 4), k=9, capacity=10)
    scorer.update(grid_points(1, 3))
    with pytest.raises(ValueError, match="expected k of at most 6"):
        scorer.result()
    scorer.update(grid_points(2, 5))
    assert scorer.result().k == 9


def test_a_few_real_images_rendered_many_times_are_not_called_wider_than_reality() -> None:
    random = np.random.default_rng(0)
    real = random.standard_normal((300, 16))
    renders = np.repeat(real[:60], 5, axis=0) + 0.05 * random.standard_normal((300, 16))
    scorer = ts.StreamingScorer(real.astype(np.float32))
    scorer.update(renders.astype(np.float32))
    result = scorer.result()
    assert result.score > 1.0 > result.reverse_score
    assert "look for copies" in result.verdict
