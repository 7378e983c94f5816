"""How many images a side it takes to tell two twins apart."""

from __future__ import annotations

import json
import math
import os
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from twinscore.base.constants import Z_95
from twinscore.base.progress import stage_of
from twinscore.planning.pilot import Pilot, pilot_of_interval, pilot_of_pool
from twinscore.scoring.estimate import Estimate
from twinscore.scoring.result import ScoreResult
from twinscore.scoring.saved_result import SavedResult, load_result
from twinscore.scoring.score import score

if TYPE_CHECKING:
    from typing import Unpack

    from twinscore.base.progress import StageProgress
    from twinscore.scoring.options import RunOptions
    from twinscore.scoring.score import Labels

FEWEST_IMAGES = 20
"""Images a side below which no normal law is believed, however large the difference."""

SMALL_PILOT = 50
"""Images a side below which a pilot's own noise is little known."""


@dataclass(frozen=True, slots=True)
class SampleSize:
    """How many images a side tell two twins apart.

    Attributes
    ----------
    images
        Of each side and each twin (groups, where the pilot has groups): real ones, and synthetic
        ones of either twin.
    difference, power
        Two twins whose scores differ so much are then told apart at 5 % with this probability.
    detectable
        The difference that as many images as the pilot has tell apart so often; None where none
        does.
    score, pilot
        S of the pilot at equal sides, and its images a side.
    standard_error
        Of the score at `images` a side.
    grouped
        Whether groups are counted rather than images.
    notes
        What should be known before relying on it.
    """

    images: int
    difference: float
    power: float
    detectable: float | None
    score: float
    pilot: int
    standard_error: float
    grouped: bool
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        return {**asdict(self), "notes": list(self.notes)}

    def to_json(self) -> str:
        """Return it as the text of a JSON object."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def size(
    pilot: Any,
    synthetic: Any = None,
    *,
    difference: float = 0.1,
    power: float = 0.8,
    k: int = 1,
    real_groups: Labels | None = None,
    synthetic_groups: Labels | None = None,
    **options: Unpack[RunOptions],
) -> SampleSize:
    """Tell how many images a side it takes to tell two twins apart by a difference of score.

    Both twins are meant to be compared with the same real images, as many of each as of the other,
    at 5 %, two-sided. The pilot says how noisy the score is; its standard error falls with the
    square root of the images a side.

    Parameters
    ----------
    pilot
        A result of `score`, or the folder of a saved one, of all images; or real images, with
        `synthetic` beside them.
    synthetic
        Synthetic images, as `score` takes them.
    difference
        Of the two scores, above 0 and at most 1.
    power
        Probability to tell them apart, between 0.05 and 1.
    k, real_groups, synthetic_groups, **options
        Of `score`, where images are given.

    Raises
    ------
    ValueError
        An option is out of range, or the pilot is a sample, which has no such interval.
    FileNotFoundError, TypeError
        As `score` and `load_result`.

    Notes
    -----
    n = (z_0.975 + z_power)^2 (V(S) + V(S + difference)) / difference^2 with V the variance of
    one score times n, which `bench/size.py` finds to be the same at all n. It is found by splitting
    the synthetic side at random into halves that meet the same real images; of a saved result
    it is read from the interval, which knows nothing of the shared images and is rather wide.

    Examples
    --------
    >>> import numpy as np, twinscore as ts
    >>> real, twin = np.random.default_rng(0).normal(size=(2, 100, 8)).astype("float32")
    >>> 200 < ts.size(real, twin, difference=0.2).images < 600
    True
    """
    _check(difference, power)
    if synthetic is not None:
        chosen: RunOptions = {"diagnostics": False, "richness": False}
        chosen.update(options)
        result = score(
            pilot,
            synthetic,
            k,
            real_groups=real_groups,
            synthetic_groups=synthetic_groups,
            **chosen,
        )
        return size_of(_pilot_of(result, options.get("progress")), difference, power)
    if options or k != 1 or real_groups is not None or synthetic_groups is not None:
        raise ValueError("expected options of a score with real and synthetic images only")
    return size_of(_pilot_of(pilot), difference, power)


def size_of(pilot: Pilot, difference: float, power: float) -> SampleSize:
    """Apply the law to a pilot; see `size`."""
    quantiles = Z_95 + NormalDist().inv_cdf(power)
    needed = quantiles**2 * _noise(pilot, difference) / difference**2
    images = max(math.ceil(needed), FEWEST_IMAGES)
    return SampleSize(
        images=images,
        difference=difference,
        power=power,
        detectable=_detectable(pilot, quantiles),
        score=pilot.score,
        pilot=round(pilot.units),
        standard_error=math.sqrt(pilot.variance(pilot.score) / images),
        grouped=pilot.grouped,
        notes=tuple(_notes(pilot, images)),
    )


def _noise(pilot: Pilot, difference: float) -> float:
    """Variance of the difference of two scores, times the units a side."""
    other = pilot.score + difference
    if other > 1.0:
        other = pilot.score - difference
    return pilot.variance(pilot.score) + pilot.variance(other)


def _detectable(pilot: Pilot, quantiles: float) -> float | None:
    """Find the smallest difference that the pilot's number of units tells apart, by halving."""

    def is_told(difference: float) -> bool:
        noise = _noise(pilot, difference) / pilot.units
        return difference >= quantiles * math.sqrt(noise)

    low, high = 0.0, 1.0
    if not is_told(high):
        return None
    for _ in range(40):
        middle = (low + high) / 2.0
        low, high = (low, middle) if is_told(middle) else (middle, high)
    return high


def _notes(pilot: Pilot, images: int) -> list[str]:
    notes = []
    if pilot.units < SMALL_PILOT:
        notes.append(
            f"the pilot is small ({pilot.units:.0f} a side): its own noise is little known, so "
            f"ask again with {SMALL_PILOT} or more"
        )
    if pilot.from_interval:
        notes.append(
            "from the interval of a saved result, which is rather too wide: real and synthetic "
            "images in its place ask for no more, and often for fewer"
        )
    if images > 2 * pilot.units:
        notes.append(
            "the score itself falls with more images where twin and reality differ smoothly: "
            "compare only sets of one size"
        )
    return notes


def _pilot_of(given: Any, progress: StageProgress | None = None) -> Pilot:
    if isinstance(given, ScoreResult) and given.pool is not None:
        return pilot_of_pool(
            given.pool.points,
            given.k,
            seed=given.seed,
            search=given.settings.search,
            progress=stage_of(progress, "Splitting the pilot"),
        )
    if isinstance(given, SavedResult):
        return pilot_of_interval(given.fields)
    if isinstance(given, Estimate):
        return pilot_of_interval(given.to_dict())
    if isinstance(given, str | os.PathLike):
        return pilot_of_interval(load_result(given).fields)
    raise TypeError(
        "expected a result, the folder of one, or real and synthetic images, got "
        f"{type(given).__name__} alone"
    )


def _check(difference: float, power: float) -> None:
    if not 0.0 < difference <= 1.0:
        raise ValueError(f"expected a difference above 0 and at most 1, got {difference}")
    if not 0.05 < power < 1.0:
        raise ValueError(f"expected a power between 0.05 and 1, got {power}")
