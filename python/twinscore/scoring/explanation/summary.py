"""From what a search found to what people are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.scoring.explanation.records import Explanation, Harmless, Repair
from twinscore.scoring.explanation.wording import advice, difference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.measures.fact_gaps import FactGap
    from twinscore.scoring.explanation.findings import Findings, Trial
    from twinscore.scoring.explanation.records import Figures


def summarized(
    findings: Findings, gaps: tuple[FactGap, ...], images: tuple[int, int]
) -> Explanation:
    """Keep the repairs that gain, say which differences are harmless, and what is left.

    Parameters
    ----------
    findings
        Of the search.
    gaps
        Of all images.
    images
        Of each side of the sample.
    """
    kept = _that_gain(findings.trials)
    harmless = [trial.gap for trial in findings.trials if trial not in kept]
    harmless += _apart_from_each_other(findings, _as_before(findings))
    return Explanation(
        repairs=tuple(_repair(trial, place > 0) for place, trial in enumerate(kept)),
        harmless=tuple(_harmless(gap, is_closed=_is_closed(findings, kept)) for gap in harmless),
        facts=gaps,
        figures=findings.figures,
        images=images,
        rest=_rest(findings, kept),
        interrupted=findings.interrupted,
    )


def untried(gaps: Sequence[FactGap]) -> str:
    """Say what differs where no repair was tried, and how to learn what it costs."""
    apart = sorted(
        (gap for gap in gaps if gap.beyond_chance), key=lambda gap: -abs(gap.separation - 0.5)
    )
    if not apart:
        return "Renders and photographs are alike in every fact that was measured."
    first = apart[0]
    what = difference(first.fact, first.real, first.synthetic, None)
    return f"Renders are {what}; whether that costs anything, twinscore explain measures."


def _that_gain(trials: Sequence[Trial]) -> list[Trial]:
    """Choose trials that raise the score beyond chance, and those that such a one needs."""
    kept: list[Trial] = []
    waiting: list[Trial] = []
    for trial in trials:
        waiting.append(trial)
        if trial.is_repair:
            kept += waiting
            waiting = []
    return kept


def _as_before(findings: Findings) -> set[str]:
    """Return the facts that differ in the end as they did: others a repair has moved."""
    first = {gap.fact: gap for gap in findings.gaps if gap.beyond_chance}
    return {
        gap.fact
        for gap in findings.left
        if gap.beyond_chance
        and gap.fact in first
        and (gap.separation > 0.5) == (first[gap.fact].separation > 0.5)
    }


def _apart_from_each_other(findings: Findings, still: set[str]) -> list[FactGap]:
    """Choose facts that brought nothing, without those that only go along with another."""
    chosen: list[FactGap] = []
    along: set[str] = set()
    for trial, made_alike in findings.unsure:
        along |= {trial.gap.fact, *made_alike}
    strongest_first = sorted(
        findings.fruitless, key=lambda item: (-abs(item[0].separation - 0.5), item[0].fact)
    )
    for gap, made_alike in strongest_first:
        if gap.fact in still and gap.fact not in along:
            chosen.append(gap)
            along |= {gap.fact, *made_alike}
    return chosen


def _repair(trial: Trial, follows: bool) -> Repair:
    gap = trial.gap
    what = difference(gap.fact, gap.real, gap.synthetic, trial.step.strength)
    todo = advice(gap.fact, gap.real, gap.synthetic)
    also = "also " if follows else ""
    sentence = (
        f"Renders are {also}{what}; alike, they would score {trial.after.score:.2f} instead of "
        f"{trial.before.score:.2f}: {todo}."
    )
    return Repair(
        fact=gap.fact,
        before=trial.before.score,
        after=trial.after.score,
        gain=trial.gain,
        sure_gain=trial.sure_gain,
        altered=trial.side,
        strength=trial.step.strength,
        real=gap.real,
        synthetic=gap.synthetic,
        figures_before=trial.before,
        figures_after=trial.after,
        control=trial.control,
        sentence=sentence,
    )


def _harmless(gap: FactGap, *, is_closed: bool) -> Harmless:
    """Call harmless only what is left once nothing tells the sides apart any more."""
    what = difference(gap.fact, gap.real, gap.synthetic, None)
    sentence = (
        f"Harmless: renders are {what}, which the score does not mind."
        if is_closed
        else f"No cure by itself: renders are {what}; made alike, they score no better."
    )
    return Harmless(gap.fact, gap.real, gap.synthetic, sentence)


def _figures_left(findings: Findings, kept: Sequence[Trial]) -> Figures:
    return kept[-1].after if kept else findings.figures


def _is_closed(findings: Findings, kept: Sequence[Trial]) -> bool:
    """Whether this sample cannot tell the sides apart any more."""
    return _figures_left(findings, kept).interval[1] >= 1.0


def _rest(findings: Findings, kept: Sequence[Trial]) -> str:
    named = {trial.gap.fact for trial in kept}
    unsure = [trial for trial, _ in findings.unsure if trial.gap.fact not in named]
    if not unsure:
        return _rest_for_sure(findings, kept)
    trial = max(unsure, key=lambda trial: trial.after.score - trial.before.score)
    gap = trial.gap
    what = difference(gap.fact, gap.real, gap.synthetic, trial.step.strength)
    also = "also " if kept else ""
    scores = f"{trial.after.score:.2f} instead of {trial.before.score:.2f}"
    return (
        f"Not sure: renders are {also}{what}; alike, they scored {scores}, which may be chance. "
        "More images would tell."
    )


def _rest_for_sure(findings: Findings, kept: Sequence[Trial]) -> str:
    is_done = _is_closed(findings, kept)
    if is_done and not kept:
        return "Nothing to fix was found: renders are taken for photographs as they are."
    if is_done:
        return "With that, nothing of the gap is left that this sample could show."
    left = f"{_figures_left(findings, kept).score:.2f}"
    if findings.interrupted:
        return f"Not all was tried: this was stopped at a score of {left}."
    if findings.exhausted and kept:
        return (
            f"At {left} there is more to gain: repair this first, then explain again, with more "
            "images if there are any."
        )
    if findings.exhausted:
        return "Not all was tried on so few images: with more of them, more can be told."
    if kept:
        return f"What keeps them at {left} is none of these: look at content, shapes and textures."
    return (
        "No repair of tones, colours, blur or noise would raise the score: look at content, "
        "shapes and textures."
    )
