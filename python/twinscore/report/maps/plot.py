"""The map of a pool as a picture: PNG, SVG or PDF."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from twinscore.base.extras import require
from twinscore.report.maps.layouts import METHODS, lay_out

if TYPE_CHECKING:
    import os

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from twinscore.report.maps.layouts import PoolMap
    from twinscore.scoring.estimate import Estimate

COLORS = {"real": "#2f6db5", "synthetic": "#d9730d"}
SHAPES = {"real": "o", "synthetic": "D"}
INCHES = 4.6


def plot_map(
    result: Estimate,
    file: str | os.PathLike[str] | None = None,
    *,
    method: str | None = None,
    seeds: int = 1,
) -> Figure:
    """Draw the pool, once for each seed side by side.

    Parameters
    ----------
    result
        Of a run in this process.
    file
        Also saved there; the ending decides: .png, .svg or .pdf.
    method
        See ``lay_out``.
    seeds
        Number of layouts. What differs between them is made by the method.

    Returns
    -------
    matplotlib.figure.Figure
        Shows itself in a notebook.

    Raises
    ------
    ValueError
        The result was read from disk, `seeds` is below 1, or the method or ending is not known.
    MissingExtraError
        A package of the extra "report" is not installed.
    """
    matplotlib = require("matplotlib.figure", extra="report", purpose="a plot of the map")
    if result.pool is None:
        raise ValueError("expected a result of this run; one that was read from disk has no points")
    search = result.settings.search
    maps = lay_out(result.pool.vectors, method=method, seeds=range(seeds), search=search)
    figure = matplotlib.Figure(
        figsize=(INCHES * len(maps), INCHES), layout="constrained", facecolor="white"
    )
    for column, map_ in enumerate(maps, start=1):
        axes = figure.add_subplot(1, len(maps), column)
        _draw(axes, map_, result)
    figure.axes[0].legend(loc="best", frameon=False)
    figure.suptitle(f"Indistinguishability Score {result.score:.3f}", fontsize=11)
    # Without pyplot nothing else tells a notebook how to show a figure.
    figure._repr_png_ = lambda: _png(figure)
    if file is not None:
        figure.savefig(file, dpi=150)
    return figure  # type: ignore[no-any-return]


def _draw(axes: Axes, map_: PoolMap, result: Estimate) -> None:
    assert result.pool is not None
    is_real = result.pool.is_real
    size = max(2.0, min(18.0, 20_000.0 / len(is_real)))
    for side, belongs in (("real", is_real), ("synthetic", ~is_real)):
        points = map_.points[belongs]
        axes.scatter(
            points[:, 0],
            points[:, 1],
            s=size,
            marker=SHAPES[side],
            color=COLORS[side],
            alpha=0.6,
            linewidths=0,
            label=f"{side} ({len(points):,})",
        )
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_title(f"{METHODS[map_.method]}, seed {map_.seed}", fontsize=9)


def _png(figure: Any) -> bytes:
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=100)
    return stream.getvalue()
