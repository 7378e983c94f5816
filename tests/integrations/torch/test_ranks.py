from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

import twinscore as ts

torch = pytest.importorskip("torch", reason="needs torch")

from loader_rows import Rows, points  # noqa: E402
from twinscore.integrations.torch import merge_ranks  # noqa: E402

if TYPE_CHECKING:
    from pathlib import Path


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
