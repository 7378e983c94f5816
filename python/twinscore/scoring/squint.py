"""The squint curve: the score when both sides are looked at from afar."""

from __future__ import annotations

import dataclasses
import io
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from PIL import Image

from twinscore.base.errors import UnreadableImageError
from twinscore.base.progress import stage_of
from twinscore.base.threads import thread_count
from twinscore.graph.neighbor_graph import graph_of
from twinscore.graph.score import directed_score
from twinscore.images.decoding import read_image
from twinscore.measures.unit_graphs import grouped_graphs
from twinscore.scoring.sample.queries import QuerySample
from twinscore.scoring.scored_pool import scored_items

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twinscore.base.arrays import FloatMatrix
    from twinscore.base.progress import StageProgress
    from twinscore.embedding.network.image_embedder import ImageEmbedder
    from twinscore.images.records import ImageItem
    from twinscore.scoring.estimate import Estimate
    from twinscore.scoring.scored_pool import ScoredPool

Result = TypeVar("Result", bound="Estimate")

SQUINT_SIZES = (32, 64, 112, 224)
"""Shorter sides in pixels."""
SQUINT_QUALITY = 75
"""JPEG quality of all reduced images, whatever they were before."""
CHUNK = 256
"""Images that are held in memory, reduced, at a time."""


def squint(
    result: Result,
    embedder: ImageEmbedder,
    *,
    sizes: Sequence[int] = SQUINT_SIZES,
    quality: int = SQUINT_QUALITY,
    progress: StageProgress | None = None,
) -> Result:
    """Score both sides again after reducing all images to one small size and one JPEG quality.

    The finer the detail that a twin gets wrong, the larger the images have to be before it shows.
    The reduction also takes away what file formats, sizes and compression tell.

    Parameters
    ----------
    result
        Of images, in this process: its ``pool`` leads to them.
    embedder
        That made the result, so that the curve can be read beside it.
    sizes
        Shorter sides in pixels; larger images are reduced to them, smaller ones enlarged, so that
        all carry the same detail at most.
    quality
        JPEG quality, 1 to 95.
    progress
        Called now and then with (stage, done, total).

    Returns
    -------
    ScoreResult or SampledResult
        As given, with ``squint``: for each size a dict of ``size``, ``quality`` and ``score``.

    Raises
    ------
    ValueError
        A side came as embeddings, a size or the quality is out of range, or an image that was
        read before can no longer be read.
    """
    pool = result.pool
    if pool is None or set(pool.sources) != {"real", "synthetic"}:
        raise ValueError("the squint curve needs images on both sides, got ready-made embeddings")
    if not sizes or min(sizes) < 8:
        raise ValueError(f"expected squint sizes of at least 8 pixels, got {list(sizes)}")
    if not 1 <= quality <= 95:
        raise ValueError(f"expected a JPEG quality of 1 to 95, got {quality}")
    ordered = sorted(sizes)
    search = result.settings.search
    report = stage_of(progress, "Squinting")
    vectors = {size: np.empty((len(pool), embedder.dimension), np.float32) for size in ordered}
    done = 0
    with ThreadPoolExecutor(thread_count(search.threads)) as workers:
        for rows, items in _chunks(pool):
            reduce = partial(_reduce, sizes=ordered, quality=quality, exposure=pool.exposure)
            reduced = list(workers.map(reduce, items))
            for place, size in enumerate(ordered):
                images = [
                    dataclasses.replace(item, content=of_item[place])
                    for item, of_item in zip(items, reduced, strict=True)
                ]
                vectors[size][rows] = embedder.embed(images)
            done += len(items)
            report(done, len(pool))
    curve = [
        {"size": size, "quality": quality, "score": _score(pool, vectors[size], result)}
        for size in ordered
    ]
    return dataclasses.replace(result, squint=tuple(curve))


def _chunks(pool: ScoredPool) -> Iterator[tuple[slice, list[ImageItem]]]:
    """Walk the images that were scored, with the rows that they have."""
    start = 0
    for side in ("real", "synthetic"):
        items = scored_items(pool, side)
        while chunk := [item.in_hand() for item in islice(items, CHUNK)]:
            yield slice(start, start + len(chunk)), chunk
            start += len(chunk)
    if start != len(pool):
        raise ValueError(
            f"expected to find the {len(pool):,} images again that were scored, got {start:,}: "
            "were files moved while they were read?"
        )


def _reduce(item: ImageItem, *, sizes: Sequence[int], quality: int, exposure: float) -> list[bytes]:
    """Encode an image with its shorter side at each size."""
    try:
        image = read_image(item.content, exposure=exposure)
    except UnreadableImageError as error:
        raise ValueError(f"{item.name} could be read before, but now: {error}") from error
    encoded = []
    for size in sizes:
        scale = size / min(image.size)
        width, height = (max(size, round(side * scale)) for side in image.size)
        stream = io.BytesIO()
        image.resize((width, height), Image.Resampling.LANCZOS).save(
            stream, format="JPEG", quality=quality, subsampling=0
        )
        encoded.append(stream.getvalue())
    return encoded


def _score(pool: ScoredPool, vectors: FloatMatrix, result: Estimate) -> float:
    """Score as the result was: its k, groups drawn one image at a time, a sample no larger."""
    points = dataclasses.replace(pool.points, vectors=vectors)
    search = result.settings.search
    if result.sampling is not None:
        sample = QuerySample.drawn_from(points, result.k, seed=result.seed, threads=search.threads)
        sample.extend(result.sampling["queries"])
        return sample.score
    if points.groups is None:
        graph = graph_of(search.self_knn(vectors, result.k))
    else:
        graph = grouped_graphs(points, result.k, seed=result.seed, search=search).graph
    return directed_score(graph, ~points.unit_is_real)
