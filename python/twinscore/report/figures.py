"""Numbers as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.scoring.result import SampledResult, ScoreResult

if TYPE_CHECKING:
    from twinscore.scoring.estimate import Estimate

SMALLEST_P_VALUE = 1e-4
"""No test of ours tells smaller ones apart."""

NARROW = 0.02
"""An interval so narrow lets a third digit be read."""


def p_value_text(p_value: float) -> str:
    """Write a p-value with its sign: "p = 0.03", "p <= 0.0001".

    Parameters
    ----------
    p_value
        0 to 1.
    """
    if p_value <= SMALLEST_P_VALUE:
        return f"p <= {SMALLEST_P_VALUE:g}"
    return f"p = {p_value:.2g}"


def as_sure_as(value: float, interval: tuple[float, float]) -> str:
    """Write a score in as many digits as its interval allows."""
    low, high = interval
    return f"{value:.3f}" if high - low < NARROW else f"{value:.2f}"


def interval_of(result: Estimate) -> tuple[float, float]:
    """Return the 95 % interval: of the score of such images, or, of a sample, of all of them."""
    if isinstance(result, ScoreResult):
        return result.interval
    assert isinstance(result, SampledResult)
    low, high = result.sampling["interval"]
    return float(low), float(high)
