"""Compare results that were written to disk."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from twinscore.comparison.closeness_difference import closeness_difference
from twinscore.comparison.domain_difference import (
    OTHER_DOMAIN,
    differently_declared,
    domain_difference,
)
from twinscore.comparison.fact_changes import fact_changes
from twinscore.comparison.independent import independent_difference
from twinscore.comparison.matching import moved_images
from twinscore.comparison.object_cuts import different_cuts
from twinscore.comparison.result import Comparison, SliceDifference
from twinscore.comparison.richness_differences import richness_differences
from twinscore.comparison.shown_view import shown_view
from twinscore.comparison.slice_differences import adjusted
from twinscore.comparison.view_differences import view_differences

if TYPE_CHECKING:
    from twinscore.scoring.saved_result import SavedResult

MUST_AGREE = {"model": "network", "preprocessing": "preparation of images", "k": "k"}


def compare_saved(first: SavedResult, second: SavedResult) -> Comparison:
    """Compare two results by their scores and intervals.

    The interval of the difference joins those of the scores as if they were independent (MOVER,
    Zou and Donner 2008). Where both share the real images they move together, so the interval
    is rather too wide than too narrow; with the images at hand, ``compare_embeddings`` is sharper.

    Raises
    ------
    ValueError
        A result has no interval, or the two were made with different settings.
    """
    intervals = []
    for result in (first, second):
        if result.interval is None:
            raise ValueError(
                f"{result.folder}: expected a result with an interval; score all images again, "
                "without precision and budget"
            )
        intervals.append(result.interval)
    for field, meaning in MUST_AGREE.items():
        values = [result.fields.get(field) for result in (first, second)]
        if values[0] != values[1]:
            raise ValueError(
                f"expected results of one {meaning}, got {values[0]} in {first.folder} "
                f"and {values[1]} in {second.folder}"
            )
    shown = [shown_view(result.fields) for result in (first, second)]
    if shown[0] != shown[1]:
        raise ValueError(
            f"expected results that show the same view, got {shown[0]} in {first.folder} and "
            f"{shown[1]} in {second.folder}: score both with the same views (--view)"
        )
    domains = [result.fields.get("domain") for result in (first, second)]
    scores = [float(result.fields["score"]) for result in (first, second)]
    interval, p_value = independent_difference(scores[0], intervals[0], scores[1], intervals[1])
    moved = moved_images(first.giveaways(), second.giveaways())
    return Comparison(
        first_name=str(first.folder),
        second_name=str(second.folder),
        first=scores[0],
        second=scores[1],
        difference=scores[1] - scores[0],
        interval=interval,
        p_value=p_value,
        n_real=int(second.fields["n_real"]),
        n_first=int(first.fields["n_synthetic"]),
        n_second=int(second.fields["n_synthetic"]),
        pairs=len(moved),
        method=(
            "From the intervals of the two results, as if they were independent: "
            "rather too wide than too narrow."
        ),
        slices=_slices(first, second),
        moved=moved,
        richness=richness_differences(first.fields.get("richness"), second.fields.get("richness")),
        closeness=closeness_difference(
            first.fields.get("closeness"), second.fields.get("closeness")
        ),
        domain=domain_difference(*domains),
        warnings=tuple(_warnings(first, second)),
        facts=fact_changes(first.samples, second.samples),
        views=view_differences(first.fields.get("views"), second.fields.get("views")),
    )


def _slices(first: SavedResult, second: SavedResult) -> tuple[SliceDifference, ...]:
    of_first = {_slice_name(item): item for item in first.fields.get("slices") or []}
    found = []
    for after in second.fields.get("slices") or []:
        name = _slice_name(after)
        if name not in of_first:
            continue
        before = of_first[name]
        _, p_value = independent_difference(
            before["score"], before["interval"], after["score"], after["interval"]
        )
        found.append(
            SliceDifference(
                slice=name,
                n_first=before["n_synthetic"],
                n_second=after["n_synthetic"],
                first=before["score"],
                second=after["score"],
                difference=after["score"] - before["score"],
                p_value=p_value,
                adjusted_p_value=math.nan,
            )
        )
    return adjusted(found)


def _slice_name(item: dict[str, Any]) -> str:
    return f"{item['column']} = {item['value']}"


def _warnings(first: SavedResult, second: SavedResult) -> list[str]:
    warnings = []
    if differently_declared(*(result.fields.get("domain") for result in (first, second))):
        warnings.append(OTHER_DOMAIN)
    cuts = different_cuts([first.fields, second.fields])
    if cuts:
        warnings.append(
            f"objects are cut out in two ways ({'; '.join(cuts)}): a part of the difference "
            "between their scores"
        )
    if sorted(first.names("real")) != sorted(second.names("real")):
        warnings.append("the two results have different real images: a part of the difference")
    sizes = [result.fields["n_synthetic"] for result in (first, second)]
    if max(sizes) > 1.1 * min(sizes):
        warnings.append(
            f"the sets differ in size ({sizes[0]:,} and {sizes[1]:,} synthetic images), and the "
            "score depends on it: compare the images themselves with --real"
        )
    return warnings
