"""How often the interval of a sample holds the score of all images, where few have real neighbors.

Of 100,000 synthetic images a few have real ones among their ten nearest, as many as the name of a
row says; of the others no neighbor is real. Samples are drawn without replacement.

    python bench/rare_shares.py                   # a minute; prints the table
"""

from __future__ import annotations

import argparse
import itertools
from typing import TYPE_CHECKING

import numpy as np

from drawn_cells import table_head, table_row, with_error
from twinscore.graph.intervals import wilson_interval
from twinscore.measures.finite_population import mean_interval

if TYPE_CHECKING:
    from twinscore.base.arrays import Float64Array

POPULATION = 100_000
NEIGHBORS = 10
HITS = {
    "1": (1,),
    "1 to 4": (1, 2, 3, 4),
    "10": (10,),
    "1, and 10 of one in ten": (1, 1, 1, 1, 1, 1, 1, 1, 1, 10),
}


def shares(rare: float, hits: str, random: np.random.Generator) -> Float64Array:
    """Draw the share of real neighbors of every image."""
    real = random.choice(HITS[hits], POPULATION)
    return real * (random.random(POPULATION) < rare) / NEIGHBORS


def trusting_interval(sample: Float64Array) -> tuple[float, float]:
    """Return the interval that trusts the variance of the sample: no 0 and no 1 is added."""
    mean, variance = float(sample.mean()), float(sample.var())
    tosses = max(1.0, mean * (1.0 - mean) / variance) if variance > 0.0 else 1.0
    left = (POPULATION - len(sample)) / (POPULATION - 1)
    return wilson_interval(mean, len(sample) * tosses / left)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--samples", type=int, default=4_000)
    options = parser.parse_args()
    headings = ["real neighbors", "images that have any", "sampled", "coverage", "width"]
    print(table_head([*headings, "coverage, nothing added", "width, nothing added"]))
    for hits, rare, size in itertools.product(HITS, (0.002, 0.01, 0.05), (256, 1_024)):
        random = np.random.default_rng([size, round(1_000 * rare), *map(ord, hits)])
        values = shares(rare, hits, random)
        ends = []
        for _ in range(options.samples):
            sample = random.choice(values, size, replace=False, shuffle=False)
            ends.append((*mean_interval(sample, POPULATION), *trusting_interval(sample)))
        row = [hits, f"{rare:.1%}", f"{size:,}"]
        for low, high in (np.array(ends)[:, :2].T, np.array(ends)[:, 2:].T):
            held = float(np.mean((low <= values.mean()) & (values.mean() <= high)))
            row += [with_error(held, options.samples), f"{np.mean(high - low):.4f}"]
        print(table_row(row), flush=True)


if __name__ == "__main__":
    main()
