from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from annotated_frames import annotated_frames
from twinscore.streaming.watching.frame_annotations import FrameAnnotations

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from annotated_frames import AnnotatedFrames


@pytest.fixture
def frames(tmp_path: Path, save_model: Callable[..., Path]) -> AnnotatedFrames:
    return annotated_frames(tmp_path, save_model())


@pytest.fixture(autouse=True)
def looked_at_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at annotations whenever frames are looked at, not once a second."""
    monkeypatch.setattr(FrameAnnotations, "is_due", True)
