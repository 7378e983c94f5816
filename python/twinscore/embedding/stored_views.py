"""Views of annotated images out of a store, as `embed_views` makes them of the images."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from twinscore.embedding.object_tally import ObjectTally
from twinscore.embedding.records import Skipped
from twinscore.embedding.store.objects_file import read_objects_file
from twinscore.embedding.store.reader import OpenedStore
from twinscore.embedding.store.rows import OK
from twinscore.embedding.store.view_columns import (
    FOUND,
    IMAGE,
    NUMBER,
    VIEW,
    column_of,
    is_whole_image,
)
from twinscore.embedding.views import EmbeddedViews
from twinscore.images.sources.grouping import unknown_column
from twinscore.images.views.found_objects import found_in_json
from twinscore.images.views.settings import ENVIRONMENT, OF_OBJECTS, SCENES

if TYPE_CHECKING:
    from twinscore.embedding.records import Embeddings
    from twinscore.embedding.store.opening import Location
    from twinscore.images.views.settings import ViewSettings


def load_views(
    location: Location,
    settings: ViewSettings,
    *,
    side: str,
    group_by: str | None = None,
    on_disk: bool = False,
) -> EmbeddedViews:
    """Load a store of images with their objects for scoring; no image is opened.

    Parameters
    ----------
    location
        A store as `embed` makes it of annotated images.
    settings
        Which of its views; whole images come along.
    side
        "real" or "synthetic": names the side in messages.
    group_by
        Column whose values are the groups of images; None: those the store was made with.
    on_disk
        See `load_store`.

    Raises
    ------
    FileNotFoundError, ValueError, OSError
        As `load_store`; images have no column of that name.
    """
    return _Loading(OpenedStore(location), settings, side, group_by).finish(on_disk=on_disk)


@dataclass(frozen=True, slots=True)
class _Image:
    """One image of the store.

    Attributes
    ----------
    group
        None where it stands for itself.
    unit
        What its objects are grouped by.
    has_environment
        As in `FoundObjects`.
    fact_rows
        Of each object that is looked at, by its number as text.
    """

    group: str | None
    unit: str
    has_environment: bool
    fact_rows: dict[str, int]


class _Loading:
    """The rows of a store, put together image by image."""

    def __init__(
        self, store: OpenedStore, settings: ViewSettings, side: str, group_by: str | None
    ) -> None:
        self._store = store
        self._settings = settings
        self._side = side
        self._group_by = group_by
        self._ids = store.rows["id"].to_pylist()
        self._views = column_of(store.rows, VIEW)
        self._image_ids = column_of(store.rows, IMAGE)
        self._numbers = column_of(store.rows, NUMBER)
        self._images: dict[str, _Image] = {}
        self._unread: set[int] = set()

    def finish(self, *, on_disk: bool) -> EmbeddedViews:
        tally = self._tallied()
        embeddings, fact_rows = {}, {}
        for name in dict.fromkeys((*self._settings.names, SCENES)):
            rows = [row for row in range(len(self._ids)) if self._is_shown(row, name)]
            embeddings[name] = self._embeddings(name, rows, on_disk=on_disk)
            kept = (row for row in rows if name in OF_OBJECTS and self._is_ok(row))
            numbers = ((self._image_ids[row], self._numbers[row]) for row in kept)
            fact_rows[name] = array(
                "q", (self._images[image].fact_rows[number] for image, number in numbers)
            )
        return EmbeddedViews(embeddings, {}, tally.counts, tally.facts, fact_rows)

    def _tallied(self) -> ObjectTally:
        """Count what was found in every image, in the order of the store."""
        rows = self._store.rows
        format_name, problems = read_objects_file(self._store.directory)
        latest = self._store.is_latest
        whole = [row for row, image in enumerate(self._image_ids) if image is None and latest[row]]
        tally = ObjectTally(format_name, len(whole), problems, self._settings)
        paths, found_texts, groups = rows["path"], column_of(rows, FOUND), self._groups()
        for row in whole:
            name, group = paths[row].as_py(), groups[row]
            unit = name if group is None else group
            text = found_texts[row]
            if text is None:
                self._unread.add(row)
                tally.counts.unread.append(Skipped(name, self._store.statuses[row]))
                continue
            found = found_in_json(text)
            places = tally.add(found, unit)
            shown = (each for each in found.objects if each.is_looked_at(self._settings))
            fact_rows = {str(each.number): places[each.number] for each in shown}
            self._images[self._ids[row]] = _Image(group, unit, found.has_environment, fact_rows)
        return tally

    def _groups(self) -> list[str | None]:
        """Return the group of each row; of pictures, it is not looked at."""
        rows = self._store.rows
        if self._group_by is None:
            return column_of(rows, "group")
        images = rows.filter(is_whole_image(rows))
        columns = {
            name: stored
            for name, stored in self._store.further_columns.items()
            if images[stored].null_count < len(images)
        }
        if self._group_by not in columns:
            known = tuple(columns)
            raise ValueError(unknown_column(self._group_by, known, f"{self._side} images"))
        return column_of(rows, columns[self._group_by])

    def _is_shown(self, row: int, view: str) -> bool:
        """Tell whether a row is a picture of a view, or an image that has none in any."""
        if row in self._unread:
            return True
        if self._views[row] != view:
            return False
        if view == SCENES:
            return True
        image = self._images.get(self._image_ids[row])
        if image is None:
            return False
        if view == ENVIRONMENT:
            return image.has_environment
        return self._numbers[row] in image.fact_rows

    def _is_ok(self, row: int) -> bool:
        return bool(self._store.statuses[row] == OK and self._store.is_latest[row])

    def _embeddings(self, view: str, rows: list[int], *, on_disk: bool) -> Embeddings:
        chosen = np.zeros(len(self._ids), dtype=bool)
        chosen[rows] = True
        found = self._store.embeddings(chosen, on_disk=on_disk)
        kept = [row for row in rows if self._is_ok(row)]
        images = [self._images[self._image_ids[row] or self._ids[row]] for row in kept]
        groups = [image.unit if view in OF_OBJECTS else image.group for image in images]
        is_grouped = any(group is not None for group in groups)
        named = (f"image {place}" if group is None else group for place, group in enumerate(groups))
        return replace(found, groups=tuple(named) if is_grouped else None)
