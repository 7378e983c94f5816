""" "auto" chooses a backend, or a sample, and nothing that was asked for is lost on the way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import twinscore as ts
from scored import score_sample
from twinscore.cli import main
from twinscore.scoring import way
from twinscore.scoring.verdict import verdict

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt


def points(count: int, seed: int, shift: float = 0.0) -> npt.NDArray[np.float32]:
    drawn = np.random.default_rng(seed).standard_normal((count, 4)) + shift
    return drawn.astype(np.float32)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes any search of all images take too long."""
    monkeypatch.setattr(way, "PATIENCE", 0.0)


@pytest.mark.usefixtures("impatient")
def test_where_auto_settles_for_a_sample_the_result_is_written_and_no_page_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, seed in (("real", 0), ("renders", 1)):
        np.save(tmp_path / f"{name}.npy", points(300, seed))
    files = [str(tmp_path / "real.npy"), str(tmp_path / "renders.npy")]
    with pytest.raises(SystemExit) as stopped:
        main(["score", *files, "--backend", "auto", "--out", str(tmp_path / "out")])
    assert stopped.value.code == 0
    assert "no report.html of a sample of the images" in capsys.readouterr().err
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written == {"result.json", "samples.parquet"}
    result = json.loads((tmp_path / "out" / "result.json").read_text())
    assert result["sampling"]["queries"] > 0
    assert result["settings"]["search"]["backend"] == "auto"
    assert "a sample scored to ± 0.01 instead" in result["choice"]


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "options",
    [{"interval": "jackknife"}, {"collapse_duplicates": True}, {"real_groups": range(300)}],
)
def test_auto_searches_all_images_where_only_they_can_tell_what_was_asked(
    options: dict[str, Any],
) -> None:
    result = ts.score(points(300, 0), points(300, 1), backend="auto", **options)
    assert isinstance(result, ts.ScoreResult)


def test_a_backend_is_chosen_without_a_copy_of_the_pool() -> None:
    rows = way._PoolRows(points(5, 0), points(7, 1).astype(np.float16))
    assert rows.shape == (12, 4)
    some = np.array([0, 4, 5, 11])
    whole = np.concatenate([rows.real, rows.synthetic])
    assert np.array_equal(rows[some], whole[some])
    assert rows[some].dtype == whole.dtype


def test_a_sample_says_what_it_lacks() -> None:
    result = score_sample(points(300, 0), points(300, 1), precision=0.2)
    with pytest.raises(AttributeError, match="a sample of the images tells no p_value"):
        _ = result.p_value
    with pytest.raises(AttributeError, match="a sample of the images tells no save_report"):
        _ = result.save_report
    with pytest.raises(AttributeError, match="has no attribute 'scoer'"):
        _ = result.scoer


@pytest.mark.parametrize(
    ("shift", "words"),
    [(0.0, "No difference seen"), (1.0, "Told apart: about"), (30.0, "Almost every")],
)
def test_a_sampled_score_is_told_in_words_that_it_supports(shift: float, words: str) -> None:
    result = score_sample(points(3_000, 0), points(3_000, 1, shift), precision=0.02)
    assert verdict(result).startswith(words)
    assert words in result._repr_html_()


def test_a_sample_has_no_number_that_nobody_looked_for() -> None:
    result = score_sample(points(300, 0), points(300, 1), precision=0.2)
    fields = {name: getattr(result, name) for name in type(result).__dataclass_fields__}
    numbers = [value for value in fields.values() if isinstance(value, float)]
    assert np.isfinite(numbers).all()
    assert result.to_dict()["p_value"] is None
