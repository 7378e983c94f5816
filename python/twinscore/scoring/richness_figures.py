"""The figures of richness at hand on a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.measures.richness import Richness

if TYPE_CHECKING:
    from twinscore.measures.richness import RichnessUntold


class RichnessFigures:
    """What a result with the field `richness` shows of it; None where that is untold."""

    __slots__ = ()

    richness: Richness | RichnessUntold | None

    @property
    def told_richness(self) -> Richness | None:
        """Richness, where it is told."""
        return self.richness if isinstance(self.richness, Richness) else None

    @property
    def coverage(self) -> float | None:
        """Share of reality that the synthetic images reach, now or with more of the same."""
        return None if self.told_richness is None else self.told_richness.coverage

    @property
    def coverage_interval(self) -> tuple[float, float] | None:
        """95 % interval of `coverage`."""
        return self._interval("coverage")

    @property
    def on_domain(self) -> float | None:
        """Share of the synthetic images that lie where real ones do."""
        return None if self.told_richness is None else self.told_richness.on_domain

    @property
    def on_domain_interval(self) -> tuple[float, float] | None:
        """95 % interval of `on_domain`."""
        return self._interval("on_domain")

    @property
    def worth(self) -> float | None:
        """Photographs that would bring reality as near as all synthetic images do."""
        return None if self.told_richness is None else self.told_richness.worth

    @property
    def worth_interval(self) -> tuple[float, float] | None:
        """95 % interval of `worth`."""
        return self._interval("worth")

    @property
    def distinct(self) -> int | None:
        """Synthetic images less near-copies of others; with groups, their number."""
        return None if self.told_richness is None else self.told_richness.distinct

    @property
    def distinct_interval(self) -> tuple[float, float] | None:
        """Both ends are `distinct`, which is counted."""
        return self._interval("distinct")

    @property
    def copied(self) -> float | None:
        """Share of the synthetic images nearer to a real one than these to each other."""
        return None if self.told_richness is None else self.told_richness.copied

    @property
    def copied_interval(self) -> tuple[float, float] | None:
        """95 % interval of `copied`."""
        return self._interval("copied")

    def _interval(self, name: str) -> tuple[float, float] | None:
        return None if self.told_richness is None else self.told_richness.intervals[name]
