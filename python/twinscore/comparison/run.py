"""Two twins of one reality: from images to a comparison."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twinscore.comparison import Comparison, compare_embeddings
from twinscore.comparison.matching import moved_images
from twinscore.scoring.run import score

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from twinscore.base.progress import StageProgress
    from twinscore.scoring.result import ScoreResult
    from twinscore.scoring.scored_pool import ScoredPool


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
    first: ScoreResult
    second: ScoreResult


def compare(
    real: Any,
    first: Any,
    second: Any,
    k: int = 1,
    *,
    names: tuple[str, str] = ("first", "second"),
    slice_by: str | Sequence[str] = (),
    first_groups: Sequence[Any] | npt.NDArray[Any] | None = None,
    second_groups: Sequence[Any] | npt.NDArray[Any] | None = None,
    seed: int = 0,
    threads: int | None = None,
    progress: StageProgress | None = None,
    **options: Any,
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
    first_groups, second_groups
        One label per synthetic image; images of one clip or scene share it.
    **options
        Further options of `twinscore.score`, such as ``real_groups``, ``group_by`` or ``model``.

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

    def prefixed(name: str) -> StageProgress | None:
        if progress is None:
            return None
        return lambda stage, done, total: progress(f"{name}: {stage}", done, total)

    def scored(reality: Any, synthetic: Any, name: str, groups: Any) -> ScoreResult:
        return score(
            reality,
            synthetic,
            k,
            seed=seed,
            threads=threads,
            progress=prefixed(name),
            synthetic_groups=groups,
            slice_by=slice_by,
            **options,
        )

    before = scored(real, first, names[0], first_groups)
    pool = _pool_of(before)
    # The embedded real images carry their groups along.
    options.pop("real_groups", None)
    after = scored(pool.real, second, names[1], second_groups)
    after = dataclasses.replace(
        after, pool=dataclasses.replace(_pool_of(after), sources=_joined_sources(before, after))
    )
    stage = f"Exchanging images of {names[0]} and {names[1]}"
    comparison = compare_embeddings(
        pool.real,
        pool.synthetic,
        _pool_of(after).synthetic,
        k=k,
        names=names,
        slice_by=(slice_by,) if isinstance(slice_by, str) else slice_by,
        seed=seed,
        threads=threads,
        progress=None if progress is None else lambda done, total: progress(stage, done, total),
    )
    moved = moved_images(_giveaways(before), _giveaways(after))
    return ComparedTwins(dataclasses.replace(comparison, moved=moved), before, after)


def _pool_of(result: ScoreResult) -> ScoredPool:
    assert result.pool is not None
    return result.pool


def _joined_sources(before: ScoreResult, after: ScoreResult) -> dict[str, Any]:
    real = {side: source for side, source in _pool_of(before).sources.items() if side == "real"}
    return {**real, **_pool_of(after).sources}


def _giveaways(result: ScoreResult) -> list[tuple[str, float]]:
    columns = (result.samples[name].to_pylist() for name in ("side", "name", "giveaway"))
    return [
        (name, giveaway)
        for side, name, giveaway in zip(*columns, strict=True)
        if side == "synthetic"
    ]
