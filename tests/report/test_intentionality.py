"""Intentionality in words: the bar, the declared mix, and what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from scored import score_all
from twinscore.report.first_screen import bars_of, gaps_of
from twinscore.report.intentionality import in_the_declared_mix, intentionality, named_value
from twinscore.report.page.domain_sections import domain_section, heat_map

if TYPE_CHECKING:
    from pathlib import Path

    import twinscore as ts

HOSTILE = "<script>alert(1)</script>"
DOMAIN = f"""
[conditions.weather]
shares = {{ clear = 0.5, rain = 0.25, "{HOSTILE}" = 0.25 }}
[conditions.light]
shares = {{ day = 0.5, night = 0.5 }}
[pairs]
at_least = 10
[[edge_cases]]
name = "rain at night"
where = {{ weather = "rain", light = "night" }}
at_least = 50
[[excluded]]
weather = "{HOSTILE}"
light = "night"
"""


def write(file: Path, shares: list[float], seed: int) -> Path:
    random = np.random.default_rng(seed)
    kinds = random.choice(3, 160, p=shares)
    points = random.standard_normal((160, 4)).astype(np.float32)
    points[:, 0] += 10 * kinds
    dark = (kinds != 2) & (random.random(160) < 0.5)
    columns = {
        "embedding": list(points),
        "weather": np.array(["clear", "rain", HOSTILE])[kinds],
        "light": np.where(dark, "night", "day"),
    }
    parquet.write_table(pa.table(columns), file)
    return file


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> ts.ScoreResult:
    folder = tmp_path_factory.mktemp("domain")
    (folder / "domain.toml").write_text(DOMAIN)
    return score_all(
        write(folder / "real.parquet", [0.8, 0.1, 0.1], 0),
        write(folder / "renders.parquet", [0.3, 0.5, 0.2], 1),
        domain=folder / "domain.toml",
    )


def test_the_bar_shows_the_match_and_names_the_largest_shortfalls(result: ts.ScoreResult) -> None:
    bar = intentionality(result)
    assert bar is not None
    assert result.domain is not None
    assert bar in bars_of(result)
    assert bar.value == result.domain.match
    clear = result.domain.conditions[0].values[0]
    assert bar.remark.startswith(f"domain.toml: {clear.missing} clear")
    assert bar.remark.endswith("missing")


def test_a_higher_score_in_the_declared_mix_is_a_sentence(result: ts.ScoreResult) -> None:
    assert result.score < 0.9
    sentence = in_the_declared_mix(result)
    assert sentence is not None
    assert sentence.startswith("In the declared mix")
    assert sentence.endswith("the sides differ in what they show, not only in how.")


def test_missing_edge_cases_are_named_below_the_images(result: ts.ScoreResult) -> None:
    assert result.domain is not None
    case = result.domain.edge_cases[0]
    assert any(f"rain at night ({case.images} of 50)" in gap for gap in gaps_of(result))


def test_values_that_say_nothing_alone_are_named_with_their_condition() -> None:
    assert named_value("weather", "rain") == "rain"
    assert named_value("distance", "0 to 10") == "distance 0 to 10"
    assert named_value("child", "true") == "child true"


def test_the_heat_map_has_a_square_for_every_cell_and_marks_the_excluded(
    result: ts.ScoreResult,
) -> None:
    assert result.domain is not None
    drawn = heat_map(result.domain)
    assert drawn.across == "weather"
    assert [name for name, _ in drawn.rows] == ["day", "night"]
    kinds = [[square.kind for square in squares] for _, squares in drawn.rows]
    assert kinds == [["wanted"] * 3, ["wanted", "wanted", "excluded"]]
    assert drawn.more == 0


def test_the_page_shows_the_domain_and_obeys_no_value(
    result: ts.ScoreResult, tmp_path: Path
) -> None:
    pytest.importorskip("jinja2", reason="needs the extra report")
    pytest.importorskip("plotly", reason="needs the extra report")
    from twinscore.report.page.score_page import write_report

    write_report(result, tmp_path / "report.html", map_method="pca", map_seeds=(0,))
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    section = page[page.index('<section id="domain">') :].partition("</section>")[0]
    assert "rain at night" in section
    assert "&lt;script&gt;alert(1)" in section
    assert HOSTILE not in page


def test_nothing_is_shown_where_no_domain_was_declared() -> None:
    points = np.random.default_rng(0).standard_normal((2, 40, 3)).astype(np.float32)
    plain = score_all(*points, diagnostics=False)
    assert intentionality(plain) is None
    assert in_the_declared_mix(plain) is None
    assert domain_section(plain) is None
    assert "Intentionality" not in [bar.name for bar in bars_of(plain)]
