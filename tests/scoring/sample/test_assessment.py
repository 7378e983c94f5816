"""The score of a sample: near the score of all images, as near as it says."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import twinscore as ts
from twinscore.embedding.records import Embeddings
from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.pool import pool_of
from twinscore.graph.score import other_side_shares, overlap
from twinscore.neighbors.prepared import PreparedReference
from twinscore.scoring.run import Run
from twinscore.scoring.sample.assessment import assess_sample
from twinscore.scoring.sample.queries import Look, QuerySample
from twinscore.scoring.sample.schedule import affordable_queries, grow
from twinscore.scoring.settings import SampleGoal, ScoreSettings
from twinscore.scoring.verdict import Case

if TYPE_CHECKING:
    import numpy.typing as npt

    Points = npt.NDArray[np.float32]


def sides(n_real: int, n_synthetic: int, width: int = 6, seed: int = 0) -> tuple[Points, Points]:
    """Half of the synthetic side is foreign."""
    random = np.random.default_rng(seed)
    real = random.standard_normal((n_real, width), dtype=np.float32)
    synthetic = random.standard_normal((n_synthetic, width), dtype=np.float32)
    synthetic[::2] += 3.0
    return real, synthetic


def embeddings(vectors: Points) -> Embeddings:
    return Embeddings(vectors, tuple(map(str, range(len(vectors)))))


def sampled(result: ts.ScoreResult | ts.SampledResult) -> dict[str, Any]:
    assert isinstance(result, ts.SampledResult)
    return result.sampling


@pytest.mark.parametrize(
    ("size", "k", "moved", "precision"),
    [(20_000, 1, 2, 0.03), (20_000, 5, 2, 0.02), (10_000, 1, 9, 0.03)],
)
def test_samples_hold_the_score_of_all_images_as_often_as_they_say(
    size: int, k: int, moved: int, precision: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To stop when the interval is narrow enough spoils none."""
    real, synthetic = sides(size, size)
    synthetic[::2] -= 3.0
    synthetic[::moved] += 3.0
    searched = [
        sampled(ts.score(real, synthetic, k, precision=precision, seed=seed)) for seed in range(3)
    ]
    pool = pool_of(embeddings(real), embeddings(synthetic), k)
    shares = other_side_shares(graph_of(ts.self_knn(pool.vectors, k)), pool.is_real)
    truth = shares[~pool.is_real].mean() / (size / (2 * size - 1))

    def extend(sample: QuerySample, count: int, _progress: object) -> None:
        sample.shares = shares[sample.order[: len(sample.shares) + count]]

    # What a search of the sample would find: all are searched once.
    monkeypatch.setattr(QuerySample, "extend", extend)
    goal, hits = SampleGoal(precision), 0
    for seed in range(1_000):
        sample = QuerySample.drawn_from(pool, k, seed=seed, threads=1)
        last = grow(sample, goal, started=time.perf_counter()).looks[-1]
        assert last.half_width <= precision
        assert len(sample.shares) < 0.75 * size
        hits += last.interval[0] <= truth <= last.interval[1]
        if seed < len(searched):
            assert tuple(searched[seed]["interval"]) == last.interval
    # 950 with a standard deviation of 7.
    assert 925 <= hits <= 975


def test_the_interval_is_as_narrow_as_asked_for_and_looks_are_kept() -> None:
    real, synthetic = sides(6_000, 9_000)
    result = ts.score(real, synthetic, precision=0.05)
    facts = sampled(result)
    low, high = facts["interval"]
    assert low <= result.score <= high
    assert (high - low) / 2 <= 0.05
    assert 1_024 < facts["queries"] < facts["of"] == 9_000
    widths = [look["interval"][1] - look["interval"][0] for look in facts["looks"]]
    assert widths == sorted(widths, reverse=True)
    assert result.samples.num_rows == facts["queries"]


def test_a_sample_of_all_images_is_the_score_of_all_images() -> None:
    real, synthetic = sides(700, 500)
    full = ts.score(real, synthetic, 3)
    result = ts.score(real, synthetic, 3, precision=1e-6)
    assert result.score == pytest.approx(full.score, abs=1e-12)
    assert sampled(result)["interval"] == pytest.approx([full.score, full.score], abs=1e-12)
    assert sampled(result)["queries"] == 500
    assert result.overlap == overlap(result.score, 700 / 1_200)
    assert result.ties == 0


def test_rows_of_the_sample_say_what_the_rows_of_all_images_say() -> None:
    real, synthetic = sides(400, 300)
    full = ts.score(real, synthetic).samples.to_pylist()
    everyone = {row["name"]: row for row in full if row["side"] == "synthetic"}
    for row in ts.score(real, synthetic, precision=1e-6).samples.to_pylist():
        same = everyone[row["name"]]
        for column in ("side", "real_share", "nearest", "nearest_side", "nearest_distance"):
            assert row[column] == same[column]
        if row["nearest_side"] == "real":
            assert row["nearest_real"] == same["nearest_real"]
        else:
            assert row["nearest_real"] is None


def test_hubs_name_no_difference_between_samples_of_one_pool_and_are_told() -> None:
    """What labels of a few images do to the score is chance, and more of it."""
    named, told = 0, 0
    for seed in range(40):
        random = np.random.default_rng(seed)
        points = random.standard_normal((330, 256)) * np.exp(random.standard_normal((330, 1)))
        real, synthetic = np.split(points.astype(np.float32), [30])
        result = ts.score(real, synthetic, precision=0.1, seed=seed)
        named += result.evidence.case in (Case.TOLD_APART, Case.TOO_HIGH, Case.NOTHING_PASSES)
        told += any(note.startswith("hubs decide") for note in result.warnings)
    assert named <= 6
    assert told >= 36


def test_a_sample_without_hubs_is_held_against_what_it_was() -> None:
    """Twice the variance of independent images is more than neighbors share there."""
    real, synthetic = sides(500, 500)
    result = ts.score(real, synthetic, precision=0.1)
    by_chance = 1.96 * (2.0 / 500) ** 0.5
    assert result.evidence.null_interval[0] == pytest.approx(1.0 - by_chance, abs=1e-5)
    assert result.evidence.hub_labels is None


def test_the_same_seed_draws_the_same_sample_whatever_the_threads() -> None:
    real, synthetic = sides(3_000, 4_000)
    results = [
        ts.score(real, synthetic, precision=0.06, seed=seed, threads=threads)
        for seed, threads in ((1, 1), (1, 2), (2, 1))
    ]
    assert results[0].samples.equals(results[1].samples)
    assert results[0].score == results[1].score != results[2].score


def test_ties_are_split_in_a_sample_as_they_are_in_the_whole() -> None:
    grid = np.random.default_rng(0).integers(0, 3, (900, 3)).astype(np.float32)
    full = ts.score(grid[:400], grid[400:])
    result = ts.score(grid[:400], grid[400:], precision=1e-6)
    assert result.score == pytest.approx(full.score, abs=1e-12)
    assert result.duplicates > 0


def test_a_budget_ends_the_sampling_in_time_with_an_honest_interval() -> None:
    real, synthetic = sides(30_000, 60_000, width=64)
    started = time.monotonic()
    result = ts.score(real, synthetic, budget=1.0)
    assert time.monotonic() - started < 10.0
    low, high = sampled(result)["interval"]
    assert low < result.score < high
    assert sampled(result)["budget"] == 1.0


def test_a_precision_out_of_reach_of_the_budget_is_said_so() -> None:
    real, synthetic = sides(30_000, 60_000, width=64)
    result = ts.score(real, synthetic, precision=1e-4, budget=0.01)
    assert sampled(result)["queries"] == 1_024
    assert any("time ran out at ±" in warning for warning in result.warnings)


def test_the_pool_is_prepared_once_however_many_looks_are_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepared: list[int] = []

    class Counted(PreparedReference):
        def __init__(self, rows: Points, k: int = 1, *, threads: int | None = None) -> None:
            prepared.append(len(rows))
            super().__init__(rows, k, threads=threads)

    monkeypatch.setattr("twinscore.scoring.sample.queries.PreparedReference", Counted)
    monkeypatch.setattr("twinscore.scoring.sample.queries.QUERIES_AT_ONCE", 500)
    result = ts.score(*sides(6_000, 9_000), precision=0.04)
    assert len(sampled(result)["looks"]) > 1
    assert prepared == [15_000]


def test_float16_is_sampled_at_its_value() -> None:
    real, synthetic = (side.astype(np.float16) for side in sides(900, 1_500))
    narrow, wide = (
        assess_sample(
            Embeddings(real.astype(kind), tuple("r" * 900)),
            Embeddings(synthetic.astype(kind), tuple("s" * 1_500)),
            Run(ScoreSettings(sample=SampleGoal(precision=0.1))),
        )
        for kind in (np.float16, np.float32)
    )
    assert narrow.samples.equals(wide.samples)


def test_ctrl_c_ends_the_sampling_with_what_is_known_by_then() -> None:
    real, synthetic = sides(6_000, 9_000)

    pressed: list[str] = []

    def interrupt(stage: str, done: int, _total: int) -> None:
        if stage.startswith("Score") and done and not pressed:
            pressed.append(stage)
            raise KeyboardInterrupt

    result = ts.score(real, synthetic, precision=0.005, progress=interrupt)
    facts = sampled(result)
    assert facts["interrupted"]
    assert 1_024 < facts["queries"] < 9_000
    low, high = facts["interval"]
    assert (high - low) / 2 > 0.005
    assert low < result.score < high
    (warning,) = result.warnings
    assert "stopped with Ctrl-C at ± 0.0" in warning
    same = ts.score(real, synthetic, precision=1e-6).samples
    # A judge that knows more images judges otherwise.
    found = result.samples.drop_columns(["judge"]).to_pylist()
    assert found == same.drop_columns(["judge"]).to_pylist()[: facts["queries"]]


def test_ctrl_c_before_anything_is_known_is_raised() -> None:
    def interrupt(_stage: str, _done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ts.score(*sides(600, 900), precision=0.02, progress=interrupt)


def test_progress_tells_the_score_so_far() -> None:
    stages: list[str] = []
    ts.score(*sides(3_000, 6_000), precision=0.06, progress=lambda stage, *_: stages.append(stage))
    names = list(dict.fromkeys(stages))
    assert names[0] == "Sampling images"
    assert all(name.startswith("Score 0.") for name in names[1:])
    assert " ± 0." in names[-1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"precision": 0.0}, "a precision above 0, got 0"),
        ({"precision": float("nan")}, "a precision above 0, got nan"),
        ({"budget": -1.0}, "a budget above 0, got -1"),
        ({"precision": 0.1, "backend": "hnsw"}, "backend exact with a precision or budget"),
        ({"budget": 9.0, "collapse_duplicates": True}, "no collapse_duplicates with a precision"),
        (
            {"precision": 0.1, "space": "umap2d", "convention": "notebook"},
            "no space with a precision",
        ),
        ({"precision": 0.1, "real_groups": [0, 1] * 10}, "without groups, got groups"),
        ({"precision": 0.1, "k": 99}, "k of at most 39, .* got k = 99"),
    ],
)
def test_what_cannot_be_sampled_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ts.score(*sides(20, 20), **arguments)


def test_what_fits_into_the_time_left_is_told_from_two_steps() -> None:
    def look(queries: int, seconds: float) -> Look:
        return Look(queries, 0.5, (0.4, 0.6), seconds)

    # Each step takes 5 s to prepare and 1 ms a query.
    looks = [look(1_000, 6.0), look(4_000, 14.0)]
    assert affordable_queries(looks, 7.0) == pytest.approx(2_000, abs=1)
    assert affordable_queries(looks, 4.0) == 0
    assert affordable_queries(looks[:1], 12.0) == pytest.approx(2_000, abs=1)
