"""report.html: what the score is, what it means, and which images to look at next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twinscore.base.extras import pip_command
from twinscore.base.progress import stage_of
from twinscore.report.cautions import headline
from twinscore.report.first_screen import bars_of, findings_of, gaps_of
from twinscore.report.galleries import find_side_neighbors, galleries_of, rows_shown
from twinscore.report.gap_gallery import with_gaps
from twinscore.report.maps.layouts import METHODS, SEEDS, PoolMap, lay_out
from twinscore.report.page.confusion_table import confusion_table
from twinscore.report.page.document import check_page_packages, render_page, write_page
from twinscore.report.page.domain_sections import domain_section
from twinscore.report.page.explanation_sections import fix_first_section
from twinscore.report.page.gallery_sections import gallery_sections, not_found
from twinscore.report.page.key_figures import (
    first_figures,
    further_figures,
    method_figures,
    scale_places,
)
from twinscore.report.page.profile_charts import profile_charts
from twinscore.report.page.richness_sections import richness_section, tension_chart
from twinscore.report.page.shown_rows import ShownRows, choose_rows, nearest_images, pool_payload
from twinscore.report.page.thumbnails import Thumbnails
from twinscore.report.page.view_sections import view_tabs
from twinscore.report.slice_fact_words import slice_fact_words
from twinscore.report.view_words import HEADINGS, shown_views
from twinscore.scoring.result import ScoreResult

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from twinscore.base.progress import StageProgress
    from twinscore.scoring.estimate import Estimate


MOST_SKIPPED_SHOWN = 500
DEFAULT_TITLE = "Synthetic images against real ones"


@dataclass(frozen=True, slots=True)
class ShownPool:
    """The pool as the galleries need it: names, numbers, and pictures of some rows in base64."""

    names: tuple[str, ...]
    n_real: int
    rows: ShownRows
    pictures: dict[int, str]

    def side(self, row: int) -> str:
        """Return the side of a row."""
        return "real" if row < self.n_real else "synthetic"

    def place(self, row: int) -> int:
        """Return the number that the page gives to a row."""
        return self.rows.place(row)


def write_report(
    result: Estimate,
    file: str | os.PathLike[str],
    *,
    title: str | None = None,
    command: str | None = None,
    map_method: str | None = None,
    map_seeds: Sequence[int] = SEEDS,
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
        Heading of the page; None for a plain one.
    command
        The command line that made the result.
    map_method
        "umap", "tsne" or "pca"; None for the one that is done soonest, of those installed.
    map_seeds
        One layout of the map each.
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
    if not isinstance(result, ScoreResult):
        raise ValueError(
            "expected a score of all images to report on; one with a precision or budget has "
            "looked at some of them only"
        )

    search = result.settings.search
    nearness = find_side_neighbors(
        pool, search=search, progress=stage_of(progress, "Comparing the sides for the report")
    )
    galleries = with_gaps(galleries_of(result, pool, nearness), result.richness)
    nearest = nearest_images(pool, nearness)
    shown = choose_rows(pool, galleries, nearest, seed=result.seed)
    maps = lay_out(
        pool.vectors if len(shown.on_map) == len(pool) else pool.vectors_of(shown.map_rows),
        method=map_method,
        seeds=map_seeds,
        search=search,
        progress=stage_of(progress, "Laying out the map"),
    )
    large, small = Thumbnails(pool, threads=search.threads).of_page(
        rows_shown(galleries),
        shown.map_rows,
        seed=result.seed,
        progress=stage_of(progress, "Reading images for the report"),
    )
    charts = [*profile_charts(result), *tension_chart(result.richness)]
    skipped = [
        {"side": side, "name": item.name, "reason": item.reason}
        for side, items in result.skipped.items()
        for item in items
    ]
    names = pool.names
    sections = gallery_sections(galleries)
    page = render_page(
        "report.html",
        {
            "pool": pool_payload(result, shown, names, nearest, maps, small),
            "charts": {chart.key: chart.figure for chart in charts},
        },
        title=title or DEFAULT_TITLE,
        result=result,
        bars=bars_of(result),
        findings=findings_of(result),
        gaps=gaps_of(result),
        cautions=list(dict.fromkeys(map(headline, result.warnings))),
        scale=scale_places(result),
        first_figures=first_figures(result),
        further_figures=further_figures(result),
        richness=richness_section(result.richness),
        domain=domain_section(result),
        fix_first=fix_first_section(result.explanation, pool, seed=result.seed),
        sections=sections,
        not_found=not_found(galleries),
        pool=ShownPool(names, pool.n_real, shown, large),
        maps=maps,
        map_name=METHODS[maps[0].method],
        map_note=_map_note(maps, shown, len(pool), len(small.keys() | large.keys())),
        charts=charts,
        slice_end=max([1.25, *(min(part.interval[1], 3.0) for part in result.slices)]),
        slice_fact_words=slice_fact_words,
        confusion=confusion_table(result.transfer),
        views=shown_views(result),
        view_headings=HEADINGS,
        view_tabs=view_tabs(result, threads=search.threads),
        skipped=skipped[:MOST_SKIPPED_SHOWN],
        skipped_more=max(0, len(skipped) - MOST_SKIPPED_SHOWN),
        method=method_figures(result, maps, command),
    )
    write_page(page, file)


def _map_note(maps: list[PoolMap], shown: ShownRows, images: int, pictures: int) -> str:
    note = "Trust no map with a number: it bends the space, and what differs between the layouts "
    note += "is made by the method. "
    if maps[0].method == "pca":
        note = (
            "Principal axes show the widest differences only: images that lie on top of each other "
            "here may still be far apart. The package openTSNE draws finer maps "
            f"({pip_command('tsne')}). "
        )
    note += "The score is computed from the full embeddings, never from the map."
    on_map = len(shown.on_map)
    if on_map < images:
        note += f" A random {on_map:,} of the {images:,} images are on the map."
    if pictures == 0:
        note += " There are no images to show, only points."
    elif pictures < on_map:
        note += f" To keep this page small, {pictures:,} of them have a picture."
    return note
