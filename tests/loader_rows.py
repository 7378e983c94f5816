"""Rows for loaders: half of them look real, half are far away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch")

from torch.utils.data import Dataset, IterableDataset  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.base.arrays import FloatMatrix

# Processes that start from nothing import torch: seconds each.
SPAWN = pytest.param("spawn", marks=pytest.mark.slow)


def points(seed: int, count: int, shift: float = 0.0) -> FloatMatrix:
    rows = np.random.default_rng(seed).standard_normal((count, 8)) + shift
    return rows.astype(np.float32)


class Rows(Dataset[tuple[Any, int]]):
    """Half of the rows look real, half are far away; the label tells."""

    def __init__(self, count: int = 200) -> None:
        self.rows = torch.from_numpy(
            np.concatenate([points(1, count // 2), points(2, count // 2, shift=30.0)])
        )

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, number: int) -> tuple[Any, int]:
        return self.rows[number], int(number >= len(self) // 2)


class Stream(IterableDataset[tuple[Any, int]]):
    """The same rows, which share themselves out among workers."""

    def __init__(self, count: int = 200) -> None:
        super().__init__()
        self._rows = Rows(count)

    def __iter__(self) -> Iterator[tuple[Any, int]]:
        worker = torch.utils.data.get_worker_info()
        first, step = (0, 1) if worker is None else (worker.id, worker.num_workers)
        for number in range(first, len(self._rows), step):
            yield self._rows[number]
