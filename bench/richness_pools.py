"""Pools whose richness is known, for `bench/richness.py`."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.embedding.records import Embeddings
from twinscore.measures.richness import Richness
from twinscore.scoring.pool_richness import richness_reader
from twinscore.scoring.run import Run
from twinscore.scoring.searched_pool import search_sides, unit_graphs
from twinscore.scoring.settings import ScoreSettings

if TYPE_CHECKING:
    import numpy.typing as npt

    from twinscore.measures.find_richness import RichnessOfImages

FAR = 60.0
APART = 4.0
JITTER = 0.02


@dataclass(frozen=True)
class Kinds:
    """Real points of several kinds, of which a share is missing; a share of renders is foreign."""

    n_real: int
    n_synthetic: int
    missing: float = 0.0
    foreign: float = 0.0
    kinds: int = 4
    dimensions: int = 10
    group_size: int = 1

    def draw(self, random: np.random.Generator) -> tuple[Embeddings, Embeddings]:
        """Draw both sides; with groups, each point comes as so many near-copies."""
        centers = APART * random.standard_normal((self.kinds, self.dimensions))
        present = self.kinds - round(self.missing * self.kinds)
        sides = []
        for units, kinds in ((self.n_real, self.kinds), (self.n_synthetic, present)):
            points = centers[random.integers(kinds, size=units)]
            sides.append(points + random.standard_normal(points.shape))
        sides[1][random.random(self.n_synthetic) < self.foreign] += FAR
        return embeddings(sides[0], self.group_size, random), embeddings(
            sides[1], self.group_size, random
        )


@dataclass(frozen=True)
class Shrunken:
    """Real points N(0, I), synthetic ones of a smaller spread."""

    n_real: int
    n_synthetic: int
    spread: float
    dimensions: int = 32

    def draw(self, random: np.random.Generator) -> tuple[Embeddings, Embeddings]:
        """Draw both sides."""
        real = random.standard_normal((self.n_real, self.dimensions))
        synthetic = self.spread * random.standard_normal((self.n_synthetic, self.dimensions))
        return embeddings(real), embeddings(synthetic)


def embeddings(
    points: npt.NDArray[np.floating],
    group_size: int = 1,
    random: np.random.Generator | None = None,
    columns: dict[str, tuple[str | None, ...]] | None = None,
) -> Embeddings:
    """Make a side of points, each as a group of near-copies where that is asked for."""
    groups = None
    if group_size > 1 and random is not None:
        groups = tuple(str(unit) for unit in np.repeat(np.arange(len(points)), group_size))
        points = np.repeat(points, group_size, axis=0)
        points = points + JITTER * random.standard_normal(points.shape)
    names = tuple(str(row) for row in range(len(points)))
    return Embeddings(points.astype(np.float32), names, groups, columns=columns or {})


def richness_of(real: Embeddings, synthetic: Embeddings) -> RichnessOfImages:
    """Measure richness without the other figures of a result.

    Raises
    ------
    ValueError
        It cannot be told.
    """
    run = Run(ScoreSettings(diagnostics=False))
    searched = search_sides(real, synthetic, run)
    reader = richness_reader(searched, run)
    if reader.on_draw is not None:
        unit_graphs(searched, run, reader.on_draw)
    found = reader.found(searched, (real, synthetic), run)
    if found is None or not isinstance(found.richness, Richness):
        raise ValueError(reader.untold.reason if reader.untold else "richness was not asked for")
    return found


def published_coverage(real: Embeddings, synthetic: Embeddings, k: int = 5) -> float | None:
    """Coverage of the package prdc (Naeem et al. 2020), where it is installed."""
    try:
        from prdc import compute_prdc
    except ImportError:
        return None
    with contextlib.redirect_stdout(io.StringIO()):
        found = compute_prdc(
            real_features=np.asarray(real.vectors, dtype=np.float64),
            fake_features=np.asarray(synthetic.vectors, dtype=np.float64),
            nearest_k=k,
        )
    return float(found["coverage"])
