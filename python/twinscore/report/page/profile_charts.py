"""The curves of the page: the score against detail and against the number of neighbors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twinscore.report.page.charts import Figure, curve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.scoring.result import ScoreResult


@dataclass(frozen=True, slots=True)
class ProfileChart:
    """A curve with the words around it.

    Attributes
    ----------
    key, title, text
        Shown above and below.
    figure
        For plotly.
    """

    key: str
    title: str
    text: str
    figure: Figure


def profile_charts(result: ScoreResult) -> list[ProfileChart]:
    """Return a chart for each curve that was measured."""
    return [*_squint(result), *_space(result), *_neighbors(result)]


def _squint(result: ScoreResult) -> Iterator[ProfileChart]:
    if result.squint:
        steps = result.squint
        yield ProfileChart(
            "squint",
            "Squint curve",
            "All images of both sides reduced to one small size, and saved at JPEG quality "
            f"{steps[0]['quality']:g}. Where the curve falls, details of that size tell the sides "
            "apart. What file formats and compression tell is gone.",
            curve(
                [step["size"] for step in steps],
                [step["score"] for step in steps],
                x_title="shorter side in pixels",
                x_is_logarithmic=True,
            ),
        )


def _space(result: ScoreResult) -> Iterator[ProfileChart]:
    steps = result.profile.get("space")
    if steps:
        text = (
            "Only the widest axes of the pool are looked at. Where the curve falls, a finer detail "
            "tells the sides apart."
        )
        if result.groups is not None:
            text += " One image of each group, drawn once: the score averages many such draws."
        yield ProfileChart(
            "space",
            "Space profile",
            text,
            curve(
                [step["axes"] for step in steps],
                [step["score"] for step in steps],
                x_title="principal axes",
                x_is_logarithmic=True,
            ),
        )


def _neighbors(result: ScoreResult) -> Iterator[ProfileChart]:
    steps = result.profile.get("k")
    if steps:
        yield ProfileChart(
            "k",
            "Neighbors profile",
            "More neighbors for each image, from both sides.",
            curve(
                [step["k"] for step in steps],
                [step["score"] for step in steps],
                x_title="neighbors per image, k",
                x_is_logarithmic=True,
                second=("the other way round", [step["reverse_score"] for step in steps]),
            ),
        )
