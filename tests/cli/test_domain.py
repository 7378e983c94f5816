"""twinscore domain and twinscore plan, as they are typed."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

import twinscore as ts
from twinscore.cli import main
from twinscore.domain.first_draft import draft_domain

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as finished:
        main([str(argument) for argument in arguments])
    assert isinstance(finished.value.code, int)
    return finished.value.code


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Path, Path]:
    files = []
    for seed, rain in enumerate((0.2, 0.6)):
        random = np.random.default_rng(seed)
        wet = random.random(80) < rain
        points = random.standard_normal((80, 4)).astype(np.float32)
        table = {
            "embedding": list(points),
            "weather": np.where(wet, "rain", "clear"),
            "distance": [f"{value:.1f}" for value in random.uniform(0, 90, 80)],
            "name_of_shot": [f"shot {number}" for number in range(80)],
        }
        files.append(tmp_path / f"{seed}.parquet")
        parquet.write_table(pa.table(table), files[-1])
    return files[0], files[1]


def test_a_first_domain_file_is_written_read_and_fits_its_own_source(
    sides: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "domain.toml"
    assert run("domain", "init", sides[1], "--out", file) == 0
    domain = ts.load_domain(file)
    assert [condition.name for condition in domain.conditions] == ["distance", "weather"]
    assert "name_of_shot" in file.read_text().partition("Passed over")[2]
    assert run("domain", "init", sides[1], "--out", file) == 1
    assert "exists: choose another file" in capsys.readouterr().err
    assert run("domain", "check", file, sides[1]) == 0
    shown = capsys.readouterr().out
    assert "2 conditions" in shown
    assert "weather = rain" in shown


def test_a_source_without_columns_gets_no_domain_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.save(tmp_path / "points.npy", np.zeros((4, 3), dtype=np.float32))
    assert run("domain", "init", tmp_path / "points.npy") == 1
    assert "expected a column whose values several images share" in capsys.readouterr().err


def test_a_column_that_a_source_lacks_is_named(
    sides: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "domain.toml"
    file.write_text("[conditions.wether]\nshares = { rain = 1 }\n")
    assert run("domain", "check", file, sides[1]) == 1
    error = capsys.readouterr().err
    assert "did you mean 'weather'?" in error
    assert str(sides[1]) in error


SPELLINGS = ['a"b', "\n", "é", "x\x7f", "'", "1.5", "0"]


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30
)
@given(
    st.dictionaries(
        st.text(min_size=1, max_size=8),
        st.lists(st.sampled_from(SPELLINGS), min_size=24, max_size=24),
        min_size=1,
        max_size=4,
    )
)
def test_a_draft_of_any_columns_is_a_domain_file(
    tmp_path: Path, columns: dict[str, list[str | None]]
) -> None:
    try:
        draft = draft_domain(columns, "a\nsource")
    except ValueError as error:
        assert "expected a column whose values several images share" in str(error)  # noqa: PT017
        return
    file = tmp_path / "draft.toml"
    file.write_bytes(draft.encode())
    ts.load_domain(file)


def test_a_plan_is_written_with_a_table(
    sides: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = tmp_path / "domain.toml", tmp_path / "plan"
    file.write_text("[conditions.weather]\nshares = { clear = 0.7, rain = 0.3 }\n")
    command = ["plan", *sides, "--domain", file, "--images", 30, "--out", out, "--no-report"]
    assert run(*command) == 0
    assert "Render next: 30 images" in capsys.readouterr().out
    with (out / "plan.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert sum(int(row["renders"]) for row in rows) == 30
    assert run(*command) == 1
    assert "already holds a plan" in capsys.readouterr().err
    assert run(*command[:7], "--json", "-q") == 0
    assert json.loads(capsys.readouterr().out)["renders"] == 30


def test_a_domain_file_that_is_wrong_is_one_line_before_anything_is_read(
    sides: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "domain.toml"
    file.write_text("[conditions.weather]\nshares = { clear = -1 }\n")
    for command in ("score", "plan"):
        assert run(command, *sides, "--domain", file) == 1
        error = capsys.readouterr().err
        assert f"{file}, line 2: conditions.weather.shares.clear: expected a share" in error
        assert error.count("\n") == 1


def test_a_match_below_the_minimum_is_exit_code_3(
    sides: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "domain.toml"
    file.write_text("[conditions.weather]\nshares = { clear = 1 }\n")
    command = ["score", *sides, "--domain", file, "--no-diagnostics", "-q"]
    assert run(*command, "--min-match", 0.1) == 0
    assert run(*command, "--min-match", 0.9) == 3
    assert "is below the minimum of 0.9" in capsys.readouterr().err
    assert run("score", *sides, "--min-match", 0.9) == 2
