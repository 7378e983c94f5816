"""Images already in memory, or given one by one as paths."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from twinscore.base.array_likes import as_array, is_array_like, is_tensor
from twinscore.images.records import ImageItem
from twinscore.images.sources.grouping import checked_groups

if TYPE_CHECKING:
    from collections.abc import Sequence

CHANNEL_COUNTS = (1, 3, 4)


class SequenceSource:
    """Images from an iterable, in its order.

    Parameters
    ----------
    images
        Paths, encoded bytes, PIL images, arrays of shape (height, width) or (height, width,
        channels), torch tensors of shape (channels, height, width), or one array or tensor with
        all images along its first axis. A tensor whose first axis cannot be channels is taken as
        (height, width, channels). An iterator is read to its end once.
    groups
        One group per image, or None.
    side
        Names the side in messages.

    Raises
    ------
    TypeError
        An element is no image; the message gives its place, counted from 0.
    ValueError
        There are no images, an array has an impossible shape, or the groups do not fit.

    Notes
    -----
    A path names its image; other images are called "image 17", counted from 0.
    """

    def __init__(
        self,
        images: Iterable[Any],
        groups: Sequence[Any] | None = None,
        *,
        side: str = "image",
    ) -> None:
        if is_array_like(images):
            _check_stack(images, side)
        elif isinstance(images, str | bytes | os.PathLike):
            raise TypeError(f"{side} side: expected an iterable of images, got {images!r}")
        elif not isinstance(images, Iterable):
            raise TypeError(
                f"{side} side: expected an iterable of images, got {type(images).__name__}"
            )
        self._images = list(images)
        if not self._images:
            raise ValueError(f"{side} side: expected at least one image, got none")
        for place, image in enumerate(self._images):
            _check_image(image, f"{side} side, image {place}")
        self._groups = (
            None if groups is None else checked_groups(groups, len(self._images), side=side)
        )

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns that items given by the caller carry."""
        items = (image for image in self._images if isinstance(image, ImageItem))
        return tuple(dict.fromkeys(name for item in items for name in item.columns))

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self._images)

    def __iter__(self) -> Iterator[ImageItem]:
        """Iterate over the images in the order they were given."""
        for place, image in enumerate(self._images):
            group = None if self._groups is None else self._groups[place]
            yield _item(image, place, group)


def _item(image: Any, place: int, group: str | None) -> ImageItem:
    if isinstance(image, ImageItem):
        return image if group is None else replace(image, group=group)
    if isinstance(image, str | os.PathLike):
        return ImageItem(os.fspath(image), Path(image), group)
    name = f"image {place}"
    if is_tensor(image):
        return ImageItem(name, _channels_last(as_array(image)), group)
    if is_array_like(image):
        return ImageItem(name, as_array(image), group)
    return ImageItem(name, image, group)


def _channels_last(pixels: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    if pixels.ndim == 3 and pixels.shape[0] in CHANNEL_COUNTS:
        return np.moveaxis(pixels, 0, -1)
    return pixels


def _check_stack(images: Any, side: str) -> None:
    is_list_of_names = images.ndim == 1 and np.asarray(images).dtype.kind in "OU"
    if images.ndim != 4 and not is_list_of_names:
        raise ValueError(
            f"{side} side: expected an array of images with 4 axes "
            f"(images, height, width, channels), got shape {tuple(images.shape)}"
        )


def _check_image(image: Any, label: str) -> None:
    if is_array_like(image):
        _check_shape(image, label)
        return
    if isinstance(image, str | bytes | os.PathLike | ImageItem) or _is_pil_image(image):
        return
    raise TypeError(
        f"{label}: expected a path, encoded bytes, a PIL image, an array or a tensor, "
        f"got {type(image).__name__}"
    )


def _check_shape(image: Any, label: str) -> None:
    shape = tuple(image.shape)
    if len(shape) == 1:
        raise ValueError(
            f"{label}: expected pixels of shape (height, width, channels), got shape {shape}; "
            "embeddings are passed as one array of shape (n, d): numpy.stack(rows)"
        )
    channels_at = [shape[-1], shape[0]] if is_tensor(image) else [shape[-1]]
    has_channels = len(shape) == 3 and any(count in CHANNEL_COUNTS for count in channels_at)
    if not (has_channels or len(shape) == 2) or 0 in shape:
        raise ValueError(
            f"{label}: expected pixels of shape (height, width, channels) with 1, 3 or 4 "
            f"channels, got shape {shape}"
        )


def _is_pil_image(image: Any) -> bool:
    from PIL import Image

    return isinstance(image, Image.Image)
