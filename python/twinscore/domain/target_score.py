"""The score against the intended distribution: both sides thinned to the mix that was declared.

Photographs over-represent what is easy to photograph, so that a perfect twin with another mix of
conditions scores below 1. Here each image is kept with a chance that gives both sides the declared
mix, at equal numbers, and the score is averaged over all such draws, in closed form.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.constants import Z_95
from twinscore.domain.thinned_units import ThinnedUnits, thinned_units
from twinscore.graph.chance import lower_p_value
from twinscore.graph.intervals import effective_size, interval_of, mean_share_variance
from twinscore.graph.neighbor_graph import graph_of, mean_graph
from twinscore.graph.score import other_side_shares
from twinscore.graph.surroundings import neighborhood_size, surroundings_of
from twinscore.graph.thinning import FirstKept, first_kept, ordered_neighbors
from twinscore.measures.unit_graphs import FEWEST_DRAWS, sides_grouped_alike
from twinscore.neighbors.settings import EXACT, SearchSettings

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, Float64Array, IdArray
    from twinscore.base.progress import ProgressCallback
    from twinscore.graph.neighbor_graph import NeighborGraph
    from twinscore.graph.pool import Pool
    from twinscore.graph.surroundings import Surroundings
    from twinscore.neighbors.records import Neighbors

LEFT_OUT = 0.01
"""Chance that the list of a point ends before a neighbor is kept, that sets its length."""

FEWEST_NEIGHBORS, MOST_NEIGHBORS = 10, 60
MOST_PLACES = 20_000_000
"""Places of all lists together, unless each has the fewest."""

USUAL_NEIGHBORS = 24
"""Of a search that is made for the score as well: enough where a fifth of the images is kept."""

PERMUTATIONS, FEWEST_PERMUTATIONS = 999, 49
PERMUTED_PLACES = 100_000_000
"""Places that all permutations together look at, unless there are the fewest."""

COUNTED = 199
"""Permutations from which on a p-value is a count; fewer, of large pools, give a normal one."""


@dataclass(frozen=True, slots=True)
class CellScore:
    """The score of the synthetic images of a cell, among both sides in the declared mix."""

    score: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class TargetScore:
    """The score of both sides in the declared mix.

    Attributes
    ----------
    score
        As `ScoreResult.score`, if both sides had the declared mix.
    interval
        95 % interval.
    p_value
        How often relabelling units within their cells gives a score this low.
    null_interval
        Where about 95 % of those relabellings fall: of perfect twins of these numbers.
    images
        How many images of each side a draw keeps on average.
    limited_by
        The cell, and its side, that allows no more: the scarcest against what is wanted of it.
    cells
        By number, those that were scored.
    mass
        Share of the declared mix that lies in these cells.
    """

    score: float
    interval: tuple[float, float]
    p_value: float
    null_interval: tuple[float, float]
    images: float
    limited_by: tuple[int, str]
    cells: dict[int, CellScore]
    mass: float


def list_width(points: int) -> int:
    """Return how many neighbors a search of so many points should find, to serve here too."""
    return int(np.clip(MOST_PLACES // points, FEWEST_NEIGHBORS, USUAL_NEIGHBORS))


def score_against_target(
    pool: Pool,
    cells: IdArray,
    targets: Float64Array,
    *,
    lists: Neighbors | None = None,
    seed: int = 0,
    search: SearchSettings = EXACT,
    progress: ProgressCallback | None = None,
) -> TargetScore | None:
    """Score a pool as if both of its sides had the declared mix.

    Parameters
    ----------
    pool
        Both sides; where it has groups, a group counts as one, in the cell that most of its
        images are in, and those of its images that are elsewhere are left out.
    cells
        Shape (n,): cell of each image, `OUTSIDE` for those that are in none.
    targets
        Shape (m,): how often each cell is wanted.
    lists
        Neighbors of the pool's points, where it has been searched already.
    seed
        Of permutations, and of draws from groups.
    search
        Backend and threads.
    progress
        Called with (permutations done, permutations).

    Returns
    -------
    None where no cell that is wanted has `FEWEST_IN_CELL` units of either side.

    Notes
    -----
    With t the chance to keep a point and R and T the sums of t over real and over all points,

        S = sum_j t_j X_j / (B sum_j t_j R / (T - t_j))        over synthetic points j,

    X_j being the chance that the nearest point kept is a real one. Where few points of one side
    meet many of the other that are kept seldom, their numbers vary unequally from draw to draw, and
    the mean of a ratio is not the ratio of means: B, the mean of S over relabellings within cells
    but for itself, puts that right. (Horvitz and Thompson 1952 for t.)
    """
    units = thinned_units(pool, cells, targets)
    if units is None:
        return None
    draws = _draws(units, pool, lists, seed, search)
    readings = [first_kept(draw) for draw in draws]
    alike = pool.groups is None or sides_grouped_alike(units.sizes, units.is_real)
    null = _relabelled(
        units, readings if alike else readings[:1], seed, search.threads or 0, progress
    )
    bias = float(null.scores.mean())
    graph = mean_graph([ordered_neighbors(draw).graph(units.keep) for draw in draws])
    shares = other_side_shares(graph, units.is_real)
    nearby = min(neighborhood_size(int(units.smallest)), draws[0].ids.shape[1])
    around = surroundings_of(mean_graph([graph_of(draw, nearby) for draw in draws]))
    seen = shares if alike else readings[0].shares(units.keep, units.is_real)
    synthetic = ~units.is_real
    scored = {}
    for cell, cell_bias in null.cell_means.items():
        queries = synthetic & (units.cells == cell)
        scored[cell] = CellScore(
            units.score(shares, queries) / cell_bias,
            _interval(units, graph, around, queries, cell_bias),
        )
    low, high = null.interval
    return TargetScore(
        units.score(shares) / bias,
        _interval(units, graph, around, synthetic, bias),
        null.p_value(units.score(seen)),
        (low / bias, high / bias),
        units.images,
        units.limited_by,
        scored,
        float(targets[list(scored)].sum()),
    )


@dataclass(frozen=True, slots=True)
class _Null:
    """Scores of relabellings, shape (permutations,), and the mean score of each cell by number."""

    scores: Float64Array
    cell_means: dict[int, float]

    def p_value(self, score: float) -> float:
        """Return how often chance alone gives a score this low."""
        if len(self.scores) >= COUNTED:
            return lower_p_value(score, self.scores)
        spread = float(self.scores.std(ddof=1)) * math.sqrt(1.0 + 1.0 / len(self.scores))
        lower = (score - float(self.scores.mean())) / spread if spread > 0.0 else 0.0
        return 0.5 * math.erfc(-lower / math.sqrt(2.0))

    @property
    def interval(self) -> tuple[float, float]:
        """The range of 95 % of the scores."""
        if len(self.scores) >= COUNTED:
            low, high = np.quantile(self.scores, [0.025, 0.975]).tolist()
            return low, high
        mean, half = float(self.scores.mean()), Z_95 * float(self.scores.std(ddof=1))
        return mean - half, mean + half


def _draws(
    units: ThinnedUnits, pool: Pool, lists: Neighbors | None, seed: int, search: SearchSettings
) -> list[Neighbors]:
    """Search the units for lists so long that hardly any ends before a neighbor is kept."""
    count = len(units.is_real)
    usual = float(units.keep.mean())
    wanted = FEWEST_NEIGHBORS if usual >= 1.0 else math.log(LEFT_OUT) / math.log1p(-usual)
    most = np.clip(MOST_PLACES // count, FEWEST_NEIGHBORS, MOST_NEIGHBORS)
    width = min(math.ceil(np.clip(wanted, FEWEST_NEIGHBORS, most)), count - 1)
    is_searched = lists is not None and pool.groups is None and count == len(pool.vectors)
    if lists is not None and is_searched and width <= lists.ids.shape[1]:
        return [lists.first(width)]
    random = np.random.default_rng(seed)
    return [
        search.self_knn(units.pool.vectors[units.pool.draw(random)], width)
        for _ in range(FEWEST_DRAWS if len(units.pool.vectors) > count else 1)
    ]


def _interval(
    units: ThinnedUnits,
    graph: NeighborGraph,
    around: Surroundings,
    queries: BoolArray,
    bias: float,
) -> tuple[float, float]:
    """Wilson's interval at the number of queries that the local variance of labels is worth."""
    keep = np.where(queries, units.keep, 0.0)
    total = float(keep.sum())
    expected = float((keep * units.expected).sum()) / total
    share = min(units.score(other_side_shares(graph, units.is_real), queries) * expected, 1.0)
    kinds = 2 * units.cells + units.is_real
    variance = mean_share_variance(graph, around, keep / total, units.is_real, kinds)
    independent = total**2 / float(np.square(keep).sum())
    smallest = max(int(min(independent, units.smallest)), 2)
    size = effective_size(share, variance, independent, smallest)
    found = interval_of(share, size, expected=expected * bias, smallest=smallest)
    return found.low, found.high


def _relabelled(
    units: ThinnedUnits,
    readings: list[FirstKept],
    seed: int,
    threads: int,
    progress: ProgressCallback | None,
) -> _Null:
    """Score random relabellings of the units within their cells."""
    places = sum(reading.ids.size for reading in readings)
    permutations = int(np.clip(PERMUTED_PLACES // places, FEWEST_PERMUTATIONS, PERMUTATIONS))
    present = np.unique(units.cells).tolist()
    members = [np.flatnonzero(units.cells == cell) for cell in present]
    is_real = units.is_real.copy()
    random = np.random.default_rng(seed)
    scores = np.empty(permutations)
    sums = np.zeros((2, units.chances.shape[1]))
    for number in range(permutations):
        for rows in members:
            is_real[rows] = random.permutation(is_real[rows])
        labelled = units.relabelled(is_real)
        keep = labelled.keep
        found = [reading.shares(keep, is_real, threads) for reading in readings]
        shares = found[0] if len(found) == 1 else np.mean(found, axis=0)
        parts = labelled.parts(shares)
        scores[number] = parts[0].sum() / parts[1].sum()
        sums += parts
        if progress is not None:
            progress(number + 1, permutations)
    return _Null(scores, {cell: float(sums[0, cell] / sums[1, cell]) for cell in present})
