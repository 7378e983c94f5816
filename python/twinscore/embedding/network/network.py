"""An image network in ONNX Runtime: its contract checked when opened, then called on batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.embedding.models.onnx_metadata import PREPROCESSING_KEY
from twinscore.embedding.network.image_network import ImageNetwork
from twinscore.images.decoding.preprocessing import IMAGENET, Preprocessing

if TYPE_CHECKING:
    from twinscore.base.arrays import FloatMatrix
    from twinscore.embedding.network.runners import RunSession

_INPUT_DTYPES: dict[str, type[np.floating[Any]]] = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
}


class Network(ImageNetwork):
    """An image network in a session of ONNX Runtime.

    Parameters
    ----------
    session
        ``onnxruntime.InferenceSession`` with one input (n, 3, side, side); n and side may be
        open. The first output, flattened, is the embedding.
    fingerprint
        What to call the model, in errors as in results.
    run
        Called with (name of the input, values, name of the output); returns the output.
    preprocessing
        Takes the place of what the model says of itself.
    on_device
        Whether the session runs on an accelerator.

    Raises
    ------
    ValueError
        The model has other inputs or outputs, fails on an image of zeros, or its metadata is
        wrong.
    """

    def __init__(
        self,
        session: Any,
        fingerprint: str,
        run: RunSession,
        preprocessing: Preprocessing | None = None,
        *,
        on_device: bool = False,
    ) -> None:
        self._session = session
        self._run_session = run
        self.fingerprint = fingerprint
        network_input = self._only_input()
        batch, _, side, _ = network_input.shape
        self._input_name = network_input.name
        self._input_dtype = self._known_dtype(network_input.type)
        self._output_name = session.get_outputs()[0].name
        super().__init__(
            fingerprint,
            self._checked_preprocessing(side if isinstance(side, int) else None, preprocessing),
            on_device=on_device,
            fixed_batch=batch if isinstance(batch, int) else None,
        )
        self.dimension = self._measure_dimension()

    def _run_part(self, inputs: FloatMatrix) -> FloatMatrix:
        if self._fixed_batch in (None, len(inputs)):
            return self._run_once(inputs)
        padded = np.zeros((self._fixed_batch, *inputs.shape[1:]), dtype=np.float32)
        padded[: len(inputs)] = inputs
        return self._run_once(padded)[: len(inputs)]

    def _run_once(self, inputs: FloatMatrix) -> FloatMatrix:
        values = inputs.astype(self._input_dtype, copy=False)
        output = self._run_session(self._input_name, values, self._output_name)
        rows = np.asarray(output, dtype=np.float32)
        if rows.ndim < 2 or len(rows) != len(inputs):
            raise self._error(
                f"expected one row an image from {self._output_name!r}, "
                f"got shape {rows.shape} for {len(inputs)} images"
            )
        return rows.reshape(len(inputs), rows[0].size)

    def _only_input(self) -> Any:
        inputs = self._session.get_inputs()
        if len(inputs) == 1 and len(inputs[0].shape) == 4:
            _, channels, height, width = inputs[0].shape
            is_square = height == width or not isinstance(height, int)
            if channels == 3 and is_square:
                return inputs[0]
        described = ", ".join(f"{value.name} {value.shape}" for value in inputs)
        raise self._error(f"expected one input of shape (n, 3, side, side), got {described}")

    def _known_dtype(self, name: str) -> type[np.floating[Any]]:
        try:
            return _INPUT_DTYPES[name]
        except KeyError:
            expected = " or ".join(_INPUT_DTYPES)
            raise self._error(f"expected an input of {expected}, got {name}") from None

    def _checked_preprocessing(
        self, side: int | None, chosen: Preprocessing | None
    ) -> Preprocessing:
        if chosen is None:
            return self._read_preprocessing(side)
        if side is not None and chosen.input_shape[1:] != (side, side):
            raise self._error(f"expected crop {side} as the input has, got {chosen.crop}")
        return chosen

    def _read_preprocessing(self, side: int | None) -> Preprocessing:
        text = self._session.get_modelmeta().custom_metadata_map.get(PREPROCESSING_KEY)
        if text is None:
            return IMAGENET if side is None else IMAGENET.with_crop(side)
        try:
            preprocessing = Preprocessing.from_json(text)
        except (ValueError, TypeError) as error:
            raise self._error(f"metadata {PREPROCESSING_KEY!r}: {error}") from error
        if side not in (None, preprocessing.crop):
            raise self._error(f"expected crop {side} as the input has, got {preprocessing.crop}")
        return preprocessing

    def _measure_dimension(self) -> int:
        zeros = np.zeros((1, *self.preprocessing.input_shape), dtype=np.float32)
        # ONNX Runtime's errors have no public base class.
        try:
            dimension = len(self.run(zeros)[0])
        except ValueError:
            raise
        except Exception as error:
            raise self._error(f"fails on one image of zeros: {error}") from error
        if not dimension:
            raise self._error(f"expected embeddings from {self._output_name!r}, got empty ones")
        return dimension
