"""The one way from a file to a network's input."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twinscore.images.decoding.decode import read_image
from twinscore.images.decoding.preprocessing import preprocess, seen_by_network
from twinscore.images.decoding.reduction import reduction_factor
from twinscore.images.facts.measured import pixel_fact, pixel_facts

if TYPE_CHECKING:
    import numpy.typing as npt
    from PIL import Image

    from twinscore.base.arrays import FloatMatrix
    from twinscore.images.decoding.decode import ImageContent
    from twinscore.images.decoding.preprocessing import Preprocessing
    from twinscore.images.records import ImageFacts, PixelFacts


def prepare_image(content: ImageContent, preprocessing: Preprocessing) -> FloatMatrix:
    """Read an image, no larger than needed, and turn it into a network's input.

    Parameters
    ----------
    content
        Anything ``read_image`` takes.
    preprocessing
        How.

    Returns
    -------
    ndarray of shape ``preprocessing.input_shape``, float32

    Raises
    ------
    UnreadableImageError
        The content is no image that can be read; the message is the reason.
    """
    return preprocess(read_for_network(content, preprocessing), preprocessing)


def read_for_network(content: ImageContent, preprocessing: Preprocessing) -> Image.Image:
    """Read an image, no larger than a network needs; errors as of `read_image`."""
    return read_image(
        content, shorter_side=preprocessing.least_decoded, exposure=preprocessing.exposure
    )


def prepare_and_measure(
    image: Image.Image, preprocessing: Preprocessing, file: ImageFacts | None = None
) -> tuple[FloatMatrix, PixelFacts]:
    """Turn an image into a network's input, and measure it on the way.

    Parameters
    ----------
    image
        As `read_for_network` returns it.
    preprocessing
        How.
    file
        What the header of its file tells, from which is known by what decoding reduced it.

    Returns
    -------
    prepared : ndarray of shape ``preprocessing.input_shape``, float32
    facts : PixelFacts
        As `pixel_facts` returns them.
    """
    seen = np.asarray(seen_by_network(image, preprocessing))
    return preprocessing.input_of(image, seen), _measured(image, seen, preprocessing, file)


def measure(
    image: Image.Image, preprocessing: Preprocessing, file: ImageFacts | None = None
) -> PixelFacts:
    """Measure an image as `prepare_and_measure` does, and prepare nothing."""
    seen = np.asarray(seen_by_network(image, preprocessing))
    return _measured(image, seen, preprocessing, file)


def measure_one(
    fact: str, image: Image.Image, preprocessing: Preprocessing, file: ImageFacts | None = None
) -> float | None:
    """Measure one fact of an image, in the time that it takes; see `measure`."""
    least = preprocessing.least_decoded
    return pixel_fact(
        fact,
        image,
        lambda: seen_by_network(image, preprocessing),
        factor=reduction_factor(image.size, least),
        decoded_at=_decoded_at(image, file, least),
    )


def _measured(
    image: Image.Image,
    seen: npt.NDArray[np.uint8],
    preprocessing: Preprocessing,
    file: ImageFacts | None,
) -> PixelFacts:
    least = preprocessing.least_decoded
    return pixel_facts(
        image,
        seen,
        factor=reduction_factor(image.size, least),
        decoded_at=_decoded_at(image, file, least),
    )


def _decoded_at(image: Image.Image, file: ImageFacts | None, shorter_side: int) -> int:
    """Return by what an image was reduced on its way from the file."""
    if file is None:
        return 1
    whole = reduction_factor((file.width, file.height), shorter_side)
    return max(whole // reduction_factor(image.size, shorter_side), 1)
