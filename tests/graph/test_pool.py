from __future__ import annotations

import numpy as np
import pytest

import twinscore as ts
from twinscore.graph.pool import check_neighbor_count, check_side

POINTS = np.random.default_rng(0).standard_normal((8, 3)).astype(np.float32)


@pytest.mark.parametrize("groups", [("a", "b"), ("a", None), (None, None), None])
def test_two_images_or_groups_are_enough(groups: tuple[str | None, ...] | None) -> None:
    check_side("real", 2, groups)


def test_a_side_of_one_image_or_one_group_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 2 real images, got 1: a score of so few"):
        check_side("real", 1, None)
    with pytest.raises(ValueError, match=r"at least 2 groups of real images, got 1 \('a'\): "):
        check_side("real", 3, ("a", "a", "a"))


def test_every_unit_needs_k_others() -> None:
    check_neighbor_count(7, 8, grouped=False)
    with pytest.raises(ValueError, match="expected k of at least 1, got 0"):
        check_neighbor_count(0, 8, grouped=False)
    with pytest.raises(ValueError, match="k of at most 7, one less than the 8 groups of both"):
        check_neighbor_count(8, 8, grouped=True)


def test_streams_and_scores_refuse_a_small_side_in_the_same_words() -> None:
    cases = ((POINTS[:1], None), (POINTS, ["clip"] * 8))
    for real, groups in cases:
        with pytest.raises(ValueError, match="expected at least 2 ") as batch:
            ts.score(real, POINTS, real_groups=groups, diagnostics=False)
        with pytest.raises(ValueError, match="expected at least 2 ") as stream:
            ts.StreamingScorer(real, groups=groups)
        assert str(stream.value) == str(batch.value)
    for synthetic, groups in cases:
        with pytest.raises(ValueError, match="expected at least 2 ") as batch:
            ts.score(POINTS, synthetic, synthetic_groups=groups, diagnostics=False)
        scorer = ts.StreamingScorer(POINTS)
        scorer.update(synthetic, groups=groups)
        with pytest.raises(ValueError, match="expected at least 2 ") as stream:
            scorer.result()
        assert str(stream.value) == str(batch.value)


@pytest.mark.parametrize(("grouped", "k"), [(False, 16), (True, 8)])
def test_streams_and_scores_refuse_a_large_k_in_the_same_words(grouped: bool, k: int) -> None:
    groups = [f"clip {row // 2}" for row in range(8)] if grouped else None
    with pytest.raises(ValueError, match="expected k of at most") as batch:
        ts.score(POINTS, POINTS + 1, k, groups, groups, diagnostics=False)
    scorer = ts.StreamingScorer(POINTS, k=k, groups=groups)
    scorer.update(POINTS + 1, groups=groups)
    with pytest.raises(ValueError, match="expected k of at most") as stream:
        scorer.result()
    assert str(stream.value) == str(batch.value)
