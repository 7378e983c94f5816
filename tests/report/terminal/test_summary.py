"""The first screen fits the terminal and says how good the twin is and what comes next."""

from __future__ import annotations

import dataclasses
import io
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from rich.console import Console

from scored import score_all
from twinscore.embedding.records import Skipped
from twinscore.report import first_screen
from twinscore.report.bar import Bar
from twinscore.report.kinds import kinds_by_loss
from twinscore.report.terminal.summary import print_summary
from twinscore.report.terminal.twins import print_comparison

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


def summary(result: ts.ScoreResult, width: int = 80, *, verbose: bool = False) -> str:
    stream = io.StringIO()
    console = Console(file=stream, width=width, highlight=False)
    print_summary(result, console, verbose=verbose)
    return stream.getvalue()


def test_the_first_screen_names_sides_score_and_range_of_a_perfect_twin(
    mixed: ts.ScoreResult,
) -> None:
    found = with_fields(
        mixed, score=0.987, interval=(0.7, 1.2), p_value=0.41, null_interval=(0.71, 1.29)
    )
    named = with_fields(found, inputs={"real": "photos/", "synthetic": "renders/"})
    text = summary(named)
    assert "renders/ against photos/" in text
    assert "60 real, 60 synthetic" in text
    assert re.search(
        r"Indistinguishability  0\.99  [█░]+  0\.70 to 1\.20, perfect: 0\.71 to 1\.29", text
    )
    assert "p = 0.41, a perfect twin would score 0.71 to 1.29" in summary(named, verbose=True)


def test_the_first_screen_is_the_last_that_is_printed_and_no_longer_than_a_terminal(
    apart: ts.ScoreResult,
) -> None:
    cautioned = with_fields(apart, warnings=tuple(f"caution {n}: it is so" for n in range(8)))
    stream = io.StringIO()
    terminal = Console(file=stream, width=80, height=24, force_terminal=True, highlight=False)
    print_summary(cautioned, terminal)
    assert len(stream.getvalue().splitlines()) <= 22
    brief = summary(cautioned)
    (named,) = (line for line in brief.splitlines() if line.startswith("8 cautions: caution 0"))
    assert named.endswith("; ...  --verbose explains")
    assert len(named) <= 80
    above, _, _ = brief.partition("\n8 cautions")
    assert summary(cautioned, verbose=True).endswith(f"{above}\n")


def test_p_values_below_what_tests_can_tell_are_no_false_precision(apart: ts.ScoreResult) -> None:
    assert "p <= 0.0001" in summary(with_fields(apart, p_value=1e-9), verbose=True)


def test_a_bar_that_cannot_be_told_says_why_and_a_finding_stands_below_the_bars(
    apart: ts.ScoreResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    untold = Bar("Richness", None, "", "the gap is too wide to tell")
    monkeypatch.setattr(
        first_screen, "BARS", (first_screen.indistinguishability, lambda _: untold, lambda _: None)
    )
    monkeypatch.setattr(first_screen, "FINDINGS", (lambda _: "Fix first: blur.", lambda _: None))
    monkeypatch.setattr(first_screen, "GAPS", (lambda _: ["Gaps: 60 photographs."],))
    lines = summary(apart).splitlines()
    places = [
        next(number for number, line in enumerate(lines) if words in line)
        for words in ("Indistinguishability", "Richness", "Fix first", "Look at these", "Gaps: 60")
    ]
    assert places == sorted(places)
    assert places[1] == places[0] + 1
    assert "the gap is too wide to tell" in lines[places[1]]


def test_images_that_give_the_twin_away_are_named_with_their_nearest_real_one(
    apart: ts.ScoreResult,
) -> None:
    text = summary(apart)
    first, second, *_ = kinds_by_loss(apart)
    for number, kind in ((1, first), (2, second)):
        assert (
            f"  {number}  {kind.size} alike, {kind.loss:.0%} of the loss: {kind.name}\n"
            f"     nearest real image: {kind.nearest_real}\n"
        ) in text
    assert "Closest to a real image" not in text


def test_of_a_mixed_twin_only_the_closest_images_are_named(mixed: ts.ScoreResult) -> None:
    text = summary(with_fields(mixed, p_value=0.5))
    closest = min(
        (
            row
            for row in mixed.samples.to_pylist()
            if row["nearest_side"] == "real" and row["side"] == "synthetic"
        ),
        key=lambda row: row["nearest_real_distance"],
    )
    assert f"Closest to a real image\n  {closest['name']}\n" in text
    assert "Look at these next" not in text


def test_groups_and_the_score_of_all_images_are_shown_where_there_are_groups(
    mixed: ts.ScoreResult,
) -> None:
    grouped = with_fields(mixed, groups={"real": 12, "synthetic": 9}, pooled_score=0.55)
    assert "in 12 and 9 groups" in summary(grouped)
    assert "0.550, every image counted" in summary(grouped, verbose=True)
    assert "groups" not in summary(mixed)


def test_cautions_are_named_and_explained_where_asked_and_brackets_are_no_markup(
    mixed: ts.ScoreResult,
) -> None:
    cautioned = with_fields(mixed, warnings=("a [bold]name[/bold]: of a file", "hubs: a few"))
    assert "2 cautions: a [bold]name[/bold]; hubs  --verbose explains\n" in summary(cautioned)
    assert "Note: a [bold]name[/bold]: of a file\n" in summary(cautioned, verbose=True)


def test_an_overlap_without_bound_is_said_in_words(mixed: ts.ScoreResult) -> None:
    assert "above 1" in summary(with_fields(mixed, overlap=float("inf")), verbose=True)


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_summary_keeps_to_the_width_of_the_terminal(apart: ts.ScoreResult, width: int) -> None:
    for verbose in (False, True):
        assert max(map(len, summary(apart, width, verbose=verbose).splitlines())) <= width


def test_long_paths_stay_whole(apart: ts.ScoreResult) -> None:
    name = "renders/" + "very_long_name_" * 10 + ".png"
    samples = apart.samples.set_column(1, "name", [[name] * len(apart.samples)])
    assert f" {name}\n" in summary(with_fields(apart, samples=samples))


def test_a_terminal_without_color_gets_none(
    apart: ts.ScoreResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    stream = io.StringIO()
    skipped = with_fields(
        apart,
        skipped={"real": (Skipped("x", "y"),), "synthetic": ()},
        warnings=("1 of 9 real images could not be read: they were left out",),
    )
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
    assert "Chosen" not in summary(mixed, verbose=True)
    assert "Approximate" not in summary(mixed, verbose=True)
    audit = {"queries": 2_000, "recall": 0.987, "score_error_interval": [-0.0012, 0.0034]}
    other = with_fields(mixed, backend="hnsw", choice="10 points: hnsw 3 s", audit=audit)
    text = summary(other, width=200, verbose=True)
    assert "backend hnsw; 10 points: hnsw 3 s" in text
    assert "98.7% of the neighbors found, the score is off by -0.0012 to +0.0034" in text
