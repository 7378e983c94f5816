"""Lists of the same queries against blocks of a reference are merged to those of one search."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinscore._core import meet_blocks
from twinscore.neighbors import knn
from twinscore.neighbors.shortlists import Shortlists, merged

if TYPE_CHECKING:
    from random import Random

    from twinscore.neighbors.records import Neighbors

UNIT = 2.0**-44
"""The tolerance of ties is 17.6 of them."""


def near_ties(steps: list[int]) -> np.ndarray:
    """Rows whose squared distances to 0 are about 1 + step * UNIT: the sum of two squares."""
    small = np.sqrt(np.array(steps, dtype=np.float64) * UNIT)
    return np.stack([np.ones(len(steps)), small], axis=1).astype(np.float32)


def shortlist(
    queries: np.ndarray, block: np.ndarray, first: int, k: int, limits: np.ndarray | None = None
) -> Shortlists:
    found, none = meet_blocks(
        (queries, 0, None, limits, None),
        (block, first, None, None, None),
        k,
        False,
        "",
        "",
        1,
        None,
    )
    assert none is None
    return Shortlists(*found)


def assert_same(answer: Neighbors, expected: Neighbors) -> None:
    for name in ("distances", "ids", "tie_offsets", "tie_ids"):
        np.testing.assert_array_equal(getattr(answer, name), getattr(expected, name), name)


@given(
    st.lists(st.tuples(st.integers(0, 70), st.booleans()), min_size=1, max_size=14),
    st.integers(1, 5),
    st.randoms(use_true_random=False),
)
def test_chains_of_near_ties_are_cut_as_by_one_search_wherever_blocks_are_cut(
    rows: list[tuple[int, bool]], k: int, random: Random
) -> None:
    k = min(k, len(rows))
    reference, queries = near_ties([step for step, _ in rows]), np.zeros((1, 2), dtype=np.float32)
    starts = [row for row, (_, is_cut) in enumerate(rows) if is_cut and row > 0]
    parts = [
        shortlist(queries, reference[start:stop], start, k)
        for start, stop in itertools.pairwise([0, *starts, len(rows)])
    ]
    random.shuffle(parts)
    expected = knn(queries, reference, k)
    assert_same(merged(parts, k).settled(k), expected)
    one_by_one = parts[0]
    for part in parts[1:]:
        one_by_one = merged([one_by_one, part], k)
    assert_same(one_by_one.settled(k), expected)


def test_a_near_row_of_another_block_parts_what_would_tie_without_it() -> None:
    queries, reference = np.zeros((1, 2), dtype=np.float32), near_ties([0, 9, 23, 25, 35])
    block = shortlist(queries, reference[1:], 1, 3)
    alone = knn(queries, reference[1:], 3)
    both = merged([shortlist(queries, reference[:1], 0, 3), block], 3).settled(3)
    assert_same(both, knn(queries, reference, 3))
    np.testing.assert_array_equal(alone.ids + 1, [[1, 2, 3]])
    assert len(alone.tie_ids) == 0
    np.testing.assert_array_equal(both.ids, [[0, 1, 2]])
    np.testing.assert_array_equal(both.tie_ids, [3, 4])


def test_rows_beyond_the_limits_need_not_be_found_and_the_answer_is_the_same() -> None:
    random = np.random.default_rng(0)
    reference = random.integers(0, 5, (400, 6)).astype(np.float16)
    queries = random.integers(0, 5, (60, 6)).astype(np.float16)
    first = shortlist(queries, reference[:250], 0, 4)
    free = shortlist(queries, reference[250:], 250, 4)
    bounded = shortlist(queries, reference[250:], 250, 4, first.limits(4))
    assert len(bounded.ids) < len(free.ids)
    for second in (free, bounded):
        assert_same(merged([first, second], 4).settled(4), knn(queries, reference, 4))


def test_lists_that_are_too_short_have_no_limit_and_no_answer() -> None:
    queries, reference = np.zeros((2, 2), dtype=np.float32), near_ties([0, 5])
    lists = shortlist(queries, reference, 0, 3)
    np.testing.assert_array_equal(lists.limits(3), np.inf)
    np.testing.assert_array_equal(np.diff(lists.offsets), 2)
    with pytest.raises(ValueError, match="expected k of at most 2, the number of candidates"):
        lists.settled(3)
