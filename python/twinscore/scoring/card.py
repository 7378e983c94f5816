"""A result in a notebook: the number, what it means, how sure it is."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from twinscore.scoring.result import SampledResult, ScoreResult
from twinscore.scoring.verdict import verdict

if TYPE_CHECKING:
    from twinscore.scoring.estimate import Estimate


def card(result: Estimate) -> str:
    """Return a few lines of HTML without scripts."""
    filled = 100.0 * min(max(result.score, 0.0), 1.0)
    interval, sureness, groups = _sureness(result)
    overlap = f"{result.overlap:.2f}" if result.overlap <= 1.0 else "above 1"
    notes = "".join(f"<li>{escape(warning)}</li>" for warning in result.warnings)
    return (
        '<div style="max-width: 40em">'
        f'<div style="font-size: 2.2em; font-weight: 600">{result.score:.2f}</div>'
        f"<div>Indistinguishability Score{interval}</div>"
        '<div style="background: #8884; height: 0.6em; border-radius: 0.3em; margin: 0.4em 0">'
        f'<div style="background: #d9730d; height: 100%; border-radius: 0.3em; '
        f'width: {filled:.1f}%"></div></div>'
        f"<div><b>{escape(verdict(result))}</b></div>"
        f"<div>{result.n_real:,} real and {result.n_synthetic:,} synthetic images{groups}; "
        f"overlap {overlap}; {sureness}</div>"
        f"{f'<ul>{notes}</ul>' if notes else ''}"
        "</div>"
    )


def _sureness(result: Estimate) -> tuple[str, str, str]:
    """Say how wide the interval is, how sure the score, and how many groups there are."""
    if isinstance(result, ScoreResult):
        low, high = result.null_interval
        groups = ""
        if result.groups is not None:
            groups = f" in {result.groups['real']:,} and {result.groups['synthetic']:,} groups"
        return (
            f" (95% interval {result.interval[0]:.2f} to {result.interval[1]:.2f})",
            f"p = {result.p_value:.2g}; a perfect twin would score {max(low, 0.0):.2f} "
            f"to {high:.2f}.",
            groups,
        )
    assert isinstance(result, SampledResult)
    sampled = result.sampling
    low, high = sampled["interval"]
    return (
        f" of a sample (of all images: {low:.2f} to {high:.2f})",
        f"{sampled['queries']:,} of {sampled['of']:,} synthetic images looked at.",
        "",
    )
