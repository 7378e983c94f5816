"""The pool of a stream: all real points, the synthetic ones kept, and who is near to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph.left_out import labels_and_chance, leave_out
from twinscore.graph.pool import Pool, check_neighbor_count, check_side
from twinscore.graph.runs import list_width
from twinscore.graph.score import directed_score
from twinscore.graph.surroundings import MOST_NEIGHBORS, neighborhood_size, surroundings_of
from twinscore.measures.balance import sides_for_overlap
from twinscore.measures.closeness import closeness_of
from twinscore.measures.judge import judge_pool
from twinscore.measures.run_readings import RunReadings
from twinscore.measures.spread import spread_of
from twinscore.measures.unit_graphs import PoolGraphs, grouped_graphs
from twinscore.measures.unit_lists import UnitLists, drawn_lists
from twinscore.neighbors.settings import SearchSettings
from twinscore.streaming.codes import group_codes
from twinscore.streaming.equal_rows import Copies, copies_among
from twinscore.streaming.figures import Figures, PoolViews, figures
from twinscore.streaming.neighbor_lists import NeighborLists
from twinscore.streaming.pool_rows import PoolRows
from twinscore.streaming.reservoir import Reservoir
from twinscore.streaming.stream_richness import stream_richness, stream_untold

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, FloatMatrix, IdArray
    from twinscore.embedding.records import Embeddings
    from twinscore.measures.closeness import Closeness
    from twinscore.measures.richness import RichnessUntold
    from twinscore.streaming.stream_richness import StreamRichness

RELABELLINGS = 99
"""Of the judge: a stream is judged again and again."""

MOST_COMPARED, COMPARED_RELABELLINGS = 500, 199
"""Units of each side whose distances are compared, and how often they are relabelled."""


class StreamPool:
    """Scores the points of a reservoir against the real ones.

    Parameters
    ----------
    real
        The real side.
    k
        Neighbors per point.
    capacity
        Synthetic points at most.
    seed
        Of the draws of one member per group.
    whole_groups
        Whether the reservoir draws whole groups.
    threads
        None for all that the process may use.
    """

    def __init__(
        self,
        real: Embeddings,
        k: int,
        capacity: int,
        *,
        seed: int,
        whole_groups: bool,
        threads: int | None,
    ) -> None:
        self.k = k
        self._seed = seed
        self._threads = threads
        self._n_real = len(real.vectors)
        self._rows = PoolRows(np.asarray(real.vectors, np.float32), most=self._n_real + capacity)
        self._real_groups = real.groups
        real_serials = -1 - np.arange(self._n_real, dtype=np.int64)
        self._real_serials = real_serials
        # A group of the real side and one of the synthetic side are two, whatever their names.
        self._real_codes = (
            real_serials
            if real.groups is None
            else -group_codes(real.groups, np.zeros(self._n_real, dtype=np.int64))
        )
        self.reservoir = Reservoir(
            capacity, whole_groups=whole_groups, rows=self._rows, first_row=self._n_real
        )
        self._lists = NeighborLists(k, max(k + 1, MOST_NEIGHBORS), threads=threads)

    @property
    def width(self) -> int:
        """Length of a vector."""
        return self._rows.width

    @property
    def real_vectors(self) -> FloatMatrix:
        """Shape (n_real, d)."""
        return self._rows.view(0, self._n_real)

    @property
    def real_codes(self) -> IdArray:
        """Shape (n_real,): equal for real images of one group."""
        return self._real_codes

    @property
    def vectors(self) -> FloatMatrix:
        """Shape (n, d): the real points, then the synthetic ones kept."""
        return self._rows.view(0, self._n_real + len(self.reservoir))

    @property
    def is_real(self) -> BoolArray:
        """Shape (n,)."""
        return np.arange(len(self.vectors)) < self._n_real

    @property
    def has_groups(self) -> bool:
        """Whether any point has a group."""
        return self._real_groups is not None or any(
            group is not None for group in self.reservoir.groups
        )

    def figures(self, seen: int) -> tuple[Figures, float, dict[str, int] | None]:
        """Score the pool.

        Parameters
        ----------
        seen
            Synthetic items seen.

        Returns
        -------
        figures
            Of the images, or of the groups where there are any.
        pooled_score
            Of the images, neighbors of the own group left out.
        groups
            Numbers of groups, or None.
        """
        self._check()
        is_real = self.is_real
        codes = np.concatenate([self._real_codes, self.reservoir.codes])
        serials = np.concatenate([self._real_serials, self.reservoir.serials])
        self._lists.refresh(self.vectors, codes, serials)
        graph = self._lists.graph(self.k)
        if not self.has_groups:
            size = min(_neighborhood(is_real), self._lists.reach)
            surroundings = surroundings_of(self._lists.graph(size))
            wider = self._lists.graph(self.k + 1) if self._lists.reach > self.k else None
            left_out = leave_out(graph, wider, labels_and_chance(is_real))
            ordered = self._in_order(Pool(self.vectors, is_real, None))
            found = figures(
                PoolGraphs(graph, surroundings, {}, left_out),
                self._views(ordered),
                is_real,
                seen,
                seed=self._seed,
                threads=self._threads,
            )
            return found, found.score, None
        _, exclusive = np.unique(codes, return_inverse=True)
        pooled_score = directed_score(graph, ~is_real, exclusive)
        pool = Pool(self.vectors, is_real, self._group_numbers())
        counts = self._group_counts(pool.unit_is_real)
        ordered = self._in_order(pool)
        drawn = grouped_graphs(
            pool, self.k, seed=self._seed, search=SearchSettings(threads=self._threads)
        )
        found = figures(
            drawn,
            self._views(ordered),
            pool.unit_is_real,
            counts["synthetic_seen"],
            seed=self._seed,
            threads=self._threads,
        )
        return found, pooled_score, counts

    def richness(self) -> StreamRichness | RichnessUntold:
        """Read richness from the lists that `figures` has refreshed."""
        if self.has_groups:
            return self._group_richness()
        is_real = self.is_real
        untold = stream_untold(is_real, self._lists.reach)
        if untold is not None:
            return untold
        readings = RunReadings(is_real)
        width = max(list_width(*_sizes(is_real)), _neighborhood(is_real))
        lists = self._lists.first(min(width, self._lists.reach))
        readings.add(UnitLists(np.arange(len(is_real)), lists))
        return stream_richness(readings, self._seed)

    def closeness(self) -> Closeness | None:
        """Compare distances within and across the sides."""
        groups = self._group_numbers() if self.has_groups else None
        pool = self._in_order(Pool(self.vectors, self.is_real, groups))
        return closeness_of(
            pool, seed=self._seed, most=MOST_COMPARED, relabellings=COMPARED_RELABELLINGS
        )

    def _group_richness(self) -> StreamRichness | RichnessUntold:
        pool = Pool(self.vectors, self.is_real, self._group_numbers())
        is_real = pool.unit_is_real
        untold = stream_untold(is_real, len(is_real) - 1)
        if untold is not None:
            return untold
        readings = RunReadings(is_real)
        search, width = SearchSettings(threads=self._threads), list_width(*_sizes(is_real))
        for lists in drawn_lists(pool, width, seed=self._seed, search=search):
            readings.add(lists)
        return stream_richness(readings, self._seed)

    def _in_order(self, pool: Pool) -> Pool:
        """Sort the synthetic points, so that what is drawn from them shows no order of arrival."""
        order = np.argsort(self.reservoir.serials, kind="stable")
        rows = np.concatenate([np.arange(self._n_real), self._n_real + order])
        groups = None if pool.groups is None else pool.groups[rows]
        return Pool(pool.vectors[rows], pool.is_real, groups)

    def _views(self, pool: Pool) -> PoolViews:
        return PoolViews(
            judge_pool(pool, seed=self._seed, relabellings=RELABELLINGS).judge,
            spread_of(pool, seed=self._seed),
            sides_for_overlap(
                pool, self.k, seed=self._seed, search=SearchSettings(threads=self._threads)
            ),
        )

    def copies(self) -> Copies:
        """Count the synthetic images that are copies of others, as `figures` has found them."""
        rows = np.flatnonzero(self._lists.have_equals())
        codes = np.concatenate([self._real_codes, self.reservoir.codes])
        return copies_among(self.vectors, rows, codes, self.is_real)

    def _group_numbers(self) -> IdArray:
        """Give groups numbers by label, the real ones first, so that no order of arrival shows."""
        real = self._real_groups or range(self._n_real)
        real_ids = np.unique(np.asarray(real), return_inverse=True)[1]
        labels = [
            (0, group) if group is not None else (1, f"{serial:020}")
            for group, serial in zip(
                self.reservoir.groups, self.reservoir.serials.tolist(), strict=True
            )
        ]
        number_of = {label: number for number, label in enumerate(sorted(set(labels)))}
        synthetic_ids = np.array([number_of[label] for label in labels], dtype=np.int64)
        return np.concatenate([real_ids, synthetic_ids + real_ids.max() + 1]).astype(np.int64)

    def _group_counts(self, is_real_group: BoolArray) -> dict[str, int]:
        real = int(np.count_nonzero(is_real_group))
        kept = len(is_real_group) - real
        seen = round(kept / self.reservoir.group_share)
        return {"real": real, "synthetic_kept": kept, "synthetic_seen": seen}

    def _check(self) -> None:
        """Refuse to score too few images; `RealSide` has refused a real side that is too small."""
        grouped, kept = self.has_groups, len(self.reservoir)
        check_side("synthetic", kept, self.reservoir.groups if grouped else None)
        if grouped:
            kept = len(np.unique(self.reservoir.codes))
        real = len(np.unique(self._real_codes))
        check_neighbor_count(self.k, real + kept, grouped=grouped)


def _neighborhood(is_real: BoolArray) -> int:
    return neighborhood_size(min(_sizes(is_real)))


def _sizes(is_real: BoolArray) -> tuple[int, int]:
    real = int(np.count_nonzero(is_real))
    return real, len(is_real) - real
