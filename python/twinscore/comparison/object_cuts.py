"""How objects were cut out, in results whose objects are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twinscore.images.views.settings import CUT_FIELDS, OF_OBJECTS, ViewSettings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def different_cuts(results: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return in words how objects were cut out, where several results do not agree on it.

    Parameters
    ----------
    results
        The fields of `result.json`.

    Returns
    -------
    tuple of str
        Each way once, in the order of the results; empty where all that is known is one way.
    """
    cuts = [cut for fields in results if (cut := _cut_of(fields)) is not None]
    words = dict.fromkeys(cut.cut_in_words() for cut in cuts)
    return tuple(words) if len(words) > 1 else ()


def _cut_of(fields: Mapping[str, Any]) -> ViewSettings | None:
    """Return how objects were cut out; None where none are shown, or a result does not say it."""
    views = fields.get("views") or {}
    if not any(name in views for name in OF_OBJECTS):
        return None
    # Results of earlier versions have it where it was asked for.
    asked = (fields.get("settings") or {}).get("views")
    cut = (fields.get("objects") or {}).get("cut") or asked
    return None if cut is None else ViewSettings(**{name: cut[name] for name in CUT_FIELDS})
