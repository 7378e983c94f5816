"""How often a slice is called worse where none is: regions of space, classes in other proportions.

Regions are those of six points drawn like the images, the nearest of which gives the value, of
synthetic images alone; both sides are drawn alike. Classes are rendered perfectly, four far apart,
40, 30, 20 and 10 % of the real images and 10, 20, 30 and 40 % of the synthetic ones. Photographs:
random halves of embeddings made before.

    python bench/false_worse.py [--embeddings real.npy] [--draws 200]
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from drawn_cells import table_head, table_row, with_error
from twinscore.measures.slices import score_slices
from twinscore.measures.unit_graphs import graphs_of, search_width
from twinscore.neighbors import self_knn

if TYPE_CHECKING:
    from twinscore.base.arrays import Float64Array, FloatMatrix, IdArray

EACH = 300
REGIONS = 6
DIMENSIONS = 8
PROPORTIONS = np.array([0.4, 0.3, 0.2, 0.1])


def regions(points: Float64Array, centers: Float64Array) -> IdArray:
    """Return the number of the nearest center of each point."""
    distances = np.square(points[:, None] - centers).sum(axis=2)
    return np.asarray(distances.argmin(axis=1), dtype=np.int64)


def gaussian(random: np.random.Generator) -> tuple[Float64Array, list[str | None]]:
    """Draw points, real ones first, and the regions of the synthetic ones."""
    points = random.standard_normal((2 * EACH, DIMENSIONS))
    return points, of_synthetic(regions(points, random.standard_normal((REGIONS, DIMENSIONS))))


def classes(random: np.random.Generator) -> tuple[Float64Array, list[str | None]]:
    """Draw points and the classes of all of them."""
    drawn = [random.choice(4, EACH, p=share) for share in (PROPORTIONS, PROPORTIONS[::-1])]
    codes = np.concatenate(drawn)
    centers = 10.0 * random.standard_normal((4, DIMENSIONS))
    points = centers[codes] + random.standard_normal((2 * EACH, DIMENSIONS))
    return points, list(map(str, codes.tolist()))


def of_synthetic(codes: IdArray) -> list[str | None]:
    """Name the codes of the second half; the first has none."""
    half = len(codes) // 2
    return [None] * half + list(map(str, codes[half:].tolist()))


def halves(
    photographs: FloatMatrix, random: np.random.Generator
) -> tuple[Float64Array, list[str | None]]:
    """Deal photographs out at random, by six of them into regions."""
    points = random.permutation(photographs.astype(np.float64))[: len(photographs) // 2 * 2]
    return points, of_synthetic(regions(points, points[random.permutation(len(points))[:REGIONS]]))


def called(points: Float64Array, values: list[str | None], k: int, seed: int) -> tuple[bool, bool]:
    """Whether any slice is called worse, and whether any scarce."""
    is_real = np.arange(len(points)) < len(points) // 2
    width = search_width(k, len(points))
    graphs = graphs_of(self_knn(points.astype(np.float32), width, threads=1), is_real, k)
    slices = score_slices(graphs, is_real, "value", values, seed=seed)
    return any(part.worse for part in slices), any(part.scarce for part in slices)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--embeddings", type=Path, help="of photographs, as .npy")
    parser.add_argument("--draws", type=int, default=200)
    options = parser.parse_args()
    kinds = {"regions, Gaussian": gaussian, "classes in other proportions": classes}
    if options.embeddings is not None:
        photographs = np.load(options.embeddings)
        kinds["regions, photographs"] = lambda random: halves(photographs, random)
    print(table_head(["slices", "k", "draws", "any worse", "any scarce"]))
    for kind, draw in kinds.items():
        for k in (1, 10):
            found = []
            for seed in range(options.draws):
                points, values = draw(np.random.default_rng([seed, k]))
                found.append(called(points, values, k, seed))
            worse, scarce = np.mean(found, axis=0).tolist()
            rates = [with_error(share, options.draws) for share in (worse, scarce)]
            print(table_row([kind, str(k), str(options.draws), *rates]), flush=True)


if __name__ == "__main__":
    main()
