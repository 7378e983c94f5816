"""Whether what is written down of an image changed since it was last read."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from twinscore.images.annotations.records import AnnotatedImage

_NOT_ANNOTATED = "not annotated"


def annotation_digest(annotated: AnnotatedImage | None) -> str:
    """Return a hexadecimal digest of what is known of an image, wherever that stands.

    Parameters
    ----------
    annotated
        None where nothing is.
    """
    if annotated is None:
        return _NOT_ANNOTATED
    digest = hashlib.sha256(repr((annotated.size, annotated.is_known)).encode())
    for each in annotated.objects:
        box = (each.box.left, each.box.top, each.box.right, each.box.bottom)
        digest.update(repr((each.class_name, *map(float, box), each.is_region)).encode())
        _add(digest, each.mask)
    for problem in annotated.problems:
        digest.update(repr((problem.reason, problem.is_lost)).encode())
    return digest.hexdigest()


def _add(digest: Any, value: Any) -> None:
    """Add a mask or a part of one: records, arrays, numbers."""
    if isinstance(value, np.ndarray):
        digest.update(f"{value.dtype.str} {value.shape}".encode())
        digest.update(np.ascontiguousarray(value).tobytes())
    elif dataclasses.is_dataclass(value):
        digest.update(type(value).__name__.encode())
        for field in dataclasses.fields(value):
            _add(digest, getattr(value, field.name))
    else:
        digest.update(repr(value).encode())
