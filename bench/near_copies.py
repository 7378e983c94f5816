"""How often near-copies are warned of: in pools without any, and with copies on the other side.

Photographs are camera frames, one folder a session, thinned until none is nearer to another than
nine of ten are to the nearest frame of another session. Frames of a simulator (any folder of
images) are taken as they are. Copies stand in the place of so many synthetic images. Draws are
kept in a record: what was stopped goes on where it was, and the tables of what is there can be
printed at any time.

    python bench/near_copies.py                            # pools drawn from distributions
    python bench/near_copies.py --photographs FOLDER --frames FOLDER
    python bench/near_copies.py --draws 0                  # only the tables of what is there

How far copies lie from their originals is told as well, in distances to the nearest other image.
"""

from __future__ import annotations

import argparse
import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from altered_images import ALTERED, AlteredImages, apart, embed_altered
from drawn_cells import drawn_cells, kept_draws, table_head, table_row, with_error
from pools_without_copies import POOLS
from twinscore.measures.duplicates import near_duplicates
from twinscore.measures.unit_graphs import search_width
from twinscore.neighbors import self_knn
from twinscore.scoring.notes import MANY_ALIKE

if TYPE_CHECKING:
    from twinscore.base.arrays import Float64Array, FloatMatrix, IdArray

DRAWS = 300
SIZES = (100, 200, 300, 600)
IMAGE_SIZES = (100, 200, 290)
COPIES = (5, 15, 50)
K = 10
FIRST_DRAW = 10_000
"""The rule was chosen on draws of lower numbers."""


@dataclass(frozen=True)
class CopyCell:
    """A kind of pool, as many images on each side, and how many copies of what alteration."""

    pool: str
    each: int
    altered: str = ""
    copies: int = 0


def copy_cells(images: dict[str, AlteredImages]) -> list[CopyCell]:
    """List the cells, those without copies first."""
    cells = [CopyCell(pool, each) for pool, each in itertools.product(POOLS, SIZES)]
    for pool, each in itertools.product(images, IMAGE_SIZES):
        if 2 * each > len(images[pool].originals):
            continue
        cells.append(CopyCell(pool, each))
        for altered, copies in itertools.product(ALTERED, COPIES):
            cells.append(CopyCell(pool, each, altered, copies))
    return cells


def measure(cell: CopyCell, number: int, images: dict[str, AlteredImages]) -> list[float]:
    """Return whether there is a warning, the share of copies found, and other images in pairs."""
    random = np.random.default_rng([FIRST_DRAW + number, cell.each, *map(ord, cell.pool)])
    if cell.pool in POOLS:
        vectors = POOLS[cell.pool](random, 2 * cell.each).astype(np.float32)
        copied = np.empty(0, dtype=np.int64)
    else:
        vectors, copied = drawn_images(images[cell.pool], cell, random)
    is_real = np.arange(2 * cell.each) < cell.each
    neighbors = self_knn(vectors, search_width(K, len(vectors)), threads=1)
    duplicates = near_duplicates(vectors, neighbors, is_real, seed=number)
    counts = duplicates.counts(is_real)
    warned = any(
        counts[part] > MANY_ALIKE * images_of
        for part, images_of in (
            ("across", 2 * cell.each),
            ("real", cell.each),
            ("synthetic", cell.each),
        )
    )
    copies = np.stack([copied, cell.each + np.arange(len(copied))], axis=1)
    pairs = set(map(tuple, duplicates.pairs.tolist()))
    found = [tuple(pair) in pairs for pair in copies.tolist()]
    others = np.setdiff1d(duplicates.pairs, copies)
    return [float(warned), float(np.mean(found)) if found else 0.0, float(len(others))]


def drawn_images(
    images: AlteredImages, cell: CopyCell, random: np.random.Generator
) -> tuple[FloatMatrix, IdArray]:
    """Deal images out to both sides, and put copies of real ones first on the synthetic side."""
    rows = random.permutation(len(images.originals))[: 2 * cell.each]
    points = images.originals[rows]
    copied = random.permutation(cell.each)[: cell.copies]
    if cell.copies:
        synthetic = slice(cell.each, cell.each + cell.copies)
        points[synthetic] = images.copies(cell.altered, rows[copied], random)
    return points, copied


def print_tables(drawn: dict[CopyCell, Float64Array]) -> None:
    """Print false alarms, then what is found of copies and how many images beside them."""
    sizes = [f"{each}:{each}" for each in SIZES]
    rows: dict[tuple[str, str, int], dict[int, Float64Array]] = {}
    for cell, values in drawn.items():
        rows.setdefault((cell.pool, cell.altered, cell.copies), {})[cell.each] = values
    print(table_head(["pool without copies", *sizes, "draws"]))
    for (pool, _, copies), by_size in rows.items():
        if not copies:
            rates = in_columns({each: rate(values) for each, values in by_size.items()})
            print(table_row([pool, *rates, draws_of(by_size)]))
    print()
    print(table_head(["copies", "pool", "copied", *sizes[: len(IMAGE_SIZES)], "draws", "others"]))
    for (pool, altered, copies), by_size in rows.items():
        if copies:
            found = {
                each: f"{rate(values)} / {values[:, 1].mean():.1%}"
                for each, values in by_size.items()
            }
            cells = [str(copies), *in_columns(found)[: len(IMAGE_SIZES)], draws_of(by_size)]
            others = np.concatenate(list(by_size.values()))[:, 2].mean()
            print(table_row([altered, pool, *cells, f"{others:.2f}"]))


def print_moves(images: dict[str, AlteredImages]) -> None:
    """Print how far copies lie from their originals, beside the nearest other image."""
    print(table_head(["copies", "pool", "images", "median", "one in twenty, at least"]))
    for pool, of_pool in images.items():
        points = of_pool.originals
        nearest = np.sqrt(self_knn(points, 1, threads=1).distances[:, 0])
        everyone = np.arange(len(points))
        for way in ALTERED:
            copies = of_pool.copies(way, everyone, np.random.default_rng(0))
            moved = np.linalg.norm(copies.astype(np.float64) - points, axis=1) / nearest
            cells = [f"{np.percentile(moved, percentile):.2f}" for percentile in (50, 95)]
            print(table_row([way, pool, f"{len(points):,}", *cells]))
    print()


def in_columns(by_size: dict[int, str]) -> list[str]:
    """Put what belongs to a size into the column of the size nearest to it."""
    columns = {min(SIZES, key=lambda size: abs(size - each)): each for each in by_size}
    return [by_size[columns[size]] if size in columns else "" for size in SIZES]


def draws_of(by_size: dict[int, Float64Array]) -> str:
    """Write the fewest draws of any size."""
    return str(min(map(len, by_size.values())))


def rate(draws: Float64Array) -> str:
    """Write how often a warning came up."""
    return with_error(float(draws[:, 0].mean()), len(draws))


def main() -> None:
    """Draw what is missing, then print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--photographs", type=Path, help="with a folder for each session")
    parser.add_argument("--frames", type=Path, help="of a simulator")
    parser.add_argument("--draws", type=int, default=DRAWS, help="of each cell")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="of processor time")
    records = Path(__file__).parent / "records"
    parser.add_argument("--record", type=Path, default=records / "near_copies.jsonl")
    options = parser.parse_args()
    images: dict[str, AlteredImages] = {}
    if options.photographs is not None:
        images["photographs"] = apart(*embed_altered(options.photographs))
    if options.frames is not None:
        images["simulator frames"] = embed_altered(options.frames)[0]

    if images:
        print_moves(images)

    def draw(cell: CopyCell, number: int) -> list[float]:
        return measure(cell, number, images)

    cells = [(cell, options.draws) for cell in copy_cells(images)]
    drawn = drawn_cells(cells, draw, options.record, options.minutes)
    kept = kept_draws(options.record, CopyCell)
    print_tables({cell: np.array(values) for cell, values in kept.items()} | drawn)


if __name__ == "__main__":
    main()
