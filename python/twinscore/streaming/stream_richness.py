"""Richness of a stream, where the lists it keeps suffice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph.runs import list_width
from twinscore.graph.worth import photograph_yield, worth
from twinscore.measures.reached_shares import reached_shares
from twinscore.measures.richness import FEWEST_UNITS, LEAST_ON_DOMAIN, RichnessUntold

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray
    from twinscore.measures.run_readings import RunReadings


@dataclass(frozen=True, slots=True)
class StreamRichness:
    """Coverage and its relatives of the images kept, or of their groups.

    Near-copies without groups count each for themselves: a stream does not look for them.

    Attributes
    ----------
    coverage, covered_now, on_domain, yield_, worth
        As in `Richness`.
    intervals
        95 % intervals by name: coverage, on_domain.
    twin
        By name, where those of about 95 % of perfect twins fall.
    """

    coverage: float
    covered_now: float
    on_domain: float
    yield_: float
    worth: float
    intervals: dict[str, tuple[float, float]]
    twin: dict[str, tuple[float, float]]

    @property
    def domain_gap(self) -> bool:
        """Whether so few synthetic images are on-domain that coverage says nothing."""
        return self.on_domain < LEAST_ON_DOMAIN


def stream_untold(is_real: BoolArray, listed: int) -> RichnessUntold | None:
    """Say why a stream of these units has no richness; None where it has.

    Parameters
    ----------
    is_real
        Shape (u,).
    listed
        Neighbors that are known of each unit.
    """
    real = int(np.count_nonzero(is_real))
    synthetic = len(is_real) - real
    if min(real, synthetic) < FEWEST_UNITS:
        return RichnessUntold(
            f"richness needs {FEWEST_UNITS} units of each side, got {real:,} real and "
            f"{synthetic:,} synthetic ones"
        )
    if list_width(real, synthetic) > listed:
        return RichnessUntold(
            f"richness needs longer lists than a stream keeps at {real:,} real to {synthetic:,} "
            "synthetic ones (about 3 to 1 at most): score the images themselves"
        )
    return None


def stream_richness(readings: RunReadings, seed: int) -> StreamRichness:
    """Estimate richness from the runs of a stream.

    Parameters
    ----------
    readings
        At least one draw.
    seed
        Of label draws.
    """
    is_real = readings.is_real
    real, synthetic = int(np.count_nonzero(is_real)), int(np.count_nonzero(~is_real))
    shares = reached_shares(readings, (), seed)
    yielded = photograph_yield(readings.nearest_synthetic(readings.is_real), real, synthetic)
    on_domain = min(shares.on_domain, 1.0)
    return StreamRichness(
        coverage=min(shares.coverage, 1.0),
        covered_now=readings.reached_now(is_real),
        on_domain=on_domain,
        yield_=yielded,
        worth=worth(yielded, on_domain, synthetic),
        intervals={
            "coverage": shares.coverage_interval,
            "on_domain": shares.on_domain_interval,
        },
        twin=shares.twin,
    )
