"""How many photographs would bring reality as near as the synthetic images do."""

from __future__ import annotations

import math


def photograph_yield(share: float, real: int, synthetic: int) -> float:
    """Photographs that one synthetic unit is worth, by the neighbors nearest to real units.

    Parameters
    ----------
    share
        Of the real units whose nearest unit is synthetic.
    real, synthetic
        Units of each side.

    Returns
    -------
    1 for a perfect twin; the on-domain share with foreign images; 1/m where each image comes m
    times; p (1 - c) / (p (1 - c) + q c) where a share c of reality is missing, p being the real
    share of the pool and q = 1 - p. Clearly above 1, the set is narrower than reality or copies it.
    """
    if share >= 1.0:
        return math.inf
    return (real - 1) * share / ((1.0 - share) * synthetic)


def worth(yielded: float, on_domain: float, synthetic: int) -> float:
    """Return the photographs that so many synthetic units are worth."""
    return synthetic * min(yielded, on_domain, 1.0)
