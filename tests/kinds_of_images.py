"""Pools of several kinds of images, of which the truth about richness is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FAR = 60.0
APART = 4.0


@dataclass(frozen=True)
class Kinds:
    """Real points of so many kinds; of these a share is missing from the synthetic side.

    A share of the synthetic points is foreign: far from all real ones. With groups, each point is
    a group of that many near-copies.
    """

    n_real: int
    n_synthetic: int
    missing: float = 0.0
    foreign: float = 0.0
    kinds: int = 8
    dimensions: int = 8
    group_size: int = 1

    def draw(
        self, random: np.random.Generator
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], npt.NDArray[np.int64]]:
        """Draw real and synthetic points, and the kind of each real one: the last are missing."""
        centers = APART * random.standard_normal((self.kinds, self.dimensions))
        present = self.kinds - round(self.missing * self.kinds)
        kind = np.arange(self.n_real) % self.kinds
        real = centers[kind] + random.standard_normal((self.n_real, self.dimensions))
        of_synthetic = np.arange(self.n_synthetic) % present
        synthetic = centers[of_synthetic] + random.standard_normal(
            (self.n_synthetic, self.dimensions)
        )
        synthetic[
            random.permutation(self.n_synthetic)[: round(self.foreign * self.n_synthetic)]
        ] += FAR
        sides = []
        for points in (real, synthetic):
            copies = np.repeat(points, self.group_size, axis=0)
            if self.group_size > 1:
                copies += 0.02 * random.standard_normal(copies.shape)
            sides.append(copies.astype(np.float32))
        return sides[0], sides[1], np.repeat(kind, self.group_size)
