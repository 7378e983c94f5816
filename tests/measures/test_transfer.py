from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from twinscore.graph.pool import Pool
from twinscore.measures.transfer import Transfer, transfer_of

CLASSES = 4
WIDTH = 6


def classed(random: np.random.Generator, count: int, *, shift: float = 0.0) -> tuple[Any, Any]:
    """Points of four overlapping classes."""
    labels = random.integers(0, CLASSES, count)
    points = np.eye(CLASSES, WIDTH)[labels] * 2.0 + random.normal(size=(count, WIDTH)) + shift
    return points.astype(np.float32), labels


def found(
    real: tuple[Any, Any], synthetic: tuple[Any, Any], groups: Any = None, **options: Any
) -> Transfer:
    vectors = np.concatenate([real[0], synthetic[0]])
    labels = [None if code < 0 else f"class {code}" for code in [*real[1], *synthetic[1]]]
    pool = Pool(vectors, np.arange(len(vectors)) < len(real[0]), groups)
    return transfer_of(pool, labels, **options)


def brute_force(real: tuple[Any, Any], reference: tuple[Any, Any], barred: Any) -> float:
    points, others = (side[0].astype(np.float64) for side in (real, reference))
    distances = ((points[:, None] - others[None]) ** 2).sum(axis=2)
    distances[barred] = np.inf
    return float((reference[1][distances.argmin(axis=1)] == real[1]).mean())


def test_accuracy_and_ceiling_are_those_of_a_search_by_brute_force() -> None:
    random = np.random.default_rng(1)
    real, synthetic = classed(random, 150), classed(random, 90, shift=0.5)
    result = found(real, synthetic)
    nobody = np.zeros((150, 90), np.bool_)
    assert result.accuracy == pytest.approx(brute_force(real, synthetic, nobody), abs=1e-12)
    itself = np.eye(150, dtype=np.bool_)
    assert result.ceiling == pytest.approx(brute_force(real, real, itself), abs=1e-12)
    assert result.lost == pytest.approx(result.ceiling - result.accuracy, abs=1e-12)
    for value, (low, high) in (
        (result.accuracy, result.interval),
        (result.ceiling, result.ceiling_interval),
        (result.lost, result.lost_interval),
    ):
        assert low <= value <= high


def test_the_own_group_is_no_reference() -> None:
    random = np.random.default_rng(2)
    originals, labels = classed(random, 60)
    real = np.repeat(originals, 3, axis=0), np.repeat(labels, 3)
    synthetic = classed(random, 60)
    groups = np.r_[np.repeat(np.arange(60), 3), 60 + np.arange(60)]
    result = found(real, synthetic, groups)
    barred = groups[:180, None] == groups[None, :180]
    assert result.ceiling == pytest.approx(brute_force(real, real, barred), abs=1e-12)
    assert found(real, synthetic).ceiling == 1.0


def test_what_ties_shares_the_place() -> None:
    real = np.zeros((2, 1), np.float32), np.array([0, 1])
    synthetic = np.ones((4, 1), np.float32), np.array([0, 0, 0, 1])
    assert found(real, synthetic).accuracy == pytest.approx((0.75 + 0.25) / 2)


def test_a_missing_class_is_lost_whole_and_stands_first() -> None:
    random = np.random.default_rng(3)
    real, (points, labels) = classed(random, 200), classed(random, 200)
    kept = labels != 2
    result = found(real, (points[kept], labels[kept]))
    first = result.classes[0]
    assert (first.label, first.n_synthetic, first.accuracy, first.score) == ("class 2", 0, 0.0, 0.0)
    others = [one.accuracy for one in result.classes if one.label != "class 2"]
    assert min(others) > 0.4
    assert all(cell.nearest != "class 2" for cell in result.confusion)


def test_each_class_of_the_confusion_table_adds_up() -> None:
    random = np.random.default_rng(4)
    result = found(classed(random, 80), classed(random, 80))
    for one in result.classes:
        shares = {cell.nearest: cell.share for cell in result.confusion if cell.real == one.label}
        assert sum(shares.values()) == pytest.approx(1.0)
        assert shares.get(one.label, 0.0) == pytest.approx(one.accuracy)


def test_images_without_a_label_count_on_neither_side() -> None:
    random = np.random.default_rng(5)
    real, synthetic = classed(random, 60), classed(random, 50)
    bare = found(real, synthetic)
    stranger = np.full((7, WIDTH), 0.3, np.float32)
    nobody = np.full(7, -1)
    more = found(
        (np.concatenate([real[0], stranger]), np.r_[real[1], nobody]),
        (np.concatenate([stranger, synthetic[0]]), np.r_[nobody, synthetic[1]]),
    )
    assert more == bare


def test_the_order_of_images_and_the_number_of_threads_change_nothing() -> None:
    from twinscore.neighbors.settings import SearchSettings

    random = np.random.default_rng(6)
    real, synthetic = classed(random, 70), classed(random, 40)
    turned = tuple((side[0][::-1].copy(), side[1][::-1]) for side in (real, synthetic))
    one = found(real, synthetic)
    other = found(turned[0], turned[1], search=SearchSettings(threads=1))
    assert other.accuracy == pytest.approx(one.accuracy, abs=1e-12)
    assert other.interval == pytest.approx(one.interval, abs=1e-12)
    assert [part.label for part in other.classes] == [part.label for part in one.classes]


def test_labels_of_one_side_alone_are_refused() -> None:
    random = np.random.default_rng(7)
    real, (points, _) = classed(random, 20), classed(random, 20)
    with pytest.raises(ValueError, match="of a synthetic one, got 20 and 0"):
        found(real, (points, np.full(20, -1)))


@pytest.mark.slow
@pytest.mark.parametrize(("n_real", "n_synthetic"), [(200, 200), (400, 50), (50, 400)])
def test_intervals_hold_the_mean_over_images_drawn_anew(n_real: int, n_synthetic: int) -> None:
    results = []
    for seed in range(200):
        random = np.random.default_rng(seed)
        results.append(found(classed(random, n_real), classed(random, n_synthetic, shift=1.0)))
    for name in ("accuracy", "ceiling", "lost"):
        mean = np.mean([getattr(result, name) for result in results])
        ends = "interval" if name == "accuracy" else f"{name}_interval"
        held = np.mean([low <= mean <= high for low, high in (getattr(r, ends) for r in results)])
        # Two standard errors of 200 draws around 92 to 98 %.
        assert 0.90 <= held <= 0.995, name
