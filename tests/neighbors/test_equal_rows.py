"""Rows are told apart bit for bit, without being held together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinscore.neighbors import row_blocks as row_blocks_module
from twinscore.neighbors.equal_rows import kinds_of
from twinscore.neighbors.row_blocks import row_blocks

if TYPE_CHECKING:
    from twinscore.base.arrays import PointMatrix


@given(
    seed=st.integers(0, 2**32 - 1),
    rows=st.integers(0, 40),
    columns=st.integers(1, 9),
    dtype=st.sampled_from([np.float32, np.float16]),
)
def test_kinds_are_numbered_in_the_order_in_which_they_first_appear(
    seed: int, rows: int, columns: int, dtype: type
) -> None:
    random = np.random.default_rng(seed)
    # Zeros of both signs differ in a bit.
    points: PointMatrix = random.choice(
        [0.0, -0.0, 1.0], (rows, columns), p=[0.5, 0.1, 0.4]
    ).astype(dtype)
    seen: dict[bytes, int] = {}
    expected = [seen.setdefault(row.tobytes(), len(seen)) for row in points]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(row_blocks_module, "READ_AT_ONCE", 100)
        assert kinds_of(row_blocks(points), "points", 1).tolist() == expected


def test_rows_that_differ_in_one_bit_are_two_kinds() -> None:
    row = np.ones(512, dtype=np.float32)
    points = np.tile(row, (2 * 512 + 1, 1))
    bits = points.view(np.uint32)
    for i in range(512):
        bits[2 * i, i] ^= 1
        bits[2 * i + 1, i] ^= 1 << 22
    assert kinds_of(row_blocks(points), "points").tolist() == list(range(len(points)))


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("column", [0, 1, 4])
def test_what_is_not_finite_is_named(dtype: type, value: float, column: int) -> None:
    points: PointMatrix = np.full((700, 5), np.finfo(dtype).max, dtype=dtype)
    points[613, column] = value
    with pytest.raises(ValueError, match="NaN or infinity in row 613 of points"):
        kinds_of(row_blocks(points), "points")
