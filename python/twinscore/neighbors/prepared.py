"""A reference that is searched many times: arranged once, so that an answer costs its queries."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from twinscore._core import PreparedReference as CoreReference
from twinscore._core import pair_distances as core_pair_distances
from twinscore.neighbors.backends.exact import KERNEL_VARIABLE, SCREEN_VARIABLE
from twinscore.neighbors.records import Neighbors

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from twinscore.base.arrays import Float64Array, IdArray, PointMatrix


class PreparedReference:
    """Rows made ready for exact searches; the answers are those of `twinscore.knn`.

    Parameters
    ----------
    rows
        Shape (m, d), float32 or float16, finite. Read in place: they must not change afterwards.
    k
        The number of neighbors that most searches will ask for; changes the speed alone.
    threads
        None for all that the process may use.

    Raises
    ------
    ValueError
        A row is not finite.
    """

    def __init__(self, rows: PointMatrix, k: int = 1, *, threads: int | None = None) -> None:
        self._size = len(rows)
        self._core = CoreReference(
            rows,
            k,
            os.environ.get(KERNEL_VARIABLE, ""),
            os.environ.get(SCREEN_VARIABLE, ""),
            threads or 0,
        )

    def __len__(self) -> int:
        """Return the number of rows."""
        return self._size

    def search(
        self,
        queries: PointMatrix,
        k: int,
        *,
        query_groups: IdArray | None = None,
        reference_groups: IdArray | None = None,
        retired: npt.NDArray[np.uint8] | None = None,
    ) -> Neighbors:
        """Find the k nearest rows of every query.

        Parameters
        ----------
        queries
            Shape (n, d), of the type of the rows, finite.
        k
            Neighbors per query.
        query_groups, reference_groups
            Shapes (n,) and (m,): rows of the query's group are not eligible.
        retired
            Shape (m,): rows marked with anything but 0 are not eligible.

        Raises
        ------
        ValueError
            A row is not finite, or a query has fewer than k candidates.
        """
        return Neighbors(*self._core.search(queries, k, query_groups, reference_groups, retired))


def pair_distances(points: PointMatrix, first: IdArray, second: IdArray) -> Float64Array:
    """Squared distances of pairs of rows, as a search finds them before it ties equal ones.

    Parameters
    ----------
    points
        Shape (n, d), float32 or float16.
    first, second
        Shapes (pairs,): row numbers.
    """
    return core_pair_distances(points, first, second, os.environ.get(KERNEL_VARIABLE, ""))
