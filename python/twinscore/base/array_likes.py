"""Arrays and tensors in memory, told apart without importing torch."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import numpy.typing as npt


def is_array_like(value: Any) -> bool:
    """Tell whether a value is an array, a tensor or something that turns into an array."""
    # Scalars of numpy, strings among them, have the same attributes.
    return not isinstance(value, np.generic) and all(
        hasattr(value, attribute) for attribute in ("__array__", "ndim", "shape")
    )


def is_tensor(value: Any) -> bool:
    """Tell whether a value is a torch tensor; torch is never imported for it."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def as_array(value: Any) -> npt.NDArray[np.generic]:
    """Give the array behind an array or tensor, without a copy where possible.

    Tensors leave their device and their gradient; bfloat16, which numpy lacks, becomes float32.
    What a masked array hides is NaN: nobody shall count what lies below a mask.
    """
    if isinstance(value, np.ma.MaskedArray) and value.dtype.kind == "f":
        return np.asarray(value.filled(np.nan))
    if not is_tensor(value):
        return np.asarray(value)
    tensor = value.detach().cpu()
    if str(tensor.dtype) == "torch.bfloat16":
        tensor = tensor.float()
    return np.asarray(tensor.numpy())
