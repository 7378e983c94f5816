"""What a stream has shown so far."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from twinscore._version import __version__
from twinscore.base.json_values import json_value
from twinscore.scoring.notes import evidence_notes
from twinscore.streaming.figures import Figures

if TYPE_CHECKING:
    from twinscore.measures.closeness import Closeness
    from twinscore.measures.richness import RichnessUntold
    from twinscore.scoring.views.scores import Views
    from twinscore.streaming.fact_trend import FactDrift
    from twinscore.streaming.real_side import RealSide
    from twinscore.streaming.register import Register
    from twinscore.streaming.stream_pool import StreamPool
    from twinscore.streaming.stream_richness import StreamRichness


@dataclass(frozen=True, slots=True)
class StreamResult(Figures):
    """The Indistinguishability Score of a stream, at the moment it was asked for.

    Beside what `Figures` lists:

    Attributes
    ----------
    pooled_score
        S over all images kept, neighbors of the own group left out; `score` without groups.
    k, n_real
        Neighbors per image, real images.
    n_seen, n_kept, n_skipped
        Synthetic images given, kept now, and left out because they could not be used.
    groups
        Number of real and kept synthetic groups, and an estimate of the synthetic ones seen;
        None when images carry none.
    sampling
        "all": every image seen is kept; "uniform": a uniform sample; "window": the latest;
        "decay": a sample whose weight halves with age.
    closeness
        Mean distance within the sides over that across: goes on falling where the score is at its
        floor; None where a side has fewer than four images or groups.
    richness
        How much of reality the images kept reach; the reason where that cannot be told.
    drift
        Facts of the images in which later ones differ from earlier ones, the strongest first;
        whoever looks however often, a stream without drift has none in 19 of 20 cases. Of images
        as they came to this scorer: those of a scorer that was merged are left out.
    warnings
        What to know before trusting the score.
    model, preprocessing, seed, version
        How the result was made.
    views
        Of annotated images, the results of their views and what they say together; this result is
        that of whole scenes. None without annotations.
    """

    pooled_score: float
    k: int
    n_real: int
    n_seen: int
    n_kept: int
    n_skipped: int
    groups: dict[str, int] | None
    sampling: str
    closeness: Closeness | None
    richness: StreamRichness | RichnessUntold
    drift: tuple[FactDrift, ...]
    warnings: tuple[str, ...]
    model: str | None
    preprocessing: str | None
    seed: int
    version: str
    views: Views[StreamResult] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as JSON types; what is not finite becomes None."""
        plain = [name for name in _names(self) if name != "views"]
        return {
            **{name: json_value(getattr(self, name)) for name in (*plain, "verdict")},
            "views": None if self.views is None else self.views.to_dict(),
        }

    def to_json(self) -> str:
        """Return it as one line of JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False)


def stream_result(
    pool: StreamPool, register: Register, side: RealSide, drift: tuple[FactDrift, ...]
) -> StreamResult:
    """Score a pool and say what the score is worth."""
    found, pooled_score, groups = pool.figures(register.seen)
    reservoir = pool.reservoir
    sampling = "uniform" if reservoir.is_sample else "all"
    if reservoir.is_sample and register.follows_time:
        sampling = "window" if register.window is not None else "decay"
    return StreamResult(
        **{name: getattr(found, name) for name in _names(found)},
        pooled_score=pooled_score,
        k=pool.k,
        n_real=len(side.embeddings.vectors),
        n_seen=register.seen,
        n_kept=len(reservoir),
        n_skipped=register.skipped,
        groups=groups,
        sampling=sampling,
        closeness=pool.closeness(),
        richness=pool.richness(),
        drift=drift,
        warnings=tuple(_warnings(sampling, found, register, side, pool)),
        model=side.makers[0],
        preprocessing=side.makers[1],
        seed=register.seed,
        version=__version__,
    )


def _warnings(
    sampling: str, found: Figures, register: Register, side: RealSide, pool: StreamPool
) -> list[str]:
    warnings, kept = [], len(pool.reservoir)
    kinds = {
        "uniform": "a uniform sample",
        "window": "the latest",
        "decay": "a sample that prefers the latest",
    }
    if sampling != "all":
        warnings.append(
            f"the score is that of {kept:,} synthetic images, {kinds[sampling]} of the "
            f"{register.seen:,} seen: an estimate at {found.real_fraction:.1%} real images"
        )
    copies = pool.copies()
    if copies.of_real:
        warnings.append(
            f"copies of real images ({copies.of_real:,} of {kept:,}): synthetic images with "
            "exactly the embedding of a real one raise the score"
        )
    if copies.of_synthetic:
        warnings.append(
            f"{copies.of_synthetic:,} synthetic images kept are copies of one another, each the "
            "nearest of the other: what comes again, as in a second epoch, counts once if it has "
            "an id (ids)"
        )
    warnings += evidence_notes(found.evidence)
    if register.skipped:
        warnings.append(f"{register.skipped:,} synthetic images could not be used")
    if side.embeddings.model is None and side.images_model is not None:
        warnings.append(
            "the real side came as ready-made embeddings: make sure that the model "
            f"{side.images_model[0]} made them too"
        )
    if side.embeddings.skipped:
        warnings.append(f"{len(side.embeddings.skipped):,} real images could not be read")
    return warnings


def _names(record: Figures) -> list[str]:
    return [field.name for field in fields(record)]
