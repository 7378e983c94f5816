from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import numpy as np
import pytest

from twinscore.base.scratch import scratch_matrix, stacked_on_disk

if TYPE_CHECKING:
    from pathlib import Path


def test_matrices_are_stacked_as_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    random = np.random.default_rng(0)
    upper, lower = random.standard_normal((9_000, 3)), random.standard_normal((20, 3))
    for types in ((np.float32, np.float32), (np.float16, np.float32), (np.float16, np.float16)):
        parts = [part.astype(kind) for part, kind in zip((upper, lower), types, strict=True)]
        stacked = stacked_on_disk(parts)
        assert isinstance(stacked, np.memmap)
        assert stacked.dtype == np.concatenate(parts).dtype
        np.testing.assert_array_equal(stacked, np.concatenate(parts))
    assert list(tmp_path.iterdir()) == []


def test_a_disk_without_room_is_an_error_before_anything_is_written() -> None:
    with pytest.raises(OSError, match=r"No space|too large"):
        scratch_matrix((1 << 50, 1 << 8), np.float32)
