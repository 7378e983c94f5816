"""How often intervals hold the truth and tests raise false alarms, by simulation.

Real points are N(0, I); of the synthetic ones a share a is too, the rest lies far away, so that S
and the overlap are known. Prints a table in Markdown, and writes a record of every cell.

    python bench/coverage.py                      # all cells, about an hour on 2 cores
    python bench/coverage.py --only small         # pools of 200 and 2,000 points
    python bench/coverage.py --only methods       # the ways to an interval, compared

What smooth differences, hubs and clips do: `smooth_coverage.py`.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from twinscore.embedding.records import Embeddings
from twinscore.graph.pool import Pool
from twinscore.measures.interval import METHODS, find_interval
from twinscore.measures.p_value import relabelling_tests
from twinscore.measures.unit_graphs import graphs_of, grouped_graphs, search_width
from twinscore.neighbors import self_knn
from twinscore.scoring.all_images import assess
from twinscore.scoring.run import Run
from twinscore.scoring.settings import ScoreSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.measures.interval import IntervalMethod
    from twinscore.measures.unit_graphs import PoolGraphs

FAR = 40.0
JITTER = 0.05
PERMUTATIONS = 999


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
        return graphs_of(self_knn(pool.vectors, width), pool.is_real, 1)
    return grouped_graphs(pool, 1, seed=seed)


def measure(
    cell: Cell, repeats: int, methods: tuple[IntervalMethod, ...], seed: int
) -> dict[str, float]:
    """Draw pools and count what their intervals and p-values say."""
    random = np.random.default_rng(seed)
    held = dict.fromkeys(methods, 0)
    widths = dict.fromkeys(methods, 0.0)
    scores, alarms = [], 0
    for repeat in range(repeats):
        pool = cell.draw(random)
        found = graphs(pool, repeat)
        scores.append(found.profile[1][0])
        for method in methods:
            interval = find_interval(method, pool, found, seed=repeat)
            held[method] += interval.low <= cell.score <= interval.high
            widths[method] += (interval.high - interval.low) / repeats
        if cell.overlap == 1.0:
            p_value = relabelling_tests(
                found, pool.unit_is_real, permutations=PERMUTATIONS, seed=repeat
            ).p_value
            alarms += p_value <= 0.05
    record = {
        "mean_score": float(np.mean(scores)),
        "standard_deviation": float(np.std(scores)),
        "repeats": repeats,
    }
    for method in methods:
        record[f"coverage {method}"] = held[method] / repeats
        record[f"width {method}"] = widths[method]
    if cell.overlap == 1.0:
        record["false_alarms"] = alarms / repeats
    return record


def cells(only: str) -> Iterator[tuple[Cell, int]]:
    """List the cells with how often each is drawn."""
    overlaps = (0.25, 0.5, 0.75, 1.0)
    fractions = (0.5, 0.1, 0.9)
    if only in ("all", "small"):
        for units, p, d, a in itertools.product((200, 2_000), fractions, (10, 256), overlaps):
            yield Cell(units, p, d, a), 2_000 if a == 1.0 else 1_000
    if only in ("all", "groups"):
        for size, p, a in itertools.product((5, 20), (0.5, 0.1), overlaps):
            yield Cell(200, p, 10, a, size), 500
    if only in ("all", "large"):
        for p, d, a in itertools.product((0.5, 0.1), (10, 256), overlaps):
            yield Cell(20_000, p, d, a), 300
    if only == "methods":
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
    """Run the cells asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--only",
        choices=["all", "small", "groups", "large", "methods", "overlap"],
        default="all",
    )
    parser.add_argument("--scale", type=float, default=1.0, help="times the number of draws")
    parser.add_argument(
        "--record", type=Path, default=Path(__file__).parent / "records" / "coverage.jsonl"
    )
    options = parser.parse_args()
    if options.only == "overlap":
        overlap_table(round(100 * options.scale))
        return
    methods = METHODS if options.only == "methods" else METHODS[:1]
    headings = ["units", "real", "dimensions", "group", "overlap", "S", "mean S", "sd"]
    headings += [f"coverage {method}" for method in methods] + ["alarms at 5%"]
    print("| " + " | ".join(headings) + " |\n|" + "---:|" * len(headings))
    with options.record.open("a") as records:
        for number, (cell, repeats) in enumerate(cells(options.only)):
            found = measure(cell, round(repeats * options.scale), methods, seed=number)
            records.write(json.dumps({**cell.__dict__, "score": cell.score, **found}) + "\n")
            records.flush()
            row = [
                f"{cell.units:,}",
                f"{cell.real_fraction:g}",
                str(cell.dimensions),
                str(cell.group_size),
                f"{cell.overlap:g}",
                f"{cell.score:.3f}",
                f"{found['mean_score']:.3f}",
                f"{found['standard_deviation']:.3f}",
                *(f"{found[f'coverage {method}']:.1%}" for method in methods),
                f"{found['false_alarms']:.1%}" if "false_alarms" in found else "",
            ]
            print("| " + " | ".join(row) + " |", flush=True)
    print(f"{sys.argv[0]}: written to {options.record}", file=sys.stderr)


if __name__ == "__main__":
    main()
