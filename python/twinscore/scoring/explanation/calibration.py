"""How strong an alteration must be so that one fact is alike on both sides."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from twinscore.images.facts.catalog import FACT_NAMES
from twinscore.images.records import ImageItem
from twinscore.scoring.explanation.effort import CALIBRATED, STRENGTHS

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt
    from PIL import Image

    from twinscore.base.arrays import IdArray
    from twinscore.embedding.network.image_embedder import ImageEmbedder
    from twinscore.images.alterations.catalog import Alteration, Step
    from twinscore.images.records import ImageFacts
    from twinscore.measures.fact_gaps import FactGap
    from twinscore.scoring.explanation.sample import Sample

TOLERANCE = 0.03
"""Share of the gap that is left where a strength is near enough."""

FIRST_PLACE, FIRST_POWER, LEAST_POWER = 0.4, 2.0, 0.25
"""Where strengths are tried first, and as which power of the place a fact is taken to move until
two of them are known."""


def altered_side(alteration: Alteration, gap: FactGap) -> str:
    """Return the side that is made like the other."""
    if alteration.side in ("real", "synthetic"):
        return alteration.side
    synthetic_is_lower = gap.synthetic < gap.real
    return "synthetic" if synthetic_is_lower == (alteration.side == "lower") else "real"


def calibrate(
    alteration: Alteration,
    gap: FactGap,
    sample: Sample,
    facts: npt.NDArray[np.float32],
    steps: tuple[Step, ...],
    embedder: ImageEmbedder,
) -> float:
    """Find the strength at which the altered images have the other side's median.

    Parameters
    ----------
    alteration
        Of the fact of `gap`.
    gap
        The fact on both sides, as they stand.
    sample
        Whose images are tried.
    facts
        Shape (n, m): of the images of the sample, as they stand.
    steps
        What was done before to the side that is altered.
    embedder
        Whose preprocessing and threads are used.

    Returns
    -------
    float
        The strongest where that does not suffice; below 0 where the opposite is needed.
    """
    side = altered_side(alteration, gap)
    own, other = (gap.real, gap.synthetic) if side == "real" else (gap.synthetic, gap.real)
    places = sample.places(side)
    chosen = _typical(places, facts[places, FACT_NAMES.index(gap.fact)])
    images = _Images(sample, chosen, steps, embedder)
    sign = -1.0 if alteration.side == side and other < own else 1.0
    start = images.median(alteration, 0.0)

    def share_closed(place: float) -> float:
        return (images.median(alteration, strength_at(place)) - start) / (other - own)

    def strength_at(place: float) -> float:
        # Squared, so that weak alterations are told apart as finely as strong ones.
        return sign * alteration.strongest * place**2

    return strength_at(closing_place(share_closed)) if other != own else 0.0


def closing_place(share_closed: Callable[[float], float]) -> float:
    """Find where, from 0 to 1, a gap is closed, in few trials.

    Parameters
    ----------
    share_closed
        Of the gap, at a place: 0 at 0, above 1 where there is more than closed it.

    Returns
    -------
    float
        Of the places that were tried, the one that leaves least; 0 where none leaves less than all.

    Notes
    -----
    The share grows about as a power of the place: the secant of its logarithms leads to 1, and
    where it leads out of what is known to be between, the middle is tried.
    """
    low, high, place, power = 0.0, 1.0, FIRST_PLACE, FIRST_POWER
    best, least, before = 0.0, 1.0, (math.nan, math.nan)
    for _ in range(STRENGTHS):
        closed = share_closed(place)
        if math.isnan(closed):
            break
        if abs(closed - 1.0) < least:
            best, least = place, abs(closed - 1.0)
        if least <= TOLERANCE:
            break
        low, high = (place, high) if closed < 1.0 else (low, place)
        following = math.nan
        if closed > 0.0:
            if before[1] > 0.0:
                power = math.log(closed / before[1]) / math.log(place / before[0])
            following = place * closed ** (-1.0 / power) if power > LEAST_POWER else math.nan
            before = place, closed
        place = following if low < following < high else 0.5 * (low + high)
    return best


def _typical(places: IdArray, values: npt.NDArray[np.float32]) -> IdArray:
    """Choose images from all over the range of a fact, so that their median is that of all."""
    known = places[~np.isnan(values)]
    ordered = known[np.argsort(values[~np.isnan(values)], kind="stable")]
    shares = (np.arange(CALIBRATED) + 0.5) / CALIBRATED
    return np.unique(ordered[(shares * len(ordered)).astype(np.int64)])


class _Images:
    """Decoded images of one side, as they stand."""

    def __init__(
        self,
        sample: Sample,
        places: IdArray,
        steps: tuple[Step, ...],
        embedder: ImageEmbedder,
    ) -> None:
        from twinscore.images.alterations.altered_image import AlteredImage
        from twinscore.images.decoding.facts import read_facts
        from twinscore.images.decoding.prepare import read_for_network

        self._preprocessing = embedder.preprocessing
        self._threads = embedder.threads
        self._seeds = sample.rows[places].tolist()
        contents = [sample.contents[place] for place in places.tolist()]
        self._files = [read_facts(ImageItem("", content)) for content in contents]
        altered = [
            AlteredImage(content, steps, seed)
            for content, seed in zip(contents, self._seeds, strict=True)
        ]
        with ThreadPoolExecutor(self._threads) as pool:
            self._images: list[Image.Image] = list(
                pool.map(lambda content: read_for_network(content, self._preprocessing), altered)
            )

    def median(self, alteration: Alteration, strength: float) -> float:
        """Return the median of the fact of the altered images."""
        from twinscore.images.decoding.prepare import measure_one

        def value(image: Image.Image, file: ImageFacts | None, seed: int) -> float | None:
            changed = alteration.apply(image, strength, seed) if strength else image
            return measure_one(alteration.fact, changed, self._preprocessing, file)

        with ThreadPoolExecutor(self._threads) as pool:
            values = pool.map(value, self._images, self._files, self._seeds)
            known = [value for value in values if value is not None]
        return float(np.median(known)) if known else math.nan
