"""Public neighbor search: checks the caller's arrays and hands them to a backend."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.base.counts import checked_count
from twinscore.base.errors import SettingError
from twinscore.base.memory import bytes_of
from twinscore.base.workers.opening import check_workers
from twinscore.neighbors.block_problem import BlockProblem
from twinscore.neighbors.block_search import search_blocks
from twinscore.neighbors.choice import AUTOMATIC, choose_backend
from twinscore.neighbors.problem import SearchProblem
from twinscore.neighbors.registry import open_backend
from twinscore.neighbors.row_blocks import RowBlocks, row_blocks
from twinscore.neighbors.spread_search import search_on_workers

if TYPE_CHECKING:
    import numpy.typing as npt

    from twinscore.base.arrays import IdArray, PointMatrix
    from twinscore.base.progress import ProgressCallback
    from twinscore.base.workers.protocol import Workers
    from twinscore.neighbors.records import Neighbors

    Points = npt.ArrayLike | str | os.PathLike[str]
    """Rows, or the path of a file or store that holds them."""


def knn(
    queries: Points,
    reference: Points,
    k: int = 1,
    *,
    query_groups: npt.ArrayLike | None = None,
    reference_groups: npt.ArrayLike | None = None,
    backend: str = "exact",
    threads: int | None = None,
    memory: int | str | None = None,
    workers: str | Workers | None = None,
    progress: ProgressCallback | None = None,
) -> Neighbors:
    """Find the k nearest reference rows of every query.

    Parameters
    ----------
    queries, reference
        Shapes (n, d) and (m, d), finite. float32 and float16 are read in place, also
        memory-mapped, with any distance between rows; float64 is rounded to float32. Or the path
        of a store or of a .npy file.
    k
        Neighbors wanted per query.
    query_groups, reference_groups
        Lengths n and m, labels of any kind: reference rows of the query's group are not eligible.
    backend
        "exact", or one that comes with an extra: "numba", "torch" (exact as well), "sklearn",
        "faiss-flat" (exact but for rounding in float32), "faiss-ivf", "faiss-hnsw", "hnsw",
        "usearch", "pynndescent" (approximate: they may miss neighbors, and list no ties).
        Settings follow a colon: "hnsw:search_width=200". Distances are exact with all of them.
        "auto" times a sample on this machine and chooses; it logs what and why.
    threads
        None for all that the process may use.
    memory
        Bytes, or "4GiB": what the search may take at most, its answer included. Rows that lie in
        files are then read block by block. The answer is the same, to the bit. Arrays in memory
        and lists of more ties than rows are not counted. None for no limit.
    workers
        Who searches: "ray" for a cluster of Ray (the one ``RAY_ADDRESS`` names or that runs on
        this machine, else this machine's cores), "ray://HOST:10001" for one far away, "here" for
        this process part by part. The answer is the same, to the bit. Each worker takes `threads`
        cores, 1 without it, and at most `memory`, 1GiB without it. None: this process.
    progress
        Called now and then with (done, total) pairs of rows.

    Returns
    -------
    Neighbors
        By squared Euclidean distance in float64 of the given values, ordered by (distance, id).

    Raises
    ------
    ValueError
        Where shapes differ, a row is not finite, or a query has fewer than k candidates.
    TypeError
        Where the rows are not floating-point numbers.
    MissingExtraError
        Where the backend's package, or Ray, is not installed; the message holds the pip command.
    OSError
        Where workers cannot be reached, or died again and again.
    """
    automatic = backend == AUTOMATIC
    chosen = open_backend("exact" if automatic else backend)
    allowed = checked_memory(memory, backend)
    check_searching_workers(workers, backend)
    query_rows = _opened(queries, "queries")
    reference_rows = _opened(reference, "reference")
    if (query_groups is None) != (reference_groups is None):
        raise ValueError("expected groups for both queries and reference, got them for one")
    query_ids = reference_ids = None
    if query_groups is not None and reference_groups is not None:
        query_ids, reference_ids = _shared_group_ids(
            _groups(query_groups, len(query_rows), "queries"),
            _groups(reference_groups, len(reference_rows), "reference"),
        )
    wanted = checked_count(k, "k")
    if allowed is not None or workers is not None:
        by_blocks = BlockProblem(
            *_of_one_type(_blocks(query_rows), _blocks(reference_rows)),
            wanted,
            query_ids,
            reference_ids,
        )
        return _by_blocks(by_blocks, workers, allowed, threads, progress)
    query_matrix, reference_matrix = _matrix(query_rows), _matrix(reference_rows)
    if query_matrix.dtype != reference_matrix.dtype:
        query_matrix = query_matrix.astype(np.float32, copy=False)
        reference_matrix = reference_matrix.astype(np.float32, copy=False)
    problem = SearchProblem(query_matrix, reference_matrix, wanted, query_ids, reference_ids)
    if automatic and len(reference_matrix) > 1:
        problem.check()
        choice = choose_backend(
            reference_matrix, problem.k, _threads(threads), grouped=query_ids is not None
        )
        chosen = open_backend(choice.backend)
    return chosen.search(problem, _threads(threads), progress)


def self_knn(
    points: Points,
    k: int = 1,
    groups: npt.ArrayLike | None = None,
    backend: str = "exact",
    threads: int | None = None,
    *,
    memory: int | str | None = None,
    workers: str | Workers | None = None,
    progress: ProgressCallback | None = None,
) -> Neighbors:
    """Find the k nearest other points of every point.

    A point is excluded from its own neighbors by its id, so that duplicates find each other.

    Parameters
    ----------
    points
        Shape (n, d), finite; see `knn`.
    k
        Neighbors wanted per point.
    groups
        Length n, labels of any kind: points of the same group are no neighbors of each other.
    backend, threads, memory, workers, progress
        See `knn`.

    Returns
    -------
    Neighbors
        Ordered by (distance, id); see `knn`.

    Raises
    ------
    ValueError, TypeError
        As `knn`.
    """
    automatic = backend == AUTOMATIC
    chosen = open_backend("exact" if automatic else backend)
    allowed = checked_memory(memory, backend)
    check_searching_workers(workers, backend)
    rows = _opened(points, "points")
    group_ids = None
    if groups is not None:
        group_ids = _group_ids(_groups(groups, len(rows), "points"))
    wanted = checked_count(k, "k")
    if allowed is not None or workers is not None:
        blocks = _blocks(rows)
        by_blocks = BlockProblem(blocks, blocks, wanted, group_ids, group_ids, self_join=True)
        return _by_blocks(by_blocks, workers, allowed, threads, progress)
    matrix = _matrix(rows)
    problem = SearchProblem(matrix, matrix, wanted, group_ids, group_ids, self_join=True)
    if automatic:
        problem.check()
        choice = choose_backend(matrix, problem.k, _threads(threads), grouped=group_ids is not None)
        chosen = open_backend(choice.backend)
    return chosen.search(problem, _threads(threads), progress)


def checked_memory(memory: int | str | None, backend: str) -> int | None:
    """Return the bytes that a search may take, None for no limit.

    Raises
    ------
    ValueError, TypeError
        It is no amount of memory, or the backend is not the one that keeps to it.
    """
    if memory is None:
        return None
    allowed = bytes_of(memory)
    if backend != "exact":
        raise SettingError(f"expected the backend exact where memory is limited, got {backend!r}")
    return allowed


def check_searching_workers(workers: str | Workers | None, backend: str) -> None:
    """Refuse workers that cannot search.

    Raises
    ------
    ValueError, MissingExtraError
        There are no such workers, or the backend is not the one they know.
    """
    check_workers(workers)
    if workers is not None and backend != "exact":
        raise SettingError(f"expected the backend exact with workers, got {backend!r}")


def _by_blocks(
    problem: BlockProblem,
    workers: str | Workers | None,
    memory: int | None,
    threads: int | None,
    progress: ProgressCallback | None,
) -> Neighbors:
    if workers is not None:
        count = None if threads is None else _threads(threads)
        return search_on_workers(problem, workers, memory, count, progress)
    assert memory is not None
    return search_blocks(problem, memory, _threads(threads), progress)


def _opened(values: Points, name: str) -> npt.NDArray[Any] | RowBlocks:
    """Check what a caller gives without reading it."""
    if isinstance(values, str | os.PathLike):
        from twinscore.embedding.mapped_vectors import mapped_vectors

        parts, chosen = mapped_vectors(values)
        for part in parts:
            _check_form(part, f"{name} in {os.fspath(values)!r}")
        return RowBlocks(parts, row_blocks(parts[0]).dtype, chosen)
    array = np.asarray(values)
    _check_form(array, name)
    return array


def _check_form(array: npt.NDArray[Any], name: str) -> None:
    if array.dtype.kind != "f":
        raise TypeError(f"expected {name} of floating-point numbers, got {array.dtype}")
    if array.ndim != 2:
        raise ValueError(
            f"expected {name} with 2 dimensions (rows, columns), got shape {array.shape}"
        )


def _blocks(rows: npt.NDArray[Any] | RowBlocks) -> RowBlocks:
    return rows if isinstance(rows, RowBlocks) else row_blocks(rows)


def _of_one_type(first: RowBlocks, second: RowBlocks) -> tuple[RowBlocks, RowBlocks]:
    if first.dtype == second.dtype:
        return first, second
    return first.as_type(np.dtype(np.float32)), second.as_type(np.dtype(np.float32))


def _matrix(rows: npt.NDArray[Any] | RowBlocks) -> PointMatrix:
    if isinstance(rows, RowBlocks):
        return rows.read(0, len(rows))
    kept = np.float16 if rows.itemsize == 2 else np.float32
    with np.errstate(over="ignore"):
        matrix: PointMatrix = rows.astype(kept, copy=False)
    item = matrix.itemsize
    if (matrix.shape[1] > 1 and matrix.strides[1] != item) or matrix.strides[0] % item:
        return np.ascontiguousarray(matrix)
    return matrix


def _threads(threads: int | None) -> int:
    return 0 if threads is None else checked_count(threads, "threads")


def _groups(groups: npt.ArrayLike, rows: int, name: str) -> npt.NDArray[Any]:
    array = np.asarray(groups)
    if array.shape != (rows,):
        raise ValueError(
            f"expected one group for each of the {rows} rows of {name}, got shape {array.shape}"
        )
    return array


def _group_ids(groups: npt.NDArray[Any]) -> IdArray:
    return np.unique(groups, return_inverse=True)[1].astype(np.int64)


def _shared_group_ids(first: npt.NDArray[Any], second: npt.NDArray[Any]) -> tuple[IdArray, IdArray]:
    ids = _group_ids(np.concatenate([first, second]))
    return ids[: len(first)], ids[len(first) :]
