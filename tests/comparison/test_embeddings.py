"""Two sets in one design: what differs is found, what does not is not, pairs stay pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from twinscore.comparison import Comparison, compare_embeddings
from twinscore.comparison import exchanges as resampling
from twinscore.embedding.records import Embeddings
from twinscore.neighbors.settings import SearchSettings

if TYPE_CHECKING:
    import numpy.typing as npt

    Points = npt.NDArray[np.float32]


def side(
    vectors: npt.NDArray[np.floating],
    name: str,
    *,
    scenes: bool = False,
    groups: npt.NDArray[np.int64] | None = None,
    columns: dict[str, tuple[str | None, ...]] | None = None,
) -> Embeddings:
    own = "scene" if scenes else name
    return Embeddings(
        vectors.astype(np.float32),
        tuple(f"{name}/{own}-{row}.png" for row in range(len(vectors))),
        groups=None if groups is None else tuple(f"{own} {group}" for group in groups),
        columns=columns or {},
    )


def mixture(random: np.random.Generator, count: int, share: float, width: int = 4) -> Points:
    """Points of which a share is drawn like the real ones and the rest lies far away."""
    points = random.standard_normal((count, width)).astype(np.float32)
    points[random.random(count) >= share, 0] += 40.0
    return points


def mixture_score(share: float, n_real: int, n_synthetic: int) -> float:
    p = n_real / (n_real + n_synthetic)
    return share / (p + (1.0 - p) * share)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resampling, "PERMUTATIONS", 199)
    monkeypatch.setattr(resampling, "HALVES", 100)


def compared(*sides: Embeddings, **options: Any) -> Comparison:
    return compare_embeddings(*sides, names=("before", "after"), **options)


@pytest.mark.usefixtures("quick")
def test_a_better_set_is_found_better_and_the_other_way_round_worse() -> None:
    random = np.random.default_rng(0)
    real = side(random.standard_normal((150, 4)), "real")
    poor, good = (side(mixture(random, 150, share), f"{share}") for share in (0.2, 0.8))
    there, back = compared(real, poor, good), compared(real, good, poor)
    assert there.is_better
    assert not there.is_worse
    assert back.is_worse
    assert there.difference == pytest.approx(-back.difference)
    expected = mixture_score(0.8, 150, 150) - mixture_score(0.2, 150, 150)
    assert there.difference == pytest.approx(expected, abs=0.2)
    assert there.interval[0] < expected < there.interval[1]


@pytest.mark.usefixtures("quick")
def test_one_set_against_itself_shows_no_difference() -> None:
    random = np.random.default_rng(0)
    real = side(random.standard_normal((60, 4)), "real")
    points = mixture(random, 60, 0.5)
    found = compared(real, side(points, "first", scenes=True), side(points, "second", scenes=True))
    assert found.difference == 0.0
    assert found.p_value == 1.0
    assert found.pairs == 60
    assert "No difference" in found.verdict


@pytest.mark.usefixtures("quick")
def test_scenes_in_both_sets_make_the_comparison_sharper() -> None:
    # The same scenes, of which the second set renders a few better.
    random = np.random.default_rng(3)
    real = side(random.standard_normal((200, 4)), "real")
    before = mixture(random, 200, 0.5)
    after = before + random.normal(scale=0.05, size=before.shape)
    worst = np.flatnonzero(before[:, 0] > 20.0)[:25]
    after[worst, 0] -= 40.0
    paired = compared(real, side(before, "before", scenes=True), side(after, "after", scenes=True))
    assert paired.pairs == 200
    assert paired.is_better


@pytest.mark.usefixtures("quick")
def test_the_larger_set_is_cut_to_the_size_of_the_other_and_said() -> None:
    random = np.random.default_rng(0)
    real = side(random.standard_normal((80, 4)), "real")
    found = compared(
        real, side(mixture(random, 200, 0.5), "many"), side(mixture(random, 50, 0.5), "few")
    )
    assert (found.n_first, found.n_second) == (50, 50)
    assert any("before was cut to 50 of its 200" in warning for warning in found.warnings)
    assert abs(found.difference) < 0.4


@pytest.mark.usefixtures("quick")
def test_groups_count_as_one_image() -> None:
    random = np.random.default_rng(0)
    real = side(random.standard_normal((60, 4)), "real")
    sides = []
    for name, share in (("first", 0.2), ("second", 0.8)):
        clips = np.repeat(mixture(random, 60, share), 4, axis=0)
        frames = clips + random.normal(scale=0.01, size=clips.shape)
        sides.append(side(frames, name, groups=np.arange(240) // 4))
    found = compared(real, *sides)
    assert (found.n_first, found.n_second) == (60, 60)
    # Left in, near-copies would pull both scores far down.
    assert found.first == pytest.approx(mixture_score(0.2, 60, 60), abs=0.25)
    assert found.second == pytest.approx(mixture_score(0.8, 60, 60), abs=0.25)
    assert found.is_better


@pytest.mark.usefixtures("quick")
def test_the_slice_that_changed_is_told_from_those_that_did_not() -> None:
    random = np.random.default_rng(0)
    real = side(random.standard_normal((200, 4)), "real")
    light = tuple("night" if row % 2 else "day" for row in range(160))
    is_night = np.arange(160) % 2 == 1
    first, second = mixture(random, 160, 0.5), mixture(random, 160, 0.5)
    second[is_night] = mixture(random, 80, 0.95)
    found = compared(
        real,
        side(first, "a", columns={"light": light}),
        side(second, "b", columns={"light": light, "of one set only": light}),
        slice_by=["light"],
    )
    slices = {item.slice: item for item in found.slices}
    assert set(slices) == {"light = day", "light = night"}
    assert slices["light = night"].adjusted_p_value < 0.05
    assert slices["light = night"].difference > 0.2
    assert slices["light = day"].adjusted_p_value > 0.05
    assert slices["light = day"].n_first == 80


@pytest.mark.usefixtures("quick")
def test_the_seed_decides_and_the_number_of_threads_does_not() -> None:
    random = np.random.default_rng(0)
    sides = [side(random.standard_normal((40, 3)), name) for name in ("real", "a", "b")]
    first = compare_embeddings(
        sides[0], sides[1], sides[2], seed=5, search=SearchSettings(threads=1)
    )
    again = compare_embeddings(
        sides[0], sides[1], sides[2], seed=5, search=SearchSettings(threads=3)
    )
    assert first == again


@pytest.mark.usefixtures("quick")
def test_progress_ends_at_its_total() -> None:
    random = np.random.default_rng(0)
    sides = [side(random.standard_normal((20, 3)), name) for name in ("real", "a", "b")]
    seen: list[tuple[int, int]] = []
    compare_embeddings(*sides, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1][0] == seen[-1][1] == len(seen)


def test_what_cannot_be_compared_is_refused_with_the_reason() -> None:
    points = np.random.default_rng(0).standard_normal((20, 4))
    real, other = side(points, "real"), side(points, "a")
    with pytest.raises(ValueError, match=r"at least 4 images .* got 3 in real"):
        compared(side(points[:3], "real"), other, other)
    with pytest.raises(ValueError, match=r"at least 8 images .* k = 3, got 5 in before"):
        compared(real, side(points[:5], "a"), other, k=3)
    with pytest.raises(ValueError, match=r"a column of before \(none\), got 'light'"):
        compared(real, other, other, slice_by=["light"])
    with pytest.raises(ValueError, match=r"of one model, got widths \[3, 4\]"):
        compared(real, side(points[:, :3], "a"), other)


@pytest.mark.slow
@pytest.mark.parametrize("paired", [False, True])
def test_sets_drawn_alike_differ_as_often_as_the_level_says(
    paired: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resampling, "PERMUTATIONS", 99)
    monkeypatch.setattr(resampling, "HALVES", 40)
    p_values, covered = [], 0
    for seed in range(150):
        random = np.random.default_rng(seed)
        real = side(random.standard_normal((50, 3)), "real")
        first = mixture(random, 50, 0.5, 3)
        second = mixture(random, 50, 0.5, 3)
        if paired:
            second = first + random.normal(scale=0.4, size=first.shape).astype(np.float32)
            first = first + random.normal(scale=0.4, size=first.shape).astype(np.float32)
        found = compared(
            real, side(first, "a", scenes=paired), side(second, "b", scenes=paired), seed=seed
        )
        p_values.append(found.p_value)
        covered += found.interval[0] <= 0.0 <= found.interval[1]
    # 150 trials at 5 %: 99.9 % of binomial counts are at most 17.
    assert sum(p <= 0.05 for p in p_values) <= 17
    assert sum(p <= 0.5 for p in p_values) == pytest.approx(75, abs=25)
    assert covered >= 133


@pytest.mark.slow
def test_the_interval_covers_a_known_difference() -> None:
    expected = mixture_score(0.75, 80, 80) - mixture_score(0.35, 80, 80)
    covered = 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        real = side(random.standard_normal((80, 3)), "real")
        poor, good = (side(mixture(random, 80, share, 3), f"{share}") for share in (0.35, 0.75))
        found = compared(real, poor, good, seed=seed)
        covered += found.interval[0] <= expected <= found.interval[1]
    # 100 trials at 95 %: 99.9 % of binomial counts are at least 87.
    assert covered >= 87
