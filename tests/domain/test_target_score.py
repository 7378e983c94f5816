"""The score in the declared mix, where the truth is known."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from twinscore.domain import target_score as subject
from twinscore.domain.target_score import TargetScore, score_against_target
from twinscore.domain.thinned_units import thinned_units
from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.pool import Pool
from twinscore.graph.score import directed_score
from twinscore.graph.thinning import ordered_neighbors
from twinscore.neighbors import self_knn

EVEN = np.full(3, 1 / 3)


def cells_apart(
    seed: int,
    overlaps: tuple[float, float, float] = (1.0, 1.0, 1.0),
    n_real: int = 240,
    n_synthetic: int = 240,
) -> tuple[Pool, npt.NDArray[np.int64]]:
    """Three cells, unequally frequent on the two sides; in each a share is like the real ones."""
    random = np.random.default_rng(seed)
    cells = np.concatenate(
        [
            random.choice(3, n_real, p=[0.6, 0.3, 0.1]),
            random.choice(3, n_synthetic, p=[0.2, 0.3, 0.5]),
        ]
    )
    points = random.standard_normal((n_real + n_synthetic, 6))
    points[:, 0] += 4.0 * cells
    is_real = np.arange(len(cells)) < n_real
    points[~is_real & (random.random(len(cells)) > np.array(overlaps)[cells]), 1] += 40.0
    return Pool(points.astype(np.float32), is_real, None), cells


def scored(
    pool: Pool, cells: npt.NDArray[np.int64], targets: npt.NDArray[np.float64]
) -> TargetScore:
    found = score_against_target(pool, cells, targets)
    assert found is not None
    return found


def truth(overlaps: tuple[float, ...], targets: npt.NDArray[np.float64]) -> float:
    """Sum of f g / (f / 2 + g / 2) over cells that lie apart."""
    shares = np.array(overlaps)
    return float((targets * shares / (0.5 + 0.5 * shares)).sum())


@pytest.fixture(autouse=True)
def few_permutations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "PERMUTATIONS", 99)
    monkeypatch.setattr(subject, "FEWEST_PERMUTATIONS", 99)
    monkeypatch.setattr(subject, "COUNTED", 99)


@pytest.mark.parametrize("overlaps", [(1.0, 1.0, 1.0), (0.9, 0.5, 0.2)])
def test_the_mean_is_the_truth_whatever_mix_the_sides_came_in(
    overlaps: tuple[float, float, float],
) -> None:
    scores = [scored(*cells_apart(seed, overlaps), EVEN) for seed in range(12)]
    values = np.array([found.score for found in scores])
    error = values.std(ddof=1) / np.sqrt(len(values))
    assert abs(values.mean() - truth(overlaps, EVEN)) < 0.03 + 2.0 * error
    held = [found.interval[0] <= truth(overlaps, EVEN) <= found.interval[1] for found in scores]
    assert np.mean(held) >= 0.75


def test_the_plain_score_of_the_same_perfect_twins_is_far_below_one() -> None:
    pool, _ = cells_apart(0)
    graph = graph_of(self_knn(pool.vectors, 1))
    assert directed_score(graph, ~pool.is_real) < 0.9


def test_cells_have_scores_of_their_own() -> None:
    overlaps = (1.0, 0.5, 0.0)
    found = scored(*cells_apart(1, overlaps, 600, 600), EVEN)
    for cell, share in enumerate(overlaps):
        low, high = found.cells[cell].interval
        assert low - 1e-9 <= share / (0.5 + 0.5 * share) <= high


def test_the_closed_form_is_the_mean_of_simulated_thinnings() -> None:
    pool, cells = cells_apart(2, (0.8, 0.8, 0.8), 90, 90)
    units = thinned_units(pool, cells, EVEN)
    assert units is not None
    random, observed, weight = np.random.default_rng(0), 0.0, 0.0
    distances = np.square(pool.vectors[:, None].astype(np.float64) - pool.vectors[None]).sum(axis=2)
    np.fill_diagonal(distances, np.inf)
    for _ in range(3_000):
        kept = random.random(len(units.keep)) < units.keep
        nearest = np.where(kept, distances, np.inf).argmin(axis=1)
        observed += units.keep[~units.is_real] @ units.is_real[nearest][~units.is_real]
        weight += units.keep[~units.is_real].sum()
    expected = (units.keep * units.expected)[~units.is_real].sum() / units.keep[
        ~units.is_real
    ].sum()
    lists = ordered_neighbors(self_knn(pool.vectors, len(units.keep) - 1))
    closed = units.score(lists.shares(units.keep, units.is_real))
    assert observed / weight / expected == pytest.approx(closed, abs=0.01)


def test_the_order_of_images_and_the_numbers_of_cells_do_not_matter() -> None:
    pool, cells = cells_apart(3, (0.9, 0.6, 0.3))
    targets = np.array([0.2, 0.3, 0.5])
    straight = scored(pool, cells, targets)
    random = np.random.default_rng(0)
    order = np.concatenate([random.permutation(240), 240 + random.permutation(240)])
    renamed = np.array([2, 0, 1])
    other = scored(
        Pool(pool.vectors[order], pool.is_real[order], None),
        renamed[cells[order]],
        targets[np.argsort(renamed)],
    )
    # Relabellings are drawn anew, and with them the small correction by their mean.
    assert other.score == pytest.approx(straight.score, rel=0.03)
    assert other.images == pytest.approx(straight.images)


def test_equal_mixes_that_are_wanted_as_they_are_give_the_plain_score(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(subject, "PERMUTATIONS", 999)
    random = np.random.default_rng(4)
    points = random.standard_normal((800, 5)).astype(np.float32)
    points[600:, 1] += 40.0
    is_real = np.arange(800) < 400
    found = scored(Pool(points, is_real, None), np.zeros(800, dtype=np.int64), np.ones(1))
    plain = directed_score(graph_of(self_knn(points, 1)), ~is_real)
    assert found.images == 400
    assert found.score == pytest.approx(plain, rel=0.01)


def test_images_outside_the_domain_change_nothing() -> None:
    pool, cells = cells_apart(5)
    strangers = np.random.default_rng(0).standard_normal((50, 6)).astype(np.float32)
    with_them = Pool(
        np.concatenate([pool.vectors, strangers]),
        np.concatenate([pool.is_real, np.zeros(50, dtype=np.bool_)]),
        None,
    )
    found = scored(with_them, np.concatenate([cells, np.full(50, -1)]), EVEN)
    assert found == scored(pool, cells, EVEN)


def test_few_permutations_of_a_large_pool_give_nearly_the_same_p_value_and_range(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pool, cells = cells_apart(8, (0.93, 0.93, 0.93))
    counted = scored(pool, cells, EVEN)
    monkeypatch.setattr(subject, "COUNTED", 100)
    normal = scored(pool, cells, EVEN)
    assert 0.001 < counted.p_value < 0.8
    assert normal.p_value == pytest.approx(counted.p_value, abs=0.06)
    assert normal.null_interval == pytest.approx(counted.null_interval, abs=0.05)


def test_groups_count_as_one_each() -> None:
    pool, cells = cells_apart(6, (0.6, 0.6, 0.6), 150, 150)
    random = np.random.default_rng(0)
    copies = np.repeat(pool.vectors, 4, axis=0)
    copies = copies + 0.01 * random.standard_normal(copies.shape).astype(np.float32)
    grouped = Pool(copies, np.repeat(pool.is_real, 4), np.repeat(np.arange(300), 4))
    single, several = scored(pool, cells, EVEN), scored(grouped, np.repeat(cells, 4), EVEN)
    assert several.images == single.images
    assert several.score == pytest.approx(single.score, abs=0.06)


def test_too_few_images_in_every_cell_give_no_score() -> None:
    pool, _ = cells_apart(7)
    assert score_against_target(pool, np.arange(480), np.full(480, 1 / 480)) is None


@pytest.mark.slow
def test_the_p_value_of_perfect_twins_is_below_5_percent_as_often_as_it_says() -> None:
    small = [
        scored(*cells_apart(seed, n_real=90, n_synthetic=90), EVEN).p_value for seed in range(300)
    ]
    rate = float(np.mean(np.array(small) <= 0.05))
    assert abs(rate - 0.05) < 3.0 * np.sqrt(0.05 * 0.95 / 300)
