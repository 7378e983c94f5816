"""Copies and gaps of real photographs, for `bench/richness.py`."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageOps

import twinscore as ts
from richness_pools import embeddings, richness_of
from twinscore.measures.duplicates import near_duplicates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import numpy.typing as npt

COPIED = 0.2
JPEG_QUALITY = 75
CROPPED = 0.05
NOISE = 0.01
ENDINGS = (".jpg", ".jpeg", ".png")
DRAWS = 20


def measure_photographs(folder: Path) -> Iterator[str]:
    """Measure how copies are found and gaps named; yields lines of Markdown.

    Parameters
    ----------
    folder
        A folder of photographs for each camera session.
    """
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS)
    images = [Image.open(path).convert("RGB") for path in files]
    sessions = np.array([path.parent.name for path in files])
    embedder = ts.Embedder()
    points = embedder.embed(images)
    kept = _apart(points)
    yield f"{len(kept):,} of {len(points):,} photographs, without near-copies of each other\n"
    images, points, sessions = [images[row] for row in kept], points[kept], sessions[kept]
    yield from _copies(images, points, embedder)
    yield from _gaps(points, sessions)


def _copies(
    images: list[Image.Image],
    points: npt.NDArray[np.float32],
    embedder: ts.Embedder,
) -> Iterator[str]:
    """Make a fifth of the synthetic side copies of real photographs, the rest other ones."""
    ways: dict[str, Callable[[Image.Image], Image.Image]] = {
        "noise of 1 %": _noisy,
        f"JPEG {JPEG_QUALITY}": _recompressed,
        "cropped by 5 %": _cropped,
        "mirrored": ImageOps.mirror,
    }
    copies = {name: embedder.embed([way(image) for image in images]) for name, way in ways.items()}
    spread = 0.05 * np.median(np.linalg.norm(points - points.mean(axis=0), axis=1))
    jitter = np.random.default_rng(0).standard_normal(points.shape) / np.sqrt(points.shape[1])
    copies["jittered embedding"] = (points + spread * jitter).astype(np.float32)
    yield "| copies, 20 % of the synthetic side | found | standard error | found without copies |"
    yield "|---|---:|---:|---:|"
    for name, copied in copies.items():
        found, null = [], []
        for draw in range(DRAWS):
            real, fresh = np.array_split(np.random.default_rng(draw).permutation(len(points)), 2)
            count = round(COPIED / (1.0 - COPIED) * len(fresh))
            chosen = np.random.default_rng(draw + 1_000).permutation(real)[:count]
            side = np.concatenate([points[fresh], copied[chosen]])
            truth = count / len(side)
            found.append(
                richness_of(embeddings(points[real]), embeddings(side)).richness.copied
                * COPIED
                / truth
            )
            sides = embeddings(points[real]), embeddings(points[fresh])
            null.append(richness_of(*sides).richness.copied)
        error = np.std(found, ddof=1) / np.sqrt(DRAWS)
        yield f"| {name} | {np.mean(found):.3f} | {error:.3f} | {np.mean(null):.3f} |"


def _apart(points: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """Keep one of all near-copies: two halves of a clip hold copies of each other.

    Without the nearest ones, less near ones stand out: what is left has none.
    """
    rows = np.arange(len(points))
    while True:
        neighbors = ts.self_knn(points[rows], 11)
        everyone = np.ones(len(rows), dtype=np.bool_)
        found = near_duplicates(points[rows], neighbors, everyone, seed=0)
        kept = np.unique(found.clusters)
        if len(kept) == len(rows):
            return rows
        rows = rows[kept]


def _halves(
    count: int, sessions: npt.NDArray[np.str_], seed: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Part the photographs of each session at random: a twin in which each session is real too."""
    keys = np.random.default_rng(seed).random(count)
    order = np.lexsort((keys, sessions))
    return np.sort(order[::2]), np.sort(order[1::2])


def _gaps(points: npt.NDArray[np.float32], sessions: npt.NDArray[np.str_]) -> Iterator[str]:
    """Leave sessions out of the synthetic side, and see whether gaps name them."""
    yield "\n| sessions missing | AUC by mean run | by coverage | named | named wrongly |"
    yield "|---|---:|---:|---:|---:|"
    names = np.unique(sessions)
    for share in (1 / 3, 1 / 2):
        by_run, by_coverage, named, wrong = [], [], [], []
        for draw in range(DRAWS):
            missing = set(
                np.random.default_rng(draw).permutation(names)[: round(share * len(names))]
            )
            real, rest = _halves(len(points), sessions, draw)
            kept = np.array([row for row in rest if sessions[row] not in missing])
            columns: dict[str, tuple[str | None, ...]] = {"session": tuple(sessions[real].tolist())}
            richness = richness_of(
                embeddings(points[real], columns=columns), embeddings(points[kept])
            ).richness
            parts = [part for part in richness.slices if part.run is not None]
            is_missing = np.array([part.value in missing for part in parts])
            by_run.append(_auc(np.array([-(part.run or 0.0) for part in parts]), is_missing))
            coverages = np.array([-(part.coverage or 0.0) for part in parts])
            by_coverage.append(_auc(coverages, is_missing))
            flagged = np.array([part.is_gap for part in parts])
            named.append(flagged[is_missing].mean())
            wrong.append(flagged[~is_missing].mean())
        error = np.std(by_run, ddof=1) / np.sqrt(DRAWS)
        yield (
            f"| {share:.0%} | {np.mean(by_run):.3f} ± {error:.3f} "
            f"| {np.mean(by_coverage):.3f} | {np.mean(named):.0%} | {np.mean(wrong):.0%} |"
        )


def _auc(values: npt.NDArray[np.float64], truth: npt.NDArray[np.bool_]) -> float:
    above, below = values[truth][:, None], values[~truth]
    return float(((above > below) + 0.5 * (above == below)).mean())


def _noisy(image: Image.Image) -> Image.Image:
    pixels = np.asarray(image, dtype=np.float64)
    noise = np.random.default_rng(0).standard_normal(pixels.shape)
    return Image.fromarray(np.clip(pixels + 255.0 * NOISE * noise, 0, 255).astype(np.uint8))


def _recompressed(image: Image.Image) -> Image.Image:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=JPEG_QUALITY)
    return Image.open(file).convert("RGB")


def _cropped(image: Image.Image) -> Image.Image:
    width, height = image.size
    left, top = round(CROPPED / 2 * width), round(CROPPED / 2 * height)
    return image.crop((left, top, width - left, height - top))
