"""Which view the figures of a saved result are of, beside those of its views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twinscore.images.views.settings import SCENES

if TYPE_CHECKING:
    from collections.abc import Mapping


def shown_view(fields: Mapping[str, Any]) -> str:
    """Return the view whose score is that of the result.

    Parameters
    ----------
    fields
        Of `result.json`: the whole scenes where it has no views, or these among them.
    """
    views = fields.get("views") or {}
    scored = [name for name, figures in views.items() if figures.get("score") is not None]
    return SCENES if SCENES in scored or not scored else scored[0]
