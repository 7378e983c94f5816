"""Who stays when room runs out: every item has a priority, and the lowest ones are kept.

A priority is a function of the seed and of the item alone, never of the items around it. What is
kept is then a function of the set of items seen, so that neither the cut into batches nor the
order in which shards are merged can change it.

Sources: bottom-k sampling (Cohen and Kaplan 2007); exponential priorities for weighted sampling
without replacement (Efraimidis and Spirakis 2006).
"""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from twinscore.base.arrays import Float64Array, FloatMatrix, IdArray

    HashArray = npt.NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST_MIX = np.uint64(0xBF58476D1CE4E5B9)
_SECOND_MIX = np.uint64(0x94D049BB133111EB)
_FRACTION_BITS = 53


def number_hashes(seed: int, numbers: IdArray, vectors: FloatMatrix) -> HashArray:
    """Hash items without an id: by their place in the stream and by what they are.

    The values take part so that the n-th items of two shards with one seed are independent.

    Parameters
    ----------
    seed
        Any integer.
    numbers
        Shape (n,): places in the stream.
    vectors
        Shape (n, d), float32, rows contiguous.

    Returns
    -------
    Shape (n,), uint64.
    """
    if vectors.shape[1] % 2:
        vectors = np.pad(vectors, ((0, 0), (0, 1)))
    words = np.ascontiguousarray(vectors).view(np.uint64)
    start = np.uint64(seed % 2**64)
    places = np.arange(words.shape[1], dtype=np.uint64)
    # Multilinear hashing: different words meet by chance alone once the factors are random.
    contents = words @ (_mixed(places + _mixed(start)) | np.uint64(1))
    return _mixed(contents ^ _mixed(numbers.astype(np.uint64) + _mixed(start)))


def label_hashes(seed: int, labels: Sequence[str]) -> HashArray:
    """Hash items by their id, or groups by their label."""
    key = (seed % 2**64).to_bytes(8, "little")
    digests = b"".join(
        hashlib.blake2b(label.encode("utf-8", "surrogatepass"), digest_size=8, key=key).digest()
        for label in labels
    )
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def fractions(hashes: HashArray) -> Float64Array:
    """Turn hashes into numbers that look uniform in [0, 1)."""
    return (hashes >> np.uint64(64 - _FRACTION_BITS)).astype(np.float64) * 2.0**-_FRACTION_BITS


def recent_first(numbers: IdArray) -> Float64Array:
    """Keep the last items: the later, the lower."""
    return -numbers.astype(np.float64)


def recent_likelier(uniform: Float64Array, numbers: IdArray, half_life: float) -> Float64Array:
    """Keep items with a weight that halves every `half_life` items.

    An item of weight w is ordered by log(e / w), e exponentially distributed: the lowest of these
    are a weighted sample without replacement.
    """
    exponential = -np.log1p(-np.maximum(uniform, 2.0**-54))
    return np.asarray(np.log(exponential) - numbers * (math.log(2.0) / half_life))


def _mixed(values: HashArray | np.uint64) -> HashArray:
    """Finish a hash: the mixing steps of SplitMix64 (Steele, Lea and Flood 2014)."""
    with np.errstate(over="ignore"):
        mixed = np.asarray(values, dtype=np.uint64) + _GOLDEN
        mixed = (mixed ^ (mixed >> np.uint64(30))) * _FIRST_MIX
        mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND_MIX
        return np.asarray(mixed ^ (mixed >> np.uint64(31)), dtype=np.uint64)
