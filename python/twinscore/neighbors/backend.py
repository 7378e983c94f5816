"""What every neighbor backend offers: one search, and flags that say how far it can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from twinscore.base.progress import ProgressCallback
    from twinscore.neighbors.problem import SearchProblem
    from twinscore.neighbors.records import Neighbors


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a backend can do; what it cannot is an error or worked around, never skipped.

    Attributes
    ----------
    exact
        The ids are those of a float64 search, in order of (distance, id).
    groups
        Rows of the query's group are excluded inside the search. Where not, more neighbors are
        fetched than asked for and those of the group dropped.
    ties
        All points as near as the k-th neighbor are listed. Where not, none are, and the score
        takes the k found as they are.
    incremental
        Points can be added to an index that was built before.
    devices
        Where it can run: "cpu", "cuda".
    """

    exact: bool = False
    groups: bool = False
    ties: bool = False
    incremental: bool = False
    devices: tuple[str, ...] = ("cpu",)


class Backend(Protocol):
    """A way to find neighbors. It knows distances and ids, never labels."""

    @property
    def capabilities(self) -> Capabilities:
        """What this backend can do."""

    def search(
        self, problem: SearchProblem, threads: int, progress: ProgressCallback | None
    ) -> Neighbors:
        """Find the k nearest candidates of every query.

        Parameters
        ----------
        problem
            Not yet checked.
        threads
            0 for all that the process may use.
        progress
            Called now and then with (done, total).
        """
