"""The types of the arrays that stages hand to each other."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatMatrix = npt.NDArray[np.float32]
PointMatrix = npt.NDArray[np.float32 | np.float16]
Float64Array = npt.NDArray[np.float64]
IdArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
