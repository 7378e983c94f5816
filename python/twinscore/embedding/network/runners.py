"""How a session is called: on arrays, or through buffers bound to a device."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from twinscore.base.devices import CUDA_PROVIDER
from twinscore.base.extras import require
from twinscore.base.logs import logger_of

if TYPE_CHECKING:
    from twinscore.base.devices import Device

Array = npt.NDArray[Any]

RunSession = Callable[[str, Array, str], Array]
"""Called with (name of the input, values, name of the output); returns the output."""

_log = logger_of(__name__)


class SessionRunner:
    """Calls a session on arrays, from any number of threads.

    Parameters
    ----------
    session
        ``onnxruntime.InferenceSession``.
    """

    def __init__(self, session: Any) -> None:
        self._session = session

    def run(self, input_name: str, values: Array, output_name: str) -> Array:
        """Run the network; arrays may have any size of batch."""
        (output,) = self._session.run([output_name], {input_name: values})
        return np.asarray(output)


class DeviceRunner:
    """Calls a session through bound buffers, so that nothing is allocated a batch.

    The input goes through page-locked memory where this ONNX Runtime can hand it out: the device
    then fetches it by itself. Each thread has buffers of its own, so that one thread copies a
    batch while the device computes that of another.

    Parameters
    ----------
    session
        ``onnxruntime.InferenceSession``.
    device
        Where the session runs.
    """

    def __init__(self, session: Any, device: Device) -> None:
        self._session = session
        self._device = device
        self._buffers = threading.local()

    def run(self, input_name: str, values: Array, output_name: str) -> Array:
        """Run the network; batches of the size of the last one need no new buffer."""
        buffer = getattr(self._buffers, "input", None)
        if buffer is None or (buffer.array.shape, buffer.array.dtype) != (
            values.shape,
            values.dtype,
        ):
            buffer = _InputBuffer(values.shape, values.dtype, self._device)
            self._buffers.input = buffer
            self._buffers.binding = self._session.io_binding()
        buffer.array[...] = values
        binding = self._buffers.binding
        binding.bind_ortvalue_input(input_name, buffer.value)
        binding.bind_output(output_name, "cpu")
        self._session.run_with_iobinding(binding)
        (output,) = binding.copy_outputs_to_cpu()
        return np.asarray(output)


class _InputBuffer:
    """Host memory that is both an array and a value that a session can be bound to."""

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype[Any], device: Device) -> None:
        onnxruntime = require("onnxruntime", extra="gpu", purpose="computing embeddings")
        locked = page_locked_memory(onnxruntime, device)
        if locked is not None:
            self.value = onnxruntime.OrtValue.ortvalue_from_shape_and_type(
                list(shape), dtype.type, memory_info=locked
            )
            self.array: Array = self.value.numpy()
            return
        self.array = np.empty(shape, dtype)
        self.value = onnxruntime.OrtValue.ortvalue_from_numpy(self.array)


def page_locked_memory(runtime: Any, device: Device) -> Any | None:
    """Find the host memory that a CUDA device reaches by itself, where the runtime offers it.

    Parameters
    ----------
    runtime
        The module ``onnxruntime``; releases before 1.23 offer none.
    device
        Whose memory is wanted.
    """
    kinds = getattr(runtime, "OrtDeviceMemoryType", None)
    list_devices = getattr(runtime, "get_ep_devices", None)
    if kinds is None or list_devices is None or not device.is_cuda:
        return None
    for candidate in list_devices():
        if candidate.ep_name != CUDA_PROVIDER:
            continue
        memory = candidate.memory_info(kinds.HOST_ACCESSIBLE)
        if memory is not None and memory.device_id == device.cuda_index:
            return memory
    _log.debug("no page-locked memory for %s: copies go through ordinary memory", device)
    return None
