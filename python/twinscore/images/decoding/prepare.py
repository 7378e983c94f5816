"""The one way from a file to a network's input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.images.decoding.decode import read_image
from twinscore.images.decoding.preprocessing import preprocess

if TYPE_CHECKING:
    from twinscore.base.arrays import FloatMatrix
    from twinscore.images.decoding.decode import ImageContent
    from twinscore.images.decoding.preprocessing import Preprocessing


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
    ndarray of shape (3, crop, crop), float32

    Raises
    ------
    UnreadableImageError
        The content is no image that can be read; the message is the reason.
    """
    image = read_image(
        content, shorter_side=preprocessing.least_decoded, exposure=preprocessing.exposure
    )
    return preprocess(image, preprocessing)
