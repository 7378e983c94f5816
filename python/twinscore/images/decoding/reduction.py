"""How much detail goes before an image is resampled: one rule for every format."""

from __future__ import annotations


def reduction_factor(size: tuple[int, int], shorter_side: int) -> int:
    """Return the largest power of two by which an image may be reduced.

    Parameters
    ----------
    size
        Width and height in pixels.
    shorter_side
        Pixels that the shorter side is to keep, rounded up as decoders do.

    Returns
    -------
    int
        1 where the image is too small for 2. Reducing by a part of the factor and asking again
        gives the other part, so it does not matter who reduces: decoder or resampler.
    """
    factor = 1
    shortest = min(size)
    while factor < shortest and -(-shortest // (2 * factor)) >= shorter_side:
        factor *= 2
    return factor
