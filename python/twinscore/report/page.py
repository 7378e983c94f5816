"""report.html: what the score is, what it means, and which images to look at next."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.report.charts import Figure, curve
from twinscore.report.document import (
    check_page_packages,
    figure,
    overlap_figure,
    render_page,
    write_page,
)
from twinscore.report.galleries import (
    Exhibit,
    Gallery,
    SideNeighbors,
    find_side_neighbors,
    galleries_of,
    rows_shown,
)
from twinscore.report.maps import METHODS, SEEDS, PoolMap, lay_out
from twinscore.report.terminal import verdict
from twinscore.report.thumbnails import GALLERY_SIDE, Thumbnails

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Sequence

    from twinscore.records import Float64Array, ProgressCallback
    from twinscore.result import ScoreResult
    from twinscore.scored_pool import ScoredPool

    StageProgress = Callable[[str, int, int], None]

MOST_SKIPPED_SHOWN = 500
MAP_STEPS = 10_000
"""Coordinates of a map are whole numbers up to this: finer than any screen, and short."""
DEFAULT_TITLE = "Synthetic images against real ones"


@dataclass(frozen=True, slots=True)
class Section:
    """A gallery with the words around it."""

    key: str
    title: str
    text: str
    gallery: Gallery
    words: Callable[[Exhibit], str]


@dataclass(frozen=True, slots=True)
class ShownPool:
    """The pool as the galleries need it: names, and pictures of some rows in base64."""

    names: tuple[str, ...]
    n_real: int
    pictures: dict[int, str]

    def side(self, row: int) -> str:
        """Return the side of a row."""
        return "real" if row < self.n_real else "synthetic"


def write_report(
    result: ScoreResult,
    file: str | os.PathLike[str],
    *,
    title: str = DEFAULT_TITLE,
    command: str | None = None,
    map_method: str | None = None,
    map_seeds: Sequence[int] = SEEDS,
    threads: int | None = None,
    progress: StageProgress | None = None,
) -> None:
    """Write a page that opens offline: score, map, galleries, curves, slices, method.

    Parameters
    ----------
    result
        Of a run in this process: its ``pool`` holds the points and leads to the images. Images
        are read again, only those that are shown.
    file
        Written in the place of an older one.
    title
        Heading of the page.
    command
        The command line that made the result.
    map_method
        "umap", "tsne" or "pca"; None for the best that is installed.
    map_seeds
        One layout of the map each.
    threads
        None for all that the process may use.
    progress
        Called now and then with (stage, done, total).

    Raises
    ------
    ValueError
        The result has no pool: it was read from disk. Or it is of a sample of the images.
    MissingExtraError
        A package of the extra "report" is not installed.
    OSError
        The file cannot be written.
    """
    check_page_packages()
    pool = result.pool
    if pool is None:
        raise ValueError("expected a result of this run; one that was read from disk has no images")
    if result.sampling is not None:
        raise ValueError(
            "expected a score of all images to report on; one with a precision or budget has "
            "looked at some of them only"
        )

    def stage(name: str) -> ProgressCallback:
        return lambda done, total: progress(name, done, total) if progress else None

    nearness = find_side_neighbors(
        pool, threads=threads, progress=stage("Comparing the sides for the report")
    )
    galleries = galleries_of(result, pool, nearness)
    maps = lay_out(
        pool.vectors,
        method=map_method,
        seeds=map_seeds,
        threads=threads,
        progress=stage("Laying out the map"),
    )
    thumbnails = Thumbnails(pool, threads=threads)
    large = thumbnails.of_rows(
        rows_shown(galleries), GALLERY_SIDE, stage("Reading images for the galleries")
    )
    small = thumbnails.for_map(result.seed, stage("Reading images for the map"))
    charts = _charts(result)
    skipped = [
        {"side": side, "name": item.name, "reason": item.reason}
        for side, items in result.skipped.items()
        for item in items
    ]
    page = render_page(
        "report.html",
        {
            "pool": _pool_payload(result, pool, nearness, maps, small),
            "charts": {chart["key"]: chart["figure"] for chart in charts},
        },
        title=title,
        result=result,
        verdict=verdict(result),
        scale=_scale(result),
        facts=_facts(result),
        sections=_sections(galleries),
        pool=ShownPool(pool.names, pool.n_real, large),
        maps=maps,
        map_name=METHODS[maps[0].method],
        map_note=_map_note(maps, len(pool), len(small)),
        charts=charts,
        skipped=skipped[:MOST_SKIPPED_SHOWN],
        skipped_more=max(0, len(skipped) - MOST_SKIPPED_SHOWN),
        method=_method(result, maps, command),
    )
    write_page(page, file)


def _pool_payload(
    result: ScoreResult,
    pool: ScoredPool,
    nearness: SideNeighbors,
    maps: list[PoolMap],
    pictures: dict[int, str],
) -> dict[str, Any]:
    n_real = pool.n_real
    near = nearness
    across = [near.nearest_synthetic.ids[:, 0] + n_real, near.nearest_real.ids[:, 0]]
    within = [near.among_real.ids[:, 0], near.among_synthetic.ids[:, 0] + n_real]
    across_distance = [near.nearest_synthetic.distances[:, 0], near.nearest_real.distances[:, 0]]
    within_distance = [near.among_real.distances[:, 0], near.among_synthetic.distances[:, 0]]
    return {
        "real": n_real,
        "names": pool.names,
        "across": np.concatenate(across).tolist(),
        "within": np.concatenate(within).tolist(),
        "acrossDistance": _shown_distances(np.concatenate(across_distance)),
        "withinDistance": _shown_distances(np.concatenate(within_distance)),
        "share": [round(share, 3) for share in result.samples["real_share"].to_pylist()],
        "maps": [
            {
                axis: np.round(map_.points[:, column] * MAP_STEPS).astype(int).tolist()
                for column, axis in enumerate("xy")
            }
            for map_ in maps
        ],
        "pictures": pictures,
    }


def _shown_distances(squared: Float64Array) -> list[float]:
    return [float(f"{distance:.4g}") for distance in np.sqrt(squared)]


def _scale(result: ScoreResult) -> dict[str, Any]:
    """Places in percent on a scale that ends a little above 1, or above the score."""
    end = max(1.25, result.score * 1.1, min(result.null_interval[1], 2.0) * 1.02)

    def place(value: float) -> float:
        return round(100.0 * min(max(value, 0.0), end) / end, 2)

    def span(interval: tuple[float, float]) -> tuple[float, float]:
        return place(interval[0]), place(interval[1])

    return {
        "score": place(result.score),
        "one": place(1.0),
        "chance": span(result.null_interval),
        "interval": span(result.interval),
    }


def _facts(result: ScoreResult) -> list[dict[str, str]]:
    low, high = result.null_interval
    overlap_low, overlap_high = result.overlap_interval
    facts = [
        (
            "Images",
            f"{result.n_real:,} real, {result.n_synthetic:,} synthetic",
            ""
            if result.groups is None
            else f"in {result.groups['real']:,} and {result.groups['synthetic']:,} groups; "
            "a group counts as one",
        ),
        (
            "Overlap",
            overlap_figure(result.overlap),
            "the share of synthetic images that could be real ones "
            f"({overlap_low:.2f} to {min(overlap_high, 1.0):.2f})",
        ),
        (
            "Chance",
            f"p = {result.p_value:.2g}",
            f"a perfect twin would score {max(low, 0.0):.2f} to {high:.2f}",
        ),
        (
            "Other way round",
            figure(result.reverse_score),
            "the score of the real images among the synthetic ones",
        ),
        *_further_facts(result),
    ]
    return [{"name": name, "value": value, "meaning": meaning} for name, value, meaning in facts]


def _further_facts(result: ScoreResult) -> Iterator[tuple[str, str, str]]:
    if result.bayes_error is not None:
        low, high = result.bayes_error
        yield (
            "Best judge",
            f"wrong on {low:.0%} to {high:.0%}",
            "of the images, were there as many of each side; 50% is guessing",
        )
    if result.distance_ratio is not None:
        low, high = result.distance_ratio.null_interval
        yield (
            "Distance ratio",
            figure(result.distance_ratio.median, 2),
            "nearest real over nearest synthetic image; goes on moving where the score is 0 "
            f"(mixed: {low:.2f} to {high:.2f})",
        )
    if result.control is not None:
        yield (
            "Control",
            figure(result.control.score, 2),
            f"real images against real ones (give or take {result.control.spread:.2f})",
        )
    if result.compatibility is not None:
        published = result.compatibility
        yield (
            "As published",
            figure(published.score),
            f"by UMAP in two dimensions (give or take {published.spread:.3f} over "
            f"{len(published.scores)} maps)",
        )
    if result.groups is not None:
        yield (
            "All images",
            figure(result.pooled_score),
            "every image counted, its own group left out",
        )


def _sections(galleries: dict[str, Gallery]) -> list[Section]:
    def times(exhibit: Exhibit) -> str:
        nearer = "an equal one is synthetic"
        if np.isfinite(exhibit.figure):
            nearer = f"{exhibit.figure:.2f} times as far from a real image as from a synthetic one"
        return nearer + _alike(exhibit)

    def distance(exhibit: Exhibit) -> str:
        return f"distance {exhibit.figure:.3g}" + _alike(exhibit)

    def remote(exhibit: Exhibit) -> str:
        if not np.isfinite(exhibit.figure):
            return "no synthetic image among its copies" + _alike(exhibit)
        return (
            f"{exhibit.figure:.2f} times as far from a synthetic image as from its neighbors"
            + _alike(exhibit)
        )

    def copied(exhibit: Exhibit) -> str:
        if exhibit.figure == 0.0:
            return "the same embedding"
        return f"at {exhibit.figure:.0%} of the distance that real images keep here"

    def same(exhibit: Exhibit) -> str:
        return "the same embedding" + (f", {exhibit.alike} more" if exhibit.alike else "")

    words: list[tuple[str, str, str, Callable[[Exhibit], str]]] = [
        (
            "giveaways",
            "These give the twin away",
            "Synthetic images, each beside its nearest real one, the clearest first. What do they "
            "have in common that no real image has? Mend that, render again, score again.",
            times,
        ),
        (
            "passing",
            "These pass",
            "Synthetic images whose nearest image is a real one, the nearest first. What do they "
            "have that the others lack?",
            distance,
        ),
        (
            "missing",
            "This is missing",
            "Real images that lie among other real ones while no synthetic image comes near, each "
            "beside its nearest synthetic one. Scenes, light or views that the twin does not have.",
            remote,
        ),
        (
            "copies",
            "Suspected copies",
            "Synthetic images much nearer to a real one than that one is to other real ones. "
            "Copies and leaks between the sides raise the score.",
            copied,
        ),
        (
            "duplicates",
            "Duplicates",
            "Images with exactly the same embedding, on one side or across.",
            same,
        ),
    ]
    return [
        Section(key, f"{title} ({galleries[key].total:,})", text, galleries[key], say)
        for key, title, text, say in words
        if galleries[key].exhibits
    ]


def _alike(exhibit: Exhibit) -> str:
    return f"; {exhibit.alike} more like it" if exhibit.alike else ""


def _charts(result: ScoreResult) -> list[dict[str, Any]]:
    charts: list[tuple[str, str, str, Figure]] = []
    profile = result.profile
    if result.squint:
        charts.append(
            (
                "squint",
                "Squint curve",
                "The score when all images of both sides are reduced to one small size and one "
                "JPEG quality. Where the curve falls, details of that size tell the sides apart.",
                curve(
                    [step["size"] for step in result.squint],
                    [step["score"] for step in result.squint],
                    x_title="shorter side in pixels",
                    x_is_logarithmic=True,
                ),
            )
        )
    if profile.get("space"):
        steps = profile["space"]
        charts.append(
            (
                "space",
                "Space profile",
                "The score when only the widest axes of the pool are looked at. Where the curve "
                "falls, a finer detail tells the sides apart.",
                curve(
                    [step["axes"] for step in steps],
                    [step["score"] for step in steps],
                    x_title="principal axes",
                    x_is_logarithmic=True,
                ),
            )
        )
    if profile.get("k"):
        steps = profile["k"]
        charts.append(
            (
                "k",
                "Neighbors profile",
                "The score with more neighbors for each image, from both sides.",
                curve(
                    [step["k"] for step in steps],
                    [step["score"] for step in steps],
                    x_title="neighbors per image, k",
                    x_is_logarithmic=True,
                    second=("the other way round", [step["reverse_score"] for step in steps]),
                ),
            )
        )
    return [
        {"key": key, "title": title, "text": text, "figure": drawn}
        for key, title, text, drawn in charts
    ]


def _map_note(maps: list[PoolMap], images: int, pictures: int) -> str:
    note = "Trust no map with a number: it bends the space, and what differs between the layouts "
    note += "is made by the method. "
    if maps[0].method == "pca":
        note = (
            "Principal axes show the widest differences only: images that lie on top of each other "
            "here may still be far apart. The packages umap-learn and openTSNE draw finer maps "
            "(pip install 'twinscore[umap]'). "
        )
    note += "The score is computed from the full embeddings, never from the map."
    if pictures == 0:
        note += " There are no images to show, only points."
    elif pictures < images:
        note += f" To keep this page small, {pictures:,} of the {images:,} images have a picture."
    return note


def _method(result: ScoreResult, maps: list[PoolMap], command: str | None) -> list[dict[str, str]]:
    seeds = ", ".join(str(map_.seed) for map_ in maps)
    entries = [
        ("Command", command),
        ("Network", result.model or "ready-made embeddings"),
        ("Preparation of images", result.preprocessing),
        ("Neighbors per image, k", str(result.k)),
        ("Neighbor search", result.backend),
        ("Interval", result.interval_method),
        ("Map", f"{METHODS[maps[0].method]}, seed {seeds}"),
        ("Seed of permutations and draws", str(result.seed)),
        ("Ties at the last place", f"{result.ties:,} images"),
        (
            "Hubs",
            f"one image is neighbor to {result.hubness['maximum']:g} others, "
            f"{result.hubness['orphans']:.0%} are neighbor to none",
        ),
        ("Seconds", ", ".join(f"{name} {spent:.1f}" for name, spent in result.seconds.items())),
        ("Versions", f"twinscore {result.version}, Python {platform.python_version()}"),
    ]
    return [{"name": name, "value": value} for name, value in entries if value]
