from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import twinscore as ts
from remembering_logger import Remembering

torch = pytest.importorskip("torch", reason="needs torch")

from torch.utils.data import DataLoader  # noqa: E402

from loader_rows import Rows, points  # noqa: E402
from twinscore.integrations.torch import ScoreMonitor  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_each_epoch_is_logged_at_the_batches_it_took() -> None:
    logger = Remembering()
    loader = DataLoader(Rows(64), batch_size=16)
    scorer = ts.StreamingScorer(points(0, 100))
    with ScoreMonitor(loader, scorer, budget=1.0, log=logger) as monitor:
        for _ in range(2):
            for _batch in monitor:
                monitor.drain()
        monitor.drain()
        assert monitor.error is None
        assert [entry.step for entry in logger.entries] == [4, 8]
        assert logger.entries[-1].figures["score"] == monitor.result().score
    assert len(logger.entries) == 2, "nothing new came before it was closed"


def test_a_loop_that_breaks_off_is_logged_when_the_monitor_closes() -> None:
    logger = Remembering()
    loader = DataLoader(Rows(64), batch_size=16)
    with ScoreMonitor(loader, ts.StreamingScorer(points(0, 50)), budget=1.0, log=logger) as monitor:
        next(iter(monitor))
    assert [entry.step for entry in logger.entries] == [1]


def test_images_that_give_themselves_away_go_with_the_score(
    make_folder: Callable[..., Path], save_model: Callable[..., Path]
) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    images = np.random.default_rng(1).integers(0, 256, (12, 32, 40, 3), dtype=np.uint8)
    images[7] = (0, 0, 255)
    logger = Remembering()
    scorer = ts.StreamingScorer(make_folder("photos", {"": 10}), model=save_model())
    names = [[f"image {number}" for number in range(start, start + 6)] for start in (0, 6)]
    batches = list(zip(torch.from_numpy(images).split(6), names, strict=True))
    with ScoreMonitor(
        batches, scorer, budget=1.0, ids=lambda batch: batch[1], log=logger
    ) as monitor:
        for _ in monitor:
            monitor.drain()
        monitor.drain()
    pictures = logger.entries[-1].pictures
    assert len(pictures) == 6
    assert pictures[0].name == "foreign/1"
    assert pictures[0].caption.startswith("image 7, ")
    assert pictures[0].image.getpixel((20, 16)) == (0, 0, 255)


def test_a_logger_that_fails_does_not_stop_the_scoring(caplog: pytest.LogCaptureFixture) -> None:
    loader = DataLoader(Rows(64), batch_size=16)
    scorer = ts.StreamingScorer(points(0, 100))
    with ScoreMonitor(loader, scorer, budget=1.0, log=Remembering("log")) as monitor:
        for _batch in monitor:
            monitor.drain()
        monitor.drain()
        assert monitor.result().n_seen == 64
    assert monitor.error is None
    assert "logging to Remembering stopped, the run goes on" in caplog.text


def test_what_names_no_logger_is_refused_when_the_monitor_is_made() -> None:
    with pytest.raises(ValueError, match="expected wandb"):
        ScoreMonitor([], ts.StreamingScorer(points(0, 100)), log="nowhere")
