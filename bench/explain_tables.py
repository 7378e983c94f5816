"""The tables of `bench/explain.py`, in Markdown, from its record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from explain_record import LOWERED
from twinscore.graph.intervals import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from explain_record import Case


def tables(cases: Sequence[Case]) -> str:
    """Write all of them."""
    return "\n".join([*_faults(cases), "", *_summary(cases)]) + "\n"


def weakest(cases: Sequence[Case]) -> list[Case]:
    """Choose, of each single fault and split, the weakest strength that lowers the score."""
    chosen: dict[tuple[str, int], Case] = {}
    for case in cases:
        if len(case.expected) == 1 and case.is_lowered:
            known = chosen.get((case.fault, case.split))
            if known is None or _is_weaker(case, known):
                chosen[case.fault, case.split] = case
    return list(chosen.values())


def _is_weaker(case: Case, other: Case) -> bool:
    from explain_faults import FAULTS

    strengths = [f"{strength:g}" for strength in FAULTS[case.fault].strengths]
    return strengths.index(case.strength) < strengths.index(other.strength)


def _faults(cases: Sequence[Case]) -> Iterator[str]:
    yield (
        "| fault | strength | splits | untouched | with it | lowered by 0.1 | of these named first "
        "| repaired | called harmless |"
    )
    yield "|---|---|---|---|---|---|---|---|---|"
    kinds = dict.fromkeys((case.fault, case.strength) for case in cases if case.expected)
    for fault, strength in kinds:
        own = [case for case in cases if (case.fault, case.strength) == (fault, strength)]
        lowered = [case for case in own if case.is_lowered]
        explained = [case for case in own if case.explained]
        named = [case for case in lowered if _is_named(case)]
        unharmed = [case for case in explained if set(case.expected) & set(case.harmless)]
        repaired = f"{_mean(case.repaired for case in lowered)}" if lowered else ""
        yield (
            f"| {fault} | {strength} | {len(own)} | {_mean(case.untouched for case in own)} "
            f"| {_mean(case.score for case in own)} | {len(lowered)} "
            f"| {len(named) if lowered else ''} | {repaired} "
            f"| {f'{len(unharmed)} of {len(explained)}' if explained else ''} |"
        )


def _is_named(case: Case) -> bool:
    """Whether the fault is named first; of two, whether both are among the first three."""
    if len(case.expected) == 1:
        return case.named[:1] == case.expected
    return set(case.expected) <= set(case.named[:3])


def _summary(cases: Sequence[Case]) -> Iterator[str]:
    single = weakest(cases)
    closed = [case for case in single if case.first_repair >= case.untouched - LOWERED]
    pairs = [case for case in cases if len(case.expected) == 2]
    none = [case for case in cases if not case.expected]
    silent = [case for case in none if not case.named]
    explained = [case for case in cases if case.explained and case.expected]
    ratios = [case.explain_seconds / case.score_seconds for case in explained]
    seconds = sum(case.score_seconds + case.explain_seconds for case in cases)
    yield f"- Named first at the weakest strength that lowers the score by 0.1: {_share(single)}."
    yield (
        "- Its repair brings the score within 0.1 of that of untouched halves: "
        f"{_counted(len(closed), len(single))}."
    )
    if pairs:
        yield f"- Two at once, both among the first three: {_share(pairs)}."
    yield f"- No fault, nothing named: {_counted(len(silent), len(none))}."
    if ratios:
        yield (
            f"- Explaining takes {np.median(ratios):.1f} times the processor time of the score in "
            f"the middle, {max(ratios):.1f} times at most ({len(explained)} cases with faults)."
        )
    yield f"- {len(cases)} cases, {seconds:,.0f} seconds of one processor."


def _share(cases: Sequence[Case]) -> str:
    return _counted(sum(map(_is_named, cases)), len(cases))


def _counted(count: int, cases: int) -> str:
    """Write a count with the 95 % interval of its share (Wilson 1927)."""
    if cases == 0:
        return "0 of 0"
    low, high = wilson_interval(count / cases, cases)
    return f"{count} of {cases} (95 % interval of the share: {low:.2f} to {high:.2f})"


def _mean(values: Iterable[float]) -> str:
    return f"{np.mean(list(values)):.2f}"
