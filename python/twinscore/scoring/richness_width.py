"""Whether a pool can have richness, and how wide a search it asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph.runs import list_width
from twinscore.measures.richness import FEWEST_UNITS, RichnessUntold
from twinscore.neighbors.registry import is_exact

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray
    from twinscore.scoring.settings import ScoreSettings


def richness_untold(is_real: BoolArray, settings: ScoreSettings) -> RichnessUntold | None:
    """Say why units of which these are real can have no richness; None where they can.

    Parameters
    ----------
    is_real
        Shape (u,).
    settings
        With the backend that searches.
    """
    real = int(np.count_nonzero(is_real))
    for side, units in (("real", real), ("synthetic", len(is_real) - real)):
        if units < FEWEST_UNITS:
            return RichnessUntold(
                f"richness needs {FEWEST_UNITS} units of each side, and there are {units} {side} "
                "ones: groups, or images that are no near-copies of each other"
            )
    if not is_exact(settings.search.backend):
        return RichnessUntold(
            f"richness needs every neighbor, and {settings.search.backend} may miss some: "
            "use the backend exact"
        )
    return None


def richness_width(is_real: BoolArray, settings: ScoreSettings) -> int:
    """Return how many neighbors richness asks for of units of which these are real; 0 for none."""
    if not settings.richness or richness_untold(is_real, settings) is not None:
        return 0
    real = int(np.count_nonzero(is_real))
    return list_width(real, len(is_real) - real)
