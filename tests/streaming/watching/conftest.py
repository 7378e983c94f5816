from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from watched_folder import Watched

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def watched(
    make_folder: Callable[..., Path], save_model: Callable[..., Path], tmp_path: Path
) -> Watched:
    """An empty folder and twelve real images."""
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    renders = tmp_path / "renders"
    renders.mkdir()
    return Watched(renders, make_folder("real", {"a": 8, "b": 4}), save_model())
