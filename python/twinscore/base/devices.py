"""The device a network runs on, by name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from twinscore.base.extras import pip_command, require

_NAME = re.compile(r"cpu|cuda(?::(\d+))?")
CUDA_PROVIDER = "CUDAExecutionProvider"


@dataclass(frozen=True, slots=True)
class Device:
    """The CPU, or one CUDA device by its index."""

    cuda_index: int | None = None

    @property
    def is_cuda(self) -> bool:
        """Whether it is a CUDA device."""
        return self.cuda_index is not None

    def __str__(self) -> str:
        return "cpu" if self.cuda_index is None else f"cuda:{self.cuda_index}"

    @property
    def providers(self) -> list[Any]:
        """Execution providers for ONNX Runtime, the first choice first."""
        if self.cuda_index is None:
            return ["CPUExecutionProvider"]
        # TF32 keeps 10 bits of the mantissa: too few for the embedding to agree with the CPU's.
        options = {"device_id": str(self.cuda_index), "use_tf32": "0"}
        return [(CUDA_PROVIDER, options), "CPUExecutionProvider"]


def is_device_name(name: str) -> bool:
    """Tell whether a name is one of a device, which need not be there."""
    return name == "auto" or _NAME.fullmatch(name) is not None


def parse_device(name: str) -> Device:
    """Find the device of a name.

    Parameters
    ----------
    name
        "cpu", "cuda" (the first one), "cuda:N", or "auto": CUDA where ONNX Runtime has it.

    Raises
    ------
    ValueError
        There is no such name, or this ONNX Runtime has no CUDA.
    MissingExtraError
        ONNX Runtime is not installed.
    """
    if name == "auto":
        return Device(0) if CUDA_PROVIDER in _available_providers() else Device()
    found = _NAME.fullmatch(name)
    if found is None:
        raise ValueError(f"expected a device of cpu, cuda, cuda:N or auto, got {name!r}")
    if name == "cpu":
        return Device()
    available = _available_providers()
    if CUDA_PROVIDER not in available:
        raise ValueError(
            f"device {name!r} is not among the providers of this ONNX Runtime "
            f"({', '.join(available)}): pip uninstall onnxruntime; {pip_command('gpu')}"
        )
    return Device(int(found[1] or 0))


def _available_providers() -> list[str]:
    runtime = require("onnxruntime", extra="cpu", purpose="computing embeddings")
    providers: list[str] = runtime.get_available_providers()
    return providers
