"""Open a model in whatever way it is given: by name, as a file, or as a torch module."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinscore.base.devices import is_device_name, parse_device
from twinscore.base.extras import require
from twinscore.embedding.models.torch_models import TorchModel, is_of_library, load_torch_model
from twinscore.embedding.network.session import open_network
from twinscore.embedding.network.torch_network import TorchNetwork, is_torch_module
from twinscore.images.decoding.preprocessing import IMAGENET

if TYPE_CHECKING:
    from twinscore.embedding.network.image_network import ImageNetwork
    from twinscore.images.decoding.preprocessing import Preprocessing


def open_model(
    model: Any,
    *,
    layer: str | None,
    device: str | None,
    compute_dtype: str,
    preprocessing: Preprocessing | None,
) -> ImageNetwork:
    """Open a model; see `Embedder` for what the parameters mean.

    Raises
    ------
    MissingExtraError
        A package is missing.
    FileNotFoundError
        There is no such model file.
    ValueError
        The model cannot be used, or not so.
    """
    if device is not None and not is_device_name(device):
        raise ValueError(f"expected a device of cpu, cuda, cuda:N or auto, got {device!r}")
    if is_torch_module(model):
        _check_dtype(compute_dtype, type(model).__name__)
        _check_device(model, device)
        return TorchNetwork(
            TorchModel(
                name=type(model).__name__,
                module=getattr(model, "_orig_mod", model),  # a hook is no part of compiled code
                preprocessing=preprocessing or IMAGENET,
                layer=layer,
            )
        )
    if isinstance(model, str) and is_of_library(model):
        _check_dtype(compute_dtype, model)
        place = _torch_device(device)
        loaded = load_torch_model(model, layer=layer)
        loaded.module.to(place)
        if preprocessing is not None:
            loaded = dataclasses.replace(loaded, preprocessing=preprocessing)
        return TorchNetwork(loaded)
    if layer is not None:
        raise ValueError(
            f"expected a torch module, or a model of torchvision or timm, to take the layer "
            f"{layer!r} of, got {model}: a file has its output"
        )
    return open_network(
        Path(model) if not isinstance(model, str) else model,
        device=parse_device(device or "cpu"),
        # On the CPU the network runs in each of the threads.
        threads=1,
        compute_dtype=compute_dtype,
        preprocessing=preprocessing,
    )


def _check_dtype(compute_dtype: str, name: str) -> None:
    if compute_dtype != "float32":
        raise ValueError(
            f"{name}: expected the compute_dtype float32 for a torch module, which computes in "
            f"the type of its weights, got {compute_dtype!r}"
        )


def _check_device(module: Any, device: str | None) -> None:
    """Refuse a device other than that where a module lies: it is the caller's to move."""
    weights = next(module.parameters(), None)
    if device in (None, "auto") or weights is None:
        return
    torch = require("torch", extra="torch", purpose="a torch module as a model")
    wanted, lies = torch.device(device), weights.device
    if wanted.type != lies.type or wanted.index not in (None, lies.index):
        raise ValueError(
            f"expected {type(module).__name__} on the device {device!r}, got one on '{lies}': "
            f"module.to({device!r}) moves it"
        )


def _torch_device(device: str | None) -> Any:
    """Find the device of a name for torch, as `parse_device` does for ONNX Runtime."""
    torch = require("torch", extra="export", purpose="models of torchvision and timm")
    has_cuda = torch.cuda.is_available()
    if device == "auto":
        return torch.device("cuda" if has_cuda else "cpu")
    chosen = torch.device(device or "cpu")
    if chosen.type == "cuda" and not has_cuda:
        raise ValueError(f"device {device!r}: this torch found no usable CUDA libraries or GPU")
    return chosen
