"""How long work says how far it is."""

from __future__ import annotations

from collections.abc import Callable

ProgressCallback = Callable[[int, int], None]
"""Called with (done, total) now and then while a long stage runs."""

StageProgress = Callable[[str, int, int], None]
"""Called with (stage, done, total): one for the stages of a whole run."""
