"""Columns of a store that keeps what was cut out of images beside the images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.embedding.store.description import is_store, read_description
from twinscore.images.sources.url import Url, is_url

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyarrow as pa

    from twinscore.embedding.store.opening import Location
    from twinscore.images.views.settings import ViewSettings

VIEW, IMAGE, NUMBER, BOX, FOUND = VIEW_COLUMNS = (
    "views.view",
    "views.image",
    "views.object",
    "views.box",
    "views.found",
)
"""Which view a row shows; of which image, by its id; which object of it, and its box; and, in the
row of a whole image, what was found of its objects."""


def column_of(rows: pa.Table, name: str) -> list[Any]:
    """Return the values of a column, None of one that no row has."""
    if name not in rows.column_names:
        return [None] * len(rows)
    values: list[Any] = rows[name].to_pylist()
    return values


def is_whole_image(rows: pa.Table) -> npt.NDArray[np.bool_]:
    """Tell which rows are images, rather than cut out of one."""
    return np.array([image is None for image in column_of(rows, IMAGE)], dtype=bool)


def views_of_store(location: Location) -> ViewSettings | None:
    """Return how objects were cut out, where a store with objects lies at a path or URL."""
    text = str(location)
    # Web servers tell nothing of folders for sure, and patterns lead to no stores.
    if is_url(text) and ("*" in text or Url.of(text).is_of_the_web):
        return None
    return read_description(location).views if is_store(location) else None
