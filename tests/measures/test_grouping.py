"""Groups are suggested where images of one value lie nearest to each other, and only there."""

from __future__ import annotations

import numpy as np

from twinscore.measures.grouping import suggested_column

Side = tuple[np.ndarray, dict[str, tuple[str | None, ...]]]


def clips(seed: int, *, spread: float, venues: float = 0.0, count: int = 20) -> Side:
    """Frames of clips, 10 each; five clips a venue."""
    random = np.random.default_rng(seed)
    clip = np.repeat(np.arange(count), 10)
    venue = clip // 5
    points = random.standard_normal((len(clip), 8)) * spread
    points += (random.standard_normal((count, 8)))[clip]
    points += (random.standard_normal((count, 8)) * venues)[venue]
    return points.astype(np.float32), {
        "clip": tuple(f"c{number}" for number in clip),
        "venue": tuple(f"v{number}" for number in venue),
        "frame": tuple(map(str, range(len(clip)))),
        "random": tuple(f"r{number}" for number in random.integers(0, 12, len(clip))),
        "missing": tuple(None if number % 7 else "x" for number in range(len(clip))),
    }


def test_frames_of_clips_suggest_clips() -> None:
    assert suggested_column([clips(0, spread=0.1), clips(1, spread=0.1)], seed=0) == "clip"


def test_clips_of_one_side_are_enough() -> None:
    assert suggested_column([clips(0, spread=9.0), clips(1, spread=0.1)], seed=0) == "clip"


def test_independent_images_suggest_nothing() -> None:
    assert suggested_column([clips(0, spread=20.0), clips(1, spread=20.0)], seed=0) is None


def test_where_clips_of_one_venue_look_alike_venues_are_the_groups() -> None:
    sides = [clips(seed, spread=0.1, venues=20.0, count=60) for seed in (0, 1)]
    assert suggested_column(sides, seed=0) == "venue"


def test_a_column_that_one_side_lacks_is_not_suggested() -> None:
    points, columns = clips(0, spread=0.1)
    without = {name: values for name, values in columns.items() if name != "clip"}
    assert suggested_column([clips(1, spread=0.1), (points, without)], seed=0) is None


def test_a_group_that_holds_most_of_a_side_is_not_suggested() -> None:
    points, columns = clips(0, spread=0.1)
    lopsided = tuple("all" if row < 120 else value for row, value in enumerate(columns["clip"]))
    sides = [(points, {"clip": lopsided}), (points, {"clip": columns["clip"]})]
    assert suggested_column(sides, seed=0) is None
