"""Pools whose limit of the score is known: a share of the synthetic side is drawn like the real."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FAR = 40.0


@dataclass(frozen=True)
class Mixture:
    """Real points N(0, I); of the synthetic ones a share of `overlap` too, the rest far away.

    With groups, each of `n_real + n_synthetic` is a group of that many near-copies.
    """

    n_real: int
    n_synthetic: int
    overlap: float
    dimensions: int = 10
    group_size: int = 1

    @property
    def real_fraction(self) -> float:
        return self.n_real / (self.n_real + self.n_synthetic)

    @property
    def score(self) -> float:
        return self.overlap / (self.real_fraction + (1.0 - self.real_fraction) * self.overlap)

    @property
    def is_real(self) -> npt.NDArray[np.bool_]:
        return np.arange(self.n_real + self.n_synthetic) < self.n_real

    def groups(self) -> npt.NDArray[np.int64]:
        return np.repeat(np.arange(self.n_real + self.n_synthetic), self.group_size)

    def draw(self, random: np.random.Generator) -> npt.NDArray[np.float32]:
        points = random.standard_normal((self.n_real + self.n_synthetic, self.dimensions))
        like_real = random.binomial(self.n_synthetic, self.overlap)
        points[self.n_real + like_real :, 0] += FAR
        points = np.repeat(points, self.group_size, axis=0)
        if self.group_size > 1:
            points += 0.05 * random.standard_normal(points.shape)
        return points.astype(np.float32)
