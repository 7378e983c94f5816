"""Draw samples the oftener, the more real they look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from torch.utils.data import WeightedRandomSampler

if TYPE_CHECKING:
    from twinscore.base.arrays import Float64Array
    from twinscore.streaming import BatchAnswers


def realism_weights(answers: BatchAnswers, sharpness: float = 2.0) -> Float64Array:
    """Turn answers into weights in [0, 1]: 1 for a sample as near to real ones as these are.

    The weight is the inverse distance ratio, at most 1, to the power of `sharpness`.

    Parameters
    ----------
    answers
        Of n samples.
    sharpness
        0 makes all weights equal.

    Returns
    -------
    Shape (n,), float64; 0 for samples without an answer.
    """
    with np.errstate(divide="ignore"):
        weights = np.minimum(1.0 / answers.relative_distance, 1.0) ** sharpness
    return np.nan_to_num(weights, nan=0.0)


def realism_sampler(
    answers: BatchAnswers, num_samples: int | None = None, sharpness: float = 2.0
) -> WeightedRandomSampler:
    """Return a sampler for a DataLoader that draws with replacement by `realism_weights`.

    Whether the scorer has seen samples before makes no difference, nor does what else it has seen.

    Parameters
    ----------
    answers
        Of the samples of a map-style dataset, in its order.
    num_samples
        Draws in an epoch; None: as many as there are samples.
    sharpness
        See `realism_weights`.

    Raises
    ------
    ValueError
        No sample has a weight.
    """
    weights = realism_weights(answers, sharpness)
    if not weights.any():
        raise ValueError("expected a sample that can be compared, got none")
    return WeightedRandomSampler(weights.tolist(), num_samples or len(weights))
