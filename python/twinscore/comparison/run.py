"""Two twins of one reality: from images to a comparison."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from twinscore.base.progress import stage_of
from twinscore.comparison import Comparison, compare_embeddings
from twinscore.comparison.closeness_difference import closeness_difference
from twinscore.comparison.domain_difference import domain_difference
from twinscore.comparison.fact_changes import fact_changes
from twinscore.comparison.matching import moved_images
from twinscore.comparison.richness_differences import richness_differences
from twinscore.comparison.view_differences import view_differences
from twinscore.scoring.score import score

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from twinscore.base.progress import StageProgress
    from twinscore.embedding.records import Embeddings
    from twinscore.images.views.settings import ViewSettings
    from twinscore.scoring.estimate import Estimate
    from twinscore.scoring.options import ScoreOptions
    from twinscore.scoring.result import SampledResult, ScoreResult
    from twinscore.scoring.score import Labels
    from twinscore.scoring.scored_pool import ScoredPool
    from twinscore.scoring.views.scores import Views


@dataclass(frozen=True, slots=True)
class ComparedTwins:
    """A comparison and the two results behind it.

    Attributes
    ----------
    comparison
        Second less first.
    first, second
        Each set scored for itself, with all its images.
    """

    comparison: Comparison
    first: ScoreResult | SampledResult
    second: ScoreResult | SampledResult


def compare(
    real: Any,
    first: Any,
    second: Any,
    k: int = 1,
    *,
    names: tuple[str, str] = ("first", "second"),
    slice_by: str | Sequence[str] = (),
    real_groups: Labels | None = None,
    first_groups: Labels | None = None,
    second_groups: Labels | None = None,
    real_objects: Any = None,
    first_objects: Any = None,
    second_objects: Any = None,
    views: Sequence[str] | ViewSettings | None = None,
    seed: int = 0,
    threads: int | None = None,
    progress: StageProgress | None = None,
    **options: Unpack[ScoreOptions],
) -> ComparedTwins:
    """Compare two synthetic sets against one real set.

    Parameters
    ----------
    real, first, second
        As in `twinscore.score`. The real images are embedded once.
    k, seed, threads, progress
        As in `twinscore.score`.
    names
        What the sets are called.
    slice_by
        Columns of both synthetic sets: the difference in each value is told apart.
    real_groups, first_groups, second_groups
        One label per image; images of one clip or scene share it.
    real_objects, first_objects, second_objects, views
        As in `twinscore.score`: objects, the world around them and whole scenes are compared too.
        The views of the real images are embedded with each set.
    **options
        Further options of `twinscore.score`, such as ``group_by`` or ``model``.

    Returns
    -------
    ComparedTwins

    Raises
    ------
    FileNotFoundError, ValueError, TypeError
        As `twinscore.score`, or where a set is too small to compare.

    Examples
    --------
    >>> import numpy as np, twinscore as ts
    >>> random = np.random.default_rng(0)
    >>> real, before, after = random.normal(size=(3, 80, 4)).astype("float32")
    >>> before[:60] += 9.0
    >>> found = ts.compare(real, before, after).comparison
    >>> found.difference > 0 and found.is_better
    True
    """

    def prefixed(name: str) -> StageProgress:
        return lambda stage, done, total: stage_of(progress, f"{name}: {stage}")(done, total)

    before = score(
        real,
        first,
        k,
        seed=seed,
        threads=threads,
        real_groups=real_groups,
        synthetic_groups=first_groups,
        real_objects=real_objects,
        synthetic_objects=first_objects,
        views=views,
        slice_by=slice_by,
        progress=prefixed(names[0]),
        **options,
    )
    pool = _pool_of(before)
    # The embedded real images carry their groups along; in those, no objects can be looked at.
    is_of_images = _views_in(before) is None
    after = score(
        _without_examples(before) if is_of_images else real,
        second,
        k,
        seed=seed,
        threads=threads,
        real_groups=None if is_of_images else real_groups,
        real_objects=real_objects,
        synthetic_objects=second_objects,
        views=views,
        synthetic_groups=second_groups,
        slice_by=slice_by,
        progress=prefixed(names[1]),
        **options,
    )
    _check_same_view(before, after)
    after = replace(
        after,
        inputs={**after.inputs, "real": before.inputs["real"]},
        pool=replace(_pool_of(after), sources=_joined_sources(before, after)),
    )
    comparison = compare_embeddings(
        pool.real,
        pool.synthetic,
        _pool_of(after).synthetic,
        k=k,
        names=names,
        slice_by=before.settings.slice_by,
        seed=seed,
        search=before.settings.search,
        progress=stage_of(progress, f"Exchanging images of {names[0]} and {names[1]}"),
    )
    moved = moved_images(_giveaways(before), _giveaways(after))
    saved = [result.to_dict() for result in (before, after)]
    comparison = replace(
        comparison,
        moved=moved,
        richness=richness_differences(*(fields["richness"] for fields in saved)),
        closeness=closeness_difference(*(fields["closeness"] for fields in saved)),
        domain=domain_difference(*(fields["domain"] for fields in saved)),
        facts=fact_changes(before.samples, after.samples),
        views=view_differences(*(fields["views"] for fields in saved)),
    )
    return ComparedTwins(comparison, before, after)


def _views_in(result: ScoreResult | SampledResult) -> Views[ScoreResult] | None:
    """Return the views of a result; a sample has none."""
    return None if result.settings.sample is not None else cast("ScoreResult", result).views


def _check_same_view(
    before: ScoreResult | SampledResult, after: ScoreResult | SampledResult
) -> None:
    """Refuse to compare the objects of one set with the scenes of another."""
    of_both = [list(_views_in(result) or ()) for result in (before, after)]
    if of_both[0] != of_both[1]:
        got = " and ".join(", ".join(names) or "none" for names in of_both)
        raise ValueError(f"expected the same views of both sets, got {got}")


def _pool_of(result: Estimate) -> ScoredPool:
    assert result.pool is not None
    return result.pool


def _without_examples(result: Estimate) -> Embeddings:
    """Return the real side without the columns that examples told: they tell them again."""
    real, domain = _pool_of(result).real, result.settings.domain
    told = () if domain is None else domain.by_example
    columns = {name: values for name, values in real.columns.items() if name not in told}
    return replace(real, columns=columns)


def _joined_sources(before: Estimate, after: Estimate) -> dict[str, Any]:
    real = {side: source for side, source in _pool_of(before).sources.items() if side == "real"}
    return {**real, **_pool_of(after).sources}


def _giveaways(result: Estimate) -> list[tuple[str, float]]:
    columns = (result.samples[name].to_pylist() for name in ("side", "name", "giveaway"))
    return [
        (name, giveaway)
        for side, name, giveaway in zip(*columns, strict=True)
        # A sample knows the giveaway of some images only.
        if side == "synthetic" and giveaway is not None
    ]
