"""The page says what was found, escapes what comes from outside, and asks for nothing."""

from __future__ import annotations

import base64
import dataclasses
import gzip
import html
import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from scored import score_all, score_sample
from twinscore.report.figures import as_sure_as
from twinscore.report.page.document import pack, write_page
from twinscore.report.page.score_page import write_report

if TYPE_CHECKING:
    from pathlib import Path

    import twinscore as ts

pytest.importorskip("jinja2", reason="needs the extra report")
pytest.importorskip("plotly", reason="needs the extra report")


def payload(text: str) -> dict[str, Any]:
    (block,) = re.findall(r'id="payload">([^<]*)<', text)
    found: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(block)))
    return found


def page_of(result: ts.ScoreResult, tmp_path: Path, **options: Any) -> str:
    file = tmp_path / "report.html"
    write_report(result, file, map_method="pca", **options)
    return file.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def text(report_file: Path) -> str:
    return report_file.read_text(encoding="utf-8")


def test_score_verdict_and_counts_are_shown(text: str, pictured: ts.ScoreResult) -> None:
    shown = as_sure_as(pictured.score, pictured.interval)
    assert f'<div class="number">{shown}</div>' in text
    assert "60 real, 60 synthetic" in text
    assert "Told apart" in text


def test_headings_are_those_of_the_menu_in_its_order(text: str) -> None:
    (menu,) = re.findall(r"<nav.*?</nav>", text, flags=re.DOTALL)
    entries = re.findall(r'<a href="#([\w-]+)">([^<]*)</a>', menu)
    sections = re.findall(
        r'<section id="([\w-]+)"[^>]*>\s*<h2>([^<(]*?)(?: \([\d,]+\))?</h2>', text
    )
    assert sections == entries


def test_names_are_shown_as_they_are_and_never_as_markup(
    text: str, hostile_names: list[str]
) -> None:
    assert "<script>window.attacked" not in text
    assert "<img src=x" not in text
    assert "<b>broken</b>" not in text
    assert "&lt;i&gt;renders&lt;/i&gt; against photos" in text
    # Galleries name some; the map names all, in the block that its script reads.
    assert any(html.escape(name, quote=False) in text for name in hostile_names)
    assert payload(text)["pool"]["names"] == hostile_names


def test_options_of_commands_stay_whole_where_lines_break_and_names_stay_escaped(
    pictured: ts.ScoreResult, tmp_path: Path
) -> None:
    warning = "try --label-by or rename <b>--bold</b>"
    page = page_of(dataclasses.replace(pictured, warnings=(warning,)), tmp_path)
    assert 'Try <span class="option">--label-by</span> or rename' in page
    assert '&lt;b&gt;<span class="option">--bold</span>&lt;/b&gt;' in page


def test_blocks_for_scripts_hold_nothing_that_could_end_them(text: str) -> None:
    for block in re.findall(r'application/octet-stream" id="\w+">([^<]*)<', text):
        assert re.fullmatch(r"[A-Za-z0-9+/=]+", block)


def test_the_policy_admits_our_scripts_only_and_no_connection(text: str) -> None:
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    rules = dict(rule.split(" ", 1) for rule in html.unescape(policy).split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data: blob:"
    assert re.fullmatch(r"('sha256-[\w+/=]+' ){2}'unsafe-eval'", rules["script-src"])
    assert len(re.findall(r"<script>", text)) == 1


def test_pairs_lead_to_the_nearest_image_of_the_other_side(
    text: str, pictured: ts.ScoreResult
) -> None:
    pool = payload(text)["pool"]
    samples = pictured.samples.to_pylist()
    for row in range(60, 120):
        assert pool["names"][pool["across"][row]] == samples[row]["nearest_real"]
        assert pool["acrossDistance"][row] == pytest.approx(
            samples[row]["nearest_real_distance"], rel=1e-3
        )
    assert all(pool["across"][row] >= 60 for row in range(60))


def test_sections_without_anything_to_show_are_left_out(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    real, synthetic = random.standard_normal((2, 20, 3)).astype(np.float32)
    text = page_of(score_all(real, synthetic + 90.0), tmp_path)
    found = set(re.findall(r'<section id="(\w+)"', text))
    assert {"score", "giveaways", "map", "method"} <= found
    assert "Give-aways (20)" in text
    assert found.isdisjoint({"passing", "copies", "duplicates", "skipped"})
    assert "Not found: synthetic images that pass; suspected copies; duplicates." in text


def test_skipped_images_are_listed_with_side_and_reason(text: str) -> None:
    (section,) = re.findall(r'<section id="skipped">(.*?)</section>', text, flags=re.DOTALL)
    assert "photos/&lt;b&gt;broken&lt;/b&gt;.png" in section
    assert "not an image" in section


def test_the_squint_curve_appears_once_it_was_measured(
    pictured: ts.ScoreResult, tmp_path: Path, text: str
) -> None:
    assert 'data-chart="squint"' not in text
    squinted = dataclasses.replace(pictured, squint=({"size": 32, "quality": 75, "score": 0.5},))
    drawn = page_of(squinted, tmp_path)
    assert 'data-chart="squint"' in drawn
    (trace,) = payload(drawn)["charts"]["squint"]["data"]
    assert (trace["x"], trace["y"]) == ([32], [0.5])


def test_embeddings_without_images_still_make_a_page(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    real, synthetic = random.standard_normal((2, 20, 3)).astype(np.float32)
    text = page_of(score_all(real, synthetic), tmp_path)
    assert "There are no images to show, only points." in text
    assert "<img" not in text


def test_the_seed_makes_the_page_again_byte_for_byte(
    pictured: ts.ScoreResult, tmp_path: Path
) -> None:
    assert page_of(pictured, tmp_path) == page_of(pictured, tmp_path)


def test_a_result_from_disk_has_no_images_to_show(pictured: ts.ScoreResult, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="read from disk has no images"):
        write_report(dataclasses.replace(pictured, pool=None), tmp_path / "report.html")


def test_a_score_of_a_sample_has_not_seen_all_images(tmp_path: Path) -> None:
    real, synthetic = np.random.default_rng(0).standard_normal((2, 40, 3)).astype(np.float32)
    sampled = score_sample(real, synthetic, precision=0.5)
    with pytest.raises(ValueError, match="expected a score of all images"):
        write_report(sampled, tmp_path / "report.html")


def test_progress_names_each_stage_and_ends_at_its_total(
    pictured: ts.ScoreResult, tmp_path: Path
) -> None:
    stages: dict[str, tuple[int, int]] = {}
    page_of(
        pictured,
        tmp_path,
        progress=lambda stage, done, total: stages.update({stage: (done, total)}),
    )
    assert "Reading images for the report" in stages
    assert all(done == total for done, total in stages.values())


def test_a_folder_in_the_place_of_the_page_is_named(tmp_path: Path) -> None:
    (tmp_path / "report.html").mkdir()
    with pytest.raises(OSError, match=r"cannot write to .*report.html"):
        write_page("new", tmp_path / "report.html")
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_packed_text_comes_back() -> None:
    text = "</script> 日本語 \ud800"
    unpacked = gzip.decompress(base64.b64decode(pack(text))).decode()
    assert unpacked == text.replace("\ud800", "?")
