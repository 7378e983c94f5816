"""What intervals and tests do where sides differ smoothly, have hubs, or clips on one side.

The target of the interval is the mean of the score at the same sizes and k, estimated by the draws
themselves. Draws are kept in a record: what was stopped goes on where it was, and tables can be
printed at any time.

    python bench/smooth_coverage.py                 # 400 draws, more without a difference
    python bench/smooth_coverage.py --minutes 5     # as far as 5 minutes of processor time go
    python bench/smooth_coverage.py --only clips compare --draws 100
    python bench/smooth_coverage.py --minutes 0     # only the tables of what is there
    python bench/smooth_coverage.py --only photographs --embeddings real.npy

Photographs are compared with photographs: three sets at random of embeddings made before.
"""

from __future__ import annotations

import argparse
import itertools
from dataclasses import asdict, dataclass
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from drawn_cells import drawn_cells, table_head, table_row, with_error
from twinscore.comparison.embeddings import compare_embeddings
from twinscore.embedding.records import Embeddings
from twinscore.graph.hubness import hubness, labels_of_hubs
from twinscore.graph.pool import Pool
from twinscore.graph.score import directed_score
from twinscore.measures.copies import copies_p_value
from twinscore.measures.interval import find_interval
from twinscore.measures.judge import judge_pool
from twinscore.measures.multiple_tests import holm
from twinscore.measures.p_value import relabelling_tests
from twinscore.measures.spread import spread_of
from twinscore.measures.unit_graphs import graphs_of, grouped_graphs, search_width
from twinscore.neighbors import self_knn
from twinscore.neighbors.settings import SearchSettings
from twinscore.scoring.verdict import SIGNIFICANT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.base.arrays import Float64Array, FloatMatrix
    from twinscore.measures.unit_graphs import PoolGraphs
    from twinscore.neighbors.records import Neighbors

DRAWS, DRAWS_WITHOUT_DIFFERENCE, DRAWS_OF_PHOTOGRAPHS = 400, 1_000, 1_600
TESTS = ("low score", "edge count", "copies", "judge", "spread")
RARE = 0.01
"""The stricter level at which false alarms are counted."""

PERMUTATIONS = 999
HEAVY = 1.0
"""Standard deviation of the logarithm of the radius in a pool with hubs."""

CLIP = 20
JITTER = 0.05


@dataclass(frozen=True)
class SmoothCell:
    """One kind of pool, by how its synthetic side differs from N(0, I)."""

    kind: str
    n_real: int
    n_synthetic: int
    dimensions: int
    k: int

    @property
    def is_null(self) -> bool:
        """Whether both sides are drawn alike."""
        return self.kind in ("none", "hubs", "clips")

    @property
    def is_comparison(self) -> bool:
        """Whether two synthetic sets are compared."""
        return self.kind in ("compare", "photographs")

    @property
    def draws(self) -> int:
        """How often it is drawn, if nobody says otherwise."""
        if self.kind == "photographs":
            return DRAWS_OF_PHOTOGRAPHS
        quick = self.is_null and self.kind != "clips"
        return DRAWS_WITHOUT_DIFFERENCE if quick else DRAWS

    def draw(self, random: np.random.Generator) -> Pool:
        """Draw a pool."""
        units, d = self.n_real + self.n_synthetic, self.dimensions
        points = random.standard_normal((units, d))
        synthetic = points[self.n_real :]
        if self.kind == "mean":
            synthetic += 3.0 / np.sqrt(d)
        elif self.kind == "wider":
            synthetic *= 1.3
        elif self.kind == "collapse":
            synthetic *= 0.7
        elif self.kind == "thin":
            synthetic[:, d // 2 :] *= 0.3
        elif self.kind == "floor":
            synthetic += 6.0 / np.sqrt(d)
        elif self.kind == "hubs":
            points /= np.linalg.norm(points, axis=1, keepdims=True)
            points *= np.exp(HEAVY * random.standard_normal((units, 1)))
        is_real = np.arange(units) < self.n_real
        if self.kind != "clips":
            return Pool(points.astype(np.float32), is_real, None)
        sizes = np.where(is_real & (np.arange(units) % 2 == 0), CLIP, 1)
        frames = np.repeat(points, sizes, axis=0)
        frames += JITTER * random.standard_normal(frames.shape)
        groups = np.repeat(np.arange(units), sizes)
        return Pool(frames.astype(np.float32), np.repeat(is_real, sizes), groups)


def searched(pool: Pool, k: int, seed: int) -> tuple[PoolGraphs, Neighbors]:
    """Search a pool."""
    width = search_width(k, len(pool.unit_is_real))
    neighbors = self_knn(pool.vectors, width, pool.groups, threads=1)
    if pool.groups is not None:
        one_thread = SearchSettings(threads=1)
        return grouped_graphs(pool, k, seed=seed, search=one_thread), neighbors
    return graphs_of(neighbors, pool.is_real, k), neighbors


def smooth_cells() -> Iterator[SmoothCell]:
    """List the cells."""
    for kind, k in itertools.product(("mean", "wider", "collapse", "thin", "none"), (1, 5, 10)):
        yield SmoothCell(kind, 100, 100, 16, k)
    yield SmoothCell("floor", 200, 200, 16, 1)
    for real, synthetic in ((100, 100), (50, 200), (50, 1_000)):
        yield SmoothCell("hubs", real, synthetic, 256, 1)
    for (real, synthetic), kind in itertools.product(((20, 400), (400, 20)), ("none", "mean")):
        yield SmoothCell(kind, real, synthetic, 16, 1)
    for k in (1, 10):
        yield SmoothCell("clips", 60, 60, 16, k)
    for units in (60, 100):
        yield SmoothCell("compare", units, units, 16, 1)
    yield SmoothCell("photographs", 100, 100, 1_280, 1)


def measure(cell: SmoothCell, draw: int) -> list[float]:
    """Draw a pool and return score, ends of its interval and whether hubs decide.

    Where both sides are drawn alike, the p-values follow.
    """
    pool = cell.draw(np.random.default_rng([draw, *map(ord, cell.kind), cell.n_real, cell.k]))
    found, neighbors = searched(pool, cell.k, draw)
    is_real = pool.unit_is_real
    interval = find_interval("local", pool, found, seed=draw)
    hubs = labels_of_hubs(hubness(found.graph), float(is_real.mean())) is not None
    values = [directed_score(found.graph, ~is_real), interval.low, interval.high, float(hubs)]
    if not cell.is_null:
        return values
    tests = relabelling_tests(found, is_real, permutations=PERMUTATIONS, seed=draw)
    return [
        *values,
        tests.p_value,
        tests.edge_count.p_value,
        copies_p_value(neighbors, pool, seed=draw),
        judge_pool(pool, seed=draw, relabellings=199).judge.p_value,
        spread_of(pool, seed=draw).p_value,
    ]


def measure_comparison(cell: SmoothCell, draw: int, photographs: FloatMatrix | None) -> list[float]:
    """Compare two synthetic sets drawn alike: difference, interval and p-value."""
    random = np.random.default_rng([draw, cell.n_real])
    shape = (3, cell.n_real, cell.dimensions)
    if cell.kind == "compare" or photographs is None:
        points = random.standard_normal(shape).astype(np.float32)
    else:
        chosen = random.permutation(len(photographs))[: 3 * cell.n_real]
        points = photographs[chosen].reshape(shape)
    sides = [
        Embeddings(vectors, tuple(f"{side} {row}" for row in range(cell.n_real)))
        for side, vectors in enumerate(points)
    ]
    found = compare_embeddings(*sides, seed=draw)
    return [0.0, *found.interval, 0.0, found.p_value]


def named(cell: SmoothCell) -> list[str]:
    """Return what stands before the numbers of a cell."""
    return [cell.kind, *(f"{size:,}" for size in list(asdict(cell).values())[1:])]


def interval_row(cell: SmoothCell, values: Float64Array) -> str:
    """Return a row of the table of intervals."""
    scores, lows, highs = values[:, :3].T
    target = 0.0 if cell.is_comparison else float(scores.mean())
    held = float(np.mean((lows <= target + 1e-12) & (target <= highs + 1e-12)))
    cells = [*named(cell), f"{len(values):,}"]
    if cell.is_comparison:
        return table_row([*cells, "", "", with_error(held, len(values)), "", ""])
    deviation = float(scores.std(ddof=1))
    cells += [f"{target:.3f}", f"{deviation:.3f}", with_error(held, len(values))]
    return table_row(
        [*cells, f"{np.mean(highs - lows) / deviation:.1f}", f"{values[:, 3].mean():.0%}"]
    )


def alarm_row(names: list[str], tested: Float64Array) -> str:
    """Return a row of the table of false alarms, at both levels.

    Parameters
    ----------
    names
        Of the cell.
    tested
        Shape (draws, tests): p-values.
    """
    alarms = [np.mean(tested <= level, axis=0).tolist() for level in (SIGNIFICANT, RARE)]
    rates = [f"{often:.1%} / {rarely:.1%}" for often, rarely in zip(*alarms, strict=True)]
    return table_row([*names, f"{len(tested):,}", *rates])


def with_any(p_values: Float64Array) -> Float64Array:
    """Put the smallest p-value after Holm's correction before those of each test."""
    together = [np.nanmin(holm(each)) for each in p_values]
    return np.column_stack([together, p_values])


def print_tables(kept: dict[SmoothCell, Float64Array]) -> None:
    """Print intervals and false alarms."""
    sizes = ["difference", "real", "synthetic", "dimensions", "k", "draws"]
    print(table_head([*sizes, "mean S", "sd", "coverage", "width", "hubs"]))
    for cell, values in kept.items():
        print(interval_row(cell, values))
    print("\n" + table_head([*sizes, "any", *TESTS]))
    null = {cell: with_any(values[:, 4:]) for cell, values in kept.items() if cell.is_null}
    for cell, tested in null.items():
        print(alarm_row(named(cell), tested))
    if null:
        print(alarm_row(["all", *[""] * 4], np.concatenate(list(null.values()))))
    compared = {cell: values[:, 4:] for cell, values in kept.items() if cell.is_comparison}
    print("\n" + table_head([*sizes, "p of the difference"]))
    for cell, tested in compared.items():
        print(alarm_row(named(cell), tested))


def main() -> None:
    """Draw what is missing, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--draws", type=int, help="of each cell at most")
    parser.add_argument("--only", nargs="*", default=[], help="kinds of cells")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="of processor time")
    parser.add_argument("--embeddings", type=Path, help="of photographs, as .npy")
    records = Path(__file__).parent / "records" / "smooth_coverage"
    parser.add_argument("--records", type=Path, default=records, help="a file a kind of cells")
    options = parser.parse_args()
    photographs = None if options.embeddings is None else np.load(options.embeddings)

    def draw(cell: SmoothCell, number: int) -> list[float]:
        if cell.is_comparison:
            return measure_comparison(cell, number, photographs)
        return measure(cell, number)

    def wanted(cell: SmoothCell) -> int:
        if cell.kind == "photographs" and photographs is None:
            return 0
        return cell.draws if options.draws is None else min(options.draws, cell.draws)

    kept: dict[SmoothCell, Float64Array] = {}
    for kind, cells in itertools.groupby(smooth_cells(), attrgetter("kind")):
        if not options.only or kind in options.only:
            kept |= drawn_cells(
                [(cell, wanted(cell)) for cell in cells],
                draw,
                options.records / f"{kind}.jsonl",
                options.minutes,
            )
    print_tables(kept)


if __name__ == "__main__":
    main()
