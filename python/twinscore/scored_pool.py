"""The images behind a result, kept in memory so that they can be looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from twinscore.pool import pool_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from twinscore.pool import Pool
    from twinscore.records import (
        BoolArray,
        Embeddings,
        FloatMatrix,
        ImageItem,
        ImageSource,
    )


@dataclass(frozen=True, slots=True, eq=False)
class ScoredPool:
    """Both sides as they were scored; rows count through the real ones, then the synthetic ones.

    Attributes
    ----------
    real, synthetic
        The points of each side.
    sources
        By side, where its images can be read again. A side that came as embeddings has none;
        its names are then tried as paths.
    """

    real: Embeddings
    synthetic: Embeddings
    sources: Mapping[str, ImageSource] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.real.vectors) + len(self.synthetic.vectors)

    @property
    def n_real(self) -> int:
        """Rows from here on are synthetic."""
        return len(self.real.vectors)

    @property
    def points(self) -> Pool:
        """The points as statistics take them; makes a copy of the vectors."""
        return pool_of(self.real, self.synthetic, 1)

    @property
    def vectors(self) -> FloatMatrix:
        """Shape (n, d), float32: a copy, real rows first."""
        return np.concatenate([self.real.vectors, self.synthetic.vectors])

    @property
    def names(self) -> tuple[str, ...]:
        """Length n: the name of each image."""
        return (*self.real.names, *self.synthetic.names)

    @property
    def is_real(self) -> BoolArray:
        """Shape (n,): the side of each image."""
        return np.arange(len(self)) < self.n_real


def scored_items(pool: ScoredPool, side: str) -> Iterator[ImageItem]:
    """Walk the images of a side that have a row, in the order of the rows.

    Names of rows are those of the source in its order, less the images that were skipped.

    Parameters
    ----------
    pool
        Its side must have a source.
    side
        "real" or "synthetic".
    """
    names = (pool.real if side == "real" else pool.synthetic).names
    row = 0
    for item in pool.sources[side]:
        if row == len(names):
            return
        if item.name == names[row]:
            row += 1
            yield item
