"""What intervals and tests do where sides differ smoothly, have hubs, or clips on one side.

The target of the interval is the mean of the score at the same sizes and k, estimated by the draws
themselves. Draws are kept a few at a time in a record, cell after cell and round after round: what
was stopped goes on where it was, and a table can be printed at any time.

    python bench/smooth_coverage.py                 # 400 draws of each cell, many hours
    python bench/smooth_coverage.py --minutes 5     # as far as 5 minutes of processor time go
    python bench/smooth_coverage.py --only clips compare --draws 100
    python bench/smooth_coverage.py --minutes 0     # only the table of what is there
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

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
from twinscore.scoring.verdict import SIGNIFICANT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.measures.unit_graphs import PoolGraphs
    from twinscore.neighbors.records import Neighbors

DRAWS_AT_ONCE = 10
TESTS = ("low score", "edge count", "copies", "judge", "spread")
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
    neighbors = self_knn(pool.vectors, width, pool.groups)
    if pool.groups is not None:
        return grouped_graphs(pool, k, seed=seed), neighbors
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


def measure(cell: SmoothCell, draw: int) -> list[float]:
    """Draw a pool and return score, ends of its interval, p-values and whether hubs decide."""
    pool = cell.draw(np.random.default_rng([draw, *map(ord, cell.kind), cell.n_real, cell.k]))
    found, neighbors = searched(pool, cell.k, draw)
    is_real = pool.unit_is_real
    interval = find_interval("local", pool, found, seed=draw)
    tests = relabelling_tests(found, is_real, permutations=PERMUTATIONS, seed=draw)
    uneven = hubness(found.graph)
    return [
        directed_score(found.graph, ~is_real),
        interval.low,
        interval.high,
        tests.p_value,
        tests.edge_count.p_value,
        copies_p_value(neighbors, pool, seed=draw),
        judge_pool(pool, seed=draw, relabellings=199).judge.p_value,
        spread_of(pool, seed=draw).p_value,
        float(labels_of_hubs(uneven, float(is_real.mean())) is not None),
    ]


def measure_comparison(cell: SmoothCell, draw: int) -> list[float]:
    """Compare two synthetic sets drawn alike: difference, interval and p-value."""
    random = np.random.default_rng([draw, cell.n_real])
    sides = [
        Embeddings(
            random.standard_normal((cell.n_real, cell.dimensions)).astype(np.float32),
            tuple(f"{side} {row}" for row in range(cell.n_real)),
        )
        for side in range(3)
    ]
    found = compare_embeddings(*sides, seed=draw)
    return [0.0, *found.interval, found.p_value]


def summary(cell: SmoothCell, draws: list[list[float]]) -> str:
    """Return a row of the table."""
    values = np.array(draws)
    scores, lows, highs = values[:, :3].T
    target = float(scores.mean())
    deviation = float(scores.std(ddof=1)) if len(values) > 1 else 0.0
    held = float(np.mean((lows <= target + 1e-12) & (target <= highs + 1e-12)))
    cells = [cell.kind, *(f"{size:,}" for size in (cell.n_real, cell.n_synthetic))]
    cells += [str(cell.dimensions), str(cell.k), str(len(values))]
    if cell.kind == "compare":
        alarm = float(np.mean(values[:, 3] <= SIGNIFICANT))
        cells += ["", "", f"{held:.1%}", "", "", f"{alarm:.1%}"]
        return "| " + " | ".join([*cells, *[""] * len(TESTS)]) + " |"
    width = float(np.mean(highs - lows)) / deviation if deviation > 0.0 else float("nan")
    cells += [f"{target:.3f}", f"{deviation:.3f}", f"{held:.1%}", f"{width:.1f}"]
    cells.append(f"{values[:, -1].mean():.0%}")
    p_values = values[:, 3:-1]
    if cell.is_null:
        together = np.array([np.nanmin(holm(row)) for row in p_values])
        alarms = np.mean(np.column_stack([together, p_values]) <= SIGNIFICANT, axis=0)
        cells += [f"{alarm:.1%}" for alarm in alarms.tolist()]
    else:
        cells += [""] * (1 + len(TESTS))
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Draw what is missing, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--draws", type=int, default=400, help="of each cell")
    parser.add_argument("--only", nargs="*", default=[], help="kinds of cells")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="of processor time")
    records = Path(__file__).parent / "records"
    parser.add_argument("--record", type=Path, default=records / "smooth_coverage.jsonl")
    options = parser.parse_args()
    kept: dict[SmoothCell, list[list[float]]] = defaultdict(list)
    if options.record.exists():
        for line in options.record.read_text().splitlines():
            part = json.loads(line)
            kept[SmoothCell(**part["cell"])] += part["draws"]
    cells = [cell for cell in smooth_cells() if not options.only or cell.kind in options.only]
    for first in range(0, options.draws, DRAWS_AT_ONCE):
        for cell in cells:
            if time.process_time() >= 60.0 * options.minutes:
                break
            if len(kept[cell]) > first:
                continue
            one = measure_comparison if cell.kind == "compare" else measure
            drawn = [
                [float(f"{value:.5g}") for value in one(cell, draw)]
                for draw in range(first, min(first + DRAWS_AT_ONCE, options.draws))
            ]
            kept[cell] += drawn
            with options.record.open("a") as record:
                record.write(json.dumps({"cell": asdict(cell), "draws": drawn}) + "\n")
    headings = ["difference", "real", "synthetic", "dimensions", "k", "draws", "mean S", "sd"]
    headings += ["coverage", "width", "hubs", "any alarm", *TESTS]
    print("| " + " | ".join(headings) + " |\n|---|" + "---:|" * (len(headings) - 1))
    for cell in cells:
        if kept[cell]:
            print(summary(cell, kept[cell]))


if __name__ == "__main__":
    main()
