"""What comes in: images or embeddings, and those among them that cannot be used."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.base.array_likes import as_array, is_array_like
from twinscore.embedding.records import Embeddings, Skipped
from twinscore.embedding.settings import ImageSettings
from twinscore.embedding.sides import open_source
from twinscore.streaming.measured_images import embed_and_measure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from twinscore.base.arrays import FloatMatrix, IdArray
    from twinscore.embedding.network.image_embedder import ImageEmbedder

NOT_FINITE = "expected finite values, got NaN or infinity"


@dataclass(frozen=True, slots=True)
class Intake:
    """The usable items of a batch as points.

    Attributes
    ----------
    vectors
        Shape (m, d), float32, finite.
    places
        Shape (m,), int64: place in the batch of each row.
    total
        Items in the batch, usable or not.
    skipped
        The others, with the reason.
    pixel_facts
        Shape (m, f), float32, in the order of `FACT_NAMES`: what the pixels of each tell; None
        where there are no pixels.
    """

    vectors: FloatMatrix
    places: IdArray
    total: int
    skipped: tuple[Skipped, ...] = ()
    pixel_facts: npt.NDArray[np.float32] | None = None


def take_in(
    items: Any,
    width: int,
    embedder: Callable[[], ImageEmbedder],
    *,
    images: ImageSettings | None = None,
) -> Intake:
    """Turn a batch into points; what cannot be used is left out and named.

    Parameters
    ----------
    items
        Embeddings of shape (n, d), or images in any form that `twinscore.score` takes. What
        speaks DLPack, torch tensors among them, is read in place where it lies in main memory.
    width
        d.
    embedder
        Called where the items are images.
    images
        How clips are cut and where lists may lead; None: as `twinscore.score` has it by default.

    Raises
    ------
    TypeError, ValueError
        The items are neither, or of another width.
    """
    if isinstance(items, Embeddings):
        return _with_facts(_usable_rows(items.vectors, width), items)
    if not is_array_like(items) and hasattr(items, "__dlpack__"):
        items = np.from_dlpack(items)
    if is_array_like(items) and items.ndim == 2:
        return _usable_rows(as_array(items), width)
    if _is_empty(items):
        return Intake(np.empty((0, width), np.float32), np.empty(0, np.int64), 0)
    images = images or ImageSettings()
    source = open_source(
        items,
        side="synthetic",
        video_interval=images.video_interval,
        allow_remote_paths=images.allow_remote_paths,
    )
    if isinstance(source, Embeddings):
        return _with_facts(_usable_rows(source.vectors, width), source)
    network = embedder()
    if network.dimension != width:
        raise ValueError(
            f"expected images embedded as the real ones ({width} wide), but the model "
            f"{network.fingerprint} gives {network.dimension}"
        )
    vectors, kept, skipped, facts = embed_and_measure(network, iter(source))
    return Intake(vectors, kept, len(source), skipped, facts)


def checked_labels(
    labels: Sequence[Any] | npt.NDArray[Any] | None, count: int, what: str
) -> list[str | None] | None:
    """Turn ids or groups into strings; None and NaN, as tables say None, become None.

    Raises
    ------
    ValueError
        There are more or fewer than items.
    """
    if labels is None:
        return None
    if isinstance(labels, str | bytes):
        raise TypeError(f"expected a sequence with one of the {what} per item, got {labels!r}")
    values = labels.tolist() if is_array_like(labels) else list(labels)  # type: ignore[union-attr]
    if len(values) != count:
        raise ValueError(f"expected {what} for each of the {count} items, got {len(values)}")
    return [None if _is_missing(value) else str(_plain(value)) for value in values]


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float | np.floating) and bool(np.isnan(value)))


def checked_ids(ids: Sequence[Any] | npt.NDArray[Any] | None, count: int) -> list[str] | None:
    """Turn ids into strings; every item must have one.

    Raises
    ------
    ValueError
        There are more or fewer than items, or one is None.
    """
    labels = checked_labels(ids, count, "ids")
    if labels is None:
        return None
    names = [label for label in labels if label is not None]
    if len(names) < count:
        raise ValueError("expected an id for each item, got None")
    return names


def _plain(label: Any) -> Any:
    """Return the number in an array without dimensions, as loaders give labels one by one."""
    return label.item() if getattr(label, "ndim", None) == 0 else label


def _is_empty(items: Any) -> bool:
    return hasattr(items, "__len__") and not isinstance(items, str) and len(items) == 0


def _with_facts(intake: Intake, source: Embeddings) -> Intake:
    facts = source.pixel_facts
    return intake if facts is None else replace(intake, pixel_facts=facts[intake.places])


def _usable_rows(values: npt.NDArray[Any], width: int) -> Intake:
    if values.dtype.kind != "f":
        raise TypeError(f"expected embeddings of floating-point numbers, got {values.dtype}")
    if values.shape[1] != width:
        raise ValueError(
            f"expected embeddings as wide as the real ones ({width}), got {values.shape[1]}: "
            "both sides must come from the same model"
        )
    with np.errstate(over="ignore", invalid="ignore"):
        vectors = np.ascontiguousarray(values, dtype=np.float32)
        # Zero times anything finite is zero: one pass, and no matrix of flags.
        finite = ~np.isnan(vectors @ np.zeros(width, dtype=np.float32))
    places = np.arange(len(vectors), dtype=np.int64)
    intake = Intake(vectors, places, len(vectors))
    if finite.all():
        return intake
    skipped = tuple(Skipped(f"row {row}", NOT_FINITE) for row in places[~finite].tolist())
    return replace(intake, vectors=vectors[finite], places=places[finite], skipped=skipped)
