"""How many points of the other side come before the k-th of the own one: runs, and what they tell.

A score alone cannot separate "some synthetic images are foreign" from "some of reality is missing";
the lengths of runs can, with lists of k + 2 neighbors. Source of the estimate: Chao 1984 (species
that no sample has seen), for counts that stop at the k-th own neighbor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph.run_lengths import COUNTED, probable_lengths

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, Float64Array
    from twinscore.neighbors.records import Neighbors

CHANCE_ZERO = 0.1
"""Share of the units of a perfect twin that chance alone leaves without a run."""

FEWEST_OWN, MOST_OWN = 2, 50


def own_neighbors(own: int, other: int) -> int:
    """Return at which neighbor of the own side a run stops: the k of a side.

    Parameters
    ----------
    own, other
        Units of the side and of the other one, at least one each.

    Returns
    -------
    The least k from 2 to 50 at which the run of a perfect twin is empty in at most a tenth.
    """
    wanted = math.log(CHANCE_ZERO) / math.log(own / (own + other))
    return min(max(math.ceil(wanted), FEWEST_OWN), MOST_OWN)


def list_width(real: int, synthetic: int) -> int:
    """Return how many neighbors each unit must know for the runs of both sides."""
    return max(own_neighbors(real, synthetic), own_neighbors(synthetic, real)) + COUNTED - 1


@dataclass(frozen=True, slots=True)
class RunCounts:
    """How often each length of run occurs.

    Attributes
    ----------
    units
        Number of units that were asked.
    of_length
        Shape (3,), float64: units with a run of 0, 1 and 2. Where ties leave a length open, each
        possible one has its probability.
    k
        Own neighbor at which runs stop.
    """

    units: int
    of_length: Float64Array
    k: int

    @property
    def chance_zeros(self) -> float:
        """Lower bound of the units whose run is empty by mere chance.

        Where the other side is locally rho times as dense, a run is negative binomial with
        theta = rho / (1 + rho): P0 = (1 - theta)^k, P1 = k theta P0, P2 = k (k + 1) / 2 theta^2 P0.
        By Cauchy and Schwarz f1^2 / f2 bounds 2 k / (k + 1) f0, exactly where theta is constant.
        """
        one, two = float(self.of_length[1]), float(self.of_length[2])
        return (self.k + 1) / (2 * self.k) * max(one * (one - 1.0), 0.0) / (two + 1.0)

    @property
    def reached_now(self) -> float:
        """Share of the units with a run."""
        return 1.0 - float(self.of_length[0]) / self.units

    @property
    def reached(self) -> float:
        """Share of the units that the other side reaches, now or with more of the same.

        Above 1 as often as below it where all are reached; 0 where none is.
        """
        if self.of_length[0] >= self.units:
            return 0.0
        return 1.0 - (float(self.of_length[0]) - self.chance_zeros) / self.units

    def gain(self, others: int, more: int) -> float:
        """Share of the units that so many more of the other side are expected to reach newly.

        Parameters
        ----------
        others
            Units of the other side that there are.
        more
            Units to be added.
        """
        zeros, one = self.chance_zeros, float(self.of_length[1])
        if zeros <= 0.0:
            return 0.0
        stay_empty = (1.0 - one / (others * zeros + one)) ** more
        return min(zeros, float(self.of_length[0])) * (1.0 - stay_empty) / self.units


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of all units of a pool.

    Attributes
    ----------
    probabilities
        Shape (u, 3), float64: how probably a run is of length 0, 1 and 2, all else being "more".
        0 or 1 but where points of both sides share a distance.
    is_real
        Shape (u,).
    real_k, synthetic_k
        Own neighbor at which the runs of each side stop.
    """

    probabilities: Float64Array
    is_real: BoolArray
    real_k: int
    synthetic_k: int

    @property
    def is_empty(self) -> BoolArray:
        """Shape (u,): units that the other side does not come near, more likely than not."""
        return np.asarray(self.probabilities[:, 0] > 0.5, dtype=np.bool_)

    @property
    def lengths(self) -> Float64Array:
        """Shape (u,): expected length, 3 standing for all above 2."""
        more = 1.0 - self.probabilities.sum(axis=1)
        lengths = self.probabilities @ np.arange(COUNTED, dtype=np.float64) + COUNTED * more
        return np.asarray(lengths, dtype=np.float64)

    def counts(self, chosen: BoolArray) -> RunCounts:
        """Count the runs of some units of one side.

        Parameters
        ----------
        chosen
            Shape (u,), at least one unit, all of one side.
        """
        k = self.real_k if bool(self.is_real[np.argmax(chosen)]) else self.synthetic_k
        of_length = [math.fsum(column) for column in self.probabilities[chosen].T]
        return RunCounts(int(np.count_nonzero(chosen)), np.array(of_length), k)


def runs_of(neighbors: Neighbors, is_real: BoolArray) -> Runs:
    """Read the runs of both sides from ordered neighbor lists.

    The run of a synthetic unit is of real units. That of a real unit is of synthetic ones which
    have a run themselves: a set that shrank to the center of reality would else reach all of it.

    Parameters
    ----------
    neighbors
        Of each unit of the pool, at least `list_width` of them.
    is_real
        Shape (u,), with at least one unit of each side.

    Raises
    ------
    ValueError
        Lists are too short.
    """
    real = int(np.count_nonzero(is_real))
    synthetic = len(is_real) - real
    width = list_width(real, synthetic)
    if neighbors.distances.shape[1] < width:
        raise ValueError(
            f"expected lists of at least {width} neighbors for {real:,} real and {synthetic:,} "
            f"synthetic units, got {neighbors.distances.shape[1]}"
        )
    real_k, synthetic_k = own_neighbors(real, synthetic), own_neighbors(synthetic, real)
    probabilities = np.empty((len(is_real), COUNTED))
    rows = np.flatnonzero(~is_real)
    probabilities[rows] = probable_lengths(neighbors, rows, ~is_real, is_real, synthetic_k)
    near_reality = ~is_real & (probabilities[:, 0] <= 0.5)
    near_reality[is_real] = False
    rows = np.flatnonzero(is_real)
    probabilities[rows] = probable_lengths(neighbors, rows, is_real, near_reality, real_k)
    return Runs(probabilities, is_real, real_k, synthetic_k)
