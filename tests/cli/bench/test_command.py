"""twinscore bench and the options that make a score quick, as users meet them."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image
from pyarrow import parquet

from twinscore.cli import main
from twinscore.cli.bench import harness
from twinscore.cli.bench.record import record_from_json
from twinscore.embedding.records import EmbeddedImage
from twinscore.embedding.store import StoreDescription, StoreWriter
from twinscore.images.records import ContentStamp, ImageItem
from twinscore.scoring.sample.queries import QuerySample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from twinscore.base.progress import ProgressCallback
    from twinscore.cli.bench.record import Record


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


def test_bench_measures_workers_beside_backends(
    capfd: pytest.CaptureFixture[str], sides: tuple[Path, Path]
) -> None:
    arguments = ["--embeddings", sides[0], "--backends", "exact", "--k", "2", "--json", "-q"]
    code, shown, errors = run(capfd, "bench", *arguments, "--workers", "here")
    assert (code, errors) == (0, "")
    alone, spread = map(record_from_json, shown.splitlines())
    assert (alone.case.workers, spread.case.workers, spread.case.threads) == (None, "here", 1)
    assert spread.measurement is not None
    assert (spread.recall, spread.score_error) == (1.0, 0.0)
    code, _, errors = run(capfd, "bench", *arguments, "--workers", "dask")
    assert code == 2
    assert "expected workers ray, ray://HOST:PORT or here, got 'dask'" in errors


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
    assert {"Backend", "Recall", "error"} <= set(shown.split())
    table = shown.split("Written to")[0]
    assert max(map(len, table.splitlines())) <= 80
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


def test_bench_reads_a_store_and_leaves_out_images_that_failed(
    capfd: pytest.CaptureFixture[str], sides: tuple[Path, Path], tmp_path: Path
) -> None:
    with StoreWriter(tmp_path / "pool.store", StoreDescription("net@1", "crop@1", 6)) as writer:
        for number, vector in enumerate(np.load(sides[0])[:60]):
            broken = number == 7
            item = ImageItem(f"image {number}", b"")
            writer.plan(item, partial(ContentStamp, number, number))
            writer.extend(
                [EmbeddedImage(item, None if broken else vector, "no image" if broken else None)]
            )
        writer.finish()
    arguments = ["--backends", "exact", "--k", 1, "--json", "-q"]
    code, shown, _ = run(capfd, "bench", "--embeddings", tmp_path / "pool.store", *arguments)
    assert code == 0
    assert json.loads(shown)["case"]["rows"] == 59
    assert json.loads(shown)["case"]["data"] == "pool"


def test_bench_reads_parquet(
    capfd: pytest.CaptureFixture[str], sides: tuple[Path, Path], tmp_path: Path
) -> None:
    table = pa.table({"embedding": np.load(sides[0])[:60].tolist()})
    parquet.write_table(table, tmp_path / "pool.parquet")
    arguments = ["--synthetic", sides[1], "--backends", "exact", "--k", 1, "--json", "-q"]
    code, shown, _ = run(capfd, "bench", "--embeddings", tmp_path / "pool.parquet", *arguments)
    assert code == 0
    assert json.loads(shown)["case"]["rows"] == 1_560


def test_bench_measures_embeddings_and_no_images(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    code, _, errors = run(capfd, "bench", "--embeddings", tmp_path, "-q")
    assert code == 1
    assert "twinscore embed" in errors
    assert f"got images: {tmp_path}" in errors


def test_ctrl_c_shows_and_keeps_what_was_measured(
    capfd: pytest.CaptureFixture[str],
    sides: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("matplotlib", reason="needs the extra bench")
    measured = harness.run_cases

    def interrupted(*arguments: Any, **options: Any) -> Iterator[Record]:
        yield next(measured(*arguments, **options))
        raise KeyboardInterrupt

    monkeypatch.setattr(harness, "run_cases", interrupted)
    arguments = ["--embeddings", sides[0], "--backends", "exact", "--out", tmp_path / "out", "-q"]
    code, shown, errors = run(capfd, "bench", *arguments)
    assert (code, errors.strip()) == (130, "twinscore: stopped")
    assert {"Backend", "Recall", "error"} <= set(shown.split())
    assert len((tmp_path / "out" / "bench.jsonl").read_text().splitlines()) == 1
    assert (tmp_path / "out" / "bench.png").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--backends", "abacus"], 2, "expected a backend of exact, .* got 'abacus'"),
        (["--backends", "hnsw:a=1,exact"], 2, "a setting of hnsw .* got 'a=1'"),
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


def test_ctrl_c_while_sampling_shows_the_score_so_far_and_ends_with_130(
    capfd: pytest.CaptureFixture[str],
    sides: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    searched = QuerySample.extend

    def extend(sample: QuerySample, count: int, progress: ProgressCallback) -> None:
        if len(sample.shares):
            raise KeyboardInterrupt
        searched(sample, count, progress)

    monkeypatch.setattr(QuerySample, "extend", extend)
    out = tmp_path / "out"
    code, shown, _ = run(capfd, "score", *sides, "--precision", 0.001, "--out", out)
    assert code == 130
    assert "stopped with Ctrl-C at ±" in shown
    assert json.loads((out / "result.json").read_text())["sampling"]["queries"] == 1_024


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
