"""What is printed for other programs can be read by them."""

from __future__ import annotations

import csv
import dataclasses
import io
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import numpy as np
import pytest

from scored import score_all, score_sample
from twinscore.embedding.records import Embeddings
from twinscore.report.formats.brief import brief_line
from twinscore.report.formats.comma_separated import csv_text
from twinscore.report.formats.junit import junit_text
from twinscore.report.formats.markdown import markdown_text

if TYPE_CHECKING:
    import twinscore as ts

EVIL = 'a|b,"c"\n<d>&\x1b[2J*e*'


@pytest.fixture(scope="module")
def sliced() -> ts.ScoreResult:
    real, synthetic = np.random.default_rng(0).standard_normal((2, 60, 4)).astype(np.float32)
    synthetic[:20] += 30
    values = (EVIL,) * 20 + ("day",) * 40
    names = tuple(f"{EVIL}{number}" for number in range(60))
    return score_all(
        real, Embeddings(synthetic, names, columns={"light": values}), slice_by="light"
    )


@pytest.fixture(scope="module")
def sampled() -> ts.SampledResult:
    real, synthetic = np.random.default_rng(0).standard_normal((2, 60, 4)).astype(np.float32)
    return score_sample(real, synthetic, precision=0.2)


def test_brief_is_one_line(sliced: ts.ScoreResult, sampled: ts.SampledResult) -> None:
    for result in (sliced, sampled):
        line = brief_line(result)
        assert "\n" not in line
        assert line.startswith((f"{result.score:.2f} (", f"{result.score:.3f} ("))
        assert line.endswith(result.verdict)


def test_csv_has_a_row_for_all_and_one_per_slice(
    sliced: ts.ScoreResult, sampled: ts.SampledResult
) -> None:
    rows = list(csv.DictReader(io.StringIO(csv_text(sliced))))
    assert [row["column"] for row in rows] == ["", "light", "light"]
    assert float(rows[0]["score"]) == sliced.score
    assert {float(row["score"]) for row in rows[1:]} == {part.score for part in sliced.slices}
    (row,) = csv.DictReader(io.StringIO(csv_text(sampled)))
    assert row["p_value"] == ""


def test_junit_fails_below_the_minimum_and_for_slices_worse_than_the_rest(
    sliced: ts.ScoreResult, sampled: ts.SampledResult
) -> None:
    suite = ElementTree.fromstring(junit_text(sliced, minimum=2.0))
    assert suite.get("tests") == "3"
    worse = sum(part.worse for part in sliced.slices)
    assert suite.get("failures") == str(1 + worse) == str(len(suite.findall(".//failure")))
    passed = ElementTree.fromstring(junit_text(sampled, minimum=-1.0))
    assert (passed.get("tests"), passed.get("failures")) == ("1", "0")


def test_markdown_keeps_its_tables_whole_and_shows_names_as_they_are(
    sliced: ts.ScoreResult, sampled: ts.SampledResult
) -> None:
    text = markdown_text(dataclasses.replace(sliced, p_value=1e-4, warnings=("hubs: <b>",)))
    assert sliced.verdict.split(":")[0] in text
    assert "\x1b" not in text
    assert "<d>" not in text
    assert "- hubs: &lt;b&gt;" in text
    tables = [block for block in text.split("\n\n") if block.startswith("|")]
    assert len(tables) == 3
    for table in tables:
        unescaped = table.replace("\\|", "")
        assert len({line.count("|") for line in unescaped.splitlines()}) == 1
    assert "**Indistinguishability" in markdown_text(sampled)
