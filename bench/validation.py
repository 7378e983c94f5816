"""Whether the score tells how well a model trained on the synthetic images does on real ones.

A rung is a synthetic set with a known defect, made of other real images or rendered from fonts. Two
models are trained on each rung alone and tested on real images: a logistic regression on the
built-in network's vectors (transfer learning), and a small network from scratch. Beside them stand
all figures of the rung against other real images, which know nothing of these models. A rank
correlation says whether a figure puts the rungs in the order of the accuracies.

    pip install '.[bench,torch]'
    python bench/validation.py                     # what is missing of three seeds, then the tables
    python bench/validation.py --minutes 5         # as far as 5 minutes go
    python bench/validation.py --minutes 0         # only the tables of what is there
    python bench/validation.py --folder FOLDER     # one more ladder: a folder for each class

Each rung and seed is a line of the record as soon as it is done: what was stopped goes on there.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

import twinscore as ts
from twinscore.base.threads import thread_count
from validation_figures import all_figures, scores
from validation_models import SmallNetwork, probe_accuracy, small_network
from validation_picture import draw_accuracies
from validation_record import Cell, add_to_record, read_record
from validation_rungs import ladders
from validation_tables import tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.base.arrays import FloatMatrix
    from validation_rungs import Ladder, Rung
    from validation_sources import Images, Labelled

SEEDS = 3
SCORED = 120
"""Images a side."""

TRAINED = 250
"""Images that the small network is trained on, of every rung."""

DRAWN = 500
"""Real images that rungs are made of."""

TESTED = 300
"""Real images that no rung and no score has seen, at most."""


class Bench:
    """One ladder with one seed: its real images, split and embedded once."""

    def __init__(self, ladder: Ladder, seed: int, embedder: ts.Embedder) -> None:
        random = np.random.default_rng([seed, *map(ord, ladder.name)])
        real = ladder.real(random)
        real = real.part(random.permutation(len(real)))
        cuts = np.cumsum([SCORED, DRAWN, TRAINED, TESTED])
        if len(real) < cuts[2] + TRAINED:
            raise SystemExit(
                f"expected at least {cuts[2] + TRAINED} images for {ladder.name}, got {len(real)}"
            )
        self.ladder, self.seed, self._embedder = ladder, seed, embedder
        self._real, self._drawn, other, self._test = (
            real.part(slice(first, last)) for first, last in zip((0, *cuts[:-1]), cuts, strict=True)
        )
        self._classes = int(real.labels.max()) + 1
        self._real_vectors = self._embed(self._real.images)
        self._test_vectors = self._embed(self._test.images)
        self._task_network = small_network(other, self._classes, seed)

    def measure(self, rung: Rung) -> Cell:
        """Make a rung, train on it, and take all figures."""
        random = np.random.default_rng([self.seed, *map(ord, rung.name)])
        made = rung.make(self._drawn, random)
        made = made.part(random.permutation(len(made)))
        synthetic = made.part(slice(SCORED))
        started = time.perf_counter()
        vectors = self._embed(synthetic.images)
        embedded = time.perf_counter()
        probe = probe_accuracy(vectors, synthetic.labels, self._test_vectors, self._test.labels)
        network = self._trained(made).accuracy(self._test)
        trained = time.perf_counter()
        figures, seconds = all_figures(
            self._real_vectors, vectors, (self._real.labels, synthetic.labels), self.seed
        )
        task = [
            self._task_network.features(images) for images in (self._real.images, synthetic.images)
        ]
        is_real = np.arange(len(task[0]) + len(task[1])) < len(task[0])
        figures |= scores(np.concatenate(task), is_real, ", task space", (1, 10))
        seconds |= {"embedding": embedded - started, "training": trained - embedded}
        return Cell(
            self.ladder.name,
            rung.name,
            rung.direction,
            self.seed,
            probe,
            network,
            {name: float(f"{value:.5g}") for name, value in figures.items()},
            {name: float(f"{value:.3g}") for name, value in seconds.items()},
        )

    def _trained(self, made: Labelled) -> SmallNetwork:
        return small_network(made.part(slice(TRAINED)), self._classes, self.seed)

    def _embed(self, images: Images) -> FloatMatrix:
        return self._embedder.embed(images)


def missing(
    chosen: list[Ladder], seeds: int, cells: list[Cell]
) -> Iterator[tuple[Ladder, int, list[Rung]]]:
    """List what is to be measured: a seed of all ladders before the next seed."""
    done = {(cell.ladder, cell.rung, cell.seed) for cell in cells}
    for seed in range(seeds):
        for ladder in chosen:
            rungs = [rung for rung in ladder.rungs if (ladder.name, rung.name, seed) not in done]
            if rungs:
                yield ladder, seed, rungs


def main() -> None:
    """Measure what is missing, then print the tables and draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="of measuring")
    parser.add_argument("--folder", type=Path, help="of a folder of images for each class")
    parser.add_argument("--threads", type=int, help="of training and embedding")
    here = Path(__file__).parent
    parser.add_argument("--record", type=Path, default=here / "records" / "validation.jsonl")
    parser.add_argument("--picture", type=Path, help="where to draw score against accuracy")
    options = parser.parse_args()
    torch.set_num_threads(thread_count(options.threads))
    cells = read_record(options.record)
    started = time.monotonic()
    embedder = ts.Embedder(threads=options.threads)
    for ladder, seed, rungs in missing(ladders(options.folder), options.seeds, cells):
        if time.monotonic() - started >= 60.0 * options.minutes:
            break
        bench = Bench(ladder, seed, embedder)
        for rung in rungs:
            if time.monotonic() - started >= 60.0 * options.minutes:
                break
            cell = bench.measure(rung)
            cells.append(cell)
            add_to_record(options.record, cell)
    for text in tables(cells):
        print(text)
    if options.picture is not None:
        draw_accuracies(cells, options.picture)


if __name__ == "__main__":
    main()
