"""The gallery of gaps: real images that no synthetic one comes near."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.report.galleries import Exhibit, Gallery
from twinscore.report.richness_words import barred

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twinscore.measures.richness import Richness, RichnessUntold


def with_gaps(
    galleries: Mapping[str, Gallery], richness: Richness | RichnessUntold | None
) -> dict[str, Gallery]:
    """Show gaps in the place of what is merely far, where richness tells them."""
    told = barred(richness)
    if told is None:
        return dict(galleries)
    exhibits = tuple(
        Exhibit(example.row, example.nearest_row, 0.0, example.units - 1)
        for example in told.gap_examples
    )
    found = {key: gallery for key, gallery in galleries.items() if key != "missing"}
    return found | {"gaps": Gallery("gaps", exhibits, told.gaps)}
