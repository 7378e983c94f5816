from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from command_runs import Finished
from twinscore.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from command_runs import RunCommand


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> RunCommand:
    def run_command(*arguments: object) -> Finished:
        with pytest.raises(SystemExit) as exit_:
            main([str(argument) for argument in arguments])
        assert isinstance(exit_.value.code, int)
        return Finished(exit_.value.code, *capsys.readouterr())

    return run_command


@pytest.fixture
def vectors(tmp_path: Path) -> tuple[Path, Path]:
    """Two files of embeddings: the second is far from the first in half of its rows."""
    random = np.random.default_rng(0)
    real, synthetic = random.standard_normal((2, 60, 4)).astype(np.float32)
    synthetic[::2] += 50
    paths = tmp_path / "real.npy", tmp_path / "synthetic.npy"
    for path, values in zip(paths, (real, synthetic), strict=True):
        np.save(path, values)
    return paths
