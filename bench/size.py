"""How many images a side tell two twins apart: the law of `twinscore size`, and if it holds.

Real points are N(0, I) in eight dimensions. Of a mixture a share is drawn like them and the rest
lies far away, so that its score is known; a shifted twin is N(m, I). Four parts:

    law     standard error times root n at several n, and its slope; what sharing real images brings
    saved   how many times more a saved result asks for than the images themselves
    table   images a side by score and difference, from pilots of 200 a side
    power   how often `compare` tells two twins apart at the size that pilots recommend

    python bench/size.py             # all parts, about 20 minutes of processor time
    python bench/size.py law --draws 100
"""

from __future__ import annotations

import argparse
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

import twinscore as ts
from twinscore.comparison import exchanges
from twinscore.comparison.embeddings import compare_embeddings
from twinscore.embedding.records import Embeddings
from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.pool import Pool
from twinscore.graph.score import directed_score
from twinscore.neighbors.settings import EXACT
from twinscore.planning.pilot import Pilot, pilot_of_interval, pilot_of_pool
from twinscore.planning.size import size_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    Points = npt.NDArray[np.float32]

DIMENSIONS = 8
FAR = 40.0
SIZES = (50, 100, 200, 400)
LEVELS = (0.1, 0.3, 0.5, 0.7, 0.9)
DIFFERENCES = (0.02, 0.05, 0.1, 0.2)
PILOT = 200
PILOTS = 6
POWER = 0.8
CELLS = (("mixture", 0.1, 0.2), ("mixture", 0.5, 0.2), ("shift", 0.3, 0.2), ("shift", 0.7, 0.2))
"""Kind of twin, score of the worse one and difference, of which the power is measured."""

EXCHANGES = 199


@dataclass(frozen=True)
class Twin:
    """A kind of synthetic side, and how far it is from the real one.

    Attributes
    ----------
    kind
        "mixture" or "shift".
    amount
        Share drawn like the real side, or length of the shift.
    """

    kind: str
    amount: float

    def draw(self, count: int, random: np.random.Generator) -> Points:
        """Draw points."""
        points = random.standard_normal((count, DIMENSIONS))
        if self.kind == "mixture":
            points[random.random(count) >= self.amount, 0] += FAR
        else:
            points += self.amount / np.sqrt(DIMENSIONS)
        return points.astype(np.float32)


def real_points(count: int, random: np.random.Generator) -> Points:
    """Draw the real side."""
    return Twin("mixture", 1.0).draw(count, random)


def score_of(real: Points, synthetic: Points) -> float:
    """Score points at k = 1."""
    rows = np.concatenate([real, synthetic])
    return directed_score(graph_of(EXACT.self_knn(rows, 1)), np.arange(len(rows)) >= len(real))


def twin_at(kind: str, level: float) -> Twin:
    """Find the twin of a score at 200 a side: in closed form, or from the mean of 40 draws."""
    if kind == "mixture":
        return Twin(kind, level / (2.0 - level))
    amounts = np.linspace(0.0, 4.5, 10)
    random = np.random.default_rng(5)
    means = [
        np.mean(
            [
                score_of(real_points(PILOT, random), Twin(kind, amount).draw(PILOT, random))
                for _ in range(40)
            ]
        )
        for amount in amounts
    ]
    return Twin(kind, float(np.interp(-level, -np.array(means), amounts)))


def print_law(draws: int) -> None:
    """Print how the standard error falls with the number of images."""
    print("| twin | S | " + " | ".join(f"n = {n}" for n in SIZES) + " | slope | shared |")
    print("|---|---:|" + "---:|" * (len(SIZES) + 2))
    for kind, level in itertools.product(("mixture", "shift"), (0.1, 0.5, 0.9)):
        twin = twin_at(kind, level)
        errors, shared = [], []
        for n in SIZES:
            random = np.random.default_rng(1)
            pairs = np.empty((draws, 2))
            for pair in pairs:
                real = real_points(n, random)
                pair[:] = [score_of(real, twin.draw(n, random)) for _ in range(2)]
            errors.append(float(pairs.std(ddof=1)))
            shared.append(float((pairs[:, 0] - pairs[:, 1]).std(ddof=1) / errors[-1] / np.sqrt(2)))
        slope = np.polyfit(np.log(SIZES), np.log(errors), 1)[0]
        cells = [f"{error * np.sqrt(n):.2f}" for error, n in zip(errors, SIZES, strict=True)]
        # A standard deviation of m normal values has the relative error 1 / sqrt(2 m).
        spread = np.std(np.log(SIZES)) * np.sqrt(len(SIZES))
        error = 1.0 / np.sqrt(4.0 * draws) / spread
        print(
            f"| {kind} | {level} | {' | '.join(cells)} | {slope:.2f} ({error:.2f}) | "
            f"{np.mean(shared):.2f} |",
            flush=True,
        )


def pool_from(twin: Twin, random: np.random.Generator) -> Pool:
    """Draw the images of a pilot."""
    points = np.concatenate([real_points(PILOT, random), twin.draw(PILOT, random)])
    return Pool(points, np.arange(2 * PILOT) < PILOT, None)


def pilot_from(pool: Pool) -> Pilot:
    """Read a pilot by splitting it."""
    return pilot_of_pool(pool, 1, seed=0, search=EXACT, progress=lambda _done, _total: None)


def mean_pilot(twin: Twin, level: float) -> Pilot:
    """Average the noise of several pilots, at the level that is known."""
    random = np.random.default_rng(7)
    noise = [pilot_from(pool_from(twin, random)).inflation for _ in range(PILOTS)]
    return Pilot(level, PILOT, float(np.mean(noise)), grouped=False, from_interval=False)


def print_saved() -> None:
    """Print how many times more images an interval asks for than splits of the images do."""
    print("| twin | S | times |")
    print("|---|---:|---:|")
    for kind, level in itertools.product(("mixture", "shift"), (0.1, 0.3, 0.5, 0.7, 0.9)):
        twin, random = twin_at(kind, level), np.random.default_rng(11)
        noise = np.array([_both_readings(twin, random) for _ in range(PILOTS)])
        print(f"| {kind} | {level} | {np.divide(*noise.mean(axis=0)):.2f} |", flush=True)


def _both_readings(twin: Twin, random: np.random.Generator) -> tuple[float, float]:
    """Return the noise of a pilot as its interval has it, and as its splits have it."""
    pool = pool_from(twin, random)
    options = {"diagnostics": False, "richness": False, "threads": 1}
    result = ts.score(pool.vectors[:PILOT], pool.vectors[PILOT:], **options)  # type: ignore[arg-type]
    return pilot_of_interval(result.to_dict()).inflation, pilot_from(pool).inflation


def print_table() -> None:
    """Print the images a side by score and difference: of a mixture, and of a shift."""
    print("| S | " + " | ".join(f"{difference}" for difference in DIFFERENCES) + " |")
    print("|---:|" + "---:|" * len(DIFFERENCES))
    for level in LEVELS:
        pilots = [mean_pilot(twin_at(kind, level), level) for kind in ("mixture", "shift")]
        cells = [
            " to ".join(
                f"{images:,}"
                for images in sorted(size_of(pilot, difference, POWER).images for pilot in pilots)
            )
            for difference in DIFFERENCES
        ]
        print(f"| {level} | {' | '.join(cells)} |", flush=True)


def print_power(draws: int) -> None:
    """Print how often two twins are told apart at the size that pilots recommend."""
    exchanges.PERMUTATIONS, exchanges.HALVES = EXCHANGES, 2
    print("| twin | S | difference | images a side | told apart | standard error |")
    print("|---|---:|---:|---:|---:|---:|")
    for kind, level, difference in CELLS:
        worse, better = twin_at(kind, level), twin_at(kind, level + difference)
        random = np.random.default_rng(3)
        asked = [
            size_of(pilot_from(pool_from(worse, random)), difference, POWER).images
            for _ in range(PILOTS)
        ]
        images = int(np.median(asked))
        told = np.mean([_is_told(worse, better, images, random) for _ in range(draws)])
        error = np.sqrt(told * (1.0 - told) / draws)
        print(
            f"| {kind} | {level} | {difference} | {images} ({min(asked)} to {max(asked)}) | "
            f"{told:.1%} | {error:.1%} |",
            flush=True,
        )


def _is_told(worse: Twin, better: Twin, images: int, random: np.random.Generator) -> bool:
    sides = [
        Embeddings(points, tuple(f"{side} {row}" for row in range(images)))
        for side, points in (
            ("real", real_points(images, random)),
            ("worse", worse.draw(images, random)),
            ("better", better.draw(images, random)),
        )
    ]
    return compare_embeddings(*sides).p_value < 0.05


def main() -> None:
    """Print the parts that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", help="law, saved, table, power; none for all")
    parser.add_argument("--draws", type=int, default=300, help="of the law; half for the power")
    arguments = parser.parse_args()
    parts: dict[str, Callable[[], None]] = {
        "law": lambda: print_law(arguments.draws),
        "saved": print_saved,
        "table": print_table,
        "power": lambda: print_power(arguments.draws // 2),
    }
    unknown = set(arguments.parts) - set(parts)
    if unknown:
        parser.error(f"expected parts of {', '.join(parts)}, got {', '.join(sorted(unknown))}")
    for name in arguments.parts or parts:
        print(f"\n{name}", flush=True)
        parts[name]()


if __name__ == "__main__":
    main()
