"""Which images of a side look alike: kinds of synthetic ones, and the groups that this suggests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twinscore.measures.grouping import suggested_column
from twinscore.measures.kinds import kinds_of

if TYPE_CHECKING:
    from twinscore.base.arrays import IdArray
    from twinscore.embedding.records import Embeddings
    from twinscore.scoring.run import Run
    from twinscore.scoring.searched_pool import SearchedPool


@dataclass(frozen=True, slots=True)
class LookAlikes:
    """What was found; nothing where diagnostics are left out.

    Attributes
    ----------
    kinds
        Shape (n_synthetic,): the row, among the synthetic images, that names each one's kind.
    suggested_group_by
        The column to group by; None where no groups are called for, or there are groups already.
    """

    kinds: IdArray | None = None
    suggested_group_by: str | None = None


def look_alikes(
    searched: SearchedPool, real: Embeddings, synthetic: Embeddings, run: Run
) -> LookAlikes:
    """Search both sides, each for itself."""
    settings = run.settings
    if not settings.diagnostics:
        return LookAlikes()
    progress = run.stage("Sorting look-alikes")
    progress(0, 2)
    seed, search = settings.seed, settings.search
    first = len(real.vectors)
    clusters = searched.duplicates.clusters[first:] - first
    kinds = kinds_of(synthetic.vectors, clusters, seed=seed, search=search)
    progress(1, 2)
    column = None
    if searched.pool.groups is None:
        sides = [(side.vectors, side.columns) for side in (real, synthetic)]
        column = suggested_column(sides, seed=seed, search=search)
    progress(2, 2)
    return LookAlikes(kinds, column)
