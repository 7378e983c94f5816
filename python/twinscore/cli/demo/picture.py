"""The picture of the demo: what each twin looks like, and its score."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.base.extras import require

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PIL import Image

    from twinscore.cli.demo.photographs import Crop
    from twinscore.cli.demo.twins import Twin

EXAMPLES = 6

# From the palette of Okabe and Ito, which colour-blind people can tell apart.
BAR_COLOR = "#0072B2"
MARK_COLOR = "#D55E00"
TEXT_COLOR = "#222222"
QUIET_COLOR = "#6B6B6B"
TRACK_COLOR = "#E8ECEF"

# All lengths are inches; the origin is the lower left corner.
WIDTH = 13.0
MARGIN = 0.45
TILE = 0.98
TILE_GAP = 0.06
ROW_STEP = 1.3
HEADER = 1.25
FOOTER = 0.8
TILES_LEFT = 2.75
SCALE_LEFT = 9.4
SCALE_WIDTH = 2.6
SCALE_END = 1.2
SCORES_RIGHT = 12.75
LABEL_CHARACTERS = 25
BAR_HEIGHT = 0.3
DOTS_PER_INCH = 150


def draw_picture(
    path: Path,
    crops: Sequence[Crop],
    scores: Sequence[tuple[Twin, float]],
    *,
    null_interval: tuple[float, float],
) -> None:
    """Draw example crops, their renderings by each twin, and the scores on one scale.

    Parameters
    ----------
    path
        The PNG file.
    crops
        The photographs behind the twins; a few telling ones become the examples.
    scores
        Each twin with its score, from top to bottom.
    null_interval
        Where about 95 % of the scores of a flawless twin fall.

    Raises
    ------
    MissingExtraError
        matplotlib is not installed.
    """
    rows = len(scores) + 1
    canvas = _blank_canvas(HEADER + rows * ROW_STEP + FOOTER)
    examples = [crop.image for crop in choose_examples(crops)]
    _draw_title(canvas)
    _draw_scale(canvas, rows, null_interval)
    _draw_label(canvas, 0, "Photographs", "the crops that each twin renders")
    _draw_tiles(canvas, 0, examples)
    for row, (twin, score) in enumerate(scores, start=1):
        _draw_label(canvas, row, f"Twin \u201c{twin.name}\u201d", twin.description)
        _draw_tiles(canvas, row, [twin.render(image) for image in examples])
        _draw_score(canvas, row, score)
    canvas.figure.savefig(path, format="png")


def choose_examples(crops: Sequence[Crop]) -> list[Crop]:
    """Choose crops to show: of every photograph the largest, and among these the liveliest."""
    liveliest: dict[str, Crop] = {}
    for crop in sorted(crops, key=_liveliness):
        liveliest[crop.photograph] = crop
    return sorted(liveliest.values(), key=_liveliness, reverse=True)[:EXAMPLES]


def _liveliness(crop: Crop) -> tuple[int, float]:
    return crop.side, crop.image.entropy()


def _blank_canvas(height: float) -> Any:
    figure = require("matplotlib.figure", extra="demo", purpose="the demo").Figure(
        figsize=(WIDTH, height), dpi=DOTS_PER_INCH, facecolor="white"
    )
    canvas = figure.add_axes((0, 0, 1, 1))
    canvas.set_axis_off()
    canvas.set(xlim=(0, WIDTH), ylim=(0, height), autoscale_on=False)
    return canvas


def _row_centre(canvas: Any, row: int) -> float:
    top = float(canvas.get_ylim()[1])
    return top - HEADER - (row + 0.5) * ROW_STEP


def _on_scale(score: float) -> float:
    return SCALE_LEFT + SCALE_WIDTH * min(score, SCALE_END) / SCALE_END


def _draw_title(canvas: Any) -> None:
    top = float(canvas.get_ylim()[1])
    canvas.text(
        MARGIN,
        top - 0.42,
        "How close does each twin come to the photographs?",
        fontsize=21,
        fontweight="bold",
        color=TEXT_COLOR,
        va="center",
    )
    canvas.text(
        MARGIN,
        top - 0.84,
        "Indistinguishability Score: how often the image most like a twin\u2019s image is a real "
        "photograph, against pure chance",
        fontsize=12.5,
        color=QUIET_COLOR,
        va="center",
    )


def _draw_label(canvas: Any, row: int, name: str, description: str) -> None:
    centre = _row_centre(canvas, row)
    canvas.text(
        MARGIN,
        centre + 0.06,
        name,
        fontsize=14.5,
        fontweight="bold",
        color=TEXT_COLOR,
        va="bottom",
    )
    canvas.text(
        MARGIN,
        centre - 0.04,
        textwrap.fill(description, LABEL_CHARACTERS),
        fontsize=10.5,
        color=QUIET_COLOR,
        va="top",
        linespacing=1.35,
    )


def _draw_tiles(canvas: Any, row: int, images: Sequence[Image.Image]) -> None:
    bottom = _row_centre(canvas, row) - TILE / 2
    for column, image in enumerate(images):
        left = TILES_LEFT + column * (TILE + TILE_GAP)
        canvas.imshow(
            np.asarray(image),
            extent=(left, left + TILE, bottom, bottom + TILE),
            aspect="auto",
            interpolation="lanczos",
        )


def _draw_scale(canvas: Any, rows: int, null_interval: tuple[float, float]) -> None:
    top = _row_centre(canvas, 1) + ROW_STEP / 2
    bottom = _row_centre(canvas, rows - 1) - ROW_STEP / 2
    low, high = (_on_scale(score) for score in null_interval)
    canvas.fill_betweenx((bottom, top), low, high, color=MARK_COLOR, alpha=0.13, linewidth=0)
    for score in (0.0, 0.25, 0.5, 0.75, 1.0):
        is_mark = score == 1.0
        canvas.plot(
            [_on_scale(score)] * 2,
            [bottom, top],
            color=MARK_COLOR if is_mark else TRACK_COLOR,
            linewidth=2.0 if is_mark else 1.0,
            zorder=3 if is_mark else 1,
        )
        canvas.text(
            _on_scale(score),
            bottom - 0.12,
            f"{score:g}",
            fontsize=10.5,
            color=MARK_COLOR if is_mark else QUIET_COLOR,
            ha="center",
            va="top",
        )
    _draw_readings(canvas, top, bottom)


def _draw_readings(canvas: Any, top: float, bottom: float) -> None:
    canvas.text(
        _on_scale(1),
        top + 0.44,
        "1 = perfectly mixed",
        fontsize=12,
        fontweight="bold",
        color=MARK_COLOR,
        ha="center",
        va="bottom",
    )
    canvas.text(
        _on_scale(1),
        top + 0.1,
        "shaded: where a flawless twin\nlands 95 times in 100",
        fontsize=9.5,
        color=QUIET_COLOR,
        ha="center",
        va="bottom",
    )
    canvas.text(
        _on_scale(0),
        bottom - 0.4,
        "0 = told apart every time",
        fontsize=10.5,
        color=QUIET_COLOR,
        ha="left",
        va="top",
    )


def _draw_score(canvas: Any, row: int, score: float) -> None:
    centre = _row_centre(canvas, row)
    canvas.fill_between(
        (_on_scale(0), _on_scale(score)),
        centre - BAR_HEIGHT / 2,
        centre + BAR_HEIGHT / 2,
        color=BAR_COLOR,
        linewidth=0,
        zorder=2,
    )
    canvas.plot(
        _on_scale(score), centre, "o", color=BAR_COLOR, markersize=15, zorder=4, markeredgecolor="w"
    )
    canvas.text(
        SCORES_RIGHT,
        centre,
        f"{score:.2f}",
        fontsize=19,
        fontweight="bold",
        color=TEXT_COLOR,
        ha="right",
        va="center",
    )
