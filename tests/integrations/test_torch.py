from __future__ import annotations

import logging
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import twinscore as ts

torch = pytest.importorskip("torch", reason="needs torch")

from torch.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset  # noqa: E402

from twinscore.integrations.torch import (  # noqa: E402
    RealismFilter,
    ScoreMonitor,
    items_of,
    merge_ranks,
    realism_sampler,
    realism_weights,
)
from twinscore.streaming.intake import take_in  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from twinscore.base.arrays import FloatMatrix


# Processes that start from nothing import torch: seconds each.
SPAWN = pytest.param("spawn", marks=pytest.mark.slow)


def points(seed: int, count: int, shift: float = 0.0) -> FloatMatrix:
    rows = np.random.default_rng(seed).standard_normal((count, 8)) + shift
    return rows.astype(np.float32)


class Rows(Dataset[tuple[Any, int]]):
    """Half of the rows look real, half are far away; the label tells."""

    def __init__(self, count: int = 200) -> None:
        self.rows = torch.from_numpy(
            np.concatenate([points(1, count // 2), points(2, count // 2, shift=30.0)])
        )

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, number: int) -> tuple[Any, int]:
        return self.rows[number], int(number >= len(self) // 2)


class Stream(IterableDataset[tuple[Any, int]]):
    """The same rows, which share themselves out among workers."""

    def __init__(self, count: int = 200) -> None:
        super().__init__()
        self._rows = Rows(count)

    def __iter__(self) -> Iterator[tuple[Any, int]]:
        worker = torch.utils.data.get_worker_info()
        first, step = (0, 1) if worker is None else (worker.id, worker.num_workers)
        for number in range(first, len(self._rows), step):
            yield self._rows[number]


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


def test_tensors_are_read_in_place() -> None:
    rows = torch.from_numpy(points(0, 20))
    intake = take_in(rows, 8, lambda: pytest.fail("no embedder is needed"))
    assert np.shares_memory(intake.vectors, rows.numpy())
    rows.requires_grad_()
    assert len(take_in(rows, 8, lambda: pytest.fail("no embedder is needed")).vectors) == 20


@pytest.mark.parametrize(
    "batch",
    [
        torch.ones(4, 8),
        (torch.ones(4, 8), torch.zeros(4)),
        [torch.ones(4, 8), torch.zeros(4)],
        {"label": torch.zeros(4), "image": torch.ones(4, 8)},
    ],
)
def test_common_forms_of_batches_are_recognised(batch: Any) -> None:
    assert torch.equal(items_of(batch), torch.ones(4, 8))


@pytest.mark.parametrize("context", [None, "fork", SPAWN])
@pytest.mark.parametrize("kind", [Rows, Stream])
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_filter_holds_back_what_gives_itself_away(
    context: str | None, kind: Callable[[], Any]
) -> None:
    scorer = ts.StreamingScorer(points(0, 200))
    scorer.update(np.concatenate([points(5, 100), points(6, 100, shift=30.0)]))
    passing = RealismFilter(kind(), scorer, max_distance_ratio=2.0)
    workers = 0 if context is None else 2
    loader = DataLoader(passing, batch_size=8, num_workers=workers, multiprocessing_context=context)
    labels = torch.cat([labels for _, labels in loader])
    assert not labels.any()
    assert 80 <= len(labels) <= 100
    assert scorer.n_seen == 200


def test_a_filter_that_learns_compares_with_what_went_by() -> None:
    scorer = ts.StreamingScorer(points(0, 200))
    fresh = TensorDataset(torch.from_numpy(np.concatenate([points(3, 50), points(4, 50, 30.0)])))
    passing = RealismFilter(fresh, scorer, max_distance_ratio=2.0, learn=True)
    passed = torch.stack([row for (row,) in passing])
    assert 40 <= len(passed) <= 50
    assert (passed.mean(dim=1) < 10).all()
    assert (passing.passed, passing.held_back) == (len(passed), 100 - len(passed))
    assert scorer.n_seen == 100


def test_a_filter_takes_embeddings_that_still_carry_a_gradient() -> None:
    scorer = ts.StreamingScorer(points(0, 200))
    scorer.update(points(5, 100))
    rows = torch.from_numpy(points(3, 20)).requires_grad_()
    assert len(list(RealismFilter(list(rows), scorer, max_distance_ratio=100.0))) == 20


def test_a_filter_without_a_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="expected min_real_share or max_distance_ratio"):
        RealismFilter(Rows(), ts.StreamingScorer(points(0, 20)))


def test_a_sampler_draws_real_looking_samples_oftener() -> None:
    scorer = ts.StreamingScorer(points(0, 200))
    dataset = Rows()
    answers = scorer.update(dataset.rows, answers=True)
    assert answers is not None
    weights = realism_weights(answers)
    assert weights.min() >= 0.0
    assert weights.max() <= 1.0
    torch.manual_seed(0)
    drawn = list(realism_sampler(answers, num_samples=500, sharpness=4.0))
    assert np.mean(np.array(drawn) < 100) > 0.95
    assert np.ptp(realism_weights(answers, sharpness=0.0)) == 0.0


def rank_of_training(rank: int, port: int, folder: str) -> None:
    torch.distributed.init_process_group(
        "gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=2
    )
    scorer = ts.StreamingScorer(points(0, 100))
    # Ranks see different numbers of rows.
    scorer.update(Rows().rows[rank * 60 : 60 + rank * 40])
    merged = merge_ranks(scorer)
    result = merged.result()
    with open(f"{folder}/{rank}", "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(f"{result.score!r} {result.n_seen} {scorer.n_seen}")
    torch.distributed.destroy_process_group()


@pytest.mark.slow
def test_ranks_of_a_distributed_training_are_merged(tmp_path: Path) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
    torch.multiprocessing.spawn(rank_of_training, args=(port, str(tmp_path)), nprocs=2)
    expected = ts.score(points(0, 100), Rows().rows[:100].numpy(), diagnostics=False)
    assert (tmp_path / "0").read_text() == f"{expected.score!r} 100 60"
    assert (tmp_path / "1").read_text() == f"{expected.score!r} 100 40"


def test_ranks_send_each_other_no_real_images() -> None:
    scorer = ts.StreamingScorer(points(0, 5000))
    scorer.update(Rows().rows)
    own = scorer.snapshot()
    sent = own.synthetic_bytes()
    assert len(sent) < own.real.vectors.nbytes
    received = ts.StreamingScorer.restore(own.with_synthetic_of(sent))
    assert received.result() == scorer.result()
    other = ts.StreamingScorer(points(1, 5000)).snapshot()
    with pytest.raises(ValueError, match="of the same real images"):
        other.with_synthetic_of(sent)


def test_without_ranks_merging_is_a_copy() -> None:
    scorer = ts.StreamingScorer(points(0, 100))
    scorer.update(Rows().rows)
    assert merge_ranks(scorer).result() == scorer.result()
