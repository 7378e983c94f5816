"""What the interval and the null range of closeness do where the truth is known.

The target of the interval is the mean over pools drawn anew, estimated by the draws themselves.

    python bench/closeness.py                  # 400 draws of each cell, about two minutes
    python bench/closeness.py --draws 50       # a quick look
    python bench/closeness.py --time           # its cost beside a whole score
"""

from __future__ import annotations

import argparse
import json
import math
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np

import twinscore as ts
from smooth_coverage import SmoothCell
from twinscore.graph.pool import Pool
from twinscore.measures.closeness import RELABELLINGS, closeness_of
from twinscore.scoring.verdict import SIGNIFICANT

CELLS = (
    SmoothCell("none", 100, 100, 16, 1),
    SmoothCell("none", 100, 100, 256, 1),
    SmoothCell("none", 50, 200, 16, 1),
    SmoothCell("none", 20, 20, 256, 1),
    SmoothCell("hubs", 60, 60, 64, 1),
    SmoothCell("clips", 60, 60, 16, 1),
    SmoothCell("mean", 100, 100, 16, 1),
    SmoothCell("mean", 50, 200, 16, 1),
    SmoothCell("mean", 100, 100, 256, 1),
    SmoothCell("floor", 100, 100, 64, 1),
    SmoothCell("wider", 100, 100, 16, 1),
    SmoothCell("collapse", 60, 60, 16, 1),
    SmoothCell("thin", 100, 100, 16, 1),
)
NULL_TIMES = 4
"""Alarms are rare: cells where both sides are drawn alike get so many times the draws."""

SIZES = ((200, 1_280), (1_000, 1_280), (4_000, 1_280))
REPEATS = 5


def measure(cell: SmoothCell, draw: int) -> list[float]:
    """Draw a pool; return closeness, ends of its interval, p-value, whether outside its range."""
    seed = [draw, *map(ord, cell.kind), cell.n_real, cell.n_synthetic, cell.dimensions]
    found = closeness_of(cell.draw(np.random.default_rng(seed)), seed=draw)
    if found is None:
        raise SystemExit(f"{cell} has too few units")
    low, high = found.null_interval
    outside = float(not low <= found.value <= high)
    return [found.value, *found.interval, found.p_value, outside]


def row(cell: SmoothCell, draws: list[list[float]]) -> str:
    """Write one line of the table."""
    values = np.array(draws)
    target, spread = float(values[:, 0].mean()), float(values[:, 0].std(ddof=1))
    held = float(np.mean((values[:, 1] <= target) & (target <= values[:, 2])))
    error = math.sqrt(held * (1.0 - held) / len(values))
    width = float(np.mean(values[:, 2] - values[:, 1])) / spread
    cells = [
        cell.kind,
        str(len(values)),
        str(cell.n_real),
        str(cell.n_synthetic),
        str(cell.dimensions),
    ]
    cells += [f"{target:.4f}", f"{spread:.4f}", f"{held:.1%} ± {error:.1%}", f"{width:.1f}"]
    if cell.is_null:
        rates = np.mean(values[:, 3] <= SIGNIFICANT), np.mean(values[:, 4])
        cells += [
            f"{rate:.1%} ± {math.sqrt(rate * (1.0 - rate) / len(values)):.1%}" for rate in rates
        ]
    else:
        cells += ["", ""]
    return "| " + " | ".join(cells) + " |"


def cost() -> None:
    """Print the median seconds of closeness beside those of a whole score of the same points."""
    print("| images a side | dimensions | closeness | whole score | share |")
    print("|---:|---:|---:|---:|---:|")
    for images, width in SIZES:
        random = np.random.default_rng(0)
        points = random.standard_normal((2 * images, width)).astype(np.float32)
        pool = Pool(points, np.arange(2 * images) < images, None)
        spent: list[list[float]] = []
        for _ in range(REPEATS):
            started = time.perf_counter()
            closeness_of(pool, seed=0)
            alone = time.perf_counter()
            ts.score(points[:images], points[images:], diagnostics=False)
            spent.append([alone - started, time.perf_counter() - alone])
        closeness, whole = np.median(spent, axis=0).tolist()
        share = np.median([own / total for own, total in spent])
        print(f"| {images:,} | {width:,} | {closeness:.3f} s | {whole:.2f} s | {share:.0%} |")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--draws", type=int, default=400, help="of each cell")
    parser.add_argument("--time", action="store_true", help="print the cost instead")
    records = Path(__file__).parent / "records"
    parser.add_argument("--record", type=Path, default=records / "closeness.jsonl")
    options = parser.parse_args()
    if options.time:
        cost()
        return
    kept = {}
    if options.record.exists():
        lines = [json.loads(line) for line in options.record.read_text().splitlines()]
        kept = {SmoothCell(**line["cell"]): line["draws"] for line in lines}
    print(f"{RELABELLINGS} relabellings of each pool\n")
    headings = ["difference", "draws", "real", "synthetic", "dimensions", "mean", "sd", "coverage"]
    headings += ["width", "p <= 5%", "outside null range"]
    print("| " + " | ".join(headings) + " |\n|---|" + "---:|" * (len(headings) - 1))
    for cell in CELLS:
        wanted = options.draws * (NULL_TIMES if cell.is_null else 1)
        if len(kept.get(cell, ())) < wanted:
            drawn = [measure(cell, draw) for draw in range(wanted)]
            kept[cell] = [[float(f"{value:.6g}") for value in one] for one in drawn]
            with options.record.open("a") as record:
                line = {"cell": asdict(cell), "draws": kept[cell]}
                record.write(json.dumps(line, separators=(",", ":")) + "\n")
        print(row(cell, kept[cell]), flush=True)


if __name__ == "__main__":
    main()
