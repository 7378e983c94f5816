"""One score of what all ranks of a distributed training have seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import torch.distributed

from twinscore.streaming import StreamingScorer

if TYPE_CHECKING:
    from twinscore.base.arrays import IdArray


def merge_ranks(scorer: StreamingScorer, group: Any = None) -> StreamingScorer:
    """Merge the scorers of all ranks; every rank gets the same result.

    Every rank must call it, with a scorer of the same real side, k and seed. The scorers stay as
    they are, so that scoring goes on and may be merged again.

    Parameters
    ----------
    scorer
        What this rank has seen.
    group
        The process group; None: all ranks.

    Returns
    -------
    StreamingScorer
        A new one; on a single process without a group, a copy.
    """
    own = scorer.snapshot()
    if not torch.distributed.is_available() or not torch.distributed.is_initialized():
        return StreamingScorer.restore(own)
    # The real side is everywhere already.
    states = _gathered(np.frombuffer(own.synthetic_bytes(), dtype=np.uint8), group)
    first, *others = (own.with_synthetic_of(state) for state in states)
    merged = StreamingScorer.restore(first)
    for other in others:
        merged.merge_snapshot(other)
    return merged


def _gathered(state: IdArray, group: Any) -> list[bytes]:
    """Send bytes of any length from every rank to every rank."""
    is_nccl = torch.distributed.get_backend(group) == "nccl"
    device = torch.device("cuda" if is_nccl else "cpu")
    ranks = torch.distributed.get_world_size(group)
    size = torch.tensor([len(state)], device=device)
    sizes = [torch.zeros_like(size) for _ in range(ranks)]
    torch.distributed.all_gather(sizes, size, group=group)
    lengths = [int(length) for length in sizes]
    padded = torch.zeros(max(lengths), dtype=torch.uint8, device=device)
    padded[: len(state)] = torch.from_numpy(state.copy())
    received = [torch.zeros_like(padded) for _ in range(ranks)]
    torch.distributed.all_gather(received, padded, group=group)
    return [
        part[:length].cpu().numpy().tobytes()
        for part, length in zip(received, lengths, strict=True)
    ]
