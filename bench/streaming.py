"""Send a million embeddings through a StreamingScorer: rate and resident memory as it goes.

The points are mixtures of two embeddings of crops of photographs each, rotated to 512 dimensions,
made batch by batch outside the time that is measured. Half of the synthetic ones are mixtures of
the same photographs as the real ones, half of other photographs, so that the overlap lies between
one half and one. The last record of a run tells
whether the result is the batch score of the points kept.

python bench/streaming.py --photographs FOLDER --out bench/records/streaming.jsonl
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

import twinscore as ts
from exact_search import commit, host
from photographs import cached_crops

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.base.arrays import FloatMatrix

COLUMNS = 512
CROPS = 100_000
POINTS_BETWEEN_LOOKS = 100_000
FOREIGN_PHOTOGRAPHS = 4
"""Every so many-th crop is kept for the foreign half."""


class Mixtures:
    """An endless supply of points of two kinds.

    Parameters
    ----------
    crops
        Shape (n, d): embeddings.
    seed
        Of the rotation and of the points.
    """

    def __init__(self, crops: FloatMatrix, seed: int = 0) -> None:
        self._random = np.random.default_rng(seed)
        square = self._random.standard_normal((crops.shape[1], COLUMNS))
        rotated = crops @ np.linalg.qr(square)[0].astype(np.float32)
        is_foreign = np.arange(len(crops)) % FOREIGN_PHOTOGRAPHS == 0
        self._own, self._foreign = rotated[~is_foreign], rotated[is_foreign]

    def real(self, count: int) -> FloatMatrix:
        """Mix crops of the photographs of the real side."""
        return self._mix(self._own, count)

    def synthetic(self, count: int) -> FloatMatrix:
        """Mix crops, half of them of other photographs, in random order."""
        like_real = count // 2
        points = np.concatenate(
            [self._mix(self._own, like_real), self._mix(self._foreign, count - like_real)]
        )
        return points[self._random.permutation(count)]

    def _mix(self, crops: FloatMatrix, count: int) -> FloatMatrix:
        first, second = self._random.integers(len(crops), size=(2, count))
        weight = self._random.uniform(0.0, 0.5, size=(count, 1)).astype(np.float32)
        mixed: FloatMatrix = crops[first] * (1 - weight) + crops[second] * weight
        return mixed


def resident_mib() -> float:
    """Memory of this process that belongs to no file."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024


def is_batch_score(scorer: ts.StreamingScorer, real: FloatMatrix) -> bool:
    """Compare the result with a search of the points kept, all at once."""
    batch = ts.score(real, scorer.snapshot().vectors, diagnostics=False)
    return scorer.result().score == batch.score


def stream(
    mixtures: Mixtures, points: int, capacity: int, batch: int, threads: int, *, answers: bool
) -> Iterator[dict[str, Any]]:
    """Feed a scorer and look at it now and then."""
    real = mixtures.real(capacity)
    scorer = ts.StreamingScorer(real, capacity=capacity, threads=threads)
    seconds, busy, looked = 0.0, 0.0, 0
    while scorer.n_seen < points:
        items = mixtures.synthetic(min(batch, points - scorer.n_seen))
        started, started_busy = time.perf_counter(), time.process_time()
        scorer.update(items, answers=answers)
        seconds += time.perf_counter() - started
        busy += time.process_time() - started_busy
        if scorer.n_seen - looked < POINTS_BETWEEN_LOOKS and scorer.n_seen < points:
            continue
        count, looked = scorer.n_seen - looked, scorer.n_seen
        started = time.perf_counter()
        result = scorer.result()
        yield {
            "seen": scorer.n_seen,
            "kept": scorer.n_kept,
            "batch": batch,
            "answers": answers,
            "columns": COLUMNS,
            "real": len(real),
            "threads": threads,
            "updates_per_second": count / seconds,
            "processor_microseconds_per_update": 1e6 * busy / count,
            "result_seconds": time.perf_counter() - started,
            "resident_mib": resident_mib(),
            "score": result.score,
            "overlap": result.overlap,
            "overlap_interval": result.overlap_interval,
            "is_batch_score": is_batch_score(scorer, real) if scorer.n_seen == points else None,
            "load": os.getloadavg()[0],
            "host": host(),
            "commit": commit(),
        }
        seconds = busy = 0.0


@click.command()
@click.option("--photographs", type=click.Path(path_type=Path), help="Folder of more photographs.")
@click.option("--points", default=1_000_000, show_default=True)
@click.option("--capacity", default=20_000, show_default=True)
@click.option("--batch", default=4096, show_default=True)
@click.option("--threads", default=2, show_default=True)
@click.option("--answers/--no-answers", default=None, help="Default: once without, once with.")
@click.option("--out", type=click.Path(path_type=Path), help="Append the records as JSON lines.")
def main(
    photographs: Path | None,
    points: int,
    capacity: int,
    batch: int,
    threads: int,
    answers: bool | None,
    out: Path | None,
) -> None:
    """Print one JSON line every hundred thousand points."""
    crops = cached_crops(CROPS, photographs)
    for with_answers in (False, True) if answers is None else (answers,):
        mixtures = Mixtures(crops)
        for record in stream(mixtures, points, capacity, batch, threads, answers=with_answers):
            line = json.dumps(record)
            click.echo(line)
            if out is not None:
                with out.open("a") as lines:
                    lines.write(line + "\n")


if __name__ == "__main__":
    main()
