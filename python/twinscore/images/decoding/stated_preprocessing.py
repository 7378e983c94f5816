"""A preprocessing as people state it: in words of torch, in our own, or as a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PIL import Image

from twinscore.images.decoding.own_preparation import own_preparation
from twinscore.images.decoding.preprocessing import IMAGENET, Preprocessing

StatedPreprocessing = Preprocessing | Mapping[str, Any] | Callable[[Image.Image], Any]

_WORDS = ("size", "resize", "mean", "std", "interpolation", "exposure")
_OWN_WORDS = ("resize_shorter", "crop", "scale")


def as_preprocessing(stated: StatedPreprocessing, *, portable: bool = False) -> Preprocessing:
    """Read a preprocessing.

    Parameters
    ----------
    stated
        A `Preprocessing`; a mapping with ``size`` (pixels a side of the centre square that the
        network takes, 224), ``resize`` (pixels of the shorter side before that, ``size``),
        ``mean`` and ``std`` (of values in 0..1, ImageNet's), ``interpolation`` ("bicubic",
        "bilinear", "lanczos") and ``exposure``, or with fields of `Preprocessing`, whose
        ``mean`` and ``scale`` are of values in 0..255; or a function, see `OwnPreparation`.
    portable
        Refuse a function, which another process and a file cannot be told.

    Raises
    ------
    TypeError, ValueError
        It is none of these, or a value is out of range.
    """
    if isinstance(stated, Preprocessing):
        return stated
    if isinstance(stated, Mapping):
        return _of_mapping(stated)
    if callable(stated):
        if portable:
            raise ValueError(
                "expected a preprocessing that another process can be told (size, mean, std), got "
                "a function"
            )
        return own_preparation(stated)
    raise TypeError(
        "expected a preprocessing as a mapping with size, mean and std, or as a function of an "
        f"image, got {type(stated).__name__}"
    )


def _of_mapping(stated: Mapping[str, Any]) -> Preprocessing:
    own = [word for word in _OWN_WORDS if word in stated]
    if own and not set(stated) & {"size", "resize", "std"}:
        return _made(dict(stated))
    if own or not set(stated) <= set(_WORDS):
        unknown = [str(word) for word in stated if word not in _WORDS]
        raise ValueError(
            f"expected a preprocessing of {', '.join(_WORDS)}, got {', '.join(unknown)}"
        )
    fields: dict[str, Any] = {word: stated[word] for word in _WORDS[4:] if word in stated}
    fields["crop"] = stated.get("size", IMAGENET.crop)
    fields["resize_shorter"] = stated.get("resize", stated.get("size", IMAGENET.resize_shorter))
    fields["mean"] = _in_255(stated, "mean", IMAGENET.mean)
    fields["scale"] = _in_255(stated, "std", IMAGENET.scale)
    return _made(fields)


def _made(fields: dict[str, Any]) -> Preprocessing:
    sizes = (fields.get("crop", 1), fields.get("resize_shorter", 1))
    if not all(isinstance(size, int) for size in sizes):
        raise ValueError(f"expected whole pixels for size and resize, got {sizes[0]}, {sizes[1]}")
    try:
        return Preprocessing(**fields)
    except TypeError as error:
        raise ValueError(f"cannot read the preprocessing {fields}: {error}") from error


def _in_255(stated: Mapping[str, Any], word: str, usual: tuple[float, ...]) -> tuple[float, ...]:
    if word not in stated:
        return usual
    given = stated[word]
    try:
        values = tuple(float(value) for value in given)
    except (TypeError, ValueError):
        values = ()
    if len(values) != 3 or not all(0.0 <= value <= 1.0 for value in values):
        raise ValueError(
            f"expected {word} as three numbers from 0 to 1 (red, green, blue), got {given}"
        )
    return tuple(255.0 * value for value in values)
