"""comparison.html: two synthetic sets side by side, and which images moved."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.report.intentionality import domain_lines
from twinscore.report.page.document import check_page_packages, render_page, write_page
from twinscore.report.page.thumbnails import GALLERY_SIDE, Thumbnails, name_pictures
from twinscore.report.richness_words import richness_difference
from twinscore.report.score_range import closeness_change
from twinscore.report.view_words import DIFFERENCE_HEADINGS, difference_cells, view_name

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence

    from twinscore.comparison import Comparison, MovedImage
    from twinscore.scoring.estimate import Estimate
    from twinscore.scoring.scored_pool import ScoredPool

COMPARISON_FILE = "comparison.html"
MOVED_SHOWN = 12
NEXT_SHOWN = 12


@dataclass(frozen=True, slots=True)
class ShownImage:
    """A picture in base64, or None, and what to say about it."""

    name: str
    picture: str | None
    words: str


def write_comparison(
    comparison: Comparison,
    file: str | os.PathLike[str],
    *,
    results: tuple[Estimate, Estimate] | None = None,
    giveaways: tuple[Sequence[tuple[str, float]], Sequence[tuple[str, float]]] | None = None,
    command: str | None = None,
    threads: int | None = None,
) -> None:
    """Write a page that opens offline.

    Parameters
    ----------
    comparison
        What to show.
    file
        Written in the place of an older one.
    results
        The two results, if they were made in this process: they lead to the images.
    giveaways
        Name and giveaway of each synthetic image of both sets, in the place of `results`;
        images are looked for by name.
    command
        The command line.
    threads
        None for all that the process may use.

    Raises
    ------
    MissingExtraError
        A package of the extra "report" is not installed.
    OSError
        The file cannot be written.
    """
    check_page_packages()
    if results is not None:
        giveaways = (_giveaways(results[0]), _giveaways(results[1]))
    ranked = [sorted(side, key=_rank)[:NEXT_SHOWN] for side in giveaways or ((), ())]
    better, worse = _moved(comparison, improved=True), _moved(comparison, improved=False)
    wanted = [
        {name for name, _ in ranked[side]}
        | {(image.first, image.second)[side] for image in (*better, *worse)}
        for side in (0, 1)
    ]
    pictures = []
    for side, names in enumerate(wanted):
        pool = results[side].pool if results is not None else None
        pictures.append(_pictures(names, pool, threads))

    def shown(side: int, name: str, giveaway: float) -> ShownImage:
        return ShownImage(name, pictures[side].get(name), _giveaway_words(giveaway))

    def pairs(images: Iterable[MovedImage]) -> list[tuple[ShownImage, ShownImage]]:
        return [
            (
                shown(0, image.first, image.giveaway_first),
                shown(1, image.second, image.giveaway_second),
            )
            for image in images
        ]

    page = render_page(
        "comparison.html",
        {},
        draws=False,
        title=f"{comparison.second_name} compared with {comparison.first_name}",
        comparison=comparison,
        domain_lines=[] if comparison.domain is None else [*domain_lines(comparison.domain)],
        names=(comparison.first_name, comparison.second_name),
        closeness=None if comparison.closeness is None else closeness_change(comparison.closeness),
        richness=[richness_difference(part) for part in comparison.richness],
        views=[
            (view_name(row.view, row.class_name), difference_cells(row)) for row in comparison.views
        ],
        view_headings=DIFFERENCE_HEADINGS,
        improved=pairs(better),
        worsened=pairs(worse),
        worst=[[shown(side, *item) for item in ranked[side]] for side in (0, 1)],
        command=command,
    )
    write_page(page, file)


def _moved(comparison: Comparison, *, improved: bool) -> list[MovedImage]:
    sign = -1.0 if improved else 1.0
    moved = [image for image in comparison.moved if image.change * sign > 0.0]
    return moved[:MOVED_SHOWN]


def _rank(item: tuple[str, float]) -> tuple[float, str]:
    return -item[1], item[0]


def _giveaway_words(giveaway: float) -> str:
    if giveaway <= 1.0:
        return "passes: its nearest image is real"
    if math.isinf(giveaway):
        return "has an equal synthetic image"
    return f"{giveaway:.2f} times as far"


def _giveaways(result: Estimate) -> list[tuple[str, float]]:
    columns = (result.samples[name].to_pylist() for name in ("side", "name", "giveaway"))
    rows: list[tuple[str, str, Any]] = list(zip(*columns, strict=True))
    return [(name, float(giveaway)) for side, name, giveaway in rows if side == "synthetic"]


def _pictures(names: set[str], pool: ScoredPool | None, threads: int | None) -> dict[str, str]:
    if pool is None:
        return name_pictures(names, GALLERY_SIDE, threads)
    rows = {
        row + pool.n_real: name for row, name in enumerate(pool.synthetic.names) if name in names
    }
    of_rows = Thumbnails(pool, threads=threads).of_rows(
        np.array(sorted(rows), dtype=np.int64), GALLERY_SIDE
    )
    return {rows[row]: picture for row, picture in of_rows.items()}
