"""How a network was opened, so that another process can open it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class EmbedderRecipe:
    """The arguments of an `Embedder` but for its threads and the preparation of images.

    Attributes
    ----------
    model, device, batch_size, layer, compute_dtype, isolated
        See `Embedder`.
    """

    model: Any
    device: str | None
    batch_size: int | None
    layer: str | None
    compute_dtype: str
    isolated: bool
