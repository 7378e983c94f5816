"""The figures of a result, each with what it means, as the page shows them."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twinscore.report.maps.layouts import METHODS
from twinscore.report.page.document import figure, overlap_figure, place_on_scale
from twinscore.report.score_range import CLOSENESS_MEANS, closeness_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.report.maps.layouts import PoolMap
    from twinscore.scoring.result import ScoreResult

INTERVAL_METHODS = {
    "local": "local: from the variance of the sides around each image",
    "subsample": "subsample: from searches of random parts of the pool",
    "jackknife": "jackknife: one image left out at a time; never too narrow, at times too wide",
    "query-bootstrap": "query-bootstrap: conditional on this pool, so too narrow for any other",
}


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A number and what it means.

    Attributes
    ----------
    name, value, meaning
        As they are shown; the meaning may be empty.
    """

    name: str
    value: str
    meaning: str = ""


def scale_places(result: ScoreResult) -> dict[str, Any]:
    """Places in percent on a scale that ends a little above 1, or above the score."""
    end = max(1.25, result.score * 1.1, min(result.null_interval[1], 2.0) * 1.02)

    def span(interval: tuple[float, float]) -> tuple[float, float]:
        return place_on_scale(interval[0], end), place_on_scale(interval[1], end)

    return {
        "score": place_on_scale(result.score, end),
        "one": place_on_scale(1.0, end),
        "chance": span(result.null_interval),
        "interval": span(result.interval),
        "low": max(result.null_interval[0], 0.0),
    }


def first_figures(result: ScoreResult) -> list[KeyFigure]:
    """Return what belongs beside the score."""
    return [
        KeyFigure(
            "Images",
            f"{result.n_real:,} real, {result.n_synthetic:,} synthetic",
            ""
            if result.groups is None
            else f"in {result.groups['real']:,} and {result.groups['synthetic']:,} groups; "
            "a group counts as one",
        ),
        KeyFigure(
            "Overlap",
            overlap_figure(result.overlap),
            "the share of synthetic images that could be real ones" + _overlap_interval(result),
        ),
        KeyFigure(
            "Chance",
            f"p = {result.p_value:.2g}",
            f"how often chance alone scores this low ({result.z:+.1f} standard deviations)",
        ),
        KeyFigure(
            "Judge",
            f"right on {result.judge.accuracy:.0%}",
            f"of images it never saw ({result.judge.interval[0]:.0%} to "
            f"{result.judge.interval[1]:.0%}, p = {result.judge.p_value:.2g}); 50% is guessing",
        ),
        *_floor_figures(result),
    ]


def _floor_figures(result: ScoreResult) -> Iterator[KeyFigure]:
    """Figures that say more where the score is 0."""
    if result.bayes_error is not None:
        low, high = (f"{error:.0%}" for error in result.bayes_error)
        yield KeyFigure(
            "Best judge",
            f"wrong on {low}" if low == high else f"wrong on {low} to {high}",
            "of single images, as many of each side, 95% interval; 50% is guessing",
        )
    if result.closeness is not None:
        yield KeyFigure(
            "Closeness",
            closeness_text(result.closeness),
            f"{CLOSENESS_MEANS}; goes on falling where the score is 0 "
            f"(p = {result.closeness.p_value:.2g})",
        )
    if result.distance_ratio is not None:
        low_ratio, high_ratio = result.distance_ratio.null_interval
        yield KeyFigure(
            "Distance ratio",
            figure(result.distance_ratio.median, 2),
            "nearest real over nearest other synthetic image; goes on moving where the score is 0 "
            f"(mixed: {low_ratio:.2f} to {high_ratio:.2f}, "
            f"p = {result.distance_ratio.p_value:.2g})",
        )


def further_figures(result: ScoreResult) -> list[KeyFigure]:
    """Return what tells how far the score can be trusted."""
    return list(_further(result))


def _further(result: ScoreResult) -> Iterator[KeyFigure]:
    yield KeyFigure(
        "Other way round",
        figure(result.reverse_score),
        "the score of the real images among the synthetic ones; far from the score, it hints at "
        "copies, or at renders that cover a part of reality only",
    )
    yield KeyFigure(
        "Spread",
        f"{figure(result.spread.ratio)} times",
        "distance of the synthetic images from the common center, beside real ones in the same "
        f"places (p = {result.spread.p_value:.2g}); above 1, they are the wider side",
    )
    yield KeyFigure(
        "Both ways",
        f"p = {result.edge_count.p_value:.2g}",
        "how often chance alone puts both directions together this far from those of a perfect "
        "twin, whichever way",
    )
    if result.score_half is not None:
        yield KeyFigure(
            "At half the images",
            figure(result.score_half),
            "where it is higher than the score, more images would lower the score further",
        )
    if result.score_balanced is not None:
        meaning = "as many images on each side"
        if result.balanced_spread:
            meaning = (
                "the larger side cut at random to the size of the smaller, again and again "
                f"(give or take {result.balanced_spread:.3f} from one draw to the next)"
            )
        yield KeyFigure("At equal sides", figure(result.score_balanced), meaning)
    if result.groups is not None:
        yield KeyFigure(
            "All images",
            figure(result.pooled_score),
            "every image counted, its own group left out",
        )
    yield KeyFigure(
        "Effective size",
        f"{result.effective_size:,.0f}",
        "independent synthetic images that would make the score as sure",
    )
    if result.control is not None:
        control = result.control
        yield KeyFigure(
            "Control",
            figure(control.score, 2),
            f"real against real, random halves (give or take {control.spread:.2f}); blocks in "
            f"their order score {control.blocks_score:.2f} (p = {control.blocks_p_value:.2g}), "
            "less where neighbors in the order look alike",
        )
    if result.compatibility is not None:
        published = result.compatibility
        low, high = published.interval
        yield KeyFigure(
            "As published",
            figure(published.score),
            f"the published procedure on UMAP maps, {low:.3f} to {high:.3f} by Wilson's interval; "
            f"moves by {published.spread:.3f} among {len(published.scores)} maps "
            f"({', '.join(figure(score) for score in published.scores)})",
        )
    near = result.near_duplicates
    yield KeyFigure(
        "Nearly the same",
        f"{near['real']:,} real, {near['synthetic']:,} synthetic",
        f"images have one of their side within a distance of {near['threshold']:.3g}; "
        f"{near['across']:,} have one of the other side, {result.duplicates:,} synthetic ones "
        "exactly the embedding of a real one"
        + ("; those of one side count as one" if result.collapsed else ""),
    )
    if result.audit is not None:
        audit = result.audit
        low, high = audit["recall_interval"]
        least, most = audit["score_error_interval"]
        yield KeyFigure(
            "Approximate search",
            f"{audit['recall']:.1%} found",
            f"of the true neighbors ({low:.1%} to {high:.1%}), by {audit['queries']:,} exact "
            f"searches; that bends the score by {audit['score_error']:+.4f} "
            f"({least:+.4f} to {most:+.4f})",
        )


def method_figures(
    result: ScoreResult, maps: list[PoolMap], command: str | None
) -> list[KeyFigure]:
    """Return how the result was made: all that it takes to make it again."""
    seeds = ", ".join(str(map_.seed) for map_ in maps)
    entries = [
        ("Command", command),
        ("Network", result.model or "ready-made embeddings"),
        ("Preparation of images", result.preprocessing),
        ("Neighbors per image, k", str(result.k)),
        ("Neighbor search", result.backend + (f" ({result.choice})" if result.choice else "")),
        ("Interval", INTERVAL_METHODS.get(result.interval_method, result.interval_method)),
        ("Map", METHODS[maps[0].method] + (f", seeds {seeds}" if len(maps) > 1 else "")),
        ("Seed of permutations and draws", str(result.seed)),
        ("Ties at the last place", f"{result.ties:,} images"),
        (
            "Hubs",
            f"one image is neighbor to {result.hubness['maximum']:g} others, "
            f"{result.hubness['orphans']:.0%} are neighbor to none; variance "
            f"{result.hubness['variance']:.2f}",
        ),
        ("Seconds", ", ".join(f"{name} {spent:.1f}" for name, spent in result.seconds.items())),
        ("Versions", f"twinscore {result.version}, Python {platform.python_version()}"),
    ]
    return [KeyFigure(name, value) for name, value in entries if value]


def _overlap_interval(result: ScoreResult) -> str:
    low, high = result.overlap_interval
    return f" ({low:.2f} to {min(high, 1.0):.2f})" if low < 1.0 else ""
