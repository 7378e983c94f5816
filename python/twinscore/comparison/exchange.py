"""Compare two synthetic sets in one design: their images trade places, or half of them leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twinscore.comparison.matching import match_scenes
from twinscore.comparison.neighborhoods import (
    Neighborhoods,
    affordable_depth,
    depth_for,
    find_neighborhoods,
)
from twinscore.comparison.records import Comparison, SliceDifference
from twinscore.comparison.saved import adjusted
from twinscore.statistics import Z_95

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from twinscore.records import Embeddings, Float64Array, IdArray, ProgressCallback

PERMUTATIONS = 999
HALVES = 200
GROUP_DRAWS = 10
FEWEST_IN_SLICE = 5
FEWEST_UNITS = 4

METHOD = (
    "Both sets around the same real images, at equal size. The p-value comes from {permutations} "
    "exchanges of images between the sets{pairs}, the interval from {halves} random halves of "
    "all images."
)


@dataclass(frozen=True, slots=True)
class _Units:
    """What is drawn, exchanged and halved: images, or groups of them.

    Attributes
    ----------
    rows
        For each unit the rows of its images.
    names
        Of the units.
    """

    rows: tuple[IdArray, ...]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def draw(self, random: np.random.Generator) -> IdArray:
        """Take one row of each unit."""
        return np.array([rows[random.integers(len(rows))] for rows in self.rows], dtype=np.int64)

    def some(self, kept: IdArray) -> _Units:
        """Keep some of the units."""
        return _Units(
            tuple(self.rows[index] for index in kept), tuple(self.names[index] for index in kept)
        )


@dataclass(frozen=True, slots=True)
class _Design:
    """Lists of candidates for each draw of one image a unit, and what may be exchanged.

    Attributes
    ----------
    draws
        Without groups a single one.
    labels
        Shape (n,): 0 for units of the first set, 1 for those of the second.
    strata
        Shape (n,): exchanges stay within a stratum.
    n_real
        Real units.
    """

    draws: tuple[Neighborhoods, ...]
    labels: IdArray
    strata: IdArray
    n_real: int

    def shares(self, labels: IdArray, kept_real: IdArray | None = None) -> Float64Array:
        """Real shares of every unit, averaged over the draws."""
        kept = None
        if kept_real is not None:
            kept = np.zeros(self.n_real, dtype=bool)
            kept[kept_real] = True
        shares = [draw.real_shares(labels, kept)[0] for draw in self.draws]
        return np.asarray(np.mean(shares, axis=0), dtype=np.float64)

    def uncertain(self) -> int:
        """Units whose lists end too early for the sets as they are."""
        return max(int((~draw.real_shares(self.labels)[1]).sum()) for draw in self.draws)


def compare_embeddings(
    real: Embeddings,
    first: Embeddings,
    second: Embeddings,
    *,
    k: int = 1,
    names: tuple[str, str] = ("first", "second"),
    slice_by: Sequence[str] = (),
    seed: int = 0,
    threads: int | None = None,
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
    threads
        None for all that the process may use.
    progress
        Called now and then with (done, total).

    Raises
    ------
    ValueError
        A set has fewer than four images (or groups), lacks a column, or the widths differ.
    """
    random = np.random.default_rng(seed)
    sets, warnings = _equal_sets(first, second, names, random)
    real_units = _units(real)
    _check(real, first, second, real_units, sets, names, k)
    pairs = match_scenes(sets[0].names, sets[1].names)
    design = _design(real, first, second, real_units, sets, pairs, k, random, threads)
    if uncertain := design.uncertain():
        warnings.append(
            f"{uncertain:,} images lie so deep among images of the other set that their share of "
            "real neighbors is only bounded from below"
        )
    expected = design.n_real / (design.n_real + len(sets[0]) - 1)
    columns = _slice_columns(first, second, sets, names, slice_by)
    total = HALVES + PERMUTATIONS * (1 + len(columns))
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, total)

    observed = design.shares(design.labels) / expected
    scores = [float(observed[design.labels == label].mean()) for label in (0, 1)]
    difference = scores[1] - scores[0]
    spread = _half_spread(design, random, step)
    permuted = _exchanged(design, design.strata, random, step, [np.arange(len(observed))])
    slices = _slices(design, columns, observed, expected, random, step)
    warnings += _slices_left_out(columns, slices)
    return Comparison(
        first_name=names[0],
        second_name=names[1],
        first=scores[0],
        second=scores[1],
        difference=difference,
        interval=(difference - Z_95 * spread, difference + Z_95 * spread),
        p_value=_two_sided(difference, permuted[:, 0] / expected),
        n_real=design.n_real,
        n_first=len(sets[0]),
        n_second=len(sets[1]),
        pairs=len(pairs),
        method=METHOD.format(
            permutations=PERMUTATIONS,
            halves=HALVES,
            pairs=f" ({len(pairs):,} scenes only with themselves)" if pairs else "",
        ),
        slices=slices,
        warnings=tuple(warnings),
    )


def _check(
    real: Embeddings,
    first: Embeddings,
    second: Embeddings,
    real_units: _Units,
    sets: tuple[_Units, _Units],
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


def _units(side: Embeddings) -> _Units:
    if side.groups is None:
        rows = tuple(np.arange(len(side.vectors), dtype=np.int64)[:, None])
        return _Units(rows, side.names)
    names, places = np.unique(np.asarray(side.groups), return_inverse=True)
    rows = tuple(np.flatnonzero(places == place) for place in range(len(names)))
    return _Units(rows, tuple(str(name) for name in names))


def _equal_sets(
    first: Embeddings,
    second: Embeddings,
    names: tuple[str, str],
    random: np.random.Generator,
) -> tuple[tuple[_Units, _Units], list[str]]:
    sets = [_units(first), _units(second)]
    size = min(len(units) for units in sets)
    warnings = []
    for index, name in enumerate(names):
        if len(sets[index]) > size:
            warnings.append(
                f"{name} was cut to {size:,} of its {len(sets[index]):,} images (or groups), drawn "
                "at random, because the score depends on the ratio of the sides"
            )
            kept = np.sort(random.permutation(len(sets[index]))[:size])
            sets[index] = sets[index].some(kept)
    return (sets[0], sets[1]), warnings


def _design(
    real: Embeddings,
    first: Embeddings,
    second: Embeddings,
    real_units: _Units,
    sets: tuple[_Units, _Units],
    pairs: Sequence[tuple[int, int]],
    k: int,
    random: np.random.Generator,
    threads: int | None,
) -> _Design:
    size = len(sets[0])
    labels = np.repeat([0, 1], size)
    strata = np.zeros(2 * size, dtype=np.int64)
    for stratum, (row, other) in enumerate(pairs, start=1):
        strata[[row, size + other]] = stratum
    grouped = any(side.groups is not None for side in (real, first, second))
    draws = []
    # Of the candidates in a list, half stay in a half of the images, and half of the synthetic
    # ones among these carry the label of the query.
    depth = depth_for(k, 0.25)
    for _ in range(GROUP_DRAWS if grouped else 1):
        points = [
            real.vectors[real_units.draw(random)],
            np.concatenate(
                [first.vectors[sets[0].draw(random)], second.vectors[sets[1].draw(random)]]
            ),
        ]
        draws.append(_deep_enough(points[0], points[1], k, depth, labels, threads))
    return _Design(tuple(draws), labels, strata, len(real_units))


def _deep_enough(
    real: np.ndarray[tuple[int, int], np.dtype[np.float32]],
    synthetic: np.ndarray[tuple[int, int], np.dtype[np.float32]],
    k: int,
    depth: int,
    labels: IdArray,
    threads: int | None,
) -> Neighborhoods:
    """Search deeper until the sets as they are need no candidate beyond a list."""
    while True:
        found = find_neighborhoods(real, synthetic, k, depth, threads=threads)
        _, certain = found.real_shares(labels)
        deeper = min(2 * depth, affordable_depth(len(synthetic)))
        if certain.all() or deeper <= depth:
            return found
        depth = deeper


def _half_spread(design: _Design, random: np.random.Generator, step: Callable[[], None]) -> float:
    """Estimate the standard deviation of the difference from random halves of all units.

    Half of the units drawn without replacement spread around the whole as the whole spreads
    around the truth: 1/m - 1/n = 1/n at m = n/2.
    """
    size = len(design.labels) // 2
    half, half_real = size // 2, design.n_real // 2
    expected = half_real / (half_real + half - 1)
    scale = np.sqrt((half / size) / (1.0 - half / size))
    differences = []
    for _ in range(HALVES):
        labels = np.full(len(design.labels), -1)
        kept = _half_of_each_set(design, half, random)
        labels[kept] = design.labels[kept]
        kept_real = random.permutation(design.n_real)[:half_real]
        shares = design.shares(labels, kept_real)
        means = [shares[labels == label].mean() for label in (0, 1)]
        differences.append((means[1] - means[0]) / expected)
        step()
    return float(np.std(differences, ddof=1) * scale)


def _half_of_each_set(design: _Design, half: int, random: np.random.Generator) -> IdArray:
    """Keep `half` units of each set: whole pairs first or last, as a random order has it."""
    size = len(design.labels) // 2
    priority = random.random(int(design.strata.max()) + 1)[design.strata]
    single = design.strata == 0
    priority[single] = random.random(int(single.sum()))
    kept = [
        label * size + np.argsort(priority[label * size : (label + 1) * size])[:half]
        for label in (0, 1)
    ]
    return np.concatenate(kept)


def _exchanged(
    design: _Design,
    strata: IdArray,
    random: np.random.Generator,
    step: Callable[[], None],
    parts: Sequence[IdArray],
) -> Float64Array:
    """Differences of mean shares within each part, shape (permutations, parts)."""
    order = np.argsort(strata, kind="stable")
    differences = np.empty((PERMUTATIONS, len(parts)))
    for row in range(PERMUTATIONS):
        shuffled = np.lexsort((random.random(len(strata)), strata))
        labels = np.empty_like(design.labels)
        labels[order] = design.labels[shuffled]
        shares = design.shares(labels)
        for column, part in enumerate(parts):
            differences[row, column] = (
                shares[part][labels[part] == 1].mean() - shares[part][labels[part] == 0].mean()
            )
        step()
    return differences


def _two_sided(observed: float, permuted: Float64Array) -> float:
    center = (permuted.sum() + observed) / (len(permuted) + 1)
    as_far = np.abs(permuted - center) >= abs(observed - center) * (1.0 - 1e-9)
    return float((1 + np.count_nonzero(as_far)) / (len(permuted) + 1))


def _slice_columns(
    first: Embeddings,
    second: Embeddings,
    sets: tuple[_Units, _Units],
    names: tuple[str, str],
    slice_by: Sequence[str],
) -> dict[str, list[str | None]]:
    """Value of each unit in each column; that of a group's first image."""
    columns: dict[str, list[str | None]] = {name: [] for name in slice_by}
    for column, values in columns.items():
        for name, side, units in zip(names, (first, second), sets, strict=True):
            if column not in side.columns:
                known = ", ".join(sorted(side.columns)) or "none"
                raise ValueError(f"slice_by: expected a column of {name} ({known}), got {column!r}")
            values += [side.columns[column][int(rows[0])] for rows in units.rows]
    return columns


def _slices_left_out(
    columns: dict[str, list[str | None]], slices: Sequence[SliceDifference]
) -> Iterator[str]:
    compared = {part.slice for part in slices}
    for column, values in columns.items():
        named = {value for value in values if value is not None}
        left_out = [value for value in named if f"{column} = {value}" not in compared]
        if left_out:
            yield (
                f"{len(left_out):,} of {len(named):,} values of {column}, such as "
                f"{min(left_out)!r}, are not compared: fewer than {FEWEST_IN_SLICE} images (or "
                "groups) of a set"
            )


def _slices(
    design: _Design,
    columns: dict[str, list[str | None]],
    observed: Float64Array,
    expected: float,
    random: np.random.Generator,
    step: Callable[[], None],
) -> tuple[SliceDifference, ...]:
    found = []
    for column, values in columns.items():
        names = sorted({value for value in values if value is not None})
        belongs = np.array([names.index(value) if value is not None else -1 for value in values])
        parts = []
        for place in range(len(names)):
            part = np.flatnonzero(belongs == place)
            of_second = int(design.labels[part].sum())
            if min(of_second, len(part) - of_second) >= FEWEST_IN_SLICE:
                parts.append((names[place], part))
        if not parts:
            continue
        # Exchanges within a slice leave the make-up of both sets as it is.
        strata = np.unique(np.stack([design.strata, belongs]), axis=1, return_inverse=True)[1]
        permuted = _exchanged(design, strata.ravel(), random, step, [part for _, part in parts])
        for index, (value, part) in enumerate(parts):
            labels = design.labels[part]
            scores = [float(observed[part][labels == label].mean()) for label in (0, 1)]
            difference = scores[1] - scores[0]
            p_value = _two_sided(difference, permuted[:, index] / expected)
            found.append(
                SliceDifference(
                    slice=f"{column} = {value}",
                    n_first=int((labels == 0).sum()),
                    n_second=int((labels == 1).sum()),
                    first=scores[0],
                    second=scores[1],
                    difference=difference,
                    p_value=p_value,
                    adjusted_p_value=p_value,
                )
            )
    return adjusted(found)
