"""Time a score by sample beside the exact search of all images, and see how often it holds it.

The pool: mixtures of two real embeddings each; half of the synthetic side is moved away, so that
the score is near 0.67. A few samples are searched and timed, then all images; further samples,
for how often the interval holds the score of all images, take their neighbors from that search:
those of the samples searched must be the same.

python bench/sampling.py --photographs FOLDER --out bench/records/sampling.jsonl
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

import twinscore as ts
from exact_search import commit, host
from photographs import cached_crops, mixed
from twinscore.cli.bench.stopwatch import Stopwatch
from twinscore.embedding.records import Embeddings
from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.pool import Pool
from twinscore.graph.score import directed_score, other_side_shares
from twinscore.neighbors.settings import SearchSettings
from twinscore.scoring.run import Run
from twinscore.scoring.sample.assessment import assess_sample
from twinscore.scoring.sample.queries import Look, QuerySample
from twinscore.scoring.sample.schedule import grow
from twinscore.scoring.settings import SampleGoal, ScoreSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.base.arrays import BoolArray, Float64Array, FloatMatrix
    from twinscore.base.progress import ProgressCallback

CHUNK = 50_000
EMBEDDED_CROPS = 100_000
FOREIGN = 0.5
MOVED = 0.15


@dataclass(frozen=True)
class Record:
    """A run, or many whose neighbors came from one search.

    Attributes
    ----------
    kind
        "all": the search of all images; "sample": one of a random sample; "repeats": how often
        the intervals of many samples hold the score of all images.
    seed
        Of the sample.
    seconds, cpu_seconds, others
        Of the run, from embeddings in memory to the result; see `twinscore.cli.bench.record`.
    ratio
        Seconds of the search of all images over these.
    queries, score, interval
        Of "repeats", their means and the mean ends.
    repeats, holding
        How many samples there were, and in how many the interval holds the score of all images.
    """

    kind: str
    rows: int
    columns: int
    precision: float
    seed: int | None
    seconds: float | None
    cpu_seconds: float | None
    others: float | None
    ratio: float | None
    queries: int
    score: float
    interval: tuple[float, float]
    repeats: int | None
    holding: int | None
    load: float
    host: str
    commit: str


def pool(rows: int, columns: int, crops: FloatMatrix) -> FloatMatrix:
    """Mix pairs of embeddings; the second half of the rows is the synthetic side."""
    random = np.random.default_rng(0)
    away = MOVED * random.standard_normal(columns, dtype=np.float32)
    points = np.empty((rows, columns), dtype=np.float32)
    for start in range(0, rows, CHUNK):
        part = points[start : start + CHUNK]
        part[:] = mixed(crops[:, :columns], len(part), random)
        foreign = random.random(len(part)) < FOREIGN
        part[foreign & (np.arange(start, start + len(part)) >= rows // 2)] += away
    return points


@dataclass(slots=True)
class AnsweredSample(QuerySample):
    """A sample whose neighbors were found before."""

    answers: Float64Array = field(default_factory=lambda: np.zeros(0))
    """Shape (n,): share of real neighbors of every row of the pool."""

    def extend(self, count: int, progress: ProgressCallback | None = None) -> None:
        """Look up the next `count` images."""
        self.shares = self.answers[self.order[: len(self.shares) + count]]
        if progress is not None:
            progress(count, count)


@dataclass(frozen=True)
class Bench:
    """A pool, and how it is searched."""

    points: FloatMatrix
    precision: float
    threads: int

    def records(self, seeds: int, repeats: int) -> Iterator[Record]:
        """Score samples, then all images, then samples of those."""
        half = len(self.points) // 2
        is_real = np.arange(len(self.points)) < half
        watches, looks = zip(*(self._sample(half, seed) for seed in range(seeds)), strict=True)
        watch = Stopwatch()
        with watch.running():
            graph = graph_of(ts.self_knn(self.points, threads=self.threads))
            truth = directed_score(graph, ~is_real)
        for seed, look in enumerate(looks):
            yield self._record("sample", look, watches[seed], watch, seed=seed)
        everything = Look(half, truth, (truth, truth), watch.seconds)
        yield self._record("all", everything, watch, watch)

        shares = other_side_shares(graph, is_real)
        found = [self._answered(is_real, shares, seed) for seed in range(repeats)]
        for searched, answered in zip(looks, found, strict=False):
            if (searched.queries, searched.score) != (answered.queries, answered.score):
                raise AssertionError(f"a sample differs from all images: {searched}, {answered}")
        low, high = np.mean([look.interval for look in found], axis=0).tolist()
        mean = Look(
            round(np.mean([look.queries for look in found])),
            float(np.mean([look.score for look in found])),
            (low, high),
            0.0,
        )
        holding = sum(look.interval[0] <= truth <= look.interval[1] for look in found)
        yield self._record("repeats", mean, None, None, repeats=repeats, holding=holding)

    def _sample(self, half: int, seed: int) -> tuple[Stopwatch, Look]:
        names = tuple(map(str, range(len(self.points) - half)))
        sides = Embeddings(self.points[:half], names[:half]), Embeddings(self.points[half:], names)
        watch = Stopwatch()
        with watch.running():
            result = assess_sample(*sides, Run(self._settings(seed)))
        low, high = result.sampling["interval"]
        look = Look(result.sampling["queries"], result.score, (low, high), watch.seconds)
        return watch, look

    def _settings(self, seed: int) -> ScoreSettings:
        return ScoreSettings(
            seed=seed,
            search=SearchSettings(threads=self.threads),
            sample=SampleGoal(self.precision),
        )

    def _answered(self, is_real: BoolArray, shares: Float64Array, seed: int) -> Look:
        pool = Pool(self.points, is_real, None)
        sample = AnsweredSample.drawn_from(pool, 1, seed=seed, threads=self.threads)
        sample.answers = shares
        return grow(sample, SampleGoal(self.precision), started=time.perf_counter()).looks[-1]

    def _record(
        self,
        kind: str,
        look: Look,
        watch: Stopwatch | None,
        of_all: Stopwatch | None,
        *,
        seed: int | None = None,
        repeats: int | None = None,
        holding: int | None = None,
    ) -> Record:
        rows, columns = self.points.shape
        return Record(
            kind,
            rows,
            columns,
            self.precision,
            seed,
            None if watch is None else watch.seconds,
            None if watch is None else watch.cpu_seconds,
            None if watch is None else watch.others,
            None if watch is None or of_all is None else of_all.seconds / watch.seconds,
            look.queries,
            look.score,
            look.interval,
            repeats,
            holding,
            os.getloadavg()[0],
            host(),
            commit(),
        )


@click.command()
@click.option("--photographs", type=click.Path(path_type=Path), help="Folder of more photographs.")
@click.option("--crops", type=click.Path(path_type=Path), help="Embeddings of crops made before.")
@click.option("--rows", default=1_000_000, show_default=True)
@click.option("--columns", default=512, show_default=True)
@click.option("--precision", default=0.01, show_default=True)
@click.option("--seeds", default=3, show_default=True, help="Samples that are searched.")
@click.option("--repeats", default=1_000, show_default=True, help="Samples of the answers.")
@click.option("--threads", default=2, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Append the records as JSON lines.")
def main(
    photographs: Path | None,
    crops: Path | None,
    rows: int,
    columns: int,
    precision: float,
    seeds: int,
    repeats: int,
    threads: int,
    out: Path | None,
) -> None:
    """Print a line for each run."""
    embeddings = (
        np.load(crops, mmap_mode="r") if crops else cached_crops(EMBEDDED_CROPS, photographs)
    )
    points = pool(rows, columns, np.asarray(embeddings[:, :columns], dtype=np.float32))
    for record in Bench(points, precision, threads).records(seeds, repeats):
        click.echo(json.dumps(asdict(record)))
        if out is not None:
            with out.open("a") as lines:
                lines.write(json.dumps(asdict(record)) + "\n")


if __name__ == "__main__":
    main()
