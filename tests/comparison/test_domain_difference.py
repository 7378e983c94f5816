"""Two synthetic sets against one declared domain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import twinscore as ts
from twinscore.comparison import compare_saved
from twinscore.comparison.domain_difference import OTHER_DOMAIN
from twinscore.embedding.records import Embeddings
from twinscore.report.intentionality import domain_lines
from twinscore.scoring.saved_result import load_result

if TYPE_CHECKING:
    from pathlib import Path

DOMAIN = "[conditions.light]\nshares = { day = 0.5, night = 0.5 }\n"


def side(night: float, foreign: float, seed: int) -> Embeddings:
    random = np.random.default_rng(seed)
    dark = random.random(160) < night
    points = random.standard_normal((160, 4)).astype(np.float32)
    points[:, 0] += 10 * dark
    points[random.random(160) < foreign, 1] += 40.0
    names = tuple(f"{seed}/{row}.png" for row in range(160))
    return Embeddings(points, names, columns={"light": tuple(np.where(dark, "night", "day"))})


@pytest.fixture
def domain(tmp_path: Path) -> Path:
    file = tmp_path / "domain.toml"
    file.write_text(DOMAIN)
    return file


def test_match_and_score_in_the_declared_mix_are_compared(domain: Path) -> None:
    real, poor, good = side(0.2, 0.0, 0), side(0.1, 0.8, 1), side(0.5, 0.0, 2)
    twins = ts.compare(real, poor, good, domain=domain, diagnostics=False)
    found = twins.comparison.domain
    assert found is not None
    assert found.match_first < 0.8 < found.match_second
    assert found.score_first is not None
    assert found.score_second is not None
    assert found.score_second > found.score_first + 0.3
    assert found.interval is not None
    assert found.interval[0] > 0.0
    assert found.p_value is not None
    assert found.p_value < 0.05
    lines = list(domain_lines(found))
    assert lines[0].startswith("domain.toml: ")
    assert "In the declared mix they score" in lines[1]


def test_saved_results_are_compared_where_they_share_a_domain(domain: Path, tmp_path: Path) -> None:
    real, render = side(0.2, 0.0, 0), side(0.5, 0.3, 1)
    ts.score(real, render, domain=domain, diagnostics=False).save(tmp_path / "one")
    ts.score(real, render, diagnostics=False).save(tmp_path / "none")
    domain.write_text(DOMAIN.replace("0.5", "1", 1))
    ts.score(real, render, domain=domain, diagnostics=False).save(tmp_path / "other")
    one, none, other = (load_result(tmp_path / name) for name in ("one", "none", "other"))
    same = compare_saved(one, one).domain
    assert same is not None
    assert same.match_first == same.match_second
    assert same.p_value == 1.0
    assert compare_saved(one, none).domain is None
    assert OTHER_DOMAIN not in compare_saved(one, none).warnings
    assert compare_saved(one, other).domain is None
    assert OTHER_DOMAIN in compare_saved(one, other).warnings
