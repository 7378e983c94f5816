"""What runs and figures are called."""

from __future__ import annotations

import datetime

PREFIX = "twinscore/"
"""Before each name, for a run may hold the figures of others as well."""


def new_run_name() -> str:
    """Return the date and time, to the microsecond: no two runs share it."""
    return f"{datetime.datetime.now().astimezone():%Y%m%d-%H%M%S-%f}"
