"""What every image network is to those who embed with it, whatever runs it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.logs import logger_of

if TYPE_CHECKING:
    from twinscore.base.arrays import FloatMatrix
    from twinscore.images.decoding.preprocessing import Preprocessing

_log = logger_of(__name__)

_SIGNS_OF_LACK_OF_MEMORY = (
    "failed to allocate memory",
    "out of memory",
    "alloc_failed",
    "can't allocate memory",
)
"""By which ONNX Runtime and torch say so; the errors have no type of their own."""


class ImageNetwork(ABC):
    """Turns prepared images into vectors, at most so many at a time as memory allows.

    Parameters
    ----------
    fingerprint
        What to call the model, in errors as in results.
    preprocessing
        How the input is made.
    on_device
        Whether it runs on an accelerator rather than on the CPU.
    fixed_batch
        Number of images it takes at a time, where it takes no other.

    Attributes
    ----------
    fingerprint, preprocessing, on_device
        As given.
    dimension
        Length of an embedding.
    """

    dimension: int

    def __init__(
        self,
        fingerprint: str,
        preprocessing: Preprocessing,
        *,
        on_device: bool = False,
        fixed_batch: int | None = None,
    ) -> None:
        self.fingerprint = fingerprint
        self.preprocessing = preprocessing
        self.on_device = on_device
        self._fixed_batch = fixed_batch
        self._largest_batch: int | None = None

    def run_any(self, inputs: FloatMatrix) -> FloatMatrix:
        """Embed prepared images as `run`, or none at all."""
        if len(inputs) == 0:
            return np.empty((0, self.dimension), dtype=np.float32)
        return self.run(inputs)

    def run(self, inputs: FloatMatrix) -> FloatMatrix:
        """Embed prepared images.

        Where memory does not suffice for so many at once, half as many are taken from then on.

        Parameters
        ----------
        inputs
            Shape (n, channels, height, width), float32, n >= 1.

        Returns
        -------
        ndarray of shape (n, dimension), float32
        """
        size = self._fixed_batch or self._largest_batch or len(inputs)
        parts = [inputs[start : start + size] for start in range(0, len(inputs), size)]
        try:
            rows = [self._run_part(part) for part in parts]
        except Exception as error:
            if self._fixed_batch or size == 1 or not _is_lack_of_memory(error):
                raise
            self._largest_batch = max(1, min(size, len(inputs)) // 2)
            _log.warning(
                "%s: too little memory for %d images at a time, going on with %d",
                self.fingerprint,
                size,
                self._largest_batch,
            )
            return self.run(inputs)
        return rows[0] if len(rows) == 1 else np.concatenate(rows)

    @abstractmethod
    def _run_part(self, inputs: FloatMatrix) -> FloatMatrix:
        """Embed images that are few enough."""

    def _error(self, message: str) -> ValueError:
        return ValueError(f"{self.fingerprint}: {message}")


def _is_lack_of_memory(error: Exception) -> bool:
    text = str(error).lower()
    return isinstance(error, MemoryError) or any(sign in text for sign in _SIGNS_OF_LACK_OF_MEMORY)
