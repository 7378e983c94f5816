"""What draws of one image a unit say about runs, draw by draw."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.runs import Runs, runs_of
from twinscore.graph.score import other_side_shares

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, Float64Array
    from twinscore.measures.unit_lists import UnitLists


@dataclass(slots=True)
class RunReadings:
    """Runs and nearest sides of the units, of as many draws as were added.

    Attributes
    ----------
    is_real
        Shape (u,).
    runs
        A draw each.
    nearest
        Shape (u,), a draw each: share of the nearest units of each that are synthetic.
    lists
        Of the first draw; those of others are not kept.
    """

    is_real: BoolArray
    runs: list[Runs] = field(default_factory=list)
    nearest: list[Float64Array] = field(default_factory=list)
    lists: UnitLists | None = None

    def add(self, lists: UnitLists) -> None:
        """Read one draw."""
        self.runs.append(runs_of(lists.neighbors, self.is_real))
        self.nearest.append(other_side_shares(graph_of(lists.neighbors, 1), ~self.is_real))
        if self.lists is None:
            self.lists = lists

    def nearest_synthetic(self, chosen: BoolArray) -> float:
        """Mean over draws of the share of some units whose nearest unit is synthetic."""
        return float(np.mean([shares[chosen].mean() for shares in self.nearest]))

    def reached(self, chosen: BoolArray) -> float:
        """Mean over draws of the share of some units of one side that the other side reaches."""
        return float(np.mean([runs.counts(chosen).reached for runs in self.runs]))

    def reached_now(self, chosen: BoolArray) -> float:
        """Mean over draws of the share of some units of one side with a run."""
        return float(np.mean([runs.counts(chosen).reached_now for runs in self.runs]))

    def gain(self, more: int) -> float:
        """Mean over draws of the share of real units that more synthetic ones reach newly."""
        synthetic = int(np.count_nonzero(~self.is_real))
        counts = [runs.counts(self.is_real) for runs in self.runs]
        return float(np.mean([each.gain(synthetic, more) for each in counts]))

    @property
    def lengths(self) -> Float64Array:
        """Shape (u,): mean length of the runs of each unit, 3 standing for more."""
        return np.asarray(np.mean([runs.lengths for runs in self.runs], axis=0))

    @property
    def empty(self) -> Float64Array:
        """Shape (u,): how probably the run of each unit is empty."""
        return np.asarray(np.mean([runs.probabilities[:, 0] for runs in self.runs], axis=0))
