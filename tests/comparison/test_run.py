"""Two twins of one reality, from images or embeddings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import twinscore as ts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy.typing as npt


def points(count: int, seed: int) -> npt.NDArray[np.float32]:
    return np.random.default_rng(seed).standard_normal((count, 4)).astype(np.float32)


def test_each_set_is_also_scored_for_itself() -> None:
    real, first, second = points(60, 0), points(40, 1) + 9, points(60, 2)
    twins = ts.compare(real, first, second, names=("old", "new"))
    assert twins.first.score == ts.score(real, first).score
    assert twins.second.score == ts.score(real, second).score
    assert twins.comparison.is_better
    assert (twins.comparison.n_first, twins.comparison.n_second) == (40, 40)
    assert (twins.comparison.first_name, twins.comparison.second_name) == ("old", "new")


def test_groups_of_every_side_are_heeded() -> None:
    groups = np.arange(60) // 3
    twins = ts.compare(
        points(60, 0),
        points(60, 1),
        points(60, 2),
        real_groups=groups,
        first_groups=groups,
        second_groups=groups,
        diagnostics=False,
    )
    assert twins.second.groups == {"real": 20, "synthetic": 20}
    assert twins.comparison.n_real == 20


def test_scenes_rendered_twice_are_paired_and_lead_to_their_images(
    make_folder: Callable[..., Path],
) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    real = make_folder("real", {".": 8})
    first, second = (make_folder(name, {"day": 4, "night": 4}, seed=1) for name in ("v1", "v2"))
    stages: list[str] = []
    twins = ts.compare(
        real, first, second, progress=lambda stage, *_: stages.append(stage), diagnostics=False
    )
    assert twins.comparison.pairs == 8
    assert twins.comparison.difference == 0.0
    assert len(twins.comparison.moved) == 8
    assert twins.second.pool is not None
    assert set(twins.second.pool.sources) == {"real", "synthetic"}
    assert "first: Embedding real images" in stages
    assert "second: Embedding real images" not in stages
    assert any(stage.startswith("Exchanging images") for stage in stages)


def test_what_cannot_be_scored_is_refused_as_by_score() -> None:
    with pytest.raises(ValueError, match=r"as wide as the real ones \(4\), got 3"):
        ts.compare(points(20, 0), points(20, 1), points(20, 2)[:, :3])


def test_sets_whose_own_scores_come_from_samples_are_compared_whole() -> None:
    real, first, second = points(300, 0), points(300, 1) + 9, points(300, 2)
    whole = ts.compare(real, first, second).comparison
    twins = ts.compare(real, first, second, precision=0.2)
    assert isinstance(twins.first, ts.SampledResult)
    assert twins.comparison.difference == whole.difference
    assert twins.comparison.p_value == whole.p_value
