"""A search in bounded memory gives the bits of one search without a limit."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from neighbor_oracle import assert_same_answer
from twinscore.base.memory import bytes_of
from twinscore.neighbors import block_plan, block_search, self_knn
from twinscore.neighbors.backends.exact import KERNEL_VARIABLE, SCREEN_VARIABLE
from twinscore.neighbors.block_problem import BlockProblem
from twinscore.neighbors.row_blocks import row_blocks

if TYPE_CHECKING:
    from pathlib import Path

    from twinscore.neighbors.block_plan import BlockPlan


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
        assert_same_answer(self_knn(points, 3, memory=memory), expected)
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
