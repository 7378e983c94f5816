"""The score in a declared mix, plans and examples, where the truth is known.

Prints the tables of docs/domain.md, and writes a record of every cell.

    python bench/domain.py                      # everything, about ten minutes on 2 cores
    python bench/domain.py --only score         # mean and interval of the score in a declared mix
    python bench/domain.py --only chance        # how often the p-value of perfect twins is low
    python bench/domain.py --only plan          # photographs covered after renders by plan
    python bench/domain.py --only examples      # values told by example
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from twinscore.base.json_values import json_value
from twinscore.domain import target_score
from twinscore.domain.examples import told_by_example
from twinscore.domain.target_score import score_against_target
from twinscore.embedding.records import Embeddings
from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.pool import Pool
from twinscore.graph.score import directed_score
from twinscore.neighbors import self_knn
from twinscore.neighbors.settings import EXACT
from twinscore.planning.uncovered import surroundings_of_photographs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FAR = 40.0
PHOTOGRAPHED = (0.6, 0.3, 0.1)
RENDERED = (0.2, 0.3, 0.5)
EVEN = (1 / 3, 1 / 3, 1 / 3)
PERMUTATIONS = 199
"""Of each draw; those of a run are more, and its p-value finer."""

Row = dict[str, float | str]


@dataclass(frozen=True)
class Mix:
    """Three cells; of the synthetic images of each, a share is drawn like the real ones."""

    name: str
    n_real: int
    n_synthetic: int
    target: tuple[float, float, float]
    overlaps: tuple[float, float, float]
    apart: float = 4.0
    dimensions: int = 8
    group_size: int = 1

    @property
    def truth(self) -> float:
        """The limit of the score where cells lie apart: sum of f g / (f / 2 + g / 2)."""
        shares = np.array(self.overlaps)
        return float((np.array(self.target) * shares / (0.5 + 0.5 * shares)).sum())

    def draw(self, seed: int) -> tuple[Pool, npt.NDArray[np.int64]]:
        """Draw both sides, and the cell of each image."""
        random = np.random.default_rng(seed)
        cells = np.concatenate(
            [
                random.choice(3, self.n_real, p=PHOTOGRAPHED),
                random.choice(3, self.n_synthetic, p=RENDERED),
            ]
        )
        is_real = np.arange(len(cells)) < self.n_real
        points = random.standard_normal((len(cells), self.dimensions))
        points[:, 0] += self.apart * cells
        foreign = ~is_real & (random.random(len(cells)) > np.array(self.overlaps)[cells])
        points[foreign, 1] += FAR
        if self.group_size == 1:
            return Pool(points.astype(np.float32), is_real, None), cells
        units = np.repeat(np.arange(len(cells)), self.group_size)
        points = points[units] + 0.05 * random.standard_normal((len(units), self.dimensions))
        return Pool(points.astype(np.float32), is_real[units], units), cells[units]


MIXES = (
    Mix("perfect twin", 400, 400, EVEN, (1.0, 1.0, 1.0)),
    Mix("perfect twin, target as rendered", 400, 400, RENDERED, (1.0, 1.0, 1.0)),
    Mix("perfect twin, 4:1", 800, 200, EVEN, (1.0, 1.0, 1.0)),
    Mix("perfect twin, 1:4", 200, 800, EVEN, (1.0, 1.0, 1.0)),
    Mix("perfect twin, cells that blend", 400, 400, EVEN, (1.0, 1.0, 1.0), apart=1.0),
    Mix("43 % foreign in every cell", 400, 400, EVEN, (0.43, 0.43, 0.43)),
    Mix("foreign images in one cell mostly", 400, 400, EVEN, (0.9, 0.7, 0.3)),
    Mix("half foreign, 4:1", 800, 200, EVEN, (0.5, 0.5, 0.5)),
    Mix("half foreign, groups of 4", 200, 200, EVEN, (0.5, 0.5, 0.5), group_size=4),
    Mix("nearly all foreign", 400, 400, EVEN, (0.05, 0.05, 0.05)),
)
NULLS = (
    Mix("120 a side", 120, 120, EVEN, (1.0, 1.0, 1.0)),
    Mix("200 and 100", 200, 100, EVEN, (1.0, 1.0, 1.0)),
    Mix("120 a side, cells that blend", 120, 120, EVEN, (1.0, 1.0, 1.0), apart=1.0),
)


def measure_score(mix: Mix, draws: int) -> Row:
    """Mean of the score in the declared mix, and how often its interval holds the truth."""
    scores, plain, held, widths = [], [], [], []
    for seed in range(draws):
        pool, cells = mix.draw(seed)
        found = score_against_target(pool, cells, np.array(mix.target), seed=seed)
        if found is None:
            continue
        low, high = found.interval
        scores.append(found.score)
        held.append(low - 1e-9 <= mix.truth <= high)
        widths.append((high - low) / 2)
        if mix.group_size == 1:
            plain.append(directed_score(graph_of(self_knn(pool.vectors, 1)), ~pool.is_real))
    spread = float(np.std(scores, ddof=1))
    return {
        "truth": mix.truth,
        "mean": float(np.mean(scores)),
        "standard error": spread / np.sqrt(len(scores)),
        "sd": spread,
        "coverage": float(np.mean(held)),
        "half-width": float(np.mean(widths)),
        "plain score": float(np.mean(plain)) if plain else float("nan"),
    }


def measure_chance(mix: Mix, draws: int) -> Row:
    """How often the p-value of a perfect twin is at most 5 %."""
    p_values = []
    for seed in range(draws):
        pool, cells = mix.draw(10_000 + seed)
        found = score_against_target(pool, cells, np.array(mix.target), seed=seed)
        if found is not None:
            p_values.append(found.p_value)
    rate = float(np.mean(np.array(p_values) <= 0.05))
    return {
        "alarms at 5 %": rate,
        "standard error": np.sqrt(0.05 * 0.95 / len(p_values)),
        "draws": float(len(p_values)),
    }


def around(
    random: np.random.Generator, centers: npt.NDArray[np.float64 | np.float32], spread: float = 1.0
) -> npt.NDArray[np.float32]:
    """Draw a point around each center."""
    points: npt.NDArray[np.float32] = (
        centers + spread * random.standard_normal(centers.shape)
    ).astype(np.float32)
    return points


def measure_plan(draws: int) -> Row:
    """Photographs covered by 120 renders like those of a plan, like others, like any."""
    kinds: dict[str, list[float]] = {name: [] for name in ("now", "plan", "uncovered", "any")}
    for seed in range(draws):
        random = np.random.default_rng(seed)
        centers = 6.0 * random.standard_normal((20, 16))
        real, synthetic = (
            around(random, centers[random.integers(kinds_there, size=count)])
            for kinds_there, count in ((20, 800), (11, 480))
        )
        found = surroundings_of_photographs(real, synthetic, EXACT)
        everything = np.ones(len(real), dtype=np.bool_)
        chosen = [row for (row, _), _ in zip(found.greedy(everything), range(120), strict=False)]
        gaps = np.flatnonzero(~found.covered)
        kinds["now"].append(float(found.covered.mean()))
        for name, rows in (
            ("plan", np.resize(chosen, 120)),
            ("uncovered", random.choice(gaps, 120)),
            ("any", random.choice(len(real), 120)),
        ):
            # A render like a photograph is off by about half of the usual spacing.
            renders = around(random, real[rows], 0.3)
            after = surroundings_of_photographs(real, np.concatenate([synthetic, renders]), EXACT)
            kinds[name].append(float(after.covered.mean()))
    return {name: float(np.mean(values)) for name, values in kinds.items()}


def measure_examples(count: int, draws: int) -> Row:
    """Values told by so many examples each, in five domains of which one has none."""
    right, none, refused = [], [], []
    for seed in range(draws):
        random = np.random.default_rng(seed)
        centers = 2.0 * random.standard_normal((5, 32))

        examples = {
            str(kind): Embeddings(around(random, np.tile(centers[kind], (count, 1))), ("",) * count)
            for kind in range(4)
        }
        for kind in range(5):
            side = Embeddings(around(random, np.tile(centers[kind], (100, 1))), ("",) * 100)
            told = told_by_example({"side": side}, {"scene": examples}, EXACT)["side"]
            values = np.array([value or "" for value in told.columns["scene"]])
            if kind == 4:
                refused.append(float((values == "").mean()))
            else:
                none.append(float((values == "").mean()))
                right.append(float((values[values != ""] == str(kind)).mean()))
    return {
        "right": float(np.mean(right)),
        "no answer": float(np.mean(none)),
        "unknown refused": float(np.mean(refused)),
    }


def tables(scale: float) -> Iterator[tuple[str, str, Callable[[], Row], dict[str, object]]]:
    """Yield table, name, measurement and what was drawn of every row."""
    for mix in MIXES:
        yield "score", mix.name, lambda m=mix: measure_score(m, round(80 * scale)), asdict(mix)  # type: ignore[misc]
    for mix in NULLS:
        yield "chance", mix.name, lambda m=mix: measure_chance(m, round(600 * scale)), asdict(mix)  # type: ignore[misc]
    yield "plan", "120 renders", lambda: measure_plan(round(80 * scale)), {}
    for count in (10, 30):
        yield (
            "examples",
            f"{count} examples",
            lambda c=count: measure_examples(c, round(80 * scale)),  # type: ignore[misc]
            {"examples": count},
        )


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--only", choices=["all", "score", "chance", "plan", "examples"], default="all"
    )
    parser.add_argument("--scale", type=float, default=1.0, help="times the number of draws")
    parser.add_argument(
        "--record", type=Path, default=Path(__file__).parent / "records" / "domain.jsonl"
    )
    options = parser.parse_args()
    target_score.PERMUTATIONS = target_score.FEWEST_PERMUTATIONS = PERMUTATIONS
    before = ""
    with options.record.open("a") as records:
        for table, name, measured, drawn in tables(options.scale):
            if options.only not in ("all", table):
                continue
            found = measured()
            if table != before:
                print(f"\n| {table} | " + " | ".join(found) + " |\n|---|" + "---:|" * len(found))
            before = table
            shown = [f"{value:.3f}" for value in found.values() if not isinstance(value, str)]
            print(f"| {name} | " + " | ".join(shown) + " |", flush=True)
            records.write(
                json.dumps(json_value({"table": table, "name": name, **drawn, **found})) + "\n"
            )
            records.flush()


if __name__ == "__main__":
    main()
