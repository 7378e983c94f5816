"""What intervals and tests do where sides differ smoothly, have hubs, or clips on one side.

The target of the interval is the mean of the score at the same sizes and k, estimated by the draws
themselves. Prints a table in Markdown and writes a record of every cell. Called by `coverage.py`.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.comparison.embeddings import compare_embeddings
from twinscore.embedding.records import Embeddings
from twinscore.graph.pool import Pool
from twinscore.graph.score import directed_score
from twinscore.measures.interval import find_interval
from twinscore.measures.judge import judge_pool
from twinscore.measures.p_value import relabelling_tests
from twinscore.measures.unit_graphs import graphs_of, grouped_graphs, search_width
from twinscore.neighbors import self_knn
from twinscore.scoring.verdict import SIGNIFICANT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.measures.unit_graphs import PoolGraphs

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


def searched(pool: Pool, k: int, seed: int) -> PoolGraphs:
    """Search a pool."""
    if pool.groups is not None:
        return grouped_graphs(pool, k, seed=seed)
    return graphs_of(self_knn(pool.vectors, search_width(k, len(pool.vectors))), pool.is_real, k)


def smooth_cells() -> Iterator[SmoothCell]:
    """List the cells."""
    for kind, k in itertools.product(("mean", "wider", "collapse", "thin", "none"), (1, 5, 10)):
        yield SmoothCell(kind, 100, 100, 16, k)
    yield SmoothCell("floor", 200, 200, 16, 1)
    for real, synthetic in ((100, 100), (50, 1_000)):
        yield SmoothCell("hubs", real, synthetic, 256, 1)
    for real, synthetic in ((20, 400), (400, 20)):
        yield SmoothCell("none", real, synthetic, 16, 1)
        yield SmoothCell("mean", real, synthetic, 16, 1)
    yield SmoothCell("clips", 60, 60, 16, 1)


def measure_smooth(cell: SmoothCell, repeats: int, seed: int) -> dict[str, float]:
    """Draw pools and count how often the interval holds the mean, and tests raise an alarm."""
    random = np.random.default_rng(seed)
    scores, lows, highs, p_values = [], [], [], []
    for repeat in range(repeats):
        pool = cell.draw(random)
        found = searched(pool, cell.k, repeat)
        is_real = pool.unit_is_real
        interval = find_interval("local", pool, found, seed=repeat)
        tests = relabelling_tests(found, is_real, permutations=PERMUTATIONS, seed=repeat)
        judge = judge_pool(pool, seed=repeat, relabellings=199).judge
        scores.append(directed_score(found.graph, ~is_real))
        lows.append(interval.low)
        highs.append(interval.high)
        p_values.append((tests.p_value, tests.edge_count.p_value, judge.p_value))
    mean, deviation = float(np.mean(scores)), float(np.std(scores, ddof=1))
    held = (np.array(lows) <= mean + 1e-12) & (mean <= np.array(highs) + 1e-12)
    alarms = np.mean(np.array(p_values) <= SIGNIFICANT, axis=0)
    width = float(np.mean(np.subtract(highs, lows)))
    return {
        "repeats": repeats,
        "mean_score": mean,
        "standard_deviation": deviation,
        "coverage": float(held.mean()),
        "width": width / deviation if deviation > 0.0 else float("nan"),
        "low score": float(alarms[0]),
        "edge count": float(alarms[1]),
        "judge": float(alarms[2]),
    }


def measure_comparison(units: int, repeats: int, seed: int) -> dict[str, float]:
    """Compare two synthetic sets drawn alike: how often a difference is seen."""
    random = np.random.default_rng(seed)
    p_values, held = [], 0
    for repeat in range(repeats):
        sides = [
            Embeddings(
                random.standard_normal((units, 16)).astype(np.float32),
                tuple(f"{side} {row}" for row in range(units)),
            )
            for side in range(3)
        ]
        found = compare_embeddings(*sides, seed=repeat)
        p_values.append(found.p_value)
        held += found.interval[0] <= 0.0 <= found.interval[1]
    return {
        "repeats": repeats,
        "alarms": float(np.mean(np.array(p_values) <= SIGNIFICANT)),
        "coverage": held / repeats,
    }
