from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from twinscore.integrations.loggers import TensorBoardLogger

if TYPE_CHECKING:
    from pathlib import Path

    from twinscore.integrations.loggers import LogEntry

pytest.importorskip("tensorboardX", reason="needs tensorboardX, of the extra tensorboard")
event_processing = pytest.importorskip(
    "tensorboard.backend.event_processing.event_accumulator", reason="needs tensorboard"
)


def read(folder: Path) -> Any:
    events = event_processing.EventAccumulator(str(folder), size_guidance={"images": 0})
    events.Reload()
    return events


def test_tensorboard_reads_figures_pictures_and_words(
    tmp_path: Path, entries: list[LogEntry]
) -> None:
    logger = TensorBoardLogger(tmp_path, run="first")
    for entry in entries:
        logger.log(entry)
    logger.close()
    events = read(tmp_path / "first")
    assert logger.place == str(tmp_path / "first")
    scores = [(event.step, event.value) for event in events.Scalars("twinscore/score")]
    assert scores == [(40, 0.5), (80, 0.75)]
    # TensorBoard takes neither percent signs nor spaces.
    assert "twinscore/slices/weather/50__rain/score" in events.Tags()["scalars"]
    (picture,) = events.Images("twinscore/pairs/1")
    shown = Image.open(io.BytesIO(picture.encoded_image_string))
    assert (shown.size, shown.getpixel((0, 0))) == ((20, 10), (255, 0, 0))
    words = [
        event.tensor_proto.string_val[0].decode()
        for event in events.Tensors("twinscore/verdict/text_summary")
    ]
    assert words == ["Told apart.", "Nearly mixed.\n\npairs/1: a beside b"]


def test_runs_of_one_folder_lie_beside_each_other(tmp_path: Path) -> None:
    places = set()
    for _ in range(2):
        logger = TensorBoardLogger(tmp_path)
        places.add(logger.place)
        logger.close()
    assert len(places) == 2
