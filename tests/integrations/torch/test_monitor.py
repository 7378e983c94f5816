from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import twinscore as ts

torch = pytest.importorskip("torch", reason="needs torch")

from torch.utils.data import DataLoader  # noqa: E402

from loader_rows import SPAWN, Rows, Stream, points  # noqa: E402
from twinscore.integrations.torch import (  # noqa: E402
    ScoreMonitor,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def assert_same_batches(given: list[Any], expected: list[Any]) -> None:
    assert len(given) == len(expected)
    for (rows, labels), (wanted, wanted_labels) in zip(given, expected, strict=True):
        assert torch.equal(rows, wanted)
        assert torch.equal(labels, wanted_labels)


@pytest.mark.parametrize("dataset", [Rows(), Stream()])
def test_a_monitor_passes_batches_on_and_scores_all_of_them_if_it_may(dataset: Any) -> None:
    loader = DataLoader(dataset, batch_size=32)
    scorer = ts.StreamingScorer(points(0, 200))
    with ScoreMonitor(loader, scorer, budget=1.0) as monitor:
        seen = []
        for batch in monitor:
            seen.append(batch)
            monitor.drain()
        result = monitor.result()
    assert_same_batches(seen, list(loader))
    expected = ts.score(points(0, 200), Rows().rows.numpy(), diagnostics=False)
    assert result.score == expected.score
    assert result.warnings == ()
    assert len(ScoreMonitor(DataLoader(Rows(), batch_size=32), scorer)) == 7
    assert monitor.batch_size == 32


@pytest.mark.parametrize("context", ["fork", SPAWN])
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_monitor_watches_loaders_with_workers(context: str) -> None:
    loader = DataLoader(Rows(64), batch_size=16, num_workers=2, multiprocessing_context=context)
    scorer = ts.StreamingScorer(points(0, 100))
    with ScoreMonitor(loader, scorer, budget=1.0) as monitor:
        for _ in range(2):
            for _batch in monitor:
                monitor.drain()
        assert monitor.result().n_seen == 128


def test_what_does_not_fit_the_budget_goes_by_and_is_counted() -> None:
    class Slow(ts.StreamingScorer):
        def update(self, items: Any, **options: Any) -> Any:
            time.sleep(0.02)
            return super().update(items, **options)

    scorer = Slow(points(0, 100))
    loader = DataLoader(Rows(2000), batch_size=20, shuffle=True)
    with ScoreMonitor(loader, scorer, budget=0.05) as monitor:
        started = time.perf_counter()
        for _batch in monitor:
            time.sleep(0.01)
        result = monitor.result()
        seconds = time.perf_counter() - started
    assert monitor.offered == 100
    assert 1 <= monitor.scored <= 2 + seconds / (0.02 / 0.05)
    assert result.n_seen == 20 * monitor.scored
    assert f"{monitor.scored} of 100 batches of the loader were scored" in result.warnings[-1]


@pytest.mark.parametrize("as_list", [False, True])
def test_of_a_batch_of_images_a_few_are_drawn_unless_all_may_be_scored(
    as_list: bool, make_folder: Callable[..., Path]
) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    images = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (20, 3, 32, 32), np.uint8))
    batch = list(images) if as_list else images
    scorer = ts.StreamingScorer(make_folder("real", {"a": 4}), threads=1)
    for budget, seen in ((0.5, 8), (1.0, 8 + 20)):
        with ScoreMonitor([batch], scorer, budget=budget) as monitor:
            assert next(iter(monitor)) is batch
            monitor.drain()
        assert scorer.n_seen == seen


def test_the_training_loop_may_overwrite_its_batch() -> None:
    scorer = ts.StreamingScorer(points(0, 200))
    with ScoreMonitor(DataLoader(Rows(), batch_size=50), scorer, budget=1.0) as monitor:
        for rows, _labels in monitor:
            rows.fill_(1e6)
            monitor.drain()
        expected = ts.score(points(0, 200), Rows().rows.numpy(), diagnostics=False)
        assert monitor.result().score == expected.score


def test_a_crash_in_scoring_leaves_the_loader_alone(caplog: pytest.LogCaptureFixture) -> None:
    scorer = ts.StreamingScorer(points(0, 100)[:, :4])
    loader = DataLoader(Rows(), batch_size=20)
    with caplog.at_level(logging.WARNING), ScoreMonitor(loader, scorer) as monitor:
        assert len(list(monitor)) == 10
        monitor.drain()
        assert isinstance(monitor.error, ValueError)
        assert len(list(monitor)) == 10
    assert "scoring stopped, the loader goes on: ValueError: expected embeddings" in caplog.text


def test_a_crash_is_raised_in_the_loop_if_asked() -> None:
    scorer = ts.StreamingScorer(points(0, 100)[:, :4])
    monitor = ScoreMonitor(DataLoader(Rows(), batch_size=20), scorer, on_error="raise")

    def train() -> None:
        with monitor:
            for _batch in monitor:
                monitor.drain()

    with pytest.raises(ValueError, match="expected embeddings as wide"):
        train()


def test_a_batch_of_unknown_form_is_no_crash(caplog: pytest.LogCaptureFixture) -> None:
    scorer = ts.StreamingScorer(points(0, 100))
    monitor = ScoreMonitor([{"sound": 1}, {"sound": 2}], scorer)
    assert list(monitor) == [{"sound": 1}, {"sound": 2}]
    assert "expected a batch with one of" in caplog.text


def test_closing_leaves_no_thread() -> None:
    monitor = ScoreMonitor(DataLoader(Rows(), batch_size=20), ts.StreamingScorer(points(0, 100)))
    list(monitor)
    monitor.close()
    assert not [each for each in threading.enumerate() if each.name == "twinscore-monitor"]


class Numbered(Rows):
    """Rows that tell their number."""

    def __getitem__(self, number: int) -> tuple[Any, int]:
        return self.rows[number], number


def test_epochs_count_once_where_items_have_ids() -> None:
    loader = DataLoader(Numbered(), batch_size=32, shuffle=True)
    once, named, unnamed = (ts.StreamingScorer(points(0, 200), capacity=1000) for _ in range(3))
    once.update(Rows().rows)
    for scorer, ids in ((named, lambda batch: batch[1]), (unnamed, None)):
        with ScoreMonitor(loader, scorer, ids=ids, budget=1.0) as monitor:
            for _epoch in range(3):
                for _batch in monitor:
                    monitor.drain()
    assert named.result().score == once.result().score
    assert named.result().n_seen == 200
    assert named.result().warnings == once.result().warnings == ()
    (warning,) = unnamed.result().warnings
    assert warning.startswith("600 synthetic images kept are copies of one another")


def test_ids_go_with_the_images_that_are_drawn(make_folder: Callable[..., Path]) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    images = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (20, 3, 32, 32), np.uint8))
    scorer = ts.StreamingScorer(make_folder("real", {"a": 4}), capacity=100, threads=1)
    batch = (images, torch.arange(20))
    with ScoreMonitor([batch], scorer, ids=lambda batch: batch[1], budget=0.5) as monitor:
        list(monitor)
        monitor.drain()
    kept = scorer.snapshot()
    assert len(kept.ids) == 8
    expected = scorer.embedder.embed(list(images.permute(0, 2, 3, 1).numpy()))
    for name, vector in zip(kept.ids, kept.vectors, strict=True):
        np.testing.assert_array_equal(vector, expected[int(str(name))])
