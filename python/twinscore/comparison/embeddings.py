"""Compare two synthetic sets in one design: their images trade places, or half of them leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.constants import Z_95
from twinscore.comparison import exchanges as resampling
from twinscore.comparison.design import equal_sets, make_design, units_of
from twinscore.comparison.exchanges import exchanged, half_spread, two_sided
from twinscore.comparison.matching import match_scenes
from twinscore.comparison.result import Comparison
from twinscore.comparison.slice_differences import compare_slices, slice_columns, slices_left_out
from twinscore.neighbors.settings import EXACT, SearchSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.base.progress import ProgressCallback
    from twinscore.comparison.design import Units
    from twinscore.embedding.records import Embeddings

FEWEST_UNITS = 4

METHOD = (
    "Both sets around the same real images, at equal size. The p-value comes from {permutations} "
    "exchanges of images between the sets{pairs}, the interval from {halves} random halves of "
    "all images."
)


def compare_embeddings(
    real: Embeddings,
    first: Embeddings,
    second: Embeddings,
    *,
    k: int = 1,
    names: tuple[str, str] = ("first", "second"),
    slice_by: Sequence[str] = (),
    seed: int = 0,
    search: SearchSettings = EXACT,
    progress: ProgressCallback | None = None,
) -> Comparison:
    """Compare two synthetic sets against one real set.

    The statistic is S of the second set less S of the first, each over its own pool with all real
    images. A set that is larger is cut to the size of the other at random, because the score
    depends on the ratio of the sides. If both sets were drawn alike, any of their images might
    carry either label: relabelling them gives the null distribution. Images of one scene name are
    exchanged with each other only, so that scenes rendered twice, which are no independent draws,
    are treated as the pairs they are. The interval is that of a delete-half jackknife over real
    images, and scenes or images, at once (Shao and Wu 1989). With groups, a group takes the place
    of an image, and all is averaged over draws of one image a group.

    Parameters
    ----------
    real, first, second
        Of one model.
    k
        Neighbors per image.
    names
        What the sets are called.
    slice_by
        Columns of both sets, each value of which is a slice.
    seed
        Of cuts, draws, exchanges and halves.
    search
        Backend and threads.
    progress
        Called now and then with (done, total).

    Raises
    ------
    ValueError
        A set has fewer than four images (or groups), lacks a column, or the widths differ.
    """
    random = np.random.default_rng(seed)
    sets, warnings = equal_sets(first, second, names, random)
    real_units = units_of(real)
    _check(real, first, second, real_units, sets, names, k)
    pairs = match_scenes(sets[0].names, sets[1].names)
    design = make_design(real, first, second, real_units, sets, pairs, k, random, search)
    if uncertain := design.uncertain():
        warnings.append(
            f"{uncertain:,} images lie so deep among images of the other set that their share of "
            "real neighbors is only bounded from below"
        )
    expected = design.n_real / (design.n_real + len(sets[0]) - 1)
    columns = slice_columns(first, second, sets, names, slice_by)
    total = resampling.HALVES + resampling.PERMUTATIONS * (1 + len(columns))
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, total)

    observed = design.shares(design.labels) / expected
    scores = [float(observed[design.labels == label].mean()) for label in (0, 1)]
    difference = scores[1] - scores[0]
    spread = half_spread(design, random, step)
    permuted = exchanged(design, design.strata, random, step, [np.arange(len(observed))])
    slices = compare_slices(design, columns, observed, expected, random, step)
    warnings += slices_left_out(columns, slices)
    return Comparison(
        first_name=names[0],
        second_name=names[1],
        first=scores[0],
        second=scores[1],
        difference=difference,
        interval=(difference - Z_95 * spread, difference + Z_95 * spread),
        p_value=two_sided(difference, permuted[:, 0] / expected),
        n_real=design.n_real,
        n_first=len(sets[0]),
        n_second=len(sets[1]),
        pairs=len(pairs),
        method=METHOD.format(
            permutations=resampling.PERMUTATIONS,
            halves=resampling.HALVES,
            pairs=f" ({len(pairs):,} scenes only with themselves)" if pairs else "",
        ),
        slices=slices,
        warnings=tuple(warnings),
    )


def _check(
    real: Embeddings,
    first: Embeddings,
    second: Embeddings,
    real_units: Units,
    sets: tuple[Units, Units],
    names: tuple[str, str],
    k: int,
) -> None:
    for name, units in (("real", real_units), (names[0], sets[0]), (names[1], sets[1])):
        if len(units) < max(FEWEST_UNITS, 2 * k + 2):
            raise ValueError(
                f"expected at least {max(FEWEST_UNITS, 2 * k + 2)} images (or groups) in each "
                f"set to compare them at k = {k}, got {len(units)} in {name}"
            )
    widths = {side.vectors.shape[1] for side in (real, first, second)}
    if len(widths) > 1:
        raise ValueError(f"expected embeddings of one model, got widths {sorted(widths)}")
