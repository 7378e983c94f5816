"""The images behind a result, kept in memory so that they can be looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.base.errors import MissingExtraError
from twinscore.base.logs import logger_of
from twinscore.graph.pool import pool_of
from twinscore.images.sources.by_name import contents_by_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from twinscore.base.arrays import BoolArray, FloatMatrix, IdArray
    from twinscore.embedding.records import Embeddings
    from twinscore.graph.pool import Pool
    from twinscore.images.records import ImageItem, ImageSource

_logger = logger_of(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class ScoredPool:
    """Both sides as they were scored; rows count through the real ones, then the synthetic ones.

    Attributes
    ----------
    real, synthetic
        The points of each side.
    sources
        By side, where its images can be read again. A side that came as embeddings has none;
        its images are then looked for by name.
    exposure
        In stops, at which OpenEXR and HDR files were read.
    """

    real: Embeddings
    synthetic: Embeddings
    sources: Mapping[str, ImageSource] = field(default_factory=dict)
    exposure: float = 0.0

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

    def vectors_of(self, rows: IdArray) -> FloatMatrix:
        """Shape (len(rows), d): a copy of some of the vectors, in ascending order of rows."""
        return np.concatenate(
            [
                self.real.vectors[rows[rows < self.n_real]],
                self.synthetic.vectors[rows[rows >= self.n_real] - self.n_real],
            ]
        )

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


def contents_of(pool: ScoredPool, rows: IdArray) -> Iterator[tuple[int, Any]]:
    """Find the images of some rows again.

    Images that are not to be had any more are passed over: what they are wanted for is to be
    looked at, and worth having without them.

    Parameters
    ----------
    pool
        What was scored.
    rows
        Rows of the pool, ascending.

    Yields
    ------
    Row and content, as in `ImageItem`.
    """
    n_real = pool.n_real
    for side, first, wanted in (
        ("real", 0, rows[rows < n_real]),
        ("synthetic", n_real, rows[rows >= n_real]),
    ):
        if not len(wanted):
            continue
        try:
            if side in pool.sources:
                yield from _contents_of_source(pool, side, first, set(wanted.tolist()))
            else:
                yield from _contents_of_named(pool, wanted)
        except (OSError, ValueError, MissingExtraError) as error:
            _logger.warning("%s images cannot be read again: %s", side, error)


def _contents_of_source(
    pool: ScoredPool, side: str, first: int, wanted: set[int]
) -> Iterator[tuple[int, Any]]:
    last = max(wanted)
    for row, item in enumerate(scored_items(pool, side), start=first):
        if row in wanted:
            yield row, item.in_hand().content
        if row == last:
            return


def _contents_of_named(pool: ScoredPool, rows: IdArray) -> Iterator[tuple[int, Any]]:
    names = pool.names
    rows_of: dict[str, list[int]] = {}
    for row in rows.tolist():
        rows_of.setdefault(names[row], []).append(row)
    for name, content in contents_by_name(rows_of):
        for row in rows_of[name]:
            yield row, content
