"""A torch module as an image network: checked when opened, then called on batches."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.base.extras import require
from twinscore.embedding.models.module_identity import module_digest
from twinscore.embedding.models.module_layers import LayerError, LayerReader, modules_in_training
from twinscore.embedding.network.image_network import ImageNetwork

if TYPE_CHECKING:
    from twinscore.base.arrays import FloatMatrix
    from twinscore.embedding.models.torch_models import TorchModel

_DIGEST_LENGTH = 12
_PROBES = 3
"""Images of noise that a module is tried on: more than one, so that rows can be counted."""


def is_torch_module(value: Any) -> bool:
    """Tell whether a value is a ``torch.nn.Module``, without importing torch."""
    # Whoever has a module has imported torch.
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.nn.Module)


class TorchNetwork(ImageNetwork):
    """An image network in torch, where its weights lie.

    The module is run under ``torch.no_grad`` and is never changed. One batch is computed at a
    time, in torch's own threads.

    Parameters
    ----------
    model
        The module, the layer and the preprocessing.

    Raises
    ------
    MissingExtraError
        torch is not installed.
    ValueError
        The module is in training mode, has no such layer, does not take images so prepared, or
        gives no finite vectors.
    """

    def __init__(self, model: TorchModel) -> None:
        self._torch = require("torch", extra="torch", purpose="a torch module as a model")
        self._module = model.module
        self._name = model.name if model.layer is None else f"{model.name}:{model.layer}"
        self._check_evaluating()
        self._reader = LayerReader(model.module, model.layer)
        self._tensors = [
            tensor
            for tensor in model.module.state_dict(keep_vars=True).values()
            if isinstance(tensor, self._torch.Tensor)
        ]
        self._device, self._dtype = self._place()
        self._running = threading.Lock()
        super().__init__(self._name, model.preprocessing, on_device=self._device.type != "cpu")
        self.dimension = self._try_out()
        digest = module_digest(model.module)[:_DIGEST_LENGTH]
        self.fingerprint = f"{self._name}@{digest}"
        self._versions = self._versions_now()

    def _run_part(self, inputs: FloatMatrix) -> FloatMatrix:
        self._check_evaluating()
        if self._versions_now() != self._versions:
            raise ValueError(
                f"{self.fingerprint}: the weights of the module changed since it was opened: "
                "make a new Embedder of it"
            )
        return self._vectors(inputs)

    def _vectors(self, inputs: FloatMatrix) -> FloatMatrix:
        with self._running, self._torch.no_grad():
            images = self._torch.from_numpy(np.ascontiguousarray(inputs))
            output = self._reader(images.to(self._device, self._dtype))
            vectors: FloatMatrix = output.detach().to("cpu", self._torch.float32).numpy()
        if len(vectors) != len(inputs):
            raise LayerError(
                f"expected one row an image, got shape {vectors.shape} for {len(inputs)} images"
            )
        return vectors

    def _try_out(self) -> int:
        """Run the module on images of noise; returns the length of a vector."""
        shape = (_PROBES, *self.preprocessing.input_shape)
        noise = np.random.default_rng(0).standard_normal(shape, dtype=np.float32)
        try:
            vectors = self._vectors(noise)
        except LayerError as error:
            raise ValueError(f"{self._name}: {error}") from error
        except Exception as error:
            raise ValueError(f"{self._name}: {self._cause(error, shape[1:])}") from error
        if not vectors.shape[1]:
            raise ValueError(f"{self._name}: expected embeddings, got empty ones")
        if not np.isfinite(vectors).all():
            raise ValueError(f"{self._name}: the embedding of an image of noise is not finite")
        return int(vectors.shape[1])

    def _cause(self, error: Exception, shape: tuple[int, ...]) -> str:
        takes = self._channels_taken()
        if takes is not None and takes[1] != shape[0]:
            whose = f"whose layer {takes[0]!r} takes" if takes[0] else "that takes"
            return (
                f"expected a module that takes {shape[0]} channels, as images are prepared, got "
                f"one {whose} {takes[1]}: a function as preprocessing can make them"
            )
        said = str(error).strip().splitlines() or [type(error).__name__]
        return f"fails on images of shape {shape}: {said[0]}"

    def _channels_taken(self) -> tuple[str, int] | None:
        for name, part in self._module.named_modules():
            if hasattr(part, "in_channels") and hasattr(part, "kernel_size"):
                return name, int(part.in_channels)
        return None

    def _place(self) -> tuple[Any, Any]:
        """Return device and type of the first weights: where and as what images are computed."""
        weights = [tensor for tensor in self._tensors if tensor.is_floating_point()]
        if not weights:
            return self._torch.device("cpu"), self._torch.float32
        if weights[0].device.type == "meta":
            raise ValueError(f"{self._name}: the module has no weights yet (device 'meta')")
        return weights[0].device, weights[0].dtype

    def _check_evaluating(self) -> None:
        name = next(modules_in_training(self._module), None)
        if name is not None:
            where = f", its part {name!r}" if name else ""
            raise ValueError(
                f"{self._name}: expected a module in evaluation mode, got one in training "
                f"mode{where}: call module.eval() before"
            )

    def _versions_now(self) -> int:
        """Count how often weights and buffers were written, as torch does for each."""
        return sum(tensor._version for tensor in self._tensors if not tensor.is_inference())
