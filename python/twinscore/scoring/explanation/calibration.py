"""How strong an alteration must be so that one fact is alike on both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twinscore.images.facts.catalog import FACT_NAMES
from twinscore.images.records import ImageItem

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from PIL import Image

    from twinscore.base.arrays import IdArray
    from twinscore.images.alterations.catalog import Alteration, Step
    from twinscore.images.decoding import Preprocessing
    from twinscore.images.records import ImageFacts
    from twinscore.measures.fact_gaps import FactGap
    from twinscore.scoring.explanation.sample import Sample

IMAGES = 15
"""That strengths are tried on."""

HALVINGS = 6


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
    preprocessing: Preprocessing,
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
    preprocessing
        Of the network.

    Returns
    -------
    float
        The strongest where that does not suffice; below 0 where the opposite is needed.
    """
    side = altered_side(alteration, gap)
    own, other = (gap.real, gap.synthetic) if side == "real" else (gap.synthetic, gap.real)
    places = sample.places(side)
    chosen = _typical(places, facts[places, FACT_NAMES.index(gap.fact)])
    images = _Images(sample, chosen, steps, preprocessing)
    sign = -1.0 if alteration.side == side and other < own else 1.0
    start = images.median(alteration, 0.0)
    wanted = start + (other - own)
    low, high, best, least = 0.0, 1.0, 0.0, abs(start - wanted)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        # Squared, so that weak alterations are told apart as finely as strong ones.
        strength = sign * alteration.strongest * middle**2
        reached = images.median(alteration, strength)
        if abs(reached - wanted) < least:
            best, least = strength, abs(reached - wanted)
        is_past = (reached - wanted) * (start - wanted) <= 0.0
        low, high = (low, middle) if is_past else (middle, high)
    return best


def _typical(places: IdArray, values: npt.NDArray[np.float32]) -> IdArray:
    """Choose images from all over the range of a fact, so that their median is that of all."""
    known = places[~np.isnan(values)]
    ordered = known[np.argsort(values[~np.isnan(values)], kind="stable")]
    shares = (np.arange(IMAGES) + 0.5) / IMAGES
    return np.unique(ordered[(shares * len(ordered)).astype(np.int64)])


class _Images:
    """Decoded images of one side, as they stand."""

    def __init__(
        self,
        sample: Sample,
        places: IdArray,
        steps: tuple[Step, ...],
        preprocessing: Preprocessing,
    ) -> None:
        from twinscore.images.alterations.altered_image import AlteredImage
        from twinscore.images.decoding.facts import read_facts
        from twinscore.images.decoding.prepare import read_for_network

        self._preprocessing = preprocessing
        self._seeds = sample.rows[places].tolist()
        self._images: list[Image.Image] = []
        self._files: Sequence[ImageFacts | None] = [
            read_facts(ImageItem("", sample.contents[place])) for place in places.tolist()
        ]
        for place, seed in zip(places.tolist(), self._seeds, strict=True):
            content = AlteredImage(sample.contents[place], steps, seed)
            self._images.append(read_for_network(content, preprocessing))

    def median(self, alteration: Alteration, strength: float) -> float:
        """Return the median of the fact of the altered images."""
        from twinscore.images.decoding.prepare import measure_one

        values = []
        for image, file, seed in zip(self._images, self._files, self._seeds, strict=True):
            changed = alteration.apply(image, strength, seed) if strength else image
            value = measure_one(alteration.fact, changed, self._preprocessing, file)
            if value is not None:
                values.append(value)
        return float(np.median(values)) if values else float("nan")
