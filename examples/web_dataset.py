"""Score renders in WebDataset shards while a training loop goes through them.

pip install 'twinscore[cpu,torch]' webdataset
python examples/web_dataset.py PHOTOS 'renders-{0000..0009}.tar'
"""

from __future__ import annotations

import sys
from typing import Any

import webdataset as wds

import twinscore as ts
from twinscore.integrations.torch import ScoreMonitor


def as_list(batch: list[Any]) -> list[Any]:
    """Keep a batch as a list of images of any size."""
    return batch


def main(photos: str, shards: str) -> None:
    """Go through the shards once."""
    images = wds.WebDataset(shards, shardshuffle=False).decode("pil").to_tuple("jpg;jpeg;png")
    pictures = images.map(lambda sample: sample[0])
    loader = wds.WebLoader(pictures, batch_size=16, collate_fn=as_list)

    # A budget of 1 scores all that a training loop leaves time for; the default takes 3 %.
    with ScoreMonitor(loader, ts.StreamingScorer(photos, capacity=10_000), budget=1.0) as monitor:
        for _batch in monitor:
            monitor.drain()  # stands for a training step that takes longer than scoring
        result = monitor.result()
    low, high = result.interval
    print(f"score {result.score:.3f} ({low:.3f} to {high:.3f}) of {result.n_seen} renders")


if __name__ == "__main__":
    main(*sys.argv[1:3])
