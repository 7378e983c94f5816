from collections.abc import Callable
from typing import overload

import numpy as np
import numpy.typing as npt

_Points = npt.NDArray[np.float32 | np.float16]
_Float64 = npt.NDArray[np.float64]
_Int64 = npt.NDArray[np.int64]
_Found = tuple[_Float64, _Int64, _Int64, _Int64, _Int64 | None]
_Lists = tuple[_Int64, _Float64, _Int64]
_Sketches = tuple[npt.NDArray[np.uint32], npt.NDArray[np.float32], npt.NDArray[np.float32]]
_Parts = tuple[int, npt.NDArray[np.uint32], npt.NDArray[np.float32], _Sketches, _Sketches]
_Block = tuple[_Points, int, _Int64 | None, _Float64 | None, "PreparedBlock | None"]
_Ask = Callable[
    [_Int64 | None, _Int64 | None, int, bool, _Int64 | None, _Int64 | None], tuple[object, ...]
]
_Progress = Callable[[int, int], None] | None

def kernels() -> list[str]: ...
def exact_knn(
    queries: _Points,
    reference: _Points,
    k: int,
    query_groups: _Int64 | None,
    reference_groups: _Int64 | None,
    kernel: str,
    screen: str,
    threads: int,
    progress: _Progress,
) -> tuple[_Float64, _Int64, _Int64, _Int64, _Int64 | None, dict[str, int]]: ...
def exact_self_knn(
    points: _Points,
    k: int,
    groups: _Int64 | None,
    kernel: str,
    screen: str,
    threads: int,
    progress: _Progress,
) -> tuple[_Float64, _Int64, _Int64, _Int64, _Int64 | None, dict[str, int]]: ...
def pair_distances(points: _Points, first: _Int64, second: _Int64, kernel: str) -> _Float64: ...
def meet_blocks(
    first: _Block,
    second: _Block | None,
    k: int,
    for_both: bool,
    kernel: str,
    screen: str,
    threads: int,
    progress: _Progress,
) -> tuple[_Lists, _Lists | None]: ...
def merge_shortlists(parts: list[_Lists], k: int) -> _Lists: ...
def settle_shortlists(lists: _Lists, k: int) -> _Found: ...

class CommonGround:
    def __init__(
        self,
        queries: _Points,
        reference: _Points,
        k: int,
        self_join: bool,
        query_groups: _Int64 | None,
        reference_groups: _Int64 | None,
        size: tuple[int, int],
        kernel: str,
        screen: str,
        threads: int,
    ) -> None: ...
    @property
    def row_bytes(self) -> int: ...
    @property
    def fingerprint(self) -> int: ...

class PreparedBlock:
    @overload
    def __init__(self, ground: CommonGround, rows: _Points) -> None: ...
    @overload
    def __init__(
        self, ground: CommonGround, rows: _Points, parts: _Parts, first_row: int
    ) -> None: ...
    @property
    def parts(self) -> _Parts | None: ...

def row_digests(
    rows: _Points, name: str, first_row: int, seed: int, threads: int
) -> npt.NDArray[np.uint64]: ...
def kinds_of_digests(digests: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint32]: ...

class EqualRows:
    def __init__(self, kinds: npt.NDArray[np.uint32]) -> None: ...
    @property
    def many(self) -> bool: ...
    def search(
        self,
        queries: int,
        k: int,
        self_join: bool,
        query_groups: _Int64 | None,
        reference_groups: _Int64 | None,
        threads: int,
        ask: _Ask,
    ) -> _Found: ...

class PreparedReference:
    def __init__(self, rows: _Points, k: int, kernel: str, screen: str, threads: int) -> None: ...
    def search(
        self,
        queries: _Points,
        k: int,
        query_groups: _Int64 | None,
        reference_groups: _Int64 | None,
        retired: npt.NDArray[np.uint8] | None,
    ) -> _Found: ...

def permuted_scores(
    offsets: _Int64,
    targets: _Int64,
    weights: _Float64,
    group_of_point: _Int64,
    group_is_synthetic: npt.NDArray[np.uint8],
    permutations: int,
    seed: int,
    threads: int,
    progress: _Progress,
) -> _Float64: ...
def first_kept_shares(
    ids: _Int64, keep: _Float64, is_other: npt.NDArray[np.uint8], threads: int
) -> _Float64: ...
def patch_facts(
    pixels: npt.NDArray[np.uint8], outwards: _Float64, block: int
) -> tuple[float, ...]: ...
def tone_facts(pixels: npt.NDArray[np.uint8]) -> tuple[float, ...]: ...
def bytes_of_arrow(array: object) -> npt.NDArray[np.uint8]: ...
def arrow_of_bytes(pixels: npt.NDArray[np.uint8]) -> tuple[object, object]: ...
def reduced(
    pixels: npt.NDArray[np.uint8], width: int, height: int, factor: int
) -> npt.NDArray[np.uint8]: ...
def covered(
    pixels: npt.NDArray[np.uint8],
    width: int,
    height: int,
    rectangles: _Int64,
    cell: int,
    fill: int,
) -> npt.NDArray[np.uint8]: ...
def framed(
    pixels: npt.NDArray[np.uint8],
    width: int,
    height: int,
    part: tuple[int, int, int, int],
    side: int,
    place: tuple[int, int],
    fill: int,
) -> npt.NDArray[np.uint8]: ...
def contrasts(
    pixels: npt.NDArray[np.uint8],
    width: int,
    height: int,
    rectangles: _Int64,
    reduced_by: int,
    cell: int,
    ring: float,
) -> list[float]: ...
