"""Both sides as one pool, with all that its one search found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from twinscore.domain.target_score import list_width as domain_width
from twinscore.graph.pool import pool_of
from twinscore.measures.copies import copies_p_value
from twinscore.measures.duplicates import merged_groups, near_duplicates
from twinscore.measures.nearest_real import find_nearest_real
from twinscore.measures.unit_graphs import DrawReading, graphs_of, grouped_graphs, search_width
from twinscore.scoring.richness_width import richness_width

if TYPE_CHECKING:
    from twinscore.embedding.records import Embeddings
    from twinscore.graph.pool import Pool
    from twinscore.measures.duplicates import NearDuplicates
    from twinscore.measures.nearest_real import NearestReal
    from twinscore.measures.unit_graphs import DrawReader, PoolGraphs
    from twinscore.neighbors.records import Neighbors
    from twinscore.scoring.run import Run


@dataclass(frozen=True, slots=True)
class SearchedPool:
    """A pool and its neighbors.

    Attributes
    ----------
    pool
        Its groups are those that the score counts: near-duplicates are among them where they
        were collapsed.
    neighbors
        Of each point, as many as `search_width` tells; none of its own group.
    nearest_real
        The nearest real point of each synthetic one.
    duplicates
        Points nearly the same.
    copies_p_value
        How often relabelling puts as many of the tightest pairs on both sides.
    lists
        The same neighbors and as many more as richness and a declared mix ask for.
    """

    pool: Pool
    neighbors: Neighbors
    nearest_real: NearestReal
    duplicates: NearDuplicates
    copies_p_value: float
    lists: Neighbors


def search_sides(real: Embeddings, synthetic: Embeddings, run: Run) -> SearchedPool:
    """Pool two sides and search the pool.

    Raises
    ------
    ValueError
        As `pool_of`, or where collapsing duplicates leaves a single image of a side, or fewer than
        k others.
    """
    settings = run.settings
    pool = pool_of(real, synthetic, settings.k, on_disk=settings.search.memory is not None)
    lists, neighbors = _search(pool, run)
    duplicates = near_duplicates(
        pool.vectors,
        neighbors,
        pool.is_real,
        pool.units,
        seed=settings.seed,
        search=settings.search,
    )
    # Before duplicates are collapsed: those of one side alone are.
    copies = copies_p_value(neighbors, pool, seed=settings.seed, search=settings.search)
    nearest_real = find_nearest_real(
        lists,
        real.vectors,
        synthetic.vectors,
        search=settings.search,
        progress=run.stage("Finding nearest real images"),
    )
    if settings.collapse_duplicates:
        pool = replace(pool, groups=merged_groups(duplicates, pool.groups))
        _check_collapsed(pool)
        pool.check_neighbor_count(settings.k)
        lists, neighbors = _search(pool, run)
    return SearchedPool(pool, neighbors, nearest_real, duplicates, copies, lists)


def _check_collapsed(pool: Pool) -> None:
    real = int(np.count_nonzero(pool.unit_is_real))
    for side, left in (("real", real), ("synthetic", len(pool.unit_is_real) - real)):
        if left < 2:
            raise ValueError(
                f"expected at least 2 {side} images after near-copies are collapsed, got 1: "
                "all of that side are nearly the same; score them without collapsing duplicates"
            )


def unit_graphs(searched: SearchedPool, run: Run, on_draw: DrawReader | None = None) -> PoolGraphs:
    """Read the graphs of the units: of the images, or of draws of one image a group.

    Parameters
    ----------
    searched
        The pool.
    run
        How it is scored.
    on_draw
        Called with each draw.
    """
    pool, settings = searched.pool, run.settings
    if pool.groups is None:
        return graphs_of(searched.neighbors, pool.is_real, settings.k)
    return grouped_graphs(
        pool,
        settings.k,
        seed=settings.seed,
        search=settings.search,
        reading=DrawReading(richness_width(pool.unit_is_real, settings), on_draw),
        progress=run.stage("Drawing one image per group"),
    )


def _search(pool: Pool, run: Run) -> tuple[Neighbors, Neighbors]:
    """Find as many neighbors as anything asks for, and the part of them that the score knows."""
    k = run.settings.k
    smallest_choice = len(pool.vectors) - int(np.bincount(pool.units).max())
    width = max(min(search_width(k, len(pool.unit_is_real)), smallest_choice), k)
    wide = width
    if pool.groups is None:
        wide = max(width, richness_width(pool.is_real, run.settings))
        if run.settings.domain is not None:
            wide = max(wide, min(domain_width(len(pool.vectors)), smallest_choice))
    lists = run.settings.search.self_knn(
        pool.vectors, wide, pool.groups, progress=run.stage("Finding neighbors")
    )
    return lists, lists.first(width)
