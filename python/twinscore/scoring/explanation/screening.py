"""Facts made alike on a part of a sample: which of them bring the sides nearer, and how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.images.alterations.catalog import ALTERATIONS, Step
from twinscore.images.facts.catalog import FACT_NAMES
from twinscore.measures.fact_gaps import fact_gaps
from twinscore.neighbors.search import knn
from twinscore.scoring.explanation.calibration import altered_side, calibrate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from twinscore.base.arrays import Float64Array, FloatMatrix, IdArray, PointMatrix
    from twinscore.embedding.network.image_embedder import ImageEmbedder
    from twinscore.measures.fact_gaps import FactGap
    from twinscore.scoring.explanation.findings import Situation, Trial
    from twinscore.scoring.explanation.sample import Sample

    Embed = Callable[[IdArray, tuple[Step, ...], str], tuple[FloatMatrix, npt.NDArray[np.float32]]]

MOST_CANDIDATES, MOST_FURTHER = 5, 3
"""Facts that are tried in the first round and in each after it: those that set the sides farthest
apart."""

FEWEST_SCREENED = 24
SCREENED_SHARE = 8
"""A candidate is tried on one image of so many first."""

CONTROL_SHARE = 5
"""Photographs are altered to control an alteration of renders, one of so many."""

MOST_APPROACH = 1.0
"""Natural logarithm of the factor that counts for one image at most."""

OTHER = {"real": "synthetic", "synthetic": "real"}


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A fact made alike on a part of the sample.

    Attributes
    ----------
    gap
        The fact before.
    side, step
        What was altered, and how.
    approach
        Mean over that part of the logarithm of an image's distance to the nearest image of the
        other side, as it is over altered.
    places
        Shape (p,): the part.
    vectors, facts
        Of the part, altered.
    made_alike
        Facts that came at least half of the way to being alike with it.
    """

    gap: FactGap
    side: str
    step: Step
    approach: float
    places: IdArray
    vectors: FloatMatrix
    facts: npt.NDArray[np.float32]
    made_alike: frozenset[str]


def gaps_to_try(left: Sequence[FactGap], trials: Sequence[Trial]) -> list[FactGap]:
    """Choose the facts of a round, those that set the sides farthest apart first.

    Parameters
    ----------
    left
        Facts of the sides as they stand.
    trials
        Kept so far.
    """
    tried = {trial.gap.fact for trial in trials}
    gaps = [
        gap
        for gap in left
        if gap.beyond_chance and gap.fact in ALTERATIONS and gap.fact not in tried
    ]
    gaps.sort(key=lambda gap: (-abs(gap.separation - 0.5), gap.fact))
    return gaps[: MOST_FURTHER if trials else MOST_CANDIDATES]


def part_of_side(sample: Sample, side: str, seed: int) -> IdArray:
    """Return the images of a side that candidates are tried on first."""
    places = sample.places(side)
    return _drawn(places, screened_images(len(places)), seed)


def controls_of(sample: Sample, seed: int) -> IdArray:
    """Return the photographs that an alteration of renders is controlled on."""
    places = sample.places("real")
    return _drawn(places, control_images(len(places)), seed)


def screened_images(images: int) -> int:
    """Return on how many of a side a candidate is tried first."""
    return min(max(FEWEST_SCREENED, images // SCREENED_SHARE), images)


def control_images(images: int) -> int:
    """Return on how many photographs an alteration of renders is controlled."""
    return max(images // CONTROL_SHARE, screened_images(images))


def _drawn(places: IdArray, count: int, seed: int) -> IdArray:
    return np.sort(np.random.default_rng(seed).permutation(places)[:count])


def screened(
    gap: FactGap,
    now: Situation,
    sample: Sample,
    places: dict[str, IdArray],
    embedder: ImageEmbedder,
    embed: Embed,
) -> Candidate | None:
    """Make one fact alike on a part of the sample; None where nothing moves it.

    Each image of the part is compared with itself before, by its distance to the nearest of all
    images of the other side. Distances between the sides as a whole (their energy distance) are
    within chance of nothing where nearest neighbors, and with them the score, have moved already.

    Parameters
    ----------
    gap
        The fact as it stands.
    now
        The sides as they stand.
    sample
        Of both sides.
    places
        By side, the part.
    embedder
        Whose preprocessing and threads are used.
    embed
        Called with places, steps and the name of the stage.
    """
    alteration = ALTERATIONS[gap.fact]
    side = altered_side(alteration, gap)
    steps, part = now.steps[side], places[side]
    strength = calibrate(alteration, gap, sample, now.facts, steps, embedder)
    if strength == 0.0:
        return None
    step = Step(gap.fact, strength)
    vectors, facts = embed(part, (*steps, step), f"Trying {gap.fact}")
    points = now.points.vectors
    others = points[sample.places(OTHER[side])]
    nearer = np.log(_nearest(points[part], others) / _nearest(vectors, others))
    # A copy that is altered moves away by any factor: one image must not outweigh the others.
    approach = float(np.clip(nearer, -MOST_APPROACH, MOST_APPROACH).mean())
    alike = _made_alike(now, np.concatenate([part, places[OTHER[side]]]), facts)
    return Candidate(gap, side, step, approach, part, vectors, facts, alike)


def _nearest(points: PointMatrix, others: PointMatrix) -> Float64Array:
    """Return the distance of each point to the nearest of others; never zero."""
    squared = knn(points, others, 1, threads=1).distances[:, 0]
    return np.asarray(np.sqrt(np.maximum(squared, np.finfo(np.float32).tiny)), dtype=np.float64)


def _made_alike(
    now: Situation, places: IdArray, altered: npt.NDArray[np.float32]
) -> frozenset[str]:
    """Return the facts that come half of the way, where the first of some images are altered."""
    before = now.facts[places]
    after = np.concatenate([altered, before[len(altered) :]])
    is_real, units = now.points.is_real[places], now.points.units[places]
    apart_before, apart_after = (
        {
            gap.fact: abs(gap.separation - 0.5)
            for gap in fact_gaps(FACT_NAMES, facts, is_real, units)
        }
        for facts in (before, after)
    )
    return frozenset(
        fact for fact, apart in apart_after.items() if apart <= 0.5 * apart_before.get(fact, 0.0)
    )
