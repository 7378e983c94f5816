"""What the impartial judge finds, and what it costs.

    python bench/judge.py mixture REAL.npy FOREIGN.npy   # embeddings of two worlds
    OMP_NUM_THREADS=1 python bench/judge.py time         # 100,000 x 1280, beside the search

A mixture is a synthetic side of which a share comes from the foreign world and the rest is drawn
like the real side. How well its column of out-of-fold probabilities finds the foreign images is
the area under the ROC curve (AUC). Times are of the processor, with one thread.
"""

from __future__ import annotations

import argparse
import time
import tracemalloc
from typing import TYPE_CHECKING

import numpy as np

from twinscore.graph.pool import Pool
from twinscore.measures.judge import judge_pool
from twinscore.neighbors import self_knn

if TYPE_CHECKING:
    from twinscore.base.arrays import BoolArray, Float64Array, FloatMatrix

SHARES = (0.05, 0.25, 0.5, 0.75)


def area(scores: Float64Array, positive: BoolArray) -> float:
    """Chance that a positive one scores above another; ties count half."""
    _, ranks, counts = np.unique(scores, return_inverse=True, return_counts=True)
    middles = np.cumsum(counts) - (counts - 1) / 2.0
    above = middles[ranks][positive].sum()
    positives = int(np.count_nonzero(positive))
    return float(
        (above - positives * (positives + 1) / 2.0) / (positives * (len(scores) - positives))
    )


def mixture_table(real: FloatMatrix, foreign: FloatMatrix, draws: int) -> None:
    """Print the AUC for several shares of foreign images."""
    size = min(len(real) // 2, len(foreign))
    print(f"{size} real and {size} synthetic images, {draws} draws")
    print("| foreign | judge right | AUC | standard error |\n|---:|---:|---:|---:|")
    for share in SHARES:
        found, right = [], []
        for draw in range(draws):
            random = np.random.default_rng(draw)
            own, other = random.permutation(len(real)), random.permutation(len(foreign))
            strangers = round(share * size)
            synthetic = np.concatenate([foreign[other[:strangers]], real[own[size:]]])[:size]
            vectors = np.concatenate([real[own[:size]], synthetic])
            judgement = judge_pool(Pool(vectors, np.arange(2 * size) < size, None), seed=draw)
            found.append(area(judgement.synthetic[size:], np.arange(size) < strangers))
            right.append(judgement.judge.accuracy)
        error = float(np.std(found, ddof=1)) / draws**0.5
        print(f"| {share:.0%} | {np.mean(right):.1%} | {np.mean(found):.4f} | {error:.4f} |")


def time_table(rows: int, width: int) -> None:
    """Print processor seconds of judge and search, and the memory that the judge adds."""
    for dtype in (np.float32, np.float16):
        vectors = np.random.default_rng(0).standard_normal((rows, width), dtype=np.float32)
        vectors = vectors.astype(dtype)
        pool = Pool(vectors, np.arange(rows) < rows // 2, None)
        tracemalloc.start()
        started = time.process_time()
        judge_pool(pool, seed=0)
        judged = time.process_time() - started
        added = tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()
        started = time.process_time()
        self_knn(vectors, 1, threads=1)
        searched = time.process_time() - started
        print(
            f"{rows:,} x {width} {np.dtype(dtype)}: judge {judged:.1f} s (+{added:.0f} MiB), "
            f"search k = 1 {searched:.1f} s",
            flush=True,
        )


def main() -> None:
    """Run one of the two."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    mixture = commands.add_parser("mixture")
    mixture.add_argument("real")
    mixture.add_argument("foreign")
    mixture.add_argument("--draws", type=int, default=20)
    timed = commands.add_parser("time")
    timed.add_argument("--rows", type=int, default=100_000)
    timed.add_argument("--width", type=int, default=1_280)
    options = parser.parse_args()
    if options.command == "time":
        time_table(options.rows, options.width)
        return
    sides = [np.load(side).astype(np.float32) for side in (options.real, options.foreign)]
    mixture_table(sides[0], sides[1], options.draws)


if __name__ == "__main__":
    main()
