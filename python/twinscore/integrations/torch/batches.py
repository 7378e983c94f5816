"""Where in a batch the images or embeddings are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Extract = Callable[[Any], Any]
"""Takes what a loader gives and returns embeddings (n, d) or images in any form."""

KEYS = ("embedding", "embeddings", "image", "images", "pixel_values", "jpg", "png", "webp", "x")
"""Names under which batches that are mappings hold images, the first that is there."""


def items_of(batch: Any) -> Any:
    """Find the images or embeddings of a batch of a common form.

    Parameters
    ----------
    batch
        A tensor or array; a tuple or list that begins with one; or a mapping with one under one
        of the usual names.

    Raises
    ------
    TypeError
        The batch has another form: pass a function of your own as ``extract``.
    """
    if hasattr(batch, "shape"):
        return batch
    if isinstance(batch, Mapping):
        for key in KEYS:
            if key in batch:
                return batch[key]
        raise TypeError(
            f"expected a batch with one of {', '.join(KEYS)}, got {', '.join(map(str, batch))}; "
            "pass extract, a function from a batch to its images or embeddings"
        )
    if isinstance(batch, Sequence) and not isinstance(batch, str | bytes) and len(batch):
        # A list of images rather than (images, labels, ...): each is smaller than a batch.
        first = batch[0]
        if hasattr(first, "shape") and len(first.shape) in (2, 4) and len(batch) <= 3:
            return first
        return batch if isinstance(batch, list) else first
    raise TypeError(
        f"expected a batch that is a tensor, tuple or mapping, got {type(batch).__name__}; "
        "pass extract, a function from a batch to its images or embeddings"
    )


def item_of(sample: Any) -> Any:
    """Find the image or embedding of one sample: itself, its first part, or under a usual name."""
    if isinstance(sample, tuple | list):
        return sample[0]
    return items_of(sample) if isinstance(sample, Mapping) else sample
