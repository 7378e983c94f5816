"""A pilot tells the noise of a difference as it is, by splitting or by its interval."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from known_truth import Mixture
from scored import score_all
from twinscore.graph.intervals import interval_of
from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.pool import Pool
from twinscore.graph.score import directed_score
from twinscore.neighbors.settings import EXACT
from twinscore.planning.pilot import Pilot, pilot_of_interval, pilot_of_pool


def splits_of(pool: Pool, k: int = 1, seed: int = 0) -> Pilot:
    return pilot_of_pool(pool, k, seed=seed, search=EXACT, progress=lambda _done, _total: None)


def pool_of(mixture: Mixture, seed: int) -> Pool:
    is_real = np.repeat(mixture.is_real, mixture.group_size)
    groups = mixture.groups() if mixture.group_size > 1 else None
    return Pool(mixture.draw(np.random.default_rng(seed)), is_real, groups)


def true_inflation(mixture: Mixture, draws: int) -> float:
    """Half the variance of a difference over twins drawn anew, by that of independent hits."""
    random = np.random.default_rng(9)
    differences = []
    for _ in range(draws):
        real = mixture.draw(random)[: mixture.n_real]
        scores = []
        for _ in range(2):
            rows = np.concatenate([real, mixture.draw(random)[mixture.n_real :]])
            graph = graph_of(EXACT.self_knn(rows, 1))
            scores.append(directed_score(graph, ~mixture.is_real))
        differences.append(scores[0] - scores[1])
    share = mixture.score / 2.0
    return float(np.var(differences) / 2.0 * mixture.n_real / (4.0 * share * (1.0 - share)))


@pytest.mark.slow
@pytest.mark.parametrize("overlap", [0.1, 0.6, 1.0])
def test_splits_tell_the_noise_of_twins_drawn_anew(overlap: float) -> None:
    mixture = Mixture(60, 60, overlap, dimensions=6)
    found = np.mean([splits_of(pool_of(mixture, seed)).inflation for seed in range(6)])
    # 400 draws know a variance to 7 %, six pilots of splits to about 10 %.
    assert found == pytest.approx(true_inflation(mixture, 400), rel=0.35)


def test_sides_of_any_ratio_are_read_at_equal_sides() -> None:
    for n_real, n_synthetic in ((40, 160), (160, 40)):
        pilot = splits_of(pool_of(Mixture(n_real, n_synthetic, 0.5, dimensions=4), 1))
        assert pilot.score == pytest.approx(2.0 / 3.0, abs=0.15)
        assert pilot.units == pytest.approx(64.0)


def test_groups_are_the_units() -> None:
    mixture = Mixture(40, 40, 0.5, dimensions=4, group_size=5)
    pilot = splits_of(pool_of(mixture, 0))
    assert (pilot.grouped, pilot.units) == (True, 40.0)
    # Near-copies as units would make the score nearly certain, and low.
    assert pilot.inflation > 0.5
    assert pilot.score == pytest.approx(mixture.score, abs=0.2)


def test_the_same_seed_splits_alike() -> None:
    pool = pool_of(Mixture(30, 30, 0.5), 0)
    assert splits_of(pool) == splits_of(pool)
    assert splits_of(pool) != splits_of(pool, seed=1)


@pytest.mark.parametrize(("counts", "side"), [((7, 30), "real"), ((30, 7), "synthetic")])
def test_sides_too_small_to_split_are_refused(counts: tuple[int, int], side: str) -> None:
    with pytest.raises(
        ValueError, match=rf"expected at least 8 images .* got 7 on the {side} side"
    ):
        splits_of(pool_of(Mixture(*counts, 0.5), 0))
    with pytest.raises(ValueError, match=r"expected at least 22 images .* at k = 10"):
        splits_of(pool_of(Mixture(21, 21, 0.5), 0), k=10)


def fields(share: float, trials: float, **changes: Any) -> dict[str, Any]:
    found = interval_of(share, trials, expected=0.5, smallest=100)
    return {
        "interval": [found.low, found.high],
        "score": share / 0.5,
        "expected_real_fraction": 0.5,
        "n_real": 100,
        "n_synthetic": 100,
        "groups": None,
        **changes,
    }


@pytest.mark.parametrize("share", [0.0, 0.02, 0.3, 0.5, 0.7])
@pytest.mark.parametrize("trials", [40.0, 100.0, 150.0])
def test_an_interval_gives_back_the_trials_it_was_made_of(share: float, trials: float) -> None:
    pilot = pilot_of_interval(fields(share, trials))
    assert pilot.inflation == pytest.approx(100.0 / trials)
    assert pilot.score == share / 0.5


def test_groups_of_a_saved_result_count() -> None:
    pilot = pilot_of_interval(fields(0.3, 50.0, groups={"real": 50, "synthetic": 50}))
    assert (pilot.grouped, pilot.units) == (True, 50.0)


def test_a_sample_has_no_interval_to_read() -> None:
    with pytest.raises(ValueError, match="got a result of a sample: score all images"):
        pilot_of_interval(fields(0.3, 50.0, interval=None))


def test_a_saved_result_of_unequal_sides_is_read_at_equal_ones() -> None:
    mixture = Mixture(40, 120, 0.5, dimensions=4)
    points = mixture.draw(np.random.default_rng(0))
    result = score_all(points[:40], points[40:], diagnostics=False, richness=False)
    pilot = pilot_of_interval(result.to_dict())
    assert pilot.score == pytest.approx(2.0 / 3.0, abs=0.25)
    assert pilot.units == pytest.approx(60.0)
