"""Richness from the neighbor lists of a score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph.worth import photograph_yield, worth
from twinscore.measures.copied import novelty
from twinscore.measures.gaps import GapExample, gap_units
from twinscore.measures.reached_shares import reached_shares
from twinscore.measures.richness import Richness
from twinscore.measures.richness_slices import richness_slices
from twinscore.measures.tension import giveaways, tension_curve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.base.arrays import BoolArray, Float64Array
    from twinscore.graph.pool import Pool
    from twinscore.measures.nearest_real import NearestReal
    from twinscore.measures.richness_slices import ValueCodes
    from twinscore.measures.run_readings import RunReadings
    from twinscore.neighbors.records import Neighbors
    from twinscore.neighbors.settings import SearchSettings

MORE_IMAGES = (100, 1_000)
"""Further images whose gain is told, beside as many as there are."""


@dataclass(frozen=True, slots=True)
class ImageEvidence:
    """What the search of all images says, for what is told of images rather than of units.

    Attributes
    ----------
    pool
        Its groups are the units.
    names
        Of its images.
    neighbors
        Of its images.
    nearest_real
        The nearest real image of each synthetic one.
    columns
        Values of the units, to tell richness of each.
    tension_k
        Neighbors of the score along the tension curve; None for no curve.
    """

    pool: Pool
    names: Sequence[str]
    neighbors: Neighbors
    nearest_real: NearestReal
    columns: Sequence[ValueCodes]
    tension_k: int | None = None


@dataclass(frozen=True, slots=True)
class RichnessOfImages:
    """Richness, and what is told of each image.

    Attributes
    ----------
    richness
        Of the whole.
    covered
        Shape (n,): how surely a real image is reached now; NaN for synthetic ones.
    run
        Shape (n,): images of the other side that come before the k-th of the own one, 3 standing
        for more; those that cover a real image are on-domain themselves.
    novelty
        Shape (n,): of a synthetic image, the share of real units that lie nearer to another real
        one, for what is usual there; NaN for real ones.
    """

    richness: Richness
    covered: Float64Array
    run: Float64Array
    novelty: Float64Array


def find_richness(
    readings: RunReadings, evidence: ImageEvidence, *, seed: int, search: SearchSettings
) -> RichnessOfImages:
    """Estimate richness from runs that were read, with intervals.

    Parameters
    ----------
    readings
        At least one draw of one image for each unit.
    evidence
        Of all images.
    seed
        Of label draws and choices.
    search
        Backend and threads.
    """
    pool, is_real = evidence.pool, readings.is_real
    real, synthetic = int(np.count_nonzero(is_real)), int(np.count_nonzero(~is_real))
    ranks = novelty(pool, pool.units, evidence.neighbors, evidence.nearest_real, search=search)
    shares = reached_shares(readings, [column.codes for column in evidence.columns], seed)
    nearest = readings.nearest_synthetic(is_real)
    yields = [
        photograph_yield(share, real, synthetic) for share in (nearest, *shares.nearest_interval)
    ]
    on_domain = min(shares.on_domain, 1.0)
    worths = [
        worth(yielded, share, synthetic)
        for yielded, share in zip(yields, (on_domain, *shares.on_domain_interval), strict=True)
    ]
    copied = min(max(ranks.copied(on_domain), 0.0), 1.0)
    images = int(np.count_nonzero(~pool.is_real))
    is_gap = is_real & (readings.empty > 0.5)
    richness = Richness(
        units={"real": real, "synthetic": synthetic},
        k={"real": readings.runs[0].real_k, "synthetic": readings.runs[0].synthetic_k},
        coverage=min(shares.coverage, 1.0),
        covered_now=readings.reached_now(is_real),
        on_domain=on_domain,
        yield_=yields[0],
        worth=worths[0],
        distinct=synthetic,
        redundancy=1.0 - synthetic / images,
        copied=copied,
        fresh=max(on_domain - copied, 0.0),
        next_=tuple(
            {"images": more, "gain": readings.gain(more)}
            for more in sorted({*MORE_IMAGES, synthetic})
        ),
        gaps=int(np.count_nonzero(is_gap)),
        gap_examples=_examples(readings, evidence, is_gap, search),
        slices=tuple(
            part
            for codes, counts in zip(evidence.columns, shares.redrawn, strict=True)
            for part in richness_slices(readings, ranks, codes, counts, seed=seed)
        ),
        tension=_tension(readings, evidence, seed, search),
        intervals={
            "coverage": shares.coverage_interval,
            "on_domain": shares.on_domain_interval,
            "yield": (yields[1], yields[2]),
            "worth": (worths[1], worths[2]),
            "distinct": (float(synthetic), float(synthetic)),
            "copied": ranks.copied_interval(on_domain, shares.on_domain_interval),
        },
        twin=shares.twin,
    )
    units = pool.units
    blank = np.full(len(units), np.nan)
    novelties = blank.copy()
    novelties[~pool.is_real] = ranks.ranks
    return RichnessOfImages(
        richness,
        np.where(pool.is_real, 1.0 - readings.empty[units], np.nan),
        readings.lengths[units],
        novelties,
    )


def _tension(
    readings: RunReadings, evidence: ImageEvidence, seed: int, search: SearchSettings
) -> tuple[dict[str, float], ...]:
    if evidence.tension_k is None or readings.lists is None:
        return ()
    pool, nearest_real = evidence.pool, evidence.nearest_real.distances
    nearest = evidence.neighbors.distances[~pool.is_real, 0]
    return tension_curve(
        pool,
        readings.lists.rows,
        giveaways(np.sqrt(nearest_real), np.sqrt(nearest)),
        evidence.tension_k,
        seed=seed,
        search=search,
    )


def _examples(
    readings: RunReadings, evidence: ImageEvidence, is_gap: BoolArray, search: SearchSettings
) -> tuple[GapExample, ...]:
    """Find the images that stand for gaps, and the synthetic image that comes nearest to each."""
    lists, pool = readings.lists, evidence.pool
    chosen = [] if lists is None else gap_units(lists.neighbors, is_gap, readings.runs[0].real_k)
    if lists is None or not chosen:
        return ()
    real = int(np.count_nonzero(pool.is_real))
    rows = lists.rows[[unit for unit, _ in chosen]]
    nearest = real + search.knn(pool.vectors[rows], pool.vectors[real:], 1).ids[:, 0]
    return tuple(
        GapExample(row, evidence.names[row], alike, near, evidence.names[near])
        for row, near, (_, alike) in zip(rows.tolist(), nearest.tolist(), chosen, strict=True)
    )
