"""The exact backend answers as the naive float64 search does, on every input."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import twinscore as ts
from neighbor_oracle import assert_same_neighbors, rank
from point_sets import (
    DATA,
    Points,
    clustered,
    denormal,
    duplicated,
    far_offset,
    gaussian,
    one_column_carries_all,
    one_outlier,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from neighbor_oracle import Ranking
    from twinscore.neighbors.records import Neighbors

    MakePoints = Callable[[np.random.Generator, int, int], Points]


@cache
def ranked_once(make: MakePoints, d: int) -> tuple[Points, Ranking]:
    """Points and the answer of the oracle, for all kernels and screens."""
    points = make(np.random.default_rng(d), 131, d)
    return points, rank(points, points, np.eye(len(points), dtype=bool))


@cache
def found_by_the_portable_kernel(make: MakePoints) -> tuple[Points, Neighbors]:
    """Points and their neighbors at full width, for all kernels."""
    points = make(np.random.default_rng(9), 4_000, 512)
    with pytest.MonkeyPatch.context() as forced:
        forced.setenv("TWINSCORE_KERNEL", "portable")
        forced.setenv("TWINSCORE_SCREEN", "full")
        return points, ts.self_knn(points, 1)


@pytest.mark.parametrize("make", DATA)
@pytest.mark.usefixtures("kernel", "screen")
def test_self_knn_of_any_width_equals_the_float64_oracle(make: MakePoints) -> None:
    for d in (1, 3, 16, 17, 128):
        points, ranking = ranked_once(make, d)
        for k in (1, 5, 50):
            assert_same_neighbors(ts.self_knn(points, k), ranking)


@pytest.mark.parametrize("make", [gaussian, duplicated, far_offset])
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.usefixtures("screen")
def test_wide_embeddings_equal_the_float64_oracle(make: MakePoints, threads: int) -> None:
    points = make(np.random.default_rng(5), 160, 1280)
    groups = np.arange(160) // 3
    alone = rank(points, points, np.eye(160, dtype=bool))
    grouped = rank(points, points, groups[:, None] == groups)
    for k in (1, 5, 50):
        assert_same_neighbors(ts.self_knn(points, k, threads=threads), alone)
        assert_same_neighbors(ts.self_knn(points, k, groups, threads=threads), grouped)


def test_rows_fetched_once_for_many_queries_give_what_they_give_to_few() -> None:
    reference = gaussian(np.random.default_rng(7), 2_200, 1024)
    queries = gaussian(np.random.default_rng(8), 260, 1024)
    together = ts.knn(queries, reference, 20, threads=1)
    for part in np.array_split(np.arange(len(queries)), 26):
        few = ts.knn(queries[part], reference, 20, threads=1)
        assert np.array_equal(few.ids, together.ids[part])
        assert np.array_equal(few.distances, together.distances[part])


@pytest.mark.usefixtures("screen")
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_shape_group_and_thread_count_equals_the_float64_oracle(data: st.DataObject) -> None:
    make = data.draw(st.sampled_from(DATA))
    n = data.draw(st.integers(2, 160))
    m = data.draw(st.integers(1, 90))
    d = data.draw(st.integers(1, 70))
    threads = data.draw(st.integers(1, 4))
    random = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    points = make(random, n, d)
    queries = np.concatenate([make(random, m, d), points[: m // 4]])
    k = data.draw(st.integers(1, n - 1))
    assert_same_neighbors(ts.knn(queries, points, k, threads=threads), rank(queries, points))
    groups = random.integers(data.draw(st.integers(2, n)), size=n)
    same = groups[:, None] == groups
    if (~same).sum(axis=1).min() >= k:
        assert_same_neighbors(
            ts.self_knn(points, k, groups, threads=threads), rank(points, points, same)
        )


@pytest.mark.usefixtures("kernel", "screen")
def test_results_carry_the_same_bits_on_every_kernel_screen_and_thread_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    points = gaussian(np.random.default_rng(1), 3_000, 65)
    forced = ts.self_knn(points, 7, threads=3)
    monkeypatch.setenv("TWINSCORE_KERNEL", "portable")
    monkeypatch.setenv("TWINSCORE_SCREEN", "full")
    single = ts.self_knn(points, 7, threads=1)
    np.testing.assert_array_equal(forced.ids, single.ids)
    np.testing.assert_array_equal(forced.distances, single.distances)


def test_reordering_the_rows_reorders_the_answer_and_changes_nothing_else() -> None:
    random = np.random.default_rng(2)
    points = gaussian(random, 700, 33)
    order = random.permutation(700)
    plain, shuffled = ts.self_knn(points, 4), ts.self_knn(points[order], 4)
    np.testing.assert_array_equal(order[shuffled.ids], plain.ids[order])
    np.testing.assert_array_equal(shuffled.distances, plain.distances[order])


def test_queries_may_share_memory_with_the_reference() -> None:
    points = gaussian(np.random.default_rng(8), 90, 20)
    points[40:] *= 1e6
    assert_same_neighbors(ts.knn(points, points[:30], 3), rank(points, points[:30]))
    assert_same_neighbors(ts.knn(points[::2], points, 3), rank(points[::2], points))


def test_duplicates_find_each_other_and_never_themselves() -> None:
    neighbors = ts.self_knn(np.zeros((5, 3), dtype=np.float32), k=1)
    assert neighbors.ids.ravel().tolist() == [1, 0, 0, 0, 0]
    assert neighbors.distances.max() == 0.0
    assert np.diff(neighbors.tie_offsets).tolist() == [3] * 5
    assert neighbors.tie_ids[:3].tolist() == [2, 3, 4]


def test_groups_of_queries_and_reference_share_their_names() -> None:
    points = np.array([[0.0], [1.0], [3.0]], dtype=np.float32)
    found = ts.knn(points[:1], points, query_groups=["a"], reference_groups=["a", "a", "b"])
    assert found.ids.tolist() == [[2]]


@pytest.mark.parametrize(
    "view",
    [
        lambda x: x[::2],
        lambda x: x[::-1],
        lambda x: x[:, 3:40],
        lambda x: np.asfortranarray(x),
        lambda x: x.astype(np.float64),
    ],
    ids=["every other row", "reversed", "some columns", "column-major", "float64"],
)
def test_any_memory_layout_gives_the_answer_of_its_contiguous_copy(
    view: Callable[[Points], npt.NDArray[np.floating]],
) -> None:
    points = view(gaussian(np.random.default_rng(3), 200, 64))
    copy = np.ascontiguousarray(points, dtype=np.float32)
    np.testing.assert_array_equal(ts.self_knn(points, 3).ids, ts.self_knn(copy, 3).ids)


@pytest.mark.parametrize("d", [1, 8, 33, 300])
@pytest.mark.usefixtures("kernel", "screen")
def test_float16_is_taken_at_its_value(d: int) -> None:
    points = gaussian(np.random.default_rng(4), 150, d).astype(np.float16)
    wide = points.astype(np.float32)
    np.testing.assert_array_equal(ts.self_knn(points, 3).distances, ts.self_knn(wide, 3).distances)
    mixed, alike = ts.knn(points[:20], wide, 3), ts.knn(wide[:20], wide, 3)
    np.testing.assert_array_equal(mixed.ids, alike.ids)


def test_a_memory_mapped_file_is_searched_as_it_lies(tmp_path: Path) -> None:
    points = gaussian(np.random.default_rng(6), 500, 40)
    np.save(tmp_path / "points.npy", points.astype(np.float16))
    mapped = np.load(tmp_path / "points.npy", mmap_mode="r")
    expected = ts.self_knn(points.astype(np.float16), 2)
    np.testing.assert_array_equal(ts.self_knn(mapped, 2).ids, expected.ids)


@pytest.mark.parametrize("self_join", [True, False])
def test_large_pools_that_are_pruned_equal_those_that_are_not(
    self_join: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(7)
    axes = random.standard_normal((24, 256)) / np.sqrt(np.arange(1, 25))[:, None]
    points = clustered(random, 6_000, 24) @ axes + 0.05 * random.standard_normal((6_000, 256))
    points = points.astype(np.float32)
    groups = np.arange(6_000) // 4
    found = []
    for name in ("rotated", "full"):
        monkeypatch.setenv("TWINSCORE_SCREEN", name)
        if self_join:
            found.append(ts.self_knn(points, 10, groups))
        else:
            found.append(ts.knn(points[::5] + np.float32(0.01), points, 10))
    np.testing.assert_array_equal(found[0].ids, found[1].ids)
    np.testing.assert_array_equal(found[0].distances, found[1].distances)


@pytest.mark.parametrize(
    "make",
    [gaussian, one_outlier, one_column_carries_all, denormal],
    ids=lambda make: make.__name__,
)
@pytest.mark.usefixtures("kernel")
def test_the_plan_made_by_itself_answers_as_the_portable_kernel_at_full_width(
    make: MakePoints,
) -> None:
    points, plain = found_by_the_portable_kernel(make)
    planned = ts.self_knn(points, 1)
    np.testing.assert_array_equal(planned.ids, plain.ids)
    np.testing.assert_array_equal(planned.distances, plain.distances)


def test_equal_rows_among_others_equal_the_float64_oracle() -> None:
    random = np.random.default_rng(10)
    points = gaussian(random, 220, 40)
    points[random.permutation(220)[:150]] = points[0]
    points[random.permutation(220)[:30]] = points[1]
    groups = np.arange(220) // 3
    alone = rank(points, points, np.eye(220, dtype=bool))
    grouped = rank(points, points, groups[:, None] == groups)
    for k in (1, 5, 100):
        assert_same_neighbors(ts.self_knn(points, k), alone)
        assert_same_neighbors(ts.self_knn(points, k, groups), grouped)
        assert_same_neighbors(ts.knn(points[:50], points, k), rank(points[:50], points))


def test_ties_that_no_memory_holds_are_sampled_evenly_and_counted() -> None:
    points = np.zeros((200_000, 8), dtype=np.float32)
    points[:1_000] = gaussian(np.random.default_rng(11), 1_000, 8)
    found = ts.self_knn(points)
    assert found.tie_counts is not None
    assert len(found.tie_ids) <= 2**20
    assert (found.tie_counts[1_000:] == 198_998).all()
    assert (found.further == found.tie_counts).all()
    assert found.ids[1_000:1_003, 0].tolist() == [1_001, 1_000, 1_000]
    ties = found.tie_ids[found.tie_offsets[5_000] :]
    assert abs(float((ties < 100_500).mean()) - 0.5) < 1e-4


@pytest.mark.slow
def test_more_ties_of_different_rows_than_memory_holds_is_an_error_that_names_the_cause() -> None:
    # All rows of as many ones as zeros: as far from the origin as each other.
    bits = (np.arange(2**16)[:, None] >> np.arange(16) & 1).astype(np.float32)
    halves = bits[bits.sum(axis=1) == 8]
    with pytest.raises(ValueError, match="equally far from many others"):
        ts.knn(np.zeros((12_000, 16), dtype=np.float32), halves)
