"""Changes of a stream that no signal gets in the middle of."""

from twinscore.base.interruption import interrupts_postponed

__all__ = ["interrupts_postponed"]
