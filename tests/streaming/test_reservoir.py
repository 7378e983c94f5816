from __future__ import annotations

import numpy as np
import pytest

from twinscore.streaming.pool_rows import PoolRows
from twinscore.streaming.register import Register
from twinscore.streaming.reservoir import FEWEST_GROUPS, Reservoir


def new_reservoir(capacity: int, *, whole_groups: bool = True) -> Reservoir:
    rows = PoolRows(np.zeros((3, 2), dtype=np.float32), most=3 + capacity)
    return Reservoir(capacity, whole_groups=whole_groups, rows=rows, first_row=3)


def numbered(first: int, count: int) -> np.ndarray:
    numbers = np.arange(first, first + count, dtype=np.float32)
    return np.stack([numbers, -numbers], axis=1)


def kept(reservoir: Reservoir) -> set[float]:
    np.testing.assert_array_equal(reservoir.vectors[:, 0], -reservoir.vectors[:, 1])
    return set(reservoir.vectors[:, 0].tolist())


def test_everything_is_kept_until_room_runs_out() -> None:
    reservoir, register = new_reservoir(10), Register(0)
    reservoir.admit(register.enter(numbered(0, 10), None, None))
    assert kept(reservoir) == set(range(10))
    assert not reservoir.is_sample
    reservoir.admit(register.enter(numbered(10, 1), None, None))
    assert len(reservoir) == 10
    assert reservoir.is_sample


@pytest.mark.parametrize("parts", [1, 7, 100])
def test_what_is_kept_does_not_depend_on_the_cut_into_batches(parts: int) -> None:
    whole, cut = new_reservoir(50), new_reservoir(50)
    points = numbered(0, 1000)
    whole.admit(Register(3).enter(points, None, None))
    register = Register(3)
    for part in np.array_split(points, parts):
        cut.admit(register.enter(part, None, None))
    assert kept(cut) == kept(whole)


def test_every_item_is_kept_equally_often() -> None:
    counts = np.zeros(200)
    for seed in range(400):
        reservoir = new_reservoir(20)
        reservoir.admit(Register(seed).enter(numbered(0, 200), None, None))
        counts[[int(number) for number in kept(reservoir)]] += 1
    # 400 draws of one in ten: 40 each, with a standard deviation of 6.
    assert counts.sum() == 400 * 20
    assert counts.min() > 40 - 5 * 6
    assert counts.max() < 40 + 5 * 6
    # Halves of the stream are kept alike; 8,000 draws.
    assert abs(counts[:100].sum() - 4000) < 5 * np.sqrt(8000 / 4)


def test_groups_stay_whole_or_leave_as_a_whole() -> None:
    reservoir, register = new_reservoir(100), Register(1)
    groups = [f"clip {number // 4}" for number in range(400)]
    for start in range(0, 400, 30):
        part = groups[start : start + 30]
        reservoir.admit(register.enter(numbered(start, len(part)), None, part))
    members = kept(reservoir)
    clips = {int(number) // 4 for number in members}
    assert members == {4 * clip + place for clip in clips for place in range(4)}
    assert len(members) > 90
    assert reservoir.group_share == pytest.approx(len(clips) / 100, abs=0.15)


def test_one_long_clip_does_not_push_out_the_others() -> None:
    reservoir, register = new_reservoir(100), Register(0)
    groups = ["long"] * 1000 + [f"clip {number}" for number in range(40)]
    order = np.random.default_rng(0).permutation(len(groups))
    points = numbered(0, len(groups))[order]
    reservoir.admit(register.enter(points, None, [groups[place] for place in order]))
    sizes = {group: reservoir.groups.count(group) for group in set(reservoir.groups)}
    assert len(sizes) > 35
    assert max(sizes.values()) <= 100 // FEWEST_GROUPS


def test_groups_that_are_thinned_do_not_depend_on_order() -> None:
    groups = [f"clip {number % 30}" for number in range(600)]
    ids = [f"frame {number}" for number in range(600)]
    points = numbered(0, 600)
    results = []
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(600)
        reservoir, register = new_reservoir(100), Register(5)
        for part in np.array_split(order, 1 + 4 * seed):
            names, labels = [ids[i] for i in part], [groups[i] for i in part]
            reservoir.admit(register.enter(points[part], names, labels))
        results.append(kept(reservoir))
    assert results[0] == results[1] == results[2]


def test_an_item_with_a_known_id_takes_the_place_of_the_older_one() -> None:
    reservoir, register = new_reservoir(10), Register(0)
    reservoir.admit(register.enter(numbered(0, 3), ["a", "b", "c"], None))
    reservoir.admit(register.enter(numbered(7, 3), ["b", "d", "d"], None))
    assert dict(zip(reservoir.ids, reservoir.vectors[:, 0].tolist(), strict=True)) == {
        "a": 0.0,
        "b": 7.0,
        "c": 2.0,
        "d": 9.0,
    }


def test_an_item_that_moves_to_a_group_without_a_place_leaves() -> None:
    reservoir, register = new_reservoir(20), Register(0)
    names = [f"frame {number}" for number in range(60)]
    groups = [f"clip {number // 2}" for number in range(60)]
    reservoir.admit(register.enter(numbered(0, 60), names, groups))
    left_out = next(group for group in groups if group not in reservoir.groups)
    moved = str(reservoir.ids[0])
    reservoir.admit(register.enter(numbered(99, 1), [moved], [left_out]))
    assert moved not in reservoir.names
    assert 99.0 not in kept(reservoir)


def test_discarded_items_leave_no_gaps() -> None:
    reservoir, register = new_reservoir(10), Register(0)
    names = list("abcdef")
    reservoir.admit(register.enter(numbered(0, 6), names, None))
    assert reservoir.discard(["a", "c", "f", "unknown"]) == 3
    assert kept(reservoir) == {1.0, 3.0, 4.0}
    assert reservoir.holds(names).tolist() == [False, True, False, True, True, False]
    reservoir.admit(register.enter(numbered(0, 1), ["a"], None))
    assert kept(reservoir) == {0.0, 1.0, 3.0, 4.0}


def test_a_window_keeps_the_latest() -> None:
    reservoir, register = new_reservoir(30, whole_groups=False), Register(0, window=30)
    for start in range(0, 100, 10):
        reservoir.admit(register.enter(numbered(start, 10), None, None))
    assert kept(reservoir) == set(range(70, 100))


def test_a_half_life_halves_the_share_that_is_kept() -> None:
    ages = np.zeros(4)
    for seed in range(60):
        register = Register(seed, half_life=1000.0)
        reservoir = new_reservoir(100, whole_groups=False)
        reservoir.admit(register.enter(numbered(0, 4000), None, None))
        ages += np.histogram(reservoir.vectors[:, 0], bins=4, range=(0, 4000))[0]
    ratios = ages[1:] / ages[:-1]
    # Drawing without replacement flattens the weights a little.
    np.testing.assert_allclose(ratios, 2.0, atol=0.35)
