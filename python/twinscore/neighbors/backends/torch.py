"""An exact search through torch, on the CPU or a CUDA GPU.

Matrix products in float32 bracket the distances (`float32_rows` holds the proof); float64 decides
among those candidates whose brackets reach below the k-th smallest upper end.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from twinscore.base.errors import SettingError
from twinscore.base.extras import require
from twinscore.base.threads import thread_count
from twinscore.neighbors.backend import Capabilities
from twinscore.neighbors.backends.float32_rows import (
    center_of,
    centered_norms,
    rounded_rows,
    scale_for,
)
from twinscore.neighbors.candidates import Candidates, joined, nearest_of, squared_distances

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.base.arrays import IdArray
    from twinscore.base.progress import ProgressCallback
    from twinscore.neighbors.backends.float32_rows import Float32Rows
    from twinscore.neighbors.problem import SearchProblem
    from twinscore.neighbors.records import Neighbors

CPU_QUERIES, CPU_PRODUCT_BYTES = 1_024, 64 << 20
GPU_QUERIES, GPU_PRODUCT_BYTES = 4_096, 1 << 30


@dataclass(frozen=True, slots=True)
class TorchBackend:
    """Matrix products in float32, chunked to the memory at hand, then float64.

    Attributes
    ----------
    device
        "auto" (a CUDA GPU where torch finds one), "cpu", "cuda" or "cuda:1".
    """

    device: str = "auto"

    capabilities: ClassVar[Capabilities] = Capabilities(
        exact=True, groups=True, ties=True, devices=("cpu", "cuda")
    )

    def search(
        self, problem: SearchProblem, threads: int, progress: ProgressCallback | None
    ) -> Neighbors:
        """Bracket distances in float32 and settle them in float64; see `Backend.search`."""
        problem.check()
        torch = require("torch", extra="torch", purpose="the backend 'torch'")
        device = self._device(torch)
        with _exact_products(torch, thread_count(threads)), torch.inference_mode():
            rounds = _Rounds(torch, device, problem)
            parts = []
            for start in range(0, len(problem.queries), rounds.queries_at_once):
                parts.append(rounds.nearest(start))
                if progress is not None:
                    done = min(start + rounds.queries_at_once, len(problem.queries))
                    progress(done, len(problem.queries))
        return joined(parts, problem.k)

    def _device(self, torch: Any) -> Any:
        if self.device == "auto":
            return torch.device("cuda" if torch.cuda.is_available() else "cpu")
        try:
            device = torch.device(self.device)
        except RuntimeError:
            device = None
        if device is None or device.type not in self.capabilities.devices:
            raise SettingError(f"expected device auto, cpu or cuda of torch, got {self.device!r}")
        if device.type == "cuda" and not torch.cuda.is_available():
            raise ValueError("expected a CUDA GPU for torch:device=cuda, torch finds none")
        return device


@contextmanager
def _exact_products(torch: Any, threads: int) -> Iterator[None]:
    """Keep torch from rounding the factors of float32 products, whatever the caller has set."""
    precision, before = torch.get_float32_matmul_precision(), torch.get_num_threads()
    torch.set_float32_matmul_precision("highest")
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(precision)
        torch.set_num_threads(before)


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Reference rows of about the same norm, so that one bound is tight for all of them."""

    start: int
    values: Any
    half_norms: Any
    groups: Any
    largest_norm: float
    largest_residual: float

    def __len__(self) -> int:
        return len(self.values)


class _Rounds:
    """The reference on its device in chunks, which blocks of queries meet one by one."""

    def __init__(self, torch: Any, device: Any, problem: SearchProblem) -> None:
        self._torch, self._device, self._problem = torch, device, problem
        self._center = center_of(problem.reference)
        norms = centered_norms(problem.reference, self._center)
        largest = norms.max(initial=0.0)
        if not problem.self_join:
            query_norms = centered_norms(problem.queries, self._center)
            largest = max(largest, query_norms.max(initial=0.0))
        self._scale = scale_for(float(largest))
        self._order = np.argsort(norms, kind="stable")
        self._position = np.empty_like(self._order)
        self._position[self._order] = np.arange(len(self._order))
        rows = rounded_rows(problem.reference, self._order, self._center, self._scale)

        on_gpu = device.type == "cuda"
        self.queries_at_once = GPU_QUERIES if on_gpu else CPU_QUERIES
        free = torch.cuda.mem_get_info(device)[0] if on_gpu else 0
        product_bytes = min(GPU_PRODUCT_BYTES, free // 16) if on_gpu else CPU_PRODUCT_BYTES
        size = max(problem.k, 1, product_bytes // (4 * self.queries_at_once))
        # What does not fit the device stays in memory and visits it chunk by chunk.
        home = device if not on_gpu or rows.values.nbytes < free // 2 else torch.device("cpu")
        self._chunks = [
            self._chunk(rows, start, start + size, home)
            for start in range(0, len(rows.values), size)
        ]

    def _chunk(self, rows: Float32Rows, start: int, stop: int, home: Any) -> _Chunk:
        part = slice(start, stop)
        half_norms = (0.5 * np.square(rows.norms[part])).astype(np.float32)
        groups = self._problem.reference_groups
        return _Chunk(
            start,
            self._torch.from_numpy(rows.values[part]).to(home),
            self._torch.from_numpy(half_norms).to(self._device),
            None if groups is None else self._on_device(groups[self._order[part]]),
            float(rows.norms[part].max()),
            float(rows.residuals[part].max()),
        )

    def _on_device(self, array: Any) -> Any:
        return self._torch.from_numpy(np.ascontiguousarray(array)).to(self._device)

    def nearest(self, start: int) -> Neighbors:
        """Answer one block of queries."""
        problem, torch = self._problem, self._torch
        ids = np.arange(start, min(start + self.queries_at_once, len(problem.queries)))
        queries = rounded_rows(problem.queries, ids, self._center, self._scale)
        values = self._on_device(queries.values)
        limits = torch.full((len(ids), problem.k), torch.inf, device=self._device)
        found = []
        for chunk in self._chunks:
            bounds = queries.error_bounds(chunk.largest_norm, chunk.largest_residual)
            error = self._on_device(bounds.astype(np.float32))[:, None]
            rough = torch.matmul(values, chunk.values.to(self._device).T)
            torch.sub(chunk.half_norms, rough, out=rough)
            self._forbid(rough, ids, chunk)
            nearest = torch.topk(rough, min(problem.k, len(chunk)), largest=False).values
            limits = torch.cat([limits, nearest + error], dim=1)
            limits = torch.topk(limits, problem.k, largest=False, sorted=True).values
            near = (rough <= limits[:, -1:] + error) & (rough < torch.inf)
            rows, columns = torch.nonzero(near, as_tuple=True)
            lower = rough[rows, columns] - error[rows, 0]
            found.append((rows, columns + chunk.start, lower))
        rows, positions, lower = (torch.cat(parts) for parts in zip(*found, strict=True))
        kept = lower <= limits[rows, -1]
        rows, positions = rows[kept].cpu().numpy(), positions[kept].cpu().numpy()
        return self._settled(start, len(ids), rows, self._order[positions])

    def _forbid(self, rough: Any, ids: IdArray, chunk: _Chunk) -> None:
        """Move those that may not be neighbors infinitely far; in place."""
        if chunk.groups is not None:
            assert self._problem.query_groups is not None
            own = self._on_device(self._problem.query_groups[ids])
            rough.masked_fill_(own[:, None] == chunk.groups[None, :], self._torch.inf)
        elif self._problem.self_join:
            place = self._position[ids] - chunk.start
            inside = np.flatnonzero((place >= 0) & (place < len(chunk)))
            rough[self._on_device(inside), self._on_device(place[inside])] = self._torch.inf

    def _settled(self, start: int, queries: int, rows: IdArray, ids: IdArray) -> Neighbors:
        problem = self._problem
        distances = squared_distances(problem.queries, rows + start, problem.reference, ids)
        return nearest_of(Candidates(rows, ids, distances), queries, problem.k, ties=True)
