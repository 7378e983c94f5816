"""A network's weights and computation in half precision, its input and output as they were."""

from __future__ import annotations

import warnings

from twinscore.base.extras import require


def in_half_precision(model: bytes | str) -> bytes:
    """Convert a model with the converter that comes with ONNX Runtime.

    Parameters
    ----------
    model
        The serialised model, or the path of its file.

    Raises
    ------
    MissingExtraError
        The package onnx is not installed.
    ValueError
        The model cannot be converted.
    """
    onnx = require("onnx", extra="cpu", purpose="half precision")
    converter = require("onnxruntime.transformers.float16", extra="cpu", purpose="half precision")
    loaded = onnx.load_from_string(model) if isinstance(model, bytes) else onnx.load(model)
    try:
        with warnings.catch_warnings():
            # It warns of every weight that is rounded to zero or to the largest half.
            warnings.simplefilter("ignore")
            converted = converter.convert_float_to_float16(loaded, keep_io_types=True)
    except Exception as error:
        raise ValueError(f"the model cannot be converted to float16: {error}") from error
    content: bytes = converted.SerializeToString()
    return content
