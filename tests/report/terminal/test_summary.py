"""The summary fits the terminal and says what the number means."""

from __future__ import annotations

import dataclasses
import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from rich.console import Console

from scored import score_all
from twinscore.embedding.records import Skipped
from twinscore.report.terminal.summary import print_comparison, print_summary
from twinscore.scoring.verdict import verdict

if TYPE_CHECKING:
    import twinscore as ts


@pytest.fixture(scope="module")
def mixed() -> ts.ScoreResult:
    random = np.random.default_rng(0)
    real, synthetic = random.standard_normal((2, 60, 4)).astype(np.float32)
    return score_all(real, synthetic)


@pytest.fixture(scope="module")
def apart() -> ts.ScoreResult:
    random = np.random.default_rng(0)
    real, synthetic = random.standard_normal((2, 60, 4)).astype(np.float32)
    return score_all(real, synthetic + 50)


def with_fields(result: ts.ScoreResult, **fields: Any) -> ts.ScoreResult:
    return dataclasses.replace(result, **fields)


def summary(result: ts.ScoreResult, width: int = 80) -> str:
    stream = io.StringIO()
    print_summary(result, Console(file=stream, width=width, highlight=False))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"score": 0.01, "p_value": 1e-4, "overlap": 0.01}, "Almost every synthetic image"),
        ({"score": 0.5, "p_value": 1e-4, "overlap": 0.33}, "about 33% of the synthetic images"),
        ({"score": 0.97, "p_value": 0.3, "overlap": 0.9}, "No difference found"),
        ({"score": 1.4, "p_value": 1.0, "overlap": 2.0}, "look for copies"),
    ],
)
def test_verdict_says_what_the_score_means(
    mixed: ts.ScoreResult, fields: dict[str, float], words: str
) -> None:
    assert words in verdict(with_fields(mixed, null_interval=(0.8, 1.2), **fields))


def test_few_images_are_no_proof_of_a_good_twin(mixed: ts.ScoreResult) -> None:
    few = with_fields(mixed, score=0.4, p_value=0.1, null_interval=(-0.1, 2.1))
    assert verdict(few) == "Too few images to tell: a perfect twin would score 0.00 to 2.10."


def test_summary_names_score_sides_and_chance(mixed: ts.ScoreResult) -> None:
    text = summary(with_fields(mixed, score=0.987, p_value=0.41, null_interval=(0.71, 1.29)))
    assert "Indistinguishability Score  0.987" in text
    assert "60 real, 60 synthetic" in text
    assert "p = 0.41, a perfect twin would score 0.71 to 1.29" in text


def test_images_that_give_the_twin_away_are_named_with_their_nearest_real_one(
    apart: ts.ScoreResult,
) -> None:
    text = summary(apart)
    worst = max(
        (row for row in apart.samples.to_pylist() if row["side"] == "synthetic"),
        key=lambda row: row["giveaway"],
    )
    assert f"  {worst['name']}\n    nearest real image: {worst['nearest_real']}\n" in text
    assert "Closest to a real image" not in text


def test_of_a_mixed_twin_only_the_closest_images_are_named(mixed: ts.ScoreResult) -> None:
    text = summary(with_fields(mixed, p_value=0.5))
    assert "give the twin away" not in text
    closest = min(
        (
            row
            for row in mixed.samples.to_pylist()
            if row["nearest_side"] == "real" and row["side"] == "synthetic"
        ),
        key=lambda row: row["nearest_real_distance"],
    )
    assert f"Closest to a real image\n  {closest['name']}\n" in text


def test_groups_and_the_score_of_all_images_are_shown_where_there_are_groups(
    mixed: ts.ScoreResult,
) -> None:
    text = summary(with_fields(mixed, groups={"real": 12, "synthetic": 9}, pooled_score=0.55))
    assert "in 12 and 9 groups" in text
    assert "0.550, every image counted" in text
    assert "groups" not in summary(mixed)


def test_warnings_are_shown_and_brackets_in_names_are_no_markup(mixed: ts.ScoreResult) -> None:
    text = summary(with_fields(mixed, warnings=("a [bold]name[/bold]",)))
    assert "Note: a [bold]name[/bold]" in text


def test_an_overlap_without_bound_is_said_in_words(mixed: ts.ScoreResult) -> None:
    assert "above 1" in summary(with_fields(mixed, overlap=float("inf")))


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_summary_keeps_to_the_width_of_the_terminal(apart: ts.ScoreResult, width: int) -> None:
    assert max(map(len, summary(apart, width).splitlines())) <= width


def test_long_paths_stay_whole(apart: ts.ScoreResult) -> None:
    name = "renders/" + "very_long_name_" * 10 + ".png"
    samples = apart.samples.set_column(1, "name", [[name] * len(apart.samples)])
    assert f"  {name}\n" in summary(with_fields(apart, samples=samples))


def test_a_terminal_without_color_gets_none(
    apart: ts.ScoreResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    stream = io.StringIO()
    skipped = with_fields(apart, skipped={"real": (Skipped("x", "y"),), "synthetic": ()})
    print_summary(skipped, Console(file=stream, force_terminal=True, highlight=False))
    assert "\x1b[3" not in stream.getvalue()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_comparison_shows_each_twin_with_an_uncut_bar(
    mixed: ts.ScoreResult, apart: ts.ScoreResult, width: int
) -> None:
    rows = [
        ("blockout", "flat colours, hard edges, no texture", apart),
        ("preview", "soft textures, fewer tones, flat light", mixed),
    ]
    stream = io.StringIO()
    print_comparison(rows, Console(file=stream, width=width, highlight=False))
    lines = stream.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert "…" not in stream.getvalue()
    (first,) = (line for line in lines if "blockout" in line)
    (second,) = (line for line in lines if "preview" in line)
    assert first.count("█") < second.count("█") <= 12
    assert first.count("░") + first.count("█") == second.count("░") + second.count("█") == 12


def test_a_search_that_is_not_simply_exact_is_told(mixed: ts.ScoreResult) -> None:
    assert "Chosen" not in summary(mixed)
    assert "Approximate" not in summary(mixed)
    audit = {"queries": 2_000, "recall": 0.987, "score_error_interval": [-0.0012, 0.0034]}
    other = with_fields(mixed, backend="hnsw", choice="10 points: hnsw 3 s", audit=audit)
    text = summary(other, width=200)
    assert "backend hnsw; 10 points: hnsw 3 s" in text
    assert "98.7% of the neighbors found, the score is off by -0.0012 to +0.0034" in text
