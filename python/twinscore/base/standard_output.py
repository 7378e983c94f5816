"""Standard output whose reader has gone, as head does after ten lines."""

from __future__ import annotations

import os
import sys


def nobody_reads() -> bool:
    """Flush standard output; tell whether it leads to a program that has stopped reading.

    From then on it leads nowhere, so that nothing fails when the interpreter flushes it at its
    end.
    """
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
        return True
    return False
