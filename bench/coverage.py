"""How often intervals hold the truth and tests raise false alarms, by simulation.

Real points are N(0, I); of the synthetic ones a share a is too, the rest lies far away, so that S
and the overlap are known. Draws are kept in a record: what was stopped goes on where it was. Prints
a table in Markdown.

    python bench/coverage.py                      # all cells, small ones first; hours
    python bench/coverage.py --only small         # pools of 200 points
    python bench/coverage.py --only methods       # the ways to an interval, compared
    python bench/coverage.py --minutes 0          # only the table of what is there

What smooth differences, hubs and clips do: `smooth_coverage.py`.
"""

from __future__ import annotations

import argparse
import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from drawn_cells import drawn_cells, table_head, table_row
from twinscore.embedding.records import Embeddings
from twinscore.graph.pool import Pool
from twinscore.graph.score import directed_score
from twinscore.measures.interval import METHODS, find_interval
from twinscore.measures.p_value import relabelling_tests
from twinscore.measures.unit_graphs import graphs_of, grouped_graphs, search_width
from twinscore.neighbors import self_knn
from twinscore.neighbors.settings import SearchSettings
from twinscore.scoring.all_images import assess
from twinscore.scoring.run import Run
from twinscore.scoring.settings import ScoreSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.base.arrays import Float64Array
    from twinscore.measures.interval import IntervalMethod
    from twinscore.measures.unit_graphs import PoolGraphs

FAR = 40.0
JITTER = 0.05
PERMUTATIONS = 999
KINDS = ("small", "middle", "groups", "large")
LEVELS = (0.05, 0.01)


@dataclass(frozen=True)
class Cell:
    """One kind of pool."""

    units: int
    real_fraction: float
    dimensions: int
    overlap: float
    group_size: int = 1

    @property
    def n_real(self) -> int:
        """Number of real units."""
        return round(self.units * self.real_fraction)

    @property
    def score(self) -> float:
        """Limit of the score."""
        p = self.real_fraction
        return self.overlap / (p + (1.0 - p) * self.overlap)

    def draw(self, random: np.random.Generator) -> Pool:
        """Draw a pool."""
        points = random.standard_normal((self.units, self.dimensions), dtype=np.float32)
        like_real = random.binomial(self.units - self.n_real, self.overlap)
        points[self.n_real + like_real :, 0] += FAR
        is_real = np.arange(self.units) < self.n_real
        if self.group_size == 1:
            return Pool(points, is_real, None)
        points = np.repeat(points, self.group_size, axis=0)
        points += JITTER * random.standard_normal(points.shape, dtype=np.float32)
        groups = np.repeat(np.arange(self.units), self.group_size)
        return Pool(points, np.repeat(is_real, self.group_size), groups)


def graphs(pool: Pool, seed: int) -> PoolGraphs:
    """Search a pool."""
    if pool.groups is None:
        width = search_width(1, len(pool.vectors))
        return graphs_of(self_knn(pool.vectors, width, threads=1), pool.is_real, 1)
    return grouped_graphs(pool, 1, seed=seed, search=SearchSettings(threads=1))


def measure(cell: Cell, draw: int, methods: tuple[IntervalMethod, ...]) -> list[float]:
    """Draw a pool: its score, the ends of its intervals and, if all could be real, its p-value."""
    random = np.random.default_rng([draw, *(ord(letter) for letter in repr(cell))])
    pool = cell.draw(random)
    found = graphs(pool, draw)
    is_real = pool.unit_is_real
    values = [directed_score(found.graph, ~is_real)]
    for method in methods:
        interval = find_interval(method, pool, found, seed=draw)
        values += [interval.low, interval.high]
    if cell.overlap == 1.0:
        tests = relabelling_tests(found, is_real, permutations=PERMUTATIONS, seed=draw)
        values.append(tests.p_value)
    return values


def coverage_row(cell: Cell, values: Float64Array, methods: tuple[IntervalMethod, ...]) -> str:
    """Return a row of the table."""
    scores, lows, highs = values[:, 0], values[:, 1::2], values[:, 2::2]
    held = (lows[:, : len(methods)] <= cell.score) & (cell.score <= highs)
    row = [
        f"{cell.units:,}",
        f"{cell.real_fraction:g}",
        str(cell.dimensions),
        str(cell.group_size),
        f"{cell.overlap:g}",
        str(len(values)),
        f"{cell.score:.3f}",
        f"{scores.mean():.3f}",
        f"{scores.std(ddof=1):.3f}",
        *(f"{share:.1%}" for share in held.mean(axis=0).tolist()),
        *(f"{width / scores.std(ddof=1):.1f}" for width in _widths(lows, highs)),
    ]
    alarms = [f"{np.mean(values[:, -1] <= level):.1%}" for level in LEVELS]
    return table_row([*row, " / ".join(alarms) if cell.overlap == 1.0 else ""])


def _widths(lows: Float64Array, highs: Float64Array) -> list[float]:
    widths: list[float] = (highs - lows[:, : highs.shape[1]]).mean(axis=0).tolist()
    return widths


def cells(kind: str) -> Iterator[tuple[Cell, int]]:
    """List the cells of a kind with how often each is drawn."""
    overlaps = (0.25, 0.5, 0.75, 1.0)
    if kind in ("small", "middle"):
        units = 200 if kind == "small" else 2_000
        for p, d, a in itertools.product((0.5, 0.1, 0.9), (10, 256), overlaps):
            yield Cell(units, p, d, a), 800 if a == 1.0 else 400
    elif kind == "groups":
        for size, p, a in itertools.product((5, 20), (0.5, 0.1), overlaps):
            yield Cell(200, p, 10, a, size), 400
    elif kind == "large":
        for p, d, a in itertools.product((0.5, 0.1), (10, 256), overlaps):
            yield Cell(20_000, p, d, a), 100
    else:
        for p, d, a in itertools.product((0.5, 0.1), (10, 256), (0.5, 1.0)):
            yield Cell(500, p, d, a), 200


def overlap_table(repeats: int) -> None:
    """Print the mean overlap for real fractions from 0.1 to 0.9."""
    print("\n| real fraction | " + " | ".join(f"a = {a:g}" for a in (0.0, 0.25, 0.5, 0.75, 1.0)))
    print("|---:|" + "---:|" * 5)
    for p in (0.1, 0.25, 0.5, 0.75, 0.9):
        means = []
        for a in (0.0, 0.25, 0.5, 0.75, 1.0):
            cell, random = Cell(1_000, p, 10, a), np.random.default_rng(5)
            estimates = [whole_overlap(cell.draw(random), seed) for seed in range(repeats)]
            means.append(float(np.mean(estimates)))
        print(f"| {p:g} | " + " | ".join(f"{mean:.3f}" for mean in means) + " |", flush=True)


def whole_overlap(pool: Pool, seed: int) -> float:
    """Return the overlap that the whole assessment reports."""
    sides = [
        Embeddings(vectors, tuple(map(str, range(len(vectors)))))
        for vectors in (pool.vectors[pool.is_real], pool.vectors[~pool.is_real])
    ]
    real, synthetic = sides
    return assess(real, synthetic, Run(ScoreSettings(seed=seed))).overlap


def main() -> None:
    """Draw what is missing of the cells asked for, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", choices=[*KINDS, "methods", "overlap"])
    parser.add_argument("--draws", type=int, default=800, help="of each cell at most")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="of processor time")
    records = Path(__file__).parent / "records" / "coverage"
    parser.add_argument("--records", type=Path, default=records, help="a file a kind of cells")
    options = parser.parse_args()
    if options.only == "overlap":
        overlap_table(min(options.draws, 100))
        return
    methods = METHODS if options.only == "methods" else METHODS[:1]
    headings = ["units", "real", "dimensions", "group", "overlap", "draws", "S", "mean S", "sd"]
    headings += [f"coverage {method}" for method in methods]
    headings += [f"width {method}" for method in methods]
    print(table_head([*headings, "alarms at 5% / 1%"]))
    for kind in KINDS if options.only is None else (options.only,):
        kept = drawn_cells(
            [(cell, min(draws, options.draws)) for cell, draws in cells(kind)],
            lambda cell, draw: measure(cell, draw, methods),
            options.records / f"{kind}.jsonl",
            options.minutes,
        )
        for cell, values in kept.items():
            print(coverage_row(cell, values, methods), flush=True)


if __name__ == "__main__":
    main()
