from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from twinscore.neighbors import knn
from twinscore.neighbors.prepared import PreparedReference, pair_distances

if TYPE_CHECKING:
    from twinscore.neighbors.records import Neighbors


def assert_equal(answer: Neighbors, expected: Neighbors) -> None:
    for name in ("distances", "ids", "tie_offsets", "tie_ids"):
        np.testing.assert_array_equal(getattr(answer, name), getattr(expected, name), name)


@pytest.mark.usefixtures("kernel", "screen")
@pytest.mark.parametrize("columns", [1, 7, 160])
@pytest.mark.parametrize("k", [1, 6])
def test_answers_are_those_of_a_single_search(columns: int, k: int) -> None:
    random = np.random.default_rng(columns)
    reference = random.integers(0, 4, (700, columns)).astype(np.float32)
    prepared = PreparedReference(reference, k)
    assert len(prepared) == 700
    for count in (1, 3, 200):
        queries = random.integers(0, 4, (count, columns)).astype(np.float32)
        assert_equal(prepared.search(queries, k), knn(queries, reference, k))


@pytest.mark.usefixtures("screen")
def test_groups_and_retired_rows_are_not_eligible() -> None:
    random = np.random.default_rng(0)
    reference = random.standard_normal((300, 40)).astype(np.float32)
    queries = random.standard_normal((50, 40)).astype(np.float32)
    reference_groups, query_groups = random.integers(0, 9, 300), random.integers(0, 9, 50)
    retired = random.integers(0, 2, 300).astype(np.uint8)
    answer = PreparedReference(reference).search(
        queries,
        3,
        query_groups=query_groups,
        reference_groups=reference_groups,
        retired=retired,
    )
    present = np.flatnonzero(retired == 0)
    expected = knn(
        queries,
        reference[present],
        3,
        query_groups=query_groups,
        reference_groups=reference_groups[present],
    )
    np.testing.assert_array_equal(answer.distances, expected.distances)
    np.testing.assert_array_equal(answer.ids, present[expected.ids])


def test_queries_far_beyond_the_reference_are_found_as_well() -> None:
    random = np.random.default_rng(0)
    reference = random.standard_normal((200, 30)).astype(np.float32)
    queries = random.standard_normal((20, 30)).astype(np.float32)
    queries[::2] *= 1e9
    assert_equal(PreparedReference(reference).search(queries, 2), knn(queries, reference, 2))


def test_errors_name_the_row() -> None:
    reference = np.ones((5, 3), dtype=np.float32)
    prepared = PreparedReference(reference)
    queries = np.ones((2, 3), dtype=np.float32)
    queries[1, 2] = np.nan
    with pytest.raises(ValueError, match="NaN or infinity in row 1 of queries"):
        prepared.search(queries, 1)
    with pytest.raises(ValueError, match="expected k of at most 2"):
        prepared.search(queries[:1], 3, retired=np.array([1, 1, 1, 0, 0], dtype=np.uint8))
    with pytest.raises(ValueError, match="expected a mark for each of the 5 rows"):
        prepared.search(queries[:1], 1, retired=np.zeros(4, dtype=np.uint8))
    with pytest.raises(ValueError, match=r"as wide as the reference \(3\), got 2"):
        prepared.search(np.ones((1, 2), dtype=np.float32), 1)


@pytest.mark.usefixtures("kernel")
def test_distances_of_pairs_are_those_of_a_search() -> None:
    points = np.random.default_rng(0).standard_normal((60, 33)).astype(np.float32)
    found = knn(points[:20], points, 5)
    rows = np.repeat(np.arange(20), 5)
    np.testing.assert_array_equal(
        pair_distances(points, rows, found.ids.ravel()), found.distances.ravel()
    )
    with pytest.raises(ValueError, match="expected rows below 60, got 60"):
        pair_distances(points, np.array([0]), np.array([60]))
    with pytest.raises(ValueError, match="expected pairs of rows, got 1 and 2"):
        pair_distances(points, np.array([0]), np.array([1, 2]))
