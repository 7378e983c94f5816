"""Score against accuracy, a panel for each ladder and model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from twinscore.scoring.score_range import PLATEAU
from validation_agreement import MODELS, SCORE, standings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from validation_record import Cell

HIGHEST = 1.2
TRAINED = {"probe": "transfer learning", "network": "from scratch"}


def draw_accuracies(cells: Sequence[Cell], file: Path) -> None:
    """Draw means over seeds, with their range, colored by the direction of the defect."""
    ladders = standings(cells)
    directions = list(dict.fromkeys(cell.direction for cell in cells))
    figure = Figure(figsize=(4.2 * len(ladders), 7.5), layout="constrained")
    axes = figure.subplots(len(MODELS), len(ladders), squeeze=False, sharex=True)
    for row, model in enumerate(MODELS):
        for axis, ladder in zip(axes[row], ladders, strict=True):
            scores, accuracies = ladder.figures[SCORE], ladder.accuracies[model]
            for number, direction in enumerate(directions):
                own = np.array([each == direction for each in ladder.directions])
                axis.errorbar(
                    scores[:, own].mean(axis=0),
                    accuracies[:, own].mean(axis=0),
                    yerr=accuracies[:, own].std(axis=0),
                    fmt="o",
                    markersize=5,
                    elinewidth=0.8,
                    color="black" if direction == "none" else f"C{number}",
                    label="sound" if direction == "none" else direction,
                )
            rho = ladder.agreement(SCORE, model)[0]
            axis.set_title(f"{ladder.ladder}, {TRAINED[model]}: rho {rho:.2f}", fontsize=10)
            axis.axvspan(PLATEAU, HIGHEST, color="black", alpha=0.04, linewidth=0)
            axis.grid(alpha=0.3)
            axis.set(xlim=(-0.05, HIGHEST), ylim=(0.0, 1.0))
        axes[row][0].set_ylabel("accuracy on real images")
    for axis in axes[-1]:
        axis.set_xlabel("Indistinguishability Score (k = 1)")
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), fontsize=9)
    figure.savefig(file, dpi=110)
