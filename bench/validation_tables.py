"""The tables of `bench/validation.py`, in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twinscore.scoring.score_range import FLOOR, PLATEAU
from validation_agreement import MODELS, SCORE, spearman, standings
from validation_figures import LABELLED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from validation_agreement import Standing
    from validation_record import Cell

FEWEST = 5
"""Rungs of which a rank correlation is told."""


def tables(cells: Sequence[Cell]) -> Iterator[str]:
    """Write all that the record says."""
    ladders = standings(cells)
    if not ladders:
        return
    rungs = sum(len(ladder.rungs) for ladder in ladders)
    seeds = ", ".join(f"{ladder.ladder} {len(ladder.accuracies['probe'])}" for ladder in ladders)
    yield f"{rungs} rungs, {len({cell.direction for cell in cells})} directions; seeds: {seeds}\n"
    yield from rungs_table(ladders)
    for model in MODELS:
        yield from agreement_table(ladders, model)
    yield from range_table(ladders)
    yield from ends_table(ladders)
    yield from sureness(ladders)
    yield from cost_table(cells)


def rungs_table(ladders: Sequence[Standing]) -> Iterator[str]:
    """Write accuracies and main figures of each rung."""
    shown = (SCORE, "S, k = 10, 32 axes", "coverage", "judge wrong", "transfer")
    yield from _head(["ladder", "rung", "direction", *MODELS, *shown], left=3)
    for ladder in ladders:
        order = np.argsort(-ladder.accuracies["probe"].mean(axis=0))
        for rung in order.tolist():
            values = [ladder.accuracies[model].mean(axis=0)[rung] for model in MODELS]
            values += [ladder.figures[name].mean(axis=0)[rung] for name in shown]
            yield _row(
                [ladder.ladder, ladder.rungs[rung], ladder.directions[rung]],
                (f"{value:.2f}" for value in values),
            )
    yield ""


def agreement_table(ladders: Sequence[Standing], model: str) -> Iterator[str]:
    """Write Spearman's rho with 95 % intervals, and the mean difference from the score."""
    yield f"Spearman's rho with the accuracy of the {model}\n"
    names = [ladder.ladder for ladder in ladders]
    yield from _head(["figure", *names, "mean", f"beside {SCORE}"])
    reference = [ladder.agreement(SCORE, model) for ladder in ladders]
    for figure in _figures(ladders):
        found = [ladder.agreement(figure, model) for ladder in ladders]
        difference = np.mean(
            [drawn - base for (_, drawn), (_, base) in zip(found, reference, strict=True)], axis=0
        )
        mean = float(np.mean([rho for rho, _ in found]))
        away = mean - float(np.mean([rho for rho, _ in reference]))
        low, high = np.quantile(difference, [0.025, 0.975])
        beside = "" if figure == SCORE else f"{away:+.2f} ({low:+.2f} to {high:+.2f})"
        rhos = [
            f"{rho:.2f} ({np.quantile(drawn, 0.025):.2f} to {np.quantile(drawn, 0.975):.2f})"
            for rho, drawn in found
        ]
        yield _row([_marked(figure)], [*rhos, f"{mean:.2f}", beside])
    yield ""


def range_table(ladders: Sequence[Standing]) -> Iterator[str]:
    """Write pairs of rungs ordered and told apart, and rungs at the floor."""
    yield "Pairs of rungs whose accuracies differ by 3 points or more; rungs at the floor\n"
    columns = ["ordered rightly", "by every seed", "wrongly by every seed"]
    heads = [f"{model}: {column}" for model in MODELS for column in columns]
    yield from _head(["figure", *heads, "at the floor"])
    for figure in _figures(ladders):
        shares = []
        for model in MODELS:
            pairs = [ladder.ordered_pairs(figure, model) for ladder in ladders]
            total = sum(one.pairs for one in pairs)
            shares += [
                f"{sum(getattr(one, name) for one in pairs) / total:.0%}"
                for name in ("rightly", "surely", "wrongly")
            ]
        floors = [rungs for ladder in ladders if (rungs := ladder.at_floor(figure)) is not None]
        floor = f"{np.mean(np.concatenate(floors)):.0%}" if floors else "has none"
        yield _row([_marked(figure)], [*shares, floor])
    yield ""


def ends_table(ladders: Sequence[Standing]) -> Iterator[str]:
    """Write rank correlations among the rungs of a low, and of a high score."""
    yield "Spearman's rho with the probe where the score is low, and where it is high\n"
    heads, chosen = [], []
    for ladder in ladders:
        score = ladder.figures[SCORE].mean(axis=0)
        ends = ((f"below {FLOOR}", score < FLOOR), (f"from {PLATEAU}", score >= PLATEAU))
        for text, rows in ends:
            if np.count_nonzero(rows) >= FEWEST:
                heads.append(f"{ladder.ladder} {text} ({np.count_nonzero(rows)})")
                chosen.append((ladder, rows))
    yield from _head(["figure", *heads])
    for figure in _figures(ladders):
        rhos = [
            spearman(
                ladder.figures[figure].mean(axis=0)[None, rows],
                ladder.accuracies["probe"].mean(axis=0)[None, rows],
            )[0]
            for ladder, rows in chosen
        ]
        yield _row([_marked(figure)], (f"{rho:.2f}" for rho in rhos))
    yield ""


def sureness(ladders: Sequence[Standing]) -> Iterator[str]:
    """Write how far accuracies agree among seeds, and among models."""
    yield from _head(["ladder", *(f"{model}: seeds agree" for model in MODELS), "models agree"])
    for ladder in ladders:
        among_seeds = []
        for values in ladder.accuracies.values():
            pairs = [
                spearman(values[None, first], values[None, second])[0]
                for first in range(len(values))
                for second in range(first)
            ]
            among_seeds.append(f"{np.mean(pairs):.2f}" if pairs else "")
        means = [ladder.accuracies[model].mean(axis=0)[None] for model in MODELS]
        yield _row([ladder.ladder], [*among_seeds, f"{spearman(*means)[0]:.2f}"])
    yield ""


def cost_table(cells: Sequence[Cell]) -> Iterator[str]:
    """Write the median seconds of each family of figures."""
    yield from _head(["family", "seconds"])
    for family in cells[0].seconds:
        yield _row([family], [f"{np.median([cell.seconds[family] for cell in cells]):.3f}"])
    yield ""


def _figures(ladders: Sequence[Standing]) -> list[str]:
    return list(ladders[0].figures)


def _marked(figure: str) -> str:
    return f"{figure} (with labels)" if figure in LABELLED else figure


def _head(columns: Sequence[str], left: int = 1) -> Iterator[str]:
    yield "| " + " | ".join(columns) + " |"
    yield "|" + "---|" * left + "---:|" * (len(columns) - left)


def _row(names: Iterable[str], values: Iterable[str]) -> str:
    return "| " + " | ".join([*names, *values]) + " |"
