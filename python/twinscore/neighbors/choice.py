"""The backend "auto": chosen from the size of the pool, the machine, and what is installed."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from twinscore.base.logs import logger_of
from twinscore.base.memory import available_bytes
from twinscore.neighbors.cost_model import index_bytes, predicted_seconds
from twinscore.neighbors.registry import open_backend

if TYPE_CHECKING:
    from twinscore.neighbors.cost_model import RowsByNumber

AUTOMATIC = "auto"
PATIENCE = 120.0
"""Seconds that an exact search may take before anything else is looked for."""

WORTH_IT = 3.0
"""An approximate search must be this many times as fast to be chosen."""

_log = logger_of(__name__)


@dataclass(frozen=True, slots=True)
class Choice:
    """A backend, the seconds that it is expected to take, and the reason in one sentence."""

    backend: str
    seconds: float
    reason: str


def choose_backend(points: RowsByNumber, k: int, threads: int, *, grouped: bool = False) -> Choice:
    """Choose how to search points among themselves.

    Parameters
    ----------
    points
        Shape (n, d).
    k, threads
        Of the search.
    grouped
        Groups are to be excluded: only backends that can do it by themselves.
    """
    rows, width = points.shape
    pool = f"{rows:,} points of {width} columns"
    exact = predicted_seconds("exact", open_backend("exact"), points, k, threads)
    if exact <= PATIENCE:
        return _told(Choice("exact", exact, f"{pool}: exact search in about {_span(exact)}"))
    slow = f"{pool}: exact search would take about {_span(exact)}"
    if _has_gpu():
        on_gpu = predicted_seconds("torch", open_backend("torch:device=cuda"), points, k, threads)
        if on_gpu < exact:
            reason = f"{slow}, on the GPU {_span(on_gpu)} with the same neighbors"
            return _told(Choice("torch:device=cuda", on_gpu, reason))
    if grouped or find_spec("hnswlib") is None:
        return _told(Choice("exact", exact, slow))
    if index_bytes(rows, width) > available_bytes():
        return _told(Choice("exact", exact, f"{slow}, an index would not fit into memory"))
    approximate = predicted_seconds("hnsw", open_backend("hnsw"), points, k, threads)
    if approximate * WORTH_IT > exact:
        reason = f"{slow}, hnsw {_span(approximate)}: not worth neighbors that it may miss"
        return _told(Choice("exact", exact, reason))
    reason = f"{slow}, hnsw {_span(approximate)}, though it may miss neighbors"
    return _told(Choice("hnsw", approximate, reason))


def _told(choice: Choice) -> Choice:
    _log.info("%s: %s", choice.backend, choice.reason)
    return choice


def _has_gpu() -> bool:
    if find_spec("torch") is None:
        return False
    import torch

    return bool(torch.cuda.is_available())


def _span(seconds: float) -> str:
    return f"{seconds:.2g} s" if seconds < 90 else f"{seconds / 60:.0f} min"
