"""A list at a URL stays with its host in streams as in scores, unless the caller says otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import twinscore as ts
from watched_folder import Watched, land, take_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytest.importorskip("aiohttp", reason="needs the extra remote")
pytest.importorskip("onnxruntime", reason="needs the extra cpu")


@pytest.fixture
def leading_home(
    served: tuple[str, Path], make_folder: Callable[..., Path], save_model: Callable[..., Path]
) -> tuple[str, Path, Path]:
    """A list at a URL whose entries are files of this machine, those files, and a model."""
    url, folder = served
    mine = make_folder("mine", {"a": 6})
    entries = [f"file://{file}" for file in sorted(mine.rglob("*.png"))]
    (folder / "list.txt").write_text("\n".join(entries))
    return f"{url}/list.txt", mine, save_model()


def test_the_real_side_of_a_stream(leading_home: tuple[str, Path, Path]) -> None:
    listed, mine, model = leading_home
    with pytest.raises(ValueError, match="real"):
        ts.StreamingScorer(listed, model=model)
    scorer = ts.StreamingScorer(listed, model=model, allow_remote_paths=True)
    assert scorer.n_real == len(list(mine.rglob("*.png")))


def test_a_batch_of_a_stream(leading_home: tuple[str, Path, Path]) -> None:
    listed, mine, model = leading_home
    closed = ts.StreamingScorer(mine, model=model)
    closed.update(listed)
    assert (closed.n_seen, closed.n_skipped) == (0, 6)
    opened = ts.StreamingScorer(mine, model=model, allow_remote_paths=True)
    opened.update(listed)
    assert (opened.n_seen, opened.n_skipped) == (6, 0)


def test_the_real_side_of_a_watch_and_its_next_run(
    leading_home: tuple[str, Path, Path], tmp_path: Path
) -> None:
    listed, _, model = leading_home
    renders = tmp_path / "renders"
    renders.mkdir()
    watched = Watched(renders, tmp_path, model)
    land(watched, 4)
    with pytest.raises(ValueError, match="real"):
        watched.open(real=listed)
    session = watched.open(real=listed, allow_remote_paths=True)
    take_all(session)
    session.save()
    assert watched.open(real=listed, allow_remote_paths=True).counted == 4
