"""Blocks that one worker prepared are as good to another as those it prepares itself."""

from __future__ import annotations

import os
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from fake_workers import FakeWorkers
from neighbor_oracle import assert_same_answer
from twinscore._core import PreparedBlock as CoreBlock
from twinscore.neighbors import self_knn, spread_meeting, spread_search
from twinscore.neighbors.backends.exact import KERNEL_VARIABLE, kernels
from twinscore.neighbors.block_meeting import meeting
from twinscore.neighbors.block_problem import BlockProblem
from twinscore.neighbors.common_ground import sampled
from twinscore.neighbors.prepared_blocks import Block, PreparedBlocks
from twinscore.neighbors.row_blocks import row_blocks
from twinscore.neighbors.spread_plan import SpreadPlan

if TYPE_CHECKING:
    from twinscore.base.arrays import PointMatrix


def along_few_axes(rows: int) -> PointMatrix:
    random = np.random.default_rng(0)
    axes = random.standard_normal((5, 160))
    noise = 0.1 * random.standard_normal((rows, 160))
    return np.asarray(random.standard_normal((rows, 5)) @ axes + noise, dtype=np.float32)


def prepared_blocks(points: PointMatrix) -> PreparedBlocks:
    rows = row_blocks(points)
    sample = sampled(BlockProblem(rows, rows, 3, self_join=True), 1 << 30)
    assert sample is not None
    return PreparedBlocks(sample.ground(1), len(points))


@pytest.mark.usefixtures("kernel", "screen")
@pytest.mark.parametrize("part", [(0, 1700), (0, 1), (300, 1201)], ids=["all", "one", "some"])
def test_rows_of_a_block_that_was_sent_find_what_they_find_prepared_here(
    part: tuple[int, int],
) -> None:
    points = along_few_axes(2400)
    asked = Block(points[1700:], 1700, None)
    some = Block(points[:1700], 0, None).part(*part)
    there, here, copied = (prepared_blocks(points) for _ in range(3))
    sent = there.sent(there.take("A", 1700, lambda: Block(points[:1700], 0, None)))
    sent = pickle.loads(pickle.dumps(sent))

    def found(blocks: PreparedBlocks, first: Any) -> list[Any]:
        second = blocks.take("B", len(asked.rows), lambda: asked)
        both = meeting((first, None), (second, None), 3, for_both=True, threads=1)
        alone = meeting((first, None), None, 3, for_both=False, threads=1)
        return [lists for lists in (*both, *alone) if lists is not None]

    expected = found(here, here.take("A", len(some.rows), lambda: some))
    for lists, of_expected in zip(
        found(copied, copied.take("A", len(some.rows), lambda: some, sent)), expected, strict=True
    ):
        np.testing.assert_array_equal(lists.offsets, of_expected.offsets)
        np.testing.assert_array_equal(lists.ids, of_expected.ids)
        np.testing.assert_array_equal(lists.distances, of_expected.distances)


class DifferentMachines(FakeWorkers):
    """Each task runs on a machine with other instructions, that holds nothing yet."""

    def _do(self, content: bytes) -> Any:
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv(KERNEL_VARIABLE, str(self.random.choice(kernels())))
            patched.setattr(spread_meeting, "_held", spread_meeting._HeldBlocks())
            return super()._do(content)


@pytest.mark.skipif(len(kernels()) < 2, reason="this machine has one instruction set")
@pytest.mark.usefixtures("screen")
def test_workers_with_other_instructions_find_what_one_search_finds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(spread_search, "plan_spread", lambda *_: SpreadPlan(3, 3))
    points = along_few_axes(900)
    for seed in range(3):
        workers = DifferentMachines(np.random.default_rng(seed), count=2)
        assert_same_answer(self_knn(points, 2, workers=workers), self_knn(points, 2))
    assert KERNEL_VARIABLE not in os.environ


@pytest.mark.usefixtures("screen")
def test_parts_of_other_rows_or_another_plan_are_refused() -> None:
    points = along_few_axes(600)
    blocks = prepared_blocks(points)
    parts = blocks.take("A", 600, lambda: Block(points, 0, None)).core.parts
    assert parts is not None
    with pytest.raises(ValueError, match="a run of the rows that were arranged"):
        CoreBlock(blocks.ground, points[:400], parts, 300)
    tile_rows, order, centers, (values, bases, spreads), wide = parts
    shorter = tile_rows, order, centers, (values[:-1], bases, spreads), wide
    with pytest.raises(ValueError, match="made by the same plan"):
        CoreBlock(blocks.ground, points, shorter, 0)
