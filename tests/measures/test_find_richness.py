"""Richness against known truth, and what it must not depend on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import twinscore as ts
from kinds_of_images import Kinds
from scored import score_all
from twinscore.measures.richness import Richness, RichnessUntold


def _richness(*sides: Any, **options: Any) -> Richness:
    richness = score_all(*sides, diagnostics=False, **options).richness
    assert isinstance(richness, Richness)
    return richness


@pytest.mark.parametrize(("missing", "foreign"), [(0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5)])
def test_coverage_is_what_is_not_missing_and_on_domain_what_is_not_foreign(
    missing: float, foreign: float
) -> None:
    real, synthetic, _ = Kinds(480, 480, missing, foreign).draw(np.random.default_rng(0))
    found = _richness(real, synthetic)
    assert found.coverage == pytest.approx(1.0 - missing, abs=0.06)
    assert found.on_domain == pytest.approx(1.0 - foreign, abs=0.06)
    assert found.intervals["coverage"][0] <= 1.0 - missing <= found.intervals["coverage"][1]
    assert found.intervals["on_domain"][0] <= 1.0 - foreign <= found.intervals["on_domain"][1]
    assert found.copied < 0.05


def test_a_set_shrunk_to_the_center_of_reality_covers_none_of_it() -> None:
    random = np.random.default_rng(0)
    real = random.standard_normal((400, 32)).astype(np.float32)
    synthetic = (0.5 * random.standard_normal((400, 32))).astype(np.float32)
    found = _richness(real, synthetic)
    assert found.coverage < 0.05
    assert found.yield_ > 2.0


def test_an_unreachable_reality_reads_zero_with_an_upper_end() -> None:
    random = np.random.default_rng(0)
    real = random.standard_normal((60, 6)).astype(np.float32)
    synthetic = (random.standard_normal((60, 6)) + 50.0).astype(np.float32)
    found = _richness(real, synthetic)
    assert (found.coverage, found.on_domain, found.worth) == (0.0, 0.0, 0.0)
    assert found.intervals["coverage"] == pytest.approx((0.0, 3.0 / 60))
    assert found.domain_gap
    assert found.gaps == 60


@pytest.mark.parametrize("grouped", [True, False])
def test_near_copies_count_as_one_with_and_without_groups(grouped: bool) -> None:
    pool = Kinds(240, 240, missing=0.5, group_size=5)
    real, synthetic, _ = pool.draw(np.random.default_rng(1))
    groups = {"real_groups": np.repeat(np.arange(240), 5)} if grouped else {}
    if grouped:
        groups["synthetic_groups"] = groups["real_groups"]
    found = _richness(real, synthetic, **groups)
    assert found.units == {"real": 240, "synthetic": 240}
    assert found.distinct == 240
    assert found.redundancy == pytest.approx(0.8)
    assert found.coverage == pytest.approx(0.5, abs=0.05)
    assert found.worth == pytest.approx(120.0, rel=0.3)
    assert found.copied < 0.08


def test_copies_with_a_little_noise_are_found() -> None:
    random = np.random.default_rng(0)
    real = random.standard_normal((500, 10)).astype(np.float32)
    fresh = random.standard_normal((320, 10)).astype(np.float32)
    copies = real[:80] + 0.1 * random.standard_normal((80, 10)).astype(np.float32)
    result = score_all(real, np.concatenate([fresh, copies]), diagnostics=False)
    assert result.copied == pytest.approx(0.2, abs=0.04)
    low, high = result.copied_interval or (1.0, 0.0)
    assert low <= 0.2 <= high
    novelty = np.array(result.samples["novelty"].to_pylist()[500:])
    assert (novelty[320:] < 0.05).all()
    assert (novelty[:320] < 0.05).mean() < 0.1


def test_richness_does_not_depend_on_the_order_of_images_or_on_threads() -> None:
    real, synthetic, _ = Kinds(160, 120, 0.25, 0.2).draw(np.random.default_rng(2))
    synthetic = np.concatenate([synthetic, synthetic[:15] + np.float32(1e-3)])
    random = np.random.default_rng(0)
    orders = random.permutation(len(real)), random.permutation(len(synthetic))
    first = _richness(real, synthetic, threads=1)
    second = _richness(real[orders[0]], synthetic[orders[1]], threads=2)
    for name in ("coverage", "covered_now", "on_domain", "yield_", "worth", "copied", "distinct"):
        assert getattr(second, name) == pytest.approx(getattr(first, name), abs=1e-12), name
    for name, interval in first.intervals.items():
        assert second.intervals[name] == pytest.approx(interval, abs=1e-12), name
    assert [orders[0][example.row] for example in second.gap_examples] == [
        example.row for example in first.gap_examples
    ]


def test_the_score_is_the_same_with_richness_and_without_even_where_lists_are_wider() -> None:
    real, synthetic, _ = Kinds(320, 40).draw(np.random.default_rng(0))
    first = score_all(real, synthetic, diagnostics=False).to_dict()
    second = score_all(real, synthetic, diagnostics=False, richness=False).to_dict()
    assert second.pop("richness") is None
    assert first.pop("richness")["k"]["real"] > 10
    for fields in (first, second):
        del fields["seconds"], fields["settings"]
    assert first == second


def test_a_kind_of_photographs_that_is_missing_is_named() -> None:
    pool = Kinds(400, 400, missing=0.25)
    real, synthetic, kinds = pool.draw(np.random.default_rng(0))
    of_real = ts_embeddings(real, {"scene": [f"scene {kind}" for kind in kinds]})
    result = ts.score(of_real, synthetic, diagnostics=False)
    assert isinstance(result, ts.ScoreResult)
    assert isinstance(result.richness, Richness)
    gaps = {part.value for part in result.richness.slices if part.is_gap}
    assert gaps == {"scene 6", "scene 7"}
    worst, second = result.richness.slices[:2]
    assert {worst.value, second.value} == gaps
    assert worst.coverage == 0.0
    assert worst.on_domain is None
    example = result.richness.gap_examples[0]
    assert kinds[example.row] in (6, 7)
    assert example.nearest_row >= 400
    assert 10 <= example.units <= 50


def test_each_value_tells_what_its_images_are_worth_and_how_many_are_copies() -> None:
    random = np.random.default_rng(0)
    scenes = ("fresh", "copied", "foreign")
    centers = {scene: 30.0 * number for number, scene in enumerate(scenes)}
    real = {scene: centers[scene] + random.standard_normal((200, 8)) for scene in scenes}
    synthetic = {scene: centers[scene] + random.standard_normal((160, 8)) for scene in scenes}
    synthetic["copied"][:80] = real["copied"][:80] + 0.05 * random.standard_normal((80, 8))
    synthetic["foreign"][:80] += 500.0
    result = ts.score(
        *(
            ts_embeddings(
                np.concatenate([side[scene] for scene in scenes]),
                {"scene": [scene for scene in scenes for _ in side[scene]]},
            )
            for side in (real, synthetic)
        ),
        diagnostics=False,
    )
    assert isinstance(result, ts.ScoreResult)
    assert isinstance(result.richness, Richness)
    found = {part.value: part for part in result.richness.slices}
    assert found["copied"].copied == pytest.approx(0.5, abs=0.08)
    assert found["fresh"].copied == pytest.approx(0.0, abs=0.06)
    assert found["fresh"].worth == pytest.approx(160.0, rel=0.25)
    assert found["foreign"].worth == pytest.approx(80.0, rel=0.25)


def test_samples_tell_what_each_image_covers() -> None:
    real, synthetic, kinds = Kinds(200, 200, 0.5, 0.5).draw(np.random.default_rng(0))
    samples = score_all(real, synthetic, diagnostics=False).samples
    covered = np.array(samples["covered"].to_pylist()[:200])
    runs = np.array(samples["run"].to_pylist())
    assert samples["covered"].to_pylist()[200:] == [None] * 200
    assert (covered[kinds >= 4] == 0.0).mean() > 0.95
    np.testing.assert_array_equal(covered == 0.0, runs[:200] == 0.0)
    foreign = np.linalg.norm(synthetic, axis=1) > 80.0
    assert (runs[200:][foreign] == 0.0).all()
    assert samples["novelty"].to_pylist()[:200] == [None] * 200


def test_too_few_units_have_no_richness_but_a_reason() -> None:
    random = np.random.default_rng(0)
    result = score_all(random.standard_normal((9, 4)), random.standard_normal((30, 4)))
    assert isinstance(result.richness, RichnessUntold)
    assert "9 real ones" in result.richness.reason
    assert result.coverage is None
    assert result.worth_interval is None
    assert "9 real ones" in result.to_dict()["richness"]["reason"]


def test_an_approximate_search_has_no_richness_but_a_reason() -> None:
    pytest.importorskip("hnswlib")
    random = np.random.default_rng(0)
    real, synthetic = random.standard_normal((2, 100, 4))
    richness = score_all(real, synthetic, backend="hnsw", diagnostics=False).richness
    assert isinstance(richness, RichnessUntold)
    assert "hnsw may miss some" in richness.reason


def ts_embeddings(vectors: Any, columns: dict[str, list[str]]) -> Any:
    """Points with columns, as a manifest of embeddings gives them."""
    from twinscore.embedding.records import Embeddings

    names = tuple(f"{number}.png" for number in range(len(vectors)))
    return Embeddings(vectors, names, columns={key: tuple(row) for key, row in columns.items()})
