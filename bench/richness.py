"""Richness against known truth: shares, intervals, copies, gaps; prints a table in Markdown.

    python bench/richness.py                         # simulations, about ten minutes on 2 cores
    python bench/richness.py --draws 8               # a quick look
    python bench/richness.py --photographs FOLDER    # copies and gaps of real photographs
    pip install prdc                                 # the published coverage stands beside ours

FOLDER holds a folder of photographs for each camera session.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from richness_photographs import measure_photographs
from richness_pools import Kinds, Shrunken, published_coverage, richness_of

if TYPE_CHECKING:
    from collections.abc import Iterator

RATIOS = ((1000, 100), (600, 200), (300, 300), (200, 600), (100, 1000))
TRUTHS = ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5))


@dataclass(frozen=True)
class Line:
    """What so many draws of one kind of pool gave.

    Attributes
    ----------
    errors
        Standard errors of the means, in their order.
    held
        Share of the 95 % intervals of coverage and of the on-domain share with the truth in them.
    """

    pool: str
    truth: tuple[float, float]
    draws: int
    coverage: float
    on_domain: float
    covered_now: float
    worth: float
    copied: float
    errors: tuple[float, ...]
    held: tuple[float, float]
    width: float
    published: float | None


def measure(pool: Kinds | Shrunken, truth: tuple[float, float], draws: int, name: str) -> Line:
    """Draw pools of one kind and average what is measured of them."""
    found, held, published = [], [], []
    for draw in range(draws):
        sides = pool.draw(np.random.default_rng(draw))
        richness = richness_of(*sides).richness
        found.append(
            (
                richness.coverage,
                richness.on_domain,
                richness.covered_now,
                richness.worth,
                richness.copied,
                richness.intervals["coverage"][1] - richness.intervals["coverage"][0],
            )
        )
        intervals = (richness.intervals[key] for key in ("coverage", "on_domain"))
        held.append(
            [low <= share <= high for (low, high), share in zip(intervals, truth, strict=True)]
        )
        peer = published_coverage(*sides)
        if peer is not None:
            published.append(peer)
    means, spread = np.mean(found, axis=0), np.std(found, axis=0, ddof=1)
    within = np.mean(held, axis=0)
    coverage, on_domain, covered_now, worth, copied, width = (float(mean) for mean in means)
    return Line(
        name,
        truth,
        draws,
        coverage,
        on_domain,
        covered_now,
        worth,
        copied,
        tuple(float(error) for error in spread[:5] / np.sqrt(draws)),
        (float(within[0]), float(within[1])),
        float(width / spread[0]) if spread[0] > 0.0 else float("inf"),
        float(np.mean(published)) if published else None,
    )


def lines(draws: int) -> Iterator[Line]:
    """Measure all simulated cells."""
    for missing, foreign in TRUTHS:
        for real, synthetic in RATIOS:
            name = f"{real:,} : {synthetic:,}"
            pool = Kinds(real, synthetic, missing, foreign)
            yield measure(pool, (1.0 - missing, 1.0 - foreign), draws, name)
    yield measure(Kinds(300, 300, 0.5, group_size=5), (0.5, 1.0), draws, "300 : 300 groups of 5")
    for spread in (0.5, 0.8):
        yield measure(
            Shrunken(400, 400, spread), (0.0, 0.0), draws, f"spread {spread:g}, 400 : 400"
        )


def row(line: Line) -> str:
    """Write one line of the table."""
    peer = "" if line.published is None else f"{line.published:.2f}"
    means = (line.coverage, line.on_domain, line.covered_now)
    shares = " | ".join(
        f"{mean:.3f} ± {error:.3f}" for mean, error in zip(means, line.errors, strict=False)
    )
    return (
        f"| {line.pool} | {line.truth[0]:g} | {line.truth[1]:g} | {shares} "
        f"| {line.worth:.0f} ± {line.errors[3]:.0f} | {line.copied:.3f} "
        f"| {line.held[0]:.0%} | {line.held[1]:.0%} | {line.width:.1f} | {peer} |"
    )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=80)
    parser.add_argument("--photographs", type=Path, help="folder of photographs by session")
    parser.add_argument("--record", type=Path, help="a line of JSON for each cell is added there")
    options = parser.parse_args()
    if options.photographs is not None:
        for text in measure_photographs(options.photographs):
            print(text, flush=True)
        return
    print(
        "| pool | reached | on-domain | coverage | on-domain | covered now | worth | copied ",
        end="",
    )
    print("| coverage held | on-domain held | width (sd) | prdc |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for line in lines(options.draws):
        print(row(line), flush=True)
        if options.record is not None:
            with options.record.open("a", encoding="utf-8") as record:
                record.write(json.dumps(asdict(line)) + "\n")


if __name__ == "__main__":
    main()
