"""What richness tells of each image, as fields and saved views of a FiftyOne dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twinscore.measures.copied import NEAR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOSTLY = 0.5

VIEWS = {
    "covered": ("covered", "Real images that synthetic ones come near, by richness"),
    "gap": ("all-gaps", "All real images that no synthetic one comes near, by richness"),
    "foreign": ("foreign", "Synthetic images that lie where no real ones do"),
    "copied": ("copied", "Synthetic images nearer to a real one than these to each other"),
}
"""Name and description of the saved view of each field that is true of some images."""


def richness_fields(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the fields of each image; none where the result has no richness.

    Parameters
    ----------
    rows
        Of `result.samples`.

    Returns
    -------
    For real images ``covered`` (0 to 1, how surely it is reached) and ``gap``; for synthetic ones
    ``novelty``, ``foreign`` and ``copied``; for both ``run``.
    """
    found = []
    for row in rows:
        fields: dict[str, Any] = {}
        if row.get("run") is not None:
            fields = {"run": row["run"]}
            if row["side"] == "real":
                fields |= {"covered": row["covered"], "gap": row["covered"] < MOSTLY}
            else:
                fields |= {
                    "novelty": row["novelty"],
                    "foreign": row["run"] == 0.0,
                    "copied": row["novelty"] < NEAR,
                }
        found.append(fields)
    return found


def save_richness_views(dataset: Any, fields: Sequence[Mapping[str, Any]]) -> None:
    """Save a view of the images of which each field is true, where there are any.

    Parameters
    ----------
    dataset
        With the fields, its samples in the order of these.
    fields
        See `richness_fields`.
    """
    ids = dataset.values("id")
    for field, (name, description) in VIEWS.items():
        chosen = [
            id_
            for id_, of_image in zip(ids, fields, strict=True)
            if (of_image.get(field) or 0.0) > MOSTLY
        ]
        if chosen:
            dataset.save_view(name, dataset.select(chosen), description=description)
