"""A sample of both sides whose images can be altered and embedded again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.images.alterations.altered_image import AlteredImage
from twinscore.images.records import ImageItem
from twinscore.scoring.samples_table import known_pixel_facts
from twinscore.scoring.scored_pool import contents_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from twinscore.base.arrays import BoolArray, FloatMatrix, IdArray
    from twinscore.base.progress import ProgressCallback
    from twinscore.embedding.network.image_embedder import ImageEmbedder
    from twinscore.graph.pool import Pool
    from twinscore.images.alterations.catalog import Step
    from twinscore.images.decoding import Preprocessing
    from twinscore.scoring.scored_pool import ScoredPool

FEWEST = 20
"""Images a side below which no repair is tried."""

_FEW = 3
"""Images of a side whose size stands for that of all."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Some images of both sides, the real ones first.

    Attributes
    ----------
    rows
        Shape (n,): rows of the scored pool, ascending.
    contents
        Length n: where each image is read again.
    points
        The sample as it was embedded, with its groups.
    facts
        Shape (n, m), float32: what the pixels tell.
    """

    rows: IdArray
    contents: tuple[Any, ...]
    points: Pool
    facts: npt.NDArray[np.float32]

    @property
    def is_real(self) -> BoolArray:
        """Shape (n,)."""
        return self.points.is_real

    def places(self, side: str) -> IdArray:
        """Return where the images of a side are."""
        return np.flatnonzero(self.is_real == (side == "real"))


def draw_sample(pool: ScoredPool, images: int, embedder: ImageEmbedder, seed: int) -> Sample:
    """Draw images of both sides at random and find them again.

    Parameters
    ----------
    pool
        What was scored.
    images
        Of each side, at most.
    embedder
        That made the points; measures what the pixels tell where that was not kept.
    seed
        Of the draw.

    Raises
    ------
    ValueError
        The images of a side are not to be found any more.
    """
    random = np.random.default_rng(seed)
    sides = np.arange(pool.n_real), np.arange(pool.n_real, len(pool))
    wanted = np.concatenate(
        [np.sort(random.permutation(side)[: min(images, len(side))]) for side in sides]
    )
    found = dict(contents_of(pool, wanted))
    rows = np.array([row for row in wanted.tolist() if row in found], dtype=np.int64)
    for name, side in (("real", rows < pool.n_real), ("synthetic", rows >= pool.n_real)):
        if np.count_nonzero(side) < FEWEST:
            raise ValueError(
                f"expected at least {FEWEST} {name} images that can be read again, got "
                f"{np.count_nonzero(side)}: repairs are tried on the images themselves"
            )
    contents = tuple(found[row] for row in rows.tolist())
    whole = pool.points
    groups = None if whole.groups is None else np.unique(whole.groups[rows], return_inverse=True)[1]
    points = replace(
        whole,
        vectors=np.asarray(whole.vectors[rows], dtype=np.float32),
        is_real=whole.is_real[rows],
        groups=groups,
    )
    known = np.concatenate([known_pixel_facts(pool.real), known_pixel_facts(pool.synthetic)])
    facts = known[rows]
    sample = Sample(rows, contents, points, facts)
    unknown = np.flatnonzero(np.isnan(facts).all(axis=1))
    if len(unknown):
        facts[unknown] = embed_altered(sample, unknown, (), embedder)[1]
    return sample


def decoded_megapixels(sample: Sample, preprocessing: Preprocessing) -> float:
    """Return how large the images of a sample are as they are decoded, from a few of each side."""
    from twinscore.images.decoding.prepare import read_for_network

    few = [place for side in ("real", "synthetic") for place in sample.places(side)[:_FEW].tolist()]
    images = [read_for_network(sample.contents[place], preprocessing) for place in few]
    return float(np.mean([image.width * image.height for image in images])) / 1e6


def embed_altered(
    sample: Sample,
    places: IdArray,
    steps: tuple[Step, ...],
    embedder: ImageEmbedder,
    progress: ProgressCallback | None = None,
) -> tuple[FloatMatrix, npt.NDArray[np.float32]]:
    """Alter images and embed and measure them again.

    Parameters
    ----------
    sample
        Of both sides.
    places
        Shape (p,): images of the sample.
    steps
        What is done to each.
    embedder
        That made the points.
    progress
        Called with (done, total).

    Returns
    -------
    vectors : ndarray of shape (p, d), float32
    facts : ndarray of shape (p, m), float32

    Raises
    ------
    ValueError
        An image that was read before can no longer be read.
    """
    from twinscore.embedding.network.preparation import Examination

    items = [
        ImageItem(
            name=str(sample.contents[place]),
            content=AlteredImage(sample.contents[place], steps, int(sample.rows[place])),
        )
        for place in places.tolist()
    ]
    measured: list[Any] = []
    vectors, _, skipped = embedder.embed_items(
        items,
        progress,
        examination=Examination(facts=True),
        note=lambda image: measured.append(image.pixel_facts),
    )
    if skipped:
        first = skipped[0]
        raise ValueError(f"{first.name} could be read before, but now: {first.reason}")
    return vectors, np.array(measured, dtype=np.float32)
