"""Pillow's warnings, silenced for all threads that decode."""

from __future__ import annotations

import threading
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Silence:
    """How many are inside ``pillow_warnings_silenced``, and the filters to restore after them."""

    lock = threading.Lock()
    holders = 0
    filters: warnings.catch_warnings[None] | None = None


@contextmanager
def pillow_warnings_silenced() -> Iterator[None]:
    """Silence Pillow's warnings, which speak of metadata or are errors here anyway.

    Python's warning filters belong to the whole process, so the first to enter sets them and the
    last to leave restores them: threads that decode at the same time do not undo one another.
    """
    with _Silence.lock:
        if _Silence.holders == 0:
            _Silence.filters = warnings.catch_warnings()
            _Silence.filters.__enter__()
            warnings.filterwarnings("ignore", module=r"PIL\.")
        _Silence.holders += 1
    try:
        yield
    finally:
        with _Silence.lock:
            _Silence.holders -= 1
            if _Silence.holders == 0 and _Silence.filters is not None:
                _Silence.filters.__exit__(None, None, None)
