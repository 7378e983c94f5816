from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

import twinscore as ts
from remembering_logger import Remembering
from twinscore.integrations.loggers import open_log
from twinscore.integrations.loggers.frame_pictures import (
    FramePictures,
    listener_of,
    unlike_each_other,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytest.importorskip("onnxruntime", reason="needs the extra cpu")


@pytest.fixture
def folder(make_folder: Callable[..., Path]) -> Path:
    """Frames, of which two are blue and unlike anything real."""
    frames = make_folder("renders", {"shot": 8}, seed=1)
    for number in (3, 5):
        Image.new("RGB", (60, 30), "blue").save(frames / "shot" / f"{number:03}.png")
    return frames


@pytest.fixture
def scorer(
    folder: Path, make_folder: Callable[..., Path], save_model: Callable[..., Path]
) -> ts.StreamingScorer:
    scorer = ts.StreamingScorer(make_folder("photos", {"": 8}), model=save_model())
    files = sorted((folder / "shot").iterdir())
    scorer.update(files, ids=[f"shot/{file.name}" for file in files])
    return scorer


def test_the_most_foreign_frame_of_each_kind_is_shown_beside_its_nearest_real_image(
    scorer: ts.StreamingScorer, folder: Path
) -> None:
    pictures = FramePictures(scorer, folder)
    first, *others = pictures()
    assert first.name == "pairs/1"
    assert first.caption.startswith("shot/003.png, ")
    assert "photos" in first.caption.rpartition(" beside ")[2]
    assert first.image.getpixel((30, 16)) == (0, 0, 255)
    assert not any(other.caption.startswith("shot/005.png") for other in others)
    assert pictures() == [], "they are made now and then"


def test_each_new_score_of_a_folder_is_logged_by_frames_seen(
    scorer: ts.StreamingScorer, folder: Path
) -> None:
    logger = Remembering()
    tell = listener_of(open_log(logger), scorer, folder)
    assert tell is not None
    tell(scorer.result())
    (entry,) = logger.entries
    assert entry.step == 8
    assert entry.figures["score"] == scorer.result().score
    assert entry.pictures
    assert listener_of(open_log(None), scorer, folder) is None


def test_what_is_nearer_to_one_shown_than_to_anything_real_is_passed_over() -> None:
    vectors = np.array([[10.0, 0.0], [10.1, 0.0], [0.0, 10.0], [10.0, 0.1]], dtype=np.float32)
    assert unlike_each_other(vectors, np.full(4, 10.0)) == [0, 2]
