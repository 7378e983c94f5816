"""What a classifier that knows only the synthetic images would get right on real ones.

The classifier is the nearest neighbor: exact, without training, and without a choice to make.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.score import directed_score
from twinscore.measures.clustered import (
    difference_interval,
    share_interval,
    unit_mean,
    unit_weights,
)
from twinscore.neighbors.settings import EXACT, SearchSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.base.arrays import BoolArray, Float64Array, IdArray, PointMatrix
    from twinscore.base.progress import ProgressCallback
    from twinscore.graph.neighbor_graph import NeighborGraph
    from twinscore.graph.pool import Pool


@dataclass(frozen=True, slots=True)
class ClassTransfer:
    """One class of the real images.

    Attributes
    ----------
    label
        Its name.
    n_real, n_synthetic
        Images that have it.
    accuracy, interval, ceiling
        As in `Transfer`, of the real images of this class.
    score
        The score of this class alone, own groups left out; 0 where no synthetic image has it, None
        where fewer than two images of a side have it.
    """

    label: str
    n_real: int
    n_synthetic: int
    accuracy: float
    interval: tuple[float, float]
    ceiling: float
    score: float | None


@dataclass(frozen=True, slots=True)
class Confusion:
    """What real images of one class are taken for.

    Attributes
    ----------
    real, nearest
        Class of the real images, and of their nearest synthetic ones.
    share
        Of the real images of the class.
    """

    real: str
    nearest: str
    share: float


@dataclass(frozen=True, slots=True)
class Transfer:
    """What labels tell: whether real images find their class among the synthetic ones.

    Attributes
    ----------
    accuracy, interval
        Share of the labelled real images whose nearest synthetic image has their class; images that
        tie share the place, groups count as one.
    ceiling, ceiling_interval
        The same with the other real images as the reference, own group left out.
    lost, lost_interval
        Ceiling less accuracy: what training on the synthetic side instead would lose.
    score_within
        Mean of the scores within classes, each weighted by its real images.
    n_real, n_synthetic
        Images with a label.
    classes
        The classes of real images, those that lose most first.
    confusion
        Shares above 0, the largest confusions first; right answers among them.
    only_synthetic
        Classes that no real image has.
    """

    accuracy: float
    interval: tuple[float, float]
    ceiling: float
    ceiling_interval: tuple[float, float]
    lost: float
    lost_interval: tuple[float, float]
    score_within: float | None
    n_real: int
    n_synthetic: int
    classes: tuple[ClassTransfer, ...]
    confusion: tuple[Confusion, ...]
    only_synthetic: tuple[str, ...]


def transfer_of(
    pool: Pool,
    labels: Sequence[str | None],
    *,
    k: int = 1,
    search: SearchSettings = EXACT,
    progress: ProgressCallback | None = None,
) -> Transfer:
    """Let real images look for their class among the synthetic ones, and among each other.

    Parameters
    ----------
    pool
        Both sides.
    labels
        Length n: the class of each image; None for one that is left out.
    k
        Of the scores within classes.
    search
        Backend and threads.
    progress
        Called with (classes scored, classes).

    Raises
    ------
    ValueError
        Fewer than two real images or groups, or no synthetic image, have a label.
    """
    names = sorted({label for label in labels if label is not None})
    numbers = {name: number for number, name in enumerate(names)}
    codes = np.array([-1 if label is None else numbers[label] for label in labels], np.int64)
    real, synthetic = (np.flatnonzero((codes >= 0) & (pool.is_real == side)) for side in (1, 0))
    units = pool.units[real]
    if len(np.unique(units)) < 2 or not len(synthetic):
        raise ValueError(
            "expected labels of at least 2 real images or groups and of a synthetic one, got "
            f"{len(real):,} and {len(synthetic):,}"
        )
    groups = None if pool.groups is None else units
    across = graph_of(search.knn(_rows(pool, real), _rows(pool, synthetic), 1))
    within = graph_of(search.self_knn(_rows(pool, real), 1, groups))
    own = codes[real]
    right = _share_of_own(across, own, codes[synthetic])
    among_real = _share_of_own(within, own, own)
    nearest = pool.units[synthetic[_first_targets(across)]]
    nearest_real = units[_first_targets(within)]
    # Two images that are nearest to each other are right together or wrong together.
    mutual = np.unique(np.sort([units, nearest_real], axis=0), axis=1, return_inverse=True)[1]
    classes = []
    present = np.unique(own)
    for done, code in enumerate(present.tolist()):
        is_own = own == code
        classes.append(
            ClassTransfer(
                names[code],
                int(np.count_nonzero(is_own)),
                int(np.count_nonzero(codes[synthetic] == code)),
                unit_mean(right[is_own], units[is_own]),
                share_interval(right[is_own], units[is_own], nearest[is_own]),
                unit_mean(among_real[is_own], units[is_own]),
                _score_within(pool, codes == code, k, search),
            )
        )
        if progress is not None:
            progress(done + 1, len(present))
    lost = among_real - right
    return Transfer(
        unit_mean(right, units),
        share_interval(right, units, nearest),
        unit_mean(among_real, units),
        share_interval(among_real, units, nearest_real, mutual.ravel()),
        unit_mean(lost, units),
        difference_interval(lost, units, nearest, nearest_real, mutual.ravel()),
        _mean_score(classes),
        len(real),
        len(synthetic),
        tuple(sorted(classes, key=lambda one: (one.accuracy - one.ceiling, one.label))),
        _confusion(across, own, codes[synthetic], units, names),
        tuple(names[code] for code in np.setdiff1d(codes[synthetic], own).tolist()),
    )


def _rows(pool: Pool, rows: IdArray) -> PointMatrix:
    """Take rows of the pool, without a copy where they lie one after another."""
    if len(rows) == rows[-1] - rows[0] + 1:
        return pool.vectors[rows[0] : rows[-1] + 1]
    return pool.vectors[rows]


def _share_of_own(graph: NeighborGraph, own: IdArray, of_neighbors: IdArray) -> Float64Array:
    """Weigh, for each point, the nearest neighbors that have its class."""
    sources = graph.sources
    is_own = own[sources] == of_neighbors[graph.targets]
    return np.bincount(sources, graph.weights * is_own, len(own)).astype(np.float64)


def _first_targets(graph: NeighborGraph) -> IdArray:
    targets: IdArray = graph.targets[graph.offsets[:-1]]
    return targets


def _score_within(
    pool: Pool, is_in_class: BoolArray, k: int, search: SearchSettings
) -> float | None:
    rows = np.flatnonzero(is_in_class)
    is_real = pool.is_real[rows]
    units = np.unique(pool.units[rows], return_inverse=True)[1]
    sides = [len(np.unique(units[is_real == side])) for side in (True, False)]
    if sides[1] == 0:
        return 0.0
    if min(sides) < 2 or sum(sides) <= k:
        return None
    groups = None if pool.groups is None else units
    graph = graph_of(search.self_knn(pool.vectors[rows], k, groups))
    return directed_score(graph, ~is_real, groups)


def _mean_score(classes: list[ClassTransfer]) -> float | None:
    scored = [(one.score, one.n_real) for one in classes if one.score is not None]
    if not scored:
        return None
    values, weights = zip(*scored, strict=True)
    return float(np.average(values, weights=weights))


def _confusion(
    across: NeighborGraph, own: IdArray, of_synthetic: IdArray, units: IdArray, names: list[str]
) -> tuple[Confusion, ...]:
    weights = np.empty(len(own))
    for code in np.unique(own).tolist():
        weights[own == code] = unit_weights(units[own == code])
    sources = across.sources
    pairs = own[sources] * len(names) + of_synthetic[across.targets]
    kinds, places = np.unique(pairs, return_inverse=True)
    shares = np.bincount(places, across.weights * weights[sources])
    cells = [
        Confusion(names[pair // len(names)], names[pair % len(names)], share)
        for pair, share in zip(kinds.tolist(), shares.tolist(), strict=True)
    ]
    return tuple(sorted(cells, key=lambda cell: (-cell.share, cell.real, cell.nearest)))
