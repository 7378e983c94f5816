"""Standard output whose reader has gone, as head does after ten lines."""

from __future__ import annotations

import os
import select
import sys


def nobody_reads() -> bool:
    """Flush standard output; tell whether it leads to a program that has stopped reading.

    From then on it leads nowhere, so that nothing fails when more is said, or when the interpreter
    flushes it at its end.
    """
    # A caller may have closed it.
    stream: object = sys.stdout
    if stream is None:
        return False
    try:
        sys.stdout.flush()
        is_gone = _has_lost_its_reader()
    except BrokenPipeError:
        is_gone = True
    if is_gone:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    return is_gone


def _has_lost_its_reader() -> bool:
    if not hasattr(select, "poll"):
        return False
    question = select.poll()
    try:
        question.register(sys.stdout.fileno(), 0)
    except (OSError, ValueError):
        return False  # no file of the system, in tests for example
    return any(event & select.POLLERR for _, event in question.poll(0))
