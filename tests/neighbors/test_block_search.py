"""A search in bounded memory gives the bits of one search without a limit."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from point_sets import DATA, clustered, duplicated, gaussian, lattice
from twinscore.base.memory import bytes_of
from twinscore.neighbors import block_plan, block_search, common_ground, knn, self_knn
from twinscore.neighbors.backends.exact import KERNEL_VARIABLE, SCREEN_VARIABLE
from twinscore.neighbors.block_plan import BlockPlan
from twinscore.neighbors.block_problem import BlockProblem
from twinscore.neighbors.records import Neighbors
from twinscore.neighbors.row_blocks import row_blocks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from point_sets import Points
    from twinscore.base.arrays import PointMatrix


def assert_same(answer: Neighbors, expected: Neighbors) -> None:
    for field in dataclasses.fields(Neighbors):
        given, wanted = getattr(answer, field.name), getattr(expected, field.name)
        assert (given is None) == (wanted is None), field.name
        if wanted is not None:
            np.testing.assert_array_equal(given, wanted, field.name)


@pytest.fixture(params=[40, 77])
def cut(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut into blocks that are smaller than memory ever asks for."""
    plan = BlockPlan(request.param, whole=False)
    monkeypatch.setattr(block_search, "plan_blocks", lambda *_: plan)


@pytest.mark.usefixtures("cut")
@pytest.mark.parametrize(
    ("make", "dtype"),
    [
        *((make, np.float32) for make in DATA),
        *((make, np.float16) for make in (gaussian, clustered, duplicated, lattice)),
    ],
)
@pytest.mark.parametrize("k", [1, 7, 130])
def test_every_cut_finds_what_one_search_finds(
    make: Callable[[np.random.Generator, int, int], Points], dtype: type, k: int
) -> None:
    random = np.random.default_rng(k)
    points: PointMatrix = make(random, 200, 9).astype(dtype)
    queries = points[random.permutation(200)[:90]]
    groups, query_groups = random.integers(0, 6, 200), random.integers(0, 6, 90)
    assert_same(self_knn(points, k, memory=1), self_knn(points, k))
    assert_same(self_knn(points, k, groups, memory=1), self_knn(points, k, groups))
    assert_same(knn(queries, points, k, memory=1), knn(queries, points, k))
    bounded, free = (
        knn(queries, points, k, query_groups=query_groups, reference_groups=groups, memory=memory)
        for memory in (1, None)
    )
    assert_same(bounded, free)


@pytest.mark.usefixtures("cut")
@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_rows_unlike_those_of_the_sample_are_found_all_the_same(
    monkeypatch: pytest.MonkeyPatch, dtype: type
) -> None:
    monkeypatch.setattr(common_ground, "MOST_ROWS", 3)
    random = np.random.default_rng(0)
    points: PointMatrix = (2.0**-10 * random.standard_normal((200, 6))).astype(dtype)
    points[random.choice(np.arange(100, 200), 20, replace=False)] *= dtype(2.0**13)
    assert_same(self_knn(points, 5, memory=1), self_knn(points, 5))
    assert_same(knn(points[150:], points, 5, memory=1), knn(points[150:], points, 5))


@pytest.mark.usefixtures("cut")
def test_samples_of_ties_are_those_of_one_search() -> None:
    random = np.random.default_rng(0)
    points = np.repeat(random.standard_normal((3, 4)), 700, axis=0).astype(np.float32)
    points = points[random.permutation(len(points))]
    expected = self_knn(points, 2)
    assert expected.tie_counts is not None
    assert_same(self_knn(points, 2, memory=1), expected)


def test_the_limit_decides_how_rows_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    points = np.random.default_rng(0).standard_normal((3000, 8)).astype(np.float32)
    monkeypatch.setattr(block_plan, "AROUND", 0)
    monkeypatch.setattr(block_plan, "AROUND_COLUMN", 0)
    asked = []

    def noted(problem: BlockProblem, memory: int, prepared: int | None = None) -> BlockPlan:
        asked.append(block_plan.plan_blocks(problem, memory, prepared))
        return asked[-1]

    monkeypatch.setattr(block_search, "plan_blocks", noted)
    expected = self_knn(points, 3)
    for memory in ("16MiB", "1.5MiB"):
        assert_same(self_knn(points, 3, memory=memory), expected)
    assert asked[0].whole
    assert [plan.whole for plan in asked[1:]] == [False, False]
    assert 1024 <= asked[1].rows <= asked[2].rows < 3000


def test_blocks_are_larger_where_sketches_are_known_to_be_small() -> None:
    rows = row_blocks(np.broadcast_to(np.zeros((), np.float16), (1_000_000, 512)))
    problem = BlockProblem(rows, rows, 1, self_join=True)
    unknown, known = (block_plan.plan_blocks(problem, 1 << 30, taken) for taken in (None, 800))
    assert known.rows > 2 * unknown.rows


def test_a_limit_that_does_not_suffice_is_refused_and_the_one_named_suffices() -> None:
    points = np.zeros((100_000, 2), dtype=np.float32)
    with pytest.raises(ValueError, match=r"memory of at least \S+ to search 100,000 rows") as error:
        self_knn(points, memory="1MiB")
    named = str(error.value).partition("at least ")[2].split()[0]
    assert len(self_knn(points[:2000], memory=named).ids) == 2000


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"memory": "much"}, "expected memory like 4GiB or 512MiB, got 'much'"),
        ({"memory": 0}, "expected memory of at least 1, got 0"),
        ({"memory": "1GiB", "backend": "sklearn"}, "expected the backend exact where memory is"),
    ],
)
def test_what_is_no_limit_is_refused(given: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        self_knn(np.zeros((4, 2), dtype=np.float32), **given)  # type: ignore[arg-type]


@pytest.mark.usefixtures("cut")
def test_errors_name_the_row_of_all_rows() -> None:
    points = np.zeros((150, 3), dtype=np.float32)
    points[141, 1] = np.nan
    with pytest.raises(ValueError, match="NaN or infinity in row 141 of reference"):
        self_knn(points, memory=1)
    with pytest.raises(ValueError, match="NaN or infinity in row 141 of queries"):
        knn(points, points[:20], memory=1)
    with pytest.raises(ValueError, match=r"expected k of at most 149, .* of query row 0"):
        self_knn(points, 150, memory=1)


@pytest.mark.usefixtures("cut")
def test_progress_counts_every_pair_once() -> None:
    points = np.random.default_rng(0).standard_normal((200, 4)).astype(np.float32)
    for is_self_join in (True, False):
        told: list[tuple[int, int]] = []

        def tell(done: int, total: int, told: list[tuple[int, int]] = told) -> None:
            told.append((done, total))

        if is_self_join:
            self_knn(points, memory=1, progress=tell)
        else:
            knn(points, points, memory=1, progress=tell)
        assert told == sorted(told)
        assert told[-1] == (200 * 200, 200 * 200)


@pytest.mark.usefixtures("cut")
def test_files_are_read_by_blocks(tmp_path: Path) -> None:
    points = np.random.default_rng(0).standard_normal((200, 4)).astype(np.float16)
    np.save(tmp_path / "points.npy", points)
    expected = self_knn(points, 3)
    assert_same(self_knn(tmp_path / "points.npy", 3), expected)
    assert_same(self_knn(tmp_path / "points.npy", 3, memory=1), expected)
    assert_same(self_knn(np.load(tmp_path / "points.npy", mmap_mode="r"), 3, memory=1), expected)
    wide = np.random.default_rng(1).standard_normal((50, 4))
    assert_same(knn(wide, str(tmp_path / "points.npy"), 3, memory=1), knn(wide, points, 3))


def test_what_is_neither_a_file_nor_a_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"expected a store or a .npy file, but"):
        self_knn(tmp_path / "none.npy")
    with pytest.raises(ValueError, match=r"expected a store or a .npy file, got"):
        self_knn(tmp_path)


SEARCH = """
import sys
import numpy as np
import twinscore as ts

def status(name):
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) << 10 for line in lines if line.startswith(name))

path, memory = sys.argv[1:]
ts.self_knn(np.zeros((50, 4), dtype=np.float32), memory="1GiB")
with open("/proc/self/clear_refs", "w") as peak:
    peak.write("5")
before = status("VmRSS")
ids = ts.self_knn(path, 5, memory=memory, threads=2).ids
print(status("VmHWM") - before, ids.sum())
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads its memory from /proc")
@pytest.mark.parametrize("forced", [{}, {KERNEL_VARIABLE: "portable", SCREEN_VARIABLE: "full"}])
def test_a_search_stays_within_the_limit(tmp_path: Path, forced: dict[str, str]) -> None:
    points = np.random.default_rng(0).standard_normal((16_000, 256)).astype(np.float32)
    np.save(tmp_path / "points.npy", points)
    expected = self_knn(points, 5).ids.sum()
    for memory in ("40MiB", "64MiB"):
        finished = subprocess.run(
            [sys.executable, "-c", SEARCH, str(tmp_path / "points.npy"), memory],
            env={**os.environ, **forced},
            check=True,
            capture_output=True,
            text=True,
        )
        taken, found = map(int, finished.stdout.split())
        assert found == expected
        assert taken <= bytes_of(memory)
