"""What millions of images take on many cores, computed from what was measured on two.

Prints the tables of docs/scale.md. Rates are read from the records beside this file; what was
measured otherwise stands here with how. Search is taken to grow with the square of the rows: real
pools prune more the larger they are.

python bench/scale_cost.py
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np

from twinscore.neighbors.block_problem import BlockProblem
from twinscore.neighbors.row_blocks import row_blocks
from twinscore.neighbors.spread_plan import plan_spread

RECORDS = Path(__file__).parent / "records"

IMAGES = (1_000_000, 10_000_000, 100_000_000)
CORES = (8, 64, 512)

EMBEDDED_COLUMNS = 1280
SEARCHED_COLUMNS = 512
CORES_OF_A_MACHINE = 8
WORKER_MEMORY = 4 << 30
"""Of a worker in these tables: what clouds give a core of machines for general use."""

PRICE = 0.0425
"""Dollars a core-hour: c5.2xlarge on demand in us-east-1, 0.34 for eight virtual cores."""

RATE_OF_WORKERS = 0.8
"""Of what threads of one process do: `scale_out.py` measured more of images."""

SECONDS_TO_PREPARE_A_ROW = 8.1e-6
"""Processor seconds, of 50,000 rows x 512 in float16 along few axes; 6.1e-6 of isotropic ones.
Taken for each meeting of a block, though workers keep blocks while there is room."""

SECONDS_TO_LOOK_AT_A_ROW = 1.5e-6
"""Of one core of the process that asks, once: finding equal rows among the same rows."""

BYTES_BESIDE_A_VECTOR = 400
"""Facts, stamp and status of an image, pickled."""

PLACE_BYTES = 16


@dataclass(frozen=True)
class Rates:
    """Core-seconds that were measured on one machine.

    Attributes
    ----------
    image
        To decode and embed a JPEG of 1920 x 1080.
    pair
        Of a search of all pairs, for each ordered pair of rows.
    sampled_row
        Of a score to plus or minus 0.01 by sample, for each row of the pool.
    """

    image: float
    pair: float
    sampled_row: float


@dataclass(frozen=True)
class Cost:
    """What a step takes.

    Attributes
    ----------
    seconds
        On the wall.
    core_seconds
        Of all workers.
    moved
        Bytes over the network, without the image files.
    """

    seconds: float
    core_seconds: float
    moved: float

    def dollars(self, cores: int) -> float:
        """Return what cores cost that are there from the beginning to the end."""
        return cores * self.seconds / 3600 * PRICE


def measured_rates() -> Rates:
    """Read the records of the benches."""
    image = _last("pipeline", lambda row: row["case"] == "1080p jpg")["core_ms"]["processes"] / 1e3
    search = _last("scaling", lambda row: row["rows"] == 1_000_000)
    samples = _rows("sampling", lambda row: row["kind"] == "sample" and row["rows"] == 1_000_000)
    return Rates(
        image=image,
        pair=search["seconds"] * search["threads"] / search["rows"] ** 2,
        sampled_row=float(np.mean([row["cpu_seconds"] / row["rows"] for row in samples])),
    )


def embedding(images: int, cores: int, rates: Rates) -> Cost:
    """Embed images on workers of one core; vectors come back to the process that asks."""
    work = images * rates.image / RATE_OF_WORKERS
    return Cost(work / cores, work, images * (4 * EMBEDDED_COLUMNS + BYTES_BESIDE_A_VECTOR))


def all_pairs(rows: int, cores: int, rates: Rates) -> Cost:
    """Search a pool of float16 rows for the nearest neighbor of each."""
    pool = row_blocks(np.broadcast_to(np.zeros((), np.float16), (rows, SEARCHED_COLUMNS)))
    blocks = plan_spread(
        BlockProblem(pool, pool, 1, self_join=True), WORKER_MEMORY, cores
    ).reference
    compared = rows**2 * rates.pair / RATE_OF_WORKERS
    prepared = rows * blocks * SECONDS_TO_PREPARE_A_ROW
    seconds = (compared + prepared) / cores + rows * SECONDS_TO_LOOK_AT_A_ROW
    machines = math.ceil(cores / CORES_OF_A_MACHINE)
    # Every machine takes every block once; each meeting sends a number a row, and what is nearer.
    values = min(machines, blocks) * rows * SEARCHED_COLUMNS * 2
    lists = rows * blocks * 8 + rows * PLACE_BYTES * (1 + math.log(blocks))
    return Cost(seconds, compared + prepared, values + lists)


def by_sample(rows: int, rates: Rates) -> Cost:
    """Score by sample to plus or minus 0.01, on the cores of one machine."""
    work = rows * rates.sampled_row
    return Cost(work / CORES_OF_A_MACHINE, work, 0.0)


def tables(rates: Rates) -> str:
    """Write the tables as Markdown."""
    lines = [
        "| images | cores | embedding | moved | dollars | all pairs | moved | dollars |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for images in IMAGES:
        for cores in CORES:
            of_images, of_pairs = embedding(images, cores, rates), all_pairs(images, cores, rates)
            cells = [f"{images:,}", f"{cores:,}"]
            for cost in (of_images, of_pairs):
                money = f"{cost.dollars(cores):,.2f}"
                cells += [duration(cost.seconds), amount(cost.moved), money]
            lines.append(f"| {' | '.join(cells)} |")
    lines += [
        "",
        f"| images | `--precision 0.01` on {CORES_OF_A_MACHINE} cores | dollars |",
        "|---:|---:|---:|",
    ]
    for images in IMAGES:
        cost = by_sample(images, rates)
        money = f"{cost.dollars(CORES_OF_A_MACHINE):,.2f}"
        lines.append(f"| {images:,} | {duration(cost.seconds)} | {money} |")
    return "\n".join(lines)


def duration(seconds: float) -> str:
    """Write seconds in the unit that suits."""
    for unit, size in (("d", 86_400.0), ("h", 3_600.0), ("min", 60.0)):
        if seconds >= 2 * size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s" if seconds >= 100 else f"{seconds:.2g} s"


def amount(size: float) -> str:
    """Write bytes in the unit that suits."""
    for unit, one in (("TB", 1e12), ("GB", 1e9)):
        if size >= one:
            return f"{size / one:.3g} {unit}"
    return f"{size / 1e6:.3g} MB"


def _rows(name: str, wanted: Any) -> list[dict[str, Any]]:
    lines = (RECORDS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [row for row in map(json.loads, lines) if wanted(row)]


def _last(name: str, wanted: Any) -> dict[str, Any]:
    return _rows(name, wanted)[-1]


@click.command()
def main() -> None:
    """Print the tables."""
    rates = measured_rates()
    click.echo(
        f"{1e3 * rates.image:.1f} core-ms an image, {1e12 * rates.pair:.0f} core-s for 10^12 "
        f"pairs, {1e6 * rates.sampled_row:.1f} core-µs a row by sample\n"
    )
    click.echo(tables(rates))


if __name__ == "__main__":
    main()
