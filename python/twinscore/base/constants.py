"""Constants of the mathematics that several stages share."""

from __future__ import annotations

Z_95 = 1.959963984540054
"""Half-width of the central 95 % of a standard normal, in standard deviations."""

TIE_TOLERANCE = 1e-12
"""Numbers that agree to this relative difference count as one, as in the compiled core."""
