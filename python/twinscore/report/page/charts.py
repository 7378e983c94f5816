"""Curves of a page as plotly figures; colors are names that the page's style resolves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

Figure = dict[str, Any]

_LOWEST_TOP = 1.08
_HIGHEST_BAND = 1.6


def curve(
    x: Sequence[float],
    y: Sequence[float | None],
    *,
    x_title: str,
    y_title: str = "score",
    band: Sequence[tuple[float, float] | None] | None = None,
    x_is_logarithmic: bool = False,
    x_labels: Sequence[str] | None = None,
    name: str = "score",
    second: tuple[str, Sequence[float | None]] | None = None,
) -> Figure:
    """Draw a score against something, with a line at 1.

    Parameters
    ----------
    x, y
        The points.
    x_title, y_title
        Of the axes.
    band
        An interval for each point.
    x_is_logarithmic
        Spread x by its logarithm.
    x_labels
        Written in the place of the x values.
    name
        Of the curve.
    second
        Name and values of a second, dashed curve over the same x.
    """
    traces = []
    if band is not None and any(band):
        inside = [(place, limits) for place, limits in zip(x, band, strict=True) if limits]
        traces.append(
            {
                "type": "scatter",
                "x": [place for place, _ in inside] + [place for place, _ in reversed(inside)],
                "y": [high for _, (_, high) in inside] + [low for _, (low, _) in reversed(inside)],
                "fill": "toself",
                "fillcolor": "--band",
                "line": {"width": 0},
                "mode": "lines",
                "hoverinfo": "skip",
                "showlegend": False,
            }
        )
    traces.append(_line(x, y, name, "--accent", "solid"))
    highest = max([value for value in y if value is not None], default=1.0)
    if second is not None:
        traces.append(_line(x, second[1], second[0], "--faint", "dash"))
        highest = max([highest, *(value for value in second[1] if value is not None)])
    if band is not None:
        # An interval may end far above all scores: it is cut before they become hard to tell apart.
        highest = max([highest, *(min(limits[1], _HIGHEST_BAND) for limits in band if limits)])
    x_axis: Figure = {"title": {"text": x_title}, "type": "log" if x_is_logarithmic else "linear"}
    ticks = _apart(x) if x_is_logarithmic else list(x)
    x_axis |= {"tickmode": "array", "tickvals": ticks}
    x_axis["ticktext"] = list(x_labels or [f"{value:,}" for value in ticks])
    return {
        "data": traces,
        "layout": {
            "xaxis": x_axis,
            "yaxis": {
                "title": {"text": y_title},
                "range": [-0.03, max(_LOWEST_TOP, highest * 1.05)],
                "zeroline": True,
            },
            "showlegend": second is not None,
            "legend": {"orientation": "h", "y": 1.12, "yanchor": "top"},
            "shapes": [
                {
                    "type": "line",
                    "xref": "paper",
                    "x0": 0,
                    "x1": 1,
                    "y0": 1,
                    "y1": 1,
                    "line": {"color": "--faint", "width": 1, "dash": "dot"},
                }
            ],
        },
    }


def _apart(values: Sequence[float]) -> list[float]:
    """Leave out values too near to the one after them for both labels to fit."""
    following = [*values[1:], float("inf")]
    return [value for value, after in zip(values, following, strict=True) if after > 1.5 * value]


def _line(
    x: Sequence[float], y: Sequence[float | None], name: str, color: str, dash: str
) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": list(x),
        "y": list(y),
        "name": name,
        "line": {"color": color, "dash": dash, "width": 2.5},
        "marker": {"size": 8, "color": color},
        "hovertemplate": "%{y:.3f}<extra></extra>",
    }
