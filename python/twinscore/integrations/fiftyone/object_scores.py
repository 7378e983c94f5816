"""What a result tells of objects, written to the detections that they are."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from twinscore.base.json_values import json_value
from twinscore.images.views.settings import ITEMS, OF_OBJECTS
from twinscore.integrations.fiftyone.detections import DetectionAnnotations
from twinscore.integrations.fiftyone.to_dataset import SAMPLE_FIELDS

if TYPE_CHECKING:
    from twinscore.scoring.result import SampledResult, ScoreResult

_NUMBER = " object "
"""Between the name of an image and the number of an object in it."""


def objects_to_fiftyone(
    result: ScoreResult | SampledResult, view: Any, field: str, *, of: str = ITEMS
) -> int:
    """Write scores of objects to the detections of a FiftyOne view.

    ``view.to_patches(field).sort_by(f"{field}.giveaway", reverse=True)`` then shows as patches the
    objects that give a twin away.

    Parameters
    ----------
    result
        Of `from_fiftyone` with ``objects_field``.
    view
        The samples to write to: a dataset, or a view of it; those of others are passed over.
    field
        Its detections.
    of
        "items" or "in-place": the view of the result whose figures are written.

    Returns
    -------
    int
        Detections that were written to. Others, such as those that are too small, have None.

    Raises
    ------
    ValueError
        The result has no such view of objects, or the view no such detections.
    """
    if of not in OF_OBJECTS:
        raise ValueError(f"expected a view of {' or '.join(OF_OBJECTS)}, got {of!r}")
    views = getattr(result, "views", None)
    if views is None or of not in views:
        raise ValueError(
            f"expected a result with the view {of!r}; from_fiftyone makes one with objects_field"
        )
    annotations = DetectionAnnotations(view, field)
    rows = _rows_by_image(views[of].samples.to_pylist())
    paths = view.values("filepath")
    written = 0
    of_samples: list[list[dict[str, Any]]] = []
    for path in paths:
        told: list[dict[str, Any]] = [{} for _ in range(annotations.count(path))]
        places = annotations.places(path) if path in rows else []
        for number, row in rows.get(path, {}).items():
            if number <= len(places):
                told[places[number - 1]] = row
                written += 1
        of_samples.append(told)
    for name in SAMPLE_FIELDS:
        values = [[json_value(row.get(name)) for row in told] or None for told in of_samples]
        view.set_values(f"{field}.detections.{name}", values, skip_none=True, dynamic=True)
    return written


def _rows_by_image(rows: list[dict[str, Any]]) -> dict[str, dict[int, dict[str, Any]]]:
    """Return by image and number of an object what is known of it."""
    found: dict[str, dict[int, dict[str, Any]]] = defaultdict(dict)
    for row in rows:
        image, _, rest = row["name"].rpartition(_NUMBER)
        found[image][int(rest.partition(" ")[0])] = row
    return found
