"""Points that are easy, and points that break searches that were not thought through."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float32]


def gaussian(random: np.random.Generator, n: int, d: int) -> Points:
    return random.standard_normal((n, d)).astype(np.float32)


def clustered(random: np.random.Generator, n: int, d: int) -> Points:
    centers = 10.0 * random.standard_normal((7, d))
    return (centers[random.integers(7, size=n)] + 0.1 * random.standard_normal((n, d))).astype(
        np.float32
    )


def duplicated(random: np.random.Generator, n: int, d: int) -> Points:
    return gaussian(random, max(n // 6, 1), d)[random.integers(max(n // 6, 1), size=n)]


def far_offset(random: np.random.Generator, n: int, d: int) -> Points:
    return (1e4 + random.standard_normal((n, d))).astype(np.float32)


def lattice(random: np.random.Generator, n: int, d: int) -> Points:
    return (0.1 * random.integers(-2, 3, size=(n, d))).astype(np.float32)


def one_outlier(random: np.random.Generator, n: int, d: int) -> Points:
    points = gaussian(random, n, d)
    points[n // 2] *= 1e12
    return points


def huge(random: np.random.Generator, n: int, d: int) -> Points:
    return (1e37 * gaussian(random, n, d)).astype(np.float32)


def denormal(random: np.random.Generator, n: int, d: int) -> Points:
    return (1e-41 * gaussian(random, n, d)).astype(np.float32)


def one_column_carries_all(random: np.random.Generator, n: int, d: int) -> Points:
    points = 1e-6 * gaussian(random, n, d)
    points[:, d // 2] *= 1e9
    return points.astype(np.float32)


DATA = [
    gaussian,
    clustered,
    duplicated,
    far_offset,
    lattice,
    one_outlier,
    huge,
    denormal,
    one_column_carries_all,
]

OF_EITHER_TYPE = [
    *((make, np.float32) for make in DATA),
    *((make, np.float16) for make in (gaussian, clustered, duplicated, lattice)),
]
"""How points are made, and the type they are searched in, which holds them."""
