"""However a search is cut, and whoever makes its parts, the answer has the bits of one search."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from fake_workers import FakeWorkers
from neighbor_oracle import assert_same_answer
from point_sets import OF_EITHER_TYPE
from twinscore.neighbors import block_search, common_ground, knn, self_knn, spread_search
from twinscore.neighbors.block_plan import BlockPlan
from twinscore.neighbors.spread_plan import SpreadPlan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from point_sets import Points
    from twinscore.base.arrays import PointMatrix
    from twinscore.neighbors.block_problem import BlockProblem
    from twinscore.neighbors.records import Neighbors


@dataclass(frozen=True)
class Way:
    """A way to cut searches into parts that are smaller than any in use.

    Attributes
    ----------
    self_knn, knn
        As the public ones, but cut.
    """

    self_knn: Callable[..., Neighbors]
    knn: Callable[..., Neighbors]


def in_memory(rows: int, patched: pytest.MonkeyPatch) -> dict[str, Any]:
    """Blocks of so many rows, one after the other."""
    plan = BlockPlan(rows, whole=False)
    patched.setattr(block_search, "plan_blocks", lambda *_: plan)
    return {"memory": 1}


def on_workers(queries: int, reference: int, patched: pytest.MonkeyPatch) -> dict[str, Any]:
    """So many blocks of each side, on workers each of which dies once in every task."""

    def planned(problem: BlockProblem, *_: object) -> SpreadPlan:
        return SpreadPlan(reference if problem.self_join else queries, reference)

    patched.setattr(spread_search, "plan_spread", planned)
    return {"workers": FakeWorkers(np.random.default_rng(0), deaths=1.0)}


WAYS = {
    "blocks of 40": partial(in_memory, 40),
    "blocks of 77": partial(in_memory, 77),
    "workers, one block": partial(on_workers, 1, 1),
    "workers, blocks": partial(on_workers, 3, 5),
}


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Way:
    cut = WAYS[request.param](monkeypatch)
    return Way(partial(self_knn, **cut), partial(knn, **cut))


@pytest.mark.parametrize(("make", "dtype"), OF_EITHER_TYPE)
@pytest.mark.parametrize("k", [1, 23, 130])
def test_it_finds_what_one_search_finds(
    way: Way, make: Callable[[np.random.Generator, int, int], Points], dtype: type, k: int
) -> None:
    random = np.random.default_rng(k)
    points: PointMatrix = make(random, 200, 9).astype(dtype)
    queries = points[random.permutation(200)[:90]]
    groups, query_groups = random.integers(0, 6, 200), random.integers(0, 6, 90)
    of_groups = {"query_groups": query_groups, "reference_groups": groups}
    assert_same_answer(way.self_knn(points, k), self_knn(points, k))
    assert_same_answer(way.self_knn(points, k, groups), self_knn(points, k, groups))
    assert_same_answer(way.knn(queries, points, k), knn(queries, points, k))
    assert_same_answer(
        way.knn(queries, points, k, **of_groups),
        knn(queries, points, k, query_groups=query_groups, reference_groups=groups),
    )


@pytest.mark.parametrize("queries", [1, 2])
def test_few_queries_in_groups_are_answered(way: Way, queries: int) -> None:
    points = np.random.default_rng(queries).standard_normal((200, 6)).astype(np.float32)
    own, groups = np.arange(queries), np.arange(200) // 4
    assert_same_answer(
        way.knn(points[:queries], points, 3, query_groups=own, reference_groups=groups),
        knn(points[:queries], points, 3, query_groups=own, reference_groups=groups),
    )


def test_samples_of_ties_are_those_of_one_search(way: Way) -> None:
    random = np.random.default_rng(0)
    points = np.repeat(random.standard_normal((3, 4)), 700, axis=0).astype(np.float32)
    points = points[random.permutation(len(points))]
    expected = self_knn(points, 2)
    assert expected.tie_counts is not None
    assert_same_answer(way.self_knn(points, 2), expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_rows_unlike_those_of_the_sample_are_found_all_the_same(
    way: Way, monkeypatch: pytest.MonkeyPatch, dtype: type
) -> None:
    monkeypatch.setattr(common_ground, "MOST_ROWS", 3)
    random = np.random.default_rng(0)
    points: PointMatrix = (2.0**-10 * random.standard_normal((200, 6))).astype(dtype)
    points[random.choice(np.arange(100, 200), 20, replace=False)] *= dtype(2.0**13)
    assert_same_answer(way.self_knn(points, 5), self_knn(points, 5))
    assert_same_answer(way.knn(points[150:], points, 5), knn(points[150:], points, 5))


def test_errors_name_the_row_of_all_rows(way: Way) -> None:
    points = np.zeros((150, 3), dtype=np.float32)
    points[141, 1] = np.nan
    with pytest.raises(ValueError, match="NaN or infinity in row 141 of reference"):
        way.self_knn(points)
    with pytest.raises(ValueError, match="NaN or infinity in row 141 of queries"):
        way.knn(points, points[:20])
    with pytest.raises(ValueError, match=r"expected k of at most 149, .* of query row 0"):
        way.self_knn(points, 150)


@pytest.mark.parametrize("is_self_join", [True, False])
def test_progress_counts_every_pair_once(way: Way, is_self_join: bool) -> None:
    points = np.random.default_rng(0).standard_normal((200, 4)).astype(np.float32)
    told: list[tuple[int, int]] = []
    tell = lambda done, total: told.append((done, total))  # noqa: E731
    if is_self_join:
        way.self_knn(points, progress=tell)
    else:
        way.knn(points, points, progress=tell)
    assert told == sorted(told)
    assert told[-1] == (200 * 200, 200 * 200)


def test_files_are_searched_where_they_lie(way: Way, tmp_path: Path) -> None:
    file = tmp_path / "points.npy"
    points = np.random.default_rng(0).standard_normal((200, 4)).astype(np.float16)
    np.save(file, points)
    expected = self_knn(points, 3)
    assert_same_answer(self_knn(file, 3), expected)
    assert_same_answer(way.self_knn(file, 3), expected)
    assert_same_answer(way.self_knn(np.load(file, mmap_mode="r"), 3), expected)
    wide = np.random.default_rng(1).standard_normal((50, 4))
    assert_same_answer(way.knn(wide, str(file), 3), knn(wide, points, 3))
