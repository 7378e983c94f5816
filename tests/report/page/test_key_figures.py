"""Every figure that a result knows is on the page, with what it means."""

from __future__ import annotations

import dataclasses
import html
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from scored import score_all
from twinscore.embedding.records import Embeddings
from twinscore.measures.confounds import Confound
from twinscore.measures.published_procedure import NotebookScore
from twinscore.report.maps.layouts import PoolMap
from twinscore.report.page.key_figures import first_figures, further_figures, method_figures

if TYPE_CHECKING:
    from pathlib import Path

    import twinscore as ts

MAPS = [PoolMap("umap", seed, np.zeros((1, 2))) for seed in (0, 1)]
AUDIT = {
    "queries": 2000,
    "recall": 0.987,
    "recall_interval": [0.981, 0.992],
    "score_error": -0.004,
    "score_error_interval": [-0.009, 0.001],
}


@pytest.fixture(scope="module")
def result() -> ts.ScoreResult:
    """Grouped, unequal sides with slices, and what only some runs have."""
    random = np.random.default_rng(0)
    real = random.standard_normal((60, 5)).astype(np.float32)
    synthetic = random.standard_normal((90, 5)).astype(np.float32)
    synthetic[:45] += 7.0
    found = score_all(
        Embeddings(real, tuple(f"photo {row}" for row in range(60))),
        Embeddings(
            synthetic,
            tuple(f"render {row}" for row in range(90)),
            columns={"light": ("night <b>",) * 45 + ("day",) * 45},
        ),
        real_groups=[f"clip {row // 2}" for row in range(60)],
        synthetic_groups=[f"shot {row // 3}" for row in range(90)],
        slice_by="light",
    )
    return dataclasses.replace(
        found,
        compatibility=NotebookScore(0.61, 0.03, (0.58, 0.64), (0.5, 0.7)),
        audit=AUDIT,
        choice="hnsw: 2.1 s rather than 30 s",
        backend="auto",
        confounds=(Confound("format", 0.97, True, ("JPEG", 1.0), ("PNG", 0.94)),),
    )


def shown(result: ts.ScoreResult) -> dict[str, str]:
    figures = [*first_figures(result), *further_figures(result), *method_figures(result, MAPS, "c")]
    return {item.name: f"{item.value} {item.meaning}".strip() for item in figures}


def test_the_first_figures_name_sizes_overlap_and_chance(result: ts.ScoreResult) -> None:
    texts = shown(result)
    assert texts["Images"].startswith("60 real, 90 synthetic in 30 and 30 groups")
    assert texts["Overlap"].startswith(f"{result.overlap:.3f}")
    low, high = result.overlap_interval
    assert f"({low:.2f} to {min(high, 1.0):.2f})" in texts["Overlap"]
    assert texts["Chance"].startswith(f"p = {result.p_value:.2g}")
    assert f"{result.z:+.1f} standard deviations" in texts["Chance"]


def test_figures_beyond_the_score_are_shown_with_their_uncertainty(result: ts.ScoreResult) -> None:
    texts = shown(result)
    assert result.distance_ratio is not None
    assert result.control is not None
    assert result.score_balanced is not None
    assert result.bayes_error is not None
    low, high = result.distance_ratio.null_interval
    assert texts["Distance ratio"].startswith(f"{result.distance_ratio.median:.2f}")
    assert f"mixed: {low:.2f} to {high:.2f}" in texts["Distance ratio"]
    assert "wrong on {:.0%} to {:.0%}".format(*result.bayes_error) in texts["Best judge"]
    assert texts["At equal sides"].startswith(f"{result.score_balanced:.3f}")
    assert texts["Effective size"].startswith(f"{result.effective_size:,.0f}")
    assert texts["Control"].startswith(f"{result.control.score:.2f}")
    assert f"p = {result.control.blocks_p_value:.2g}" in texts["Control"]
    assert texts["All images"].startswith(f"{result.pooled_score:.3f}")
    assert texts["Other way round"].startswith(f"{result.reverse_score:.3f}")
    assert f"{result.near_duplicates['across']:,} have" in texts["Nearly the same"]


def test_the_published_procedure_is_shown_with_its_spread(result: ts.ScoreResult) -> None:
    text = shown(result)["As published"]
    assert text.startswith("0.610")
    assert "0.500 to 0.700" in text
    assert "0.030 among 2 maps (0.580, 0.640)" in text


def test_an_approximate_search_says_what_it_missed(result: ts.ScoreResult) -> None:
    texts = shown(result)
    assert texts["Approximate search"].startswith("98.7% found")
    assert "-0.0040 (-0.0090 to +0.0010)" in texts["Approximate search"]
    assert texts["Neighbor search"] == "auto (hnsw: 2.1 s rather than 30 s)"


def test_the_method_names_interval_maps_and_command(result: ts.ScoreResult) -> None:
    texts = shown(result)
    assert texts["Interval"].startswith("local: from the variance")
    assert texts["Map"] == "UMAP, seeds 0, 1"
    assert texts["Command"] == "c"


def test_what_was_not_computed_is_not_shown() -> None:
    random = np.random.default_rng(0)
    real, synthetic = random.standard_normal((2, 20, 3)).astype(np.float32)
    texts = shown(score_all(real, synthetic, diagnostics=False))
    assert texts.keys().isdisjoint(
        {"Control", "Distance ratio", "At equal sides", "As published", "All images"}
    )
    assert "Approximate search" not in texts


def test_an_overlap_beyond_one_claims_no_interval_below_it(result: ts.ScoreResult) -> None:
    beyond = dataclasses.replace(result, overlap=1.4, overlap_interval=(1.1, float("inf")))
    assert shown(beyond)["Overlap"] == (
        "above 1 the share of synthetic images that could be real ones"
    )


def test_the_page_has_them_all_and_a_row_for_each_slice(
    result: ts.ScoreResult, tmp_path: Path
) -> None:
    pytest.importorskip("jinja2", reason="needs the extra report")
    pytest.importorskip("plotly", reason="needs the extra report")
    from twinscore.report.page.score_page import write_report

    write_report(result, tmp_path / "report.html", map_method="pca")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    plain = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())
    for item in (*first_figures(result), *further_figures(result)):
        assert f"{item.name} {item.value} {item.meaning}".strip() in plain
    low, high = result.interval
    assert f"95 times of 100: {low:.2f} to {high:.2f}" in plain
    for part in result.slices:
        assert f"{part.value}" in plain
        assert f"{part.interval[0]:.2f} to {part.interval[1]:.2f}" in plain
        assert f"{part.adjusted_p_value:.3f}" in plain
    assert {part.worse for part in result.slices} == {True, False}
    assert plain.count("worse than the rest") == 1
    assert "format tells the sides apart 97% JPEG (100%) PNG (94%)" in plain
    assert "night <b>" in plain
