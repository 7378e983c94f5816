"""What can be refused before an image is read: what no view that is looked at can answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.images.views.settings import OF_OBJECTS, SCENES
from twinscore.scoring.views.object_domain import OBJECT_COLUMNS, views_of_domain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from twinscore.images.views.settings import ViewSettings
    from twinscore.scoring.settings import ScoreSettings


def check_asked_of_views(
    views: ViewSettings, settings: ScoreSettings, image_columns: Collection[str]
) -> None:
    """Refuse what is asked of views that are not looked at: it would be left out without a word.

    Parameters
    ----------
    views
        Those that are.
    settings
        What is asked: slices, classes, a domain, the published procedure.
    image_columns
        Of the synthetic side; objects have some of their own.

    Raises
    ------
    ValueError
        The message names the views that can answer.
    """
    for asked, answering in _asked(settings, image_columns):
        if not any(view in views.names for view in answering):
            raise ValueError(
                f"expected the view {' or '.join(answering)} (--view), of which {asked} is asked, "
                f"got {', '.join(views.names)}"
            )


def _asked(
    settings: ScoreSettings, image_columns: Collection[str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what is asked of some views alone, and of which."""
    for name in settings.slice_by:
        if name in OBJECT_COLUMNS and name not in image_columns:
            yield f"a slice by {name} (slice_by)", OF_OBJECTS
    if settings.label_by is not None:
        yield f"the class {settings.label_by} (label_by)", (SCENES,)
    if settings.domain is not None:
        yield (
            f"{settings.domain.file.name} (domain)",
            views_of_domain(settings.domain, image_columns),
        )
    if settings.published:
        yield "the published procedure (space, convention)", (SCENES,)
