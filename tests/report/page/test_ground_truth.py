"""On images whose origin is known, the galleries hold what their headings say."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest

from scored import score_all
from twinscore.report.galleries import find_side_neighbors, galleries_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
def test_a_mixture_gives_itself_away_by_simulator_frames_and_passes_by_real_ones(
    camera_images: Path, tmp_path: Path
) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    random = np.random.default_rng(0)
    real = sorted((camera_images / "robocup_real").rglob("*.jpg"))
    simulated = sorted((camera_images / "beamng_sim").rglob("*.jpg"))
    shuffled = [real[index] for index in random.permutation(len(real))]
    chosen = [simulated[index] for index in random.permutation(len(simulated))[:190]]
    sides = {"photos": shuffled[:380], "renders": [*shuffled[380:570], *chosen]}
    for side, files in sides.items():
        (tmp_path / side).mkdir()
        for file in files:
            name = os.path.relpath(file, camera_images).replace(os.sep, "-")
            shutil.copy(file, tmp_path / side / name)

    result = score_all(tmp_path / "photos", tmp_path / "renders", diagnostics=False)
    assert result.pool is not None
    galleries = galleries_of(result, result.pool, find_side_neighbors(result.pool))
    shown = {
        key: [result.pool.names[exhibit.row] for exhibit in gallery.exhibits]
        for key, gallery in galleries.items()
    }
    assert len(shown["giveaways"]) >= 8
    assert all("beamng_sim" in name for name in shown["giveaways"])
    assert len(shown["passing"]) >= 8
    assert all("robocup_real" in name for name in shown["passing"])
