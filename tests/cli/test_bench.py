"""twinscore bench and the options that make a score quick, as users meet them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from twinscore.benchmark.record import record_from_json
from twinscore.cli import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def sides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    random = np.random.default_rng(0)
    files = tmp_path / "real.npy", tmp_path / "synthetic.npy"
    for file, shift in zip(files, (0.0, 0.5), strict=True):
        values = random.standard_normal((1_500, 6)) + shift
        np.save(file, values.astype(np.float32))
    return files


def run(capfd: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as exit_:
        main([str(argument) for argument in arguments])
    assert isinstance(exit_.value.code, int)
    return exit_.value.code, *capfd.readouterr()


def test_bench_prints_a_table_and_writes_records_and_a_picture(
    capfd: pytest.CaptureFixture[str], sides: tuple[Path, Path], tmp_path: Path
) -> None:
    pytest.importorskip("matplotlib", reason="needs the extra bench")
    out = tmp_path / "out"
    arguments = ["--embeddings", sides[0], "--synthetic", sides[1], "--backends", "exact"]
    for _ in range(2):
        code, shown, errors = run(capfd, "bench", *arguments, "--k", "1,3", "--out", out, "-q")
        assert (code, errors) == (0, "")
    assert "3,000 points of 6 columns" in shown
    assert "Score error" in shown
    lines = (out / "bench.jsonl").read_text().splitlines()
    assert [record_from_json(line).case.k for line in lines] == [1, 3, 1, 3]
    assert (out / "bench.png").stat().st_size > 10_000


def test_bench_takes_as_many_rows_as_asked_for(
    capfd: pytest.CaptureFixture[str], sides: tuple[Path, Path]
) -> None:
    arguments = ["--embeddings", sides[0], "--backends", "exact", "--rows", 200, "--k", 1]
    code, shown, _ = run(capfd, "bench", *arguments, "--json", "-q")
    assert code == 0
    (line,) = shown.splitlines()
    assert json.loads(line)["case"]["rows"] == 200
    assert json.loads(line)["recall"] == 1.0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--backends", "abacus"], 1, "expected a backend of exact, .* got 'abacus'"),
        (["--backends", "hnsw:a=1,exact"], 1, "a setting of hnsw .* got 'a=1'"),
        (["--k", "1,x"], 2, "numbers of at least 1 like 1,10, got '1,x'"),
        (["--k", "3000"], 1, "k of at most 1499"),
        (["--synthetic", "nowhere.npy"], 1, "nowhere.npy"),
    ],
)
def test_bench_refuses_in_one_line(
    capfd: pytest.CaptureFixture[str],
    sides: tuple[Path, Path],
    arguments: list[str],
    code: int,
    message: str,
) -> None:
    found, _, errors = run(capfd, "bench", "--embeddings", sides[0], *arguments, "-q")
    assert found == code
    assert re.search(message, errors.splitlines()[-1])


def test_a_precision_scores_a_sample_and_says_how_near_it_is(
    capfd: pytest.CaptureFixture[str], sides: tuple[Path, Path]
) -> None:
    code, shown, _ = run(capfd, "score", *sides, "--precision", 0.08)
    assert code == 0
    assert " ± 0.0" in shown
    assert "All images would score" in shown
    code, shown, _ = run(capfd, "score", *sides, "--precision", 0.08, "--json", "-")
    assert json.loads(shown)["sampling"]["precision"] == 0.08
    assert json.loads(shown)["p_value"] is None


@pytest.mark.parametrize(
    ("words", "seconds"), [("90", 90), ("90s", 90), ("1.5m", 90), ("2h", 7200)]
)
def test_a_budget_is_a_span_of_time(
    capfd: pytest.CaptureFixture[str], sides: tuple[Path, Path], words: str, seconds: float
) -> None:
    code, shown, _ = run(capfd, "score", *sides, "--budget", words, "--json", "-")
    assert code == 0
    sampling = json.loads(shown)["sampling"]
    assert sampling["budget"] == seconds
    assert sampling["queries"] == 1_500


@pytest.mark.parametrize("words", ["soon", "0s", "-3", "5 years", "nan"])
def test_a_budget_that_is_none_is_wrong_usage(
    capfd: pytest.CaptureFixture[str], sides: tuple[Path, Path], words: str
) -> None:
    code, _, errors = run(capfd, "score", *sides, f"--budget={words}")
    assert code == 2
    assert "expected a time such as 60s" in errors


def test_auto_says_in_the_result_what_it_chose(
    capfd: pytest.CaptureFixture[str], sides: tuple[Path, Path]
) -> None:
    _, shown, _ = run(capfd, "score", *sides, "--backend", "auto", "--json", "-")
    result = json.loads(shown)
    assert result["backend"] == "exact"
    assert "3,000 points of 6 columns: exact search" in result["choice"]
