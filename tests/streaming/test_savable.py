from __future__ import annotations

import io
import pickle
from typing import TYPE_CHECKING

import numpy as np
import pytest

import twinscore as ts
from stream_points import gaussian_points, grid_points

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize("options", [{}, {"window": 30}, {"half_life": 20.0}])
def test_a_saved_scorer_goes_on_as_if_it_had_never_stopped(
    tmp_path: Path, options: dict[str, float]
) -> None:
    real = gaussian_points(0, 50)
    scorer = ts.StreamingScorer(real, k=2, seed=3, **options)  # type: ignore[arg-type]
    scorer.update(gaussian_points(1, 200), groups=[f"clip {n // 3}" for n in range(200)])
    scorer.save(tmp_path / "state.npz")
    loaded = ts.StreamingScorer.load(tmp_path / "state.npz")
    assert loaded.result() == scorer.result()
    for each in (scorer, loaded):
        each.update(gaussian_points(2, 100), groups=[f"clip {n // 3}" for n in range(60, 160)])
    assert loaded.result() == scorer.result()
    assert [file.name for file in tmp_path.iterdir()] == ["state.npz"]


def test_a_scorer_survives_pickling_and_files_in_memory() -> None:
    scorer = ts.StreamingScorer(grid_points(0, 40))
    scorer.update(grid_points(1, 60), ids=range(60))
    buffer = io.BytesIO()
    scorer.save(buffer)
    buffer.seek(0)
    assert ts.StreamingScorer.load(buffer).result() == scorer.result()
    assert pickle.loads(pickle.dumps(scorer)).result() == scorer.result()


def test_a_failed_save_leaves_the_older_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scorer = ts.StreamingScorer(grid_points(0, 40))
    scorer.update(grid_points(1, 20))
    file = tmp_path / "state.npz"
    scorer.save(file)
    expected = scorer.result()

    def full_disk(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    scorer.update(grid_points(2, 10))
    monkeypatch.setattr(np, "savez", full_disk)
    with pytest.raises(OSError, match=r"cannot write to .*state\.npz: No space left on device"):
        scorer.save(file)
    assert ts.StreamingScorer.load(file).result() == expected
    assert [left.name for left in tmp_path.iterdir()] == ["state.npz"]


def test_a_damaged_or_foreign_state_is_one_clear_error(tmp_path: Path) -> None:
    scorer = ts.StreamingScorer(grid_points(0, 40))
    file = tmp_path / "state.npz"
    scorer.save(file)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"state\.npz' is not the complete saved state"):
        ts.StreamingScorer.load(file)
    np.savez(file, other=np.zeros(3))
    with pytest.raises(ValueError, match="is not the complete saved state"):
        ts.StreamingScorer.load(file)
    np.save(file.with_suffix(".npy"), np.zeros(3))
    with pytest.raises(ValueError, match="is not the complete saved state"):
        ts.StreamingScorer.load(file.with_suffix(".npy"))
    with pytest.raises(FileNotFoundError, match="expected the saved state of a stream"):
        ts.StreamingScorer.load(tmp_path / "missing.npz")


def test_a_state_of_another_format_version_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "state.npz"
    ts.StreamingScorer(grid_points(0, 40)).save(file)
    with np.load(file) as archive:
        content = dict(archive)
    content["header"] = np.array(str(content["header"]).replace('"version": 1', '"version": 2', 1))
    np.savez(file, **content)
    with pytest.raises(ValueError, match=r"expected format twinscore-stream 1, got .* 2"):
        ts.StreamingScorer.load(file)


def test_a_scorer_saved_with_an_embedder_of_the_callers_asks_for_it(
    make_folder: Callable[..., Path], tmp_path: Path
) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    real, renders = make_folder("real", {"a": 4}), make_folder("renders", {"b": 3}, seed=1)
    embedder = ts.Embedder(threads=1)
    scorer = ts.StreamingScorer(real, model=embedder)
    scorer.update(renders)
    scorer.save(tmp_path / "state.npz")
    loaded = ts.StreamingScorer.load(tmp_path / "state.npz")
    assert loaded.result() == scorer.result()
    with pytest.raises(ValueError, match="saved with an Embedder of the caller's; pass it again"):
        loaded.update(renders)
    again = ts.StreamingScorer.load(tmp_path / "state.npz", model=embedder)
    again.update(renders)
    assert again.n_seen == 6
