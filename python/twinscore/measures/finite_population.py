"""What a random sample of the images tells about all of them.

The images are given and finite in number: drawn without replacement, a sample of all of them has no
error left. Sources: Wilson 1927 (the interval), Cochran 1977, sections 2.6 and 4.6 (finite
populations, sample size).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.constants import Z_95
from twinscore.graph.intervals import wilson_interval

if TYPE_CHECKING:
    from twinscore.base.arrays import Float64Array


def mean_interval(sample: Float64Array, population: int) -> tuple[float, float]:
    """Bracket the mean of a finite population of values in [0, 1] by a sample of it.

    Wilson's interval, which keeps its coverage where nearly all values are 0 or nearly all 1.
    Values in between vary less than those of a coin and count as that many more tosses.

    Parameters
    ----------
    sample
        Shape (m,), drawn at random without replacement.
    population
        Number of values in all, at least m.

    Returns
    -------
    The ends of a 95 % interval.
    """
    mean = float(sample.mean())
    if len(sample) == population:
        return mean, mean
    left = (population - len(sample)) / (population - 1)
    tosses = len(sample) * _tosses_per_value(sample) / left
    return wilson_interval(mean, tosses)


def sample_size(sample: Float64Array, population: int, half_width: float) -> int:
    """Say how large a sample brackets the mean to plus or minus `half_width`.

    Parameters
    ----------
    sample
        A first, smaller sample: it tells how much the values vary, with a margin for its size.
    population
        Number of values in all.
    half_width
        Of the 95 % interval.
    """
    low, high = mean_interval(sample, max(population, len(sample) + 1))
    mean = min(max(0.5, low), high)  # the most variable of the plausible
    variance = mean * (1 - mean) / _tosses_per_value(sample)
    unlimited = variance * (Z_95 / half_width) ** 2
    return min(population, math.ceil(unlimited / (1 + (unlimited - 1) / population)))


def difference_interval(sample: Float64Array, population: int) -> tuple[float, float]:
    """Bracket the mean of a finite population of values in [-1, 1], most of them 0.

    Where hardly any value differs from 0, the sample's variance says too little: two values, one
    up and one down, are added to it. Without any difference the interval is then that of the
    rule of three, about 3 / m.

    Parameters
    ----------
    sample
        Shape (m,), drawn at random without replacement.
    population
        Number of values in all.
    """
    count, mean = len(sample), float(sample.mean())
    if count == population:
        return mean, mean
    variance = (float(np.square(sample - mean).sum()) + 2.0) / (count + 2)
    left = (population - count) / (population - 1)
    half = Z_95 * math.sqrt(variance * left / count)
    return mean - half, mean + half


def _tosses_per_value(sample: Float64Array) -> float:
    """Say how many tosses of a coin with the sample's mean tell as much as one of its values."""
    mean, variance = float(sample.mean()), float(sample.var())
    return max(1.0, mean * (1 - mean) / variance) if variance > 0.0 else 1.0
