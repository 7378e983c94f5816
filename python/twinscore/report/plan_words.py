"""Steps of a plan in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twinscore.planning.plan import Step


def shown(step: Step) -> str:
    """Say what to render."""
    if step.kind == "photograph":
        return f"like {step.photograph}"
    values = " / ".join(step.values)
    if step.where:
        return f"{values}: {step.where}"
    return values if step.photograph is None else f"{values}, such as {step.photograph}"


def why(step: Step) -> str:
    """Say what for."""
    if step.kind == "edge case":
        return f"{step.name}: {step.gain:.0%} of the images wanted"
    if step.kind == "pair":
        return f"{step.name} too seldom: +{step.gain:.1%} of all pairs"
    if step.kind == "cell":
        return f"fewer than wanted: +{step.gain:.1%} of match"
    return f"no render comes near: +{step.gain:.1%} covered"
