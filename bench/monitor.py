"""What a ScoreMonitor adds to the time a loader of real images takes for an epoch.

Epochs with and without it take turns; the ratio of the medians is what counts. Images are decoded
and scaled to 224 pixels by the loader's workers; the monitor embeds what its budget allows. On a
machine that others use, the processor time that the monitor adds says more than the clock.

python bench/monitor.py --images FOLDER --out bench/records/monitor.jsonl
"""

from __future__ import annotations

import json
import os
import statistics
import time
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

import twinscore as ts
from exact_search import commit, host
from twinscore.images.decoding import read_image
from twinscore.images.sources import FolderSource
from twinscore.integrations.torch import ScoreMonitor

SIDE = 224


class Pictures(Dataset[Any]):
    """Images of a folder, decoded and scaled, as often as asked for."""

    def __init__(self, folder: Path, repeats: int) -> None:
        self._contents = [item.content for item in FolderSource(folder)] * repeats

    def __len__(self) -> int:
        """Return the number of images of an epoch."""
        return len(self._contents)

    def __getitem__(self, number: int) -> Any:
        """Return an image, shape (3, 224, 224), uint8."""
        image = read_image(self._contents[number]).resize((SIDE, SIDE))
        return torch.from_numpy(np.asarray(image).transpose(2, 0, 1).copy())


def epoch_seconds(loader: Any) -> tuple[float, float]:
    """Go through a loader once: seconds by the clock, and of this process without its workers."""
    started, started_busy = time.perf_counter(), time.process_time()
    for _batch in loader:
        pass
    return time.perf_counter() - started, time.process_time() - started_busy


@click.command()
@click.option("--images", type=click.Path(path_type=Path), required=True)
@click.option("--repeats", default=2, show_default=True, help="Of the images in an epoch.")
@click.option("--epochs", default=15, show_default=True, help="Of each kind.")
@click.option("--workers", default=2, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Append the record as a JSON line.")
def main(images: Path, repeats: int, epochs: int, workers: int, out: Path | None) -> None:
    """Print one JSON line."""
    pictures = Pictures(images, repeats)
    loader = DataLoader(pictures, batch_size=32, num_workers=workers, persistent_workers=True)
    scorer = ts.StreamingScorer(images, threads=1)
    monitor = ScoreMonitor(loader, scorer)
    plain, watched = [], []
    epoch_seconds(loader)
    for _ in range(epochs):
        plain.append(epoch_seconds(loader))
        watched.append(epoch_seconds(monitor))
    monitor.close()
    seconds, busy = np.median(plain, axis=0).tolist()
    monitored_seconds, monitored_busy = np.median(watched, axis=0).tolist()
    ratios = [after[0] / before[0] for before, after in zip(plain, watched, strict=True)]
    record = {
        "images": len(pictures),
        "workers": workers,
        "seconds": seconds,
        "monitored_seconds": monitored_seconds,
        "ratio": monitored_seconds / seconds,
        "median_of_ratios": statistics.median(ratios),
        "ratios": ratios,
        "processor_seconds_added": monitored_busy - busy,
        "batches_offered": monitor.offered,
        "batches_scored": monitor.scored,
        "images_scored": scorer.n_seen,
        "load": os.getloadavg()[0],
        "host": host(),
        "commit": commit(),
    }
    click.echo(json.dumps(record))
    if out is not None:
        with out.open("a") as lines:
            lines.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
