"""The layers of a torch module: found by name, and read as one vector an image."""

from __future__ import annotations

import difflib
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_LISTED = 12
_PROBES = 3


class LayerError(ValueError):
    """A layer is not there, does not run, or gives what is no vector an image."""


def layer_names(module: Any) -> list[str]:
    """Return the names of all layers of a ``torch.nn.Module``, in the order of the module."""
    return [name for name, _ in module.named_modules() if name]


def find_layer(module: Any, layer: str | None) -> Any:
    """Find a layer by the name that ``named_modules`` gives it; None for the module itself.

    Raises
    ------
    LayerError
        There is none; the message names those that are meant most likely, and the others.
    """
    if layer is None:
        return module
    found = dict(module.named_modules()).get(layer) if layer else None
    if found is None:
        raise LayerError(f"{type(module).__name__} has no layer {layer!r}{_others(module, layer)}")
    return found


def _others(module: Any, layer: str) -> str:
    names = layer_names(module)
    if not names:
        return ": it has no layers, so leave the layer out"
    near = difflib.get_close_matches(layer, names, n=3)
    outermost = [name for name in names if "." not in name]
    shown = [*outermost, *(name for name in names if "." in name)][:_MOST_LISTED]
    more = f", ... ({len(names)} in all)" if len(names) > len(shown) else ""
    meant = f": did you mean {' or '.join(map(repr, near))}?" if near else ":"
    return f"{meant} its layers are {', '.join(shown)}{more}"


class LayerReader:
    """Runs a module and returns what one of its layers gives, pooled to a vector an image.

    Of a layer that runs more than once for an image, the last output counts. It is pooled at
    once, because layers after it may change it in place.

    Parameters
    ----------
    module
        ``torch.nn.Module``.
    layer
        Name of the layer; None for the output of the module.

    Raises
    ------
    LayerError
        There is no such layer.
    """

    def __init__(self, module: Any, layer: str | None) -> None:
        self._module = module
        self._layer = find_layer(module, layer)
        self._what = "the module" if layer is None else f"layer {layer!r}"

    def __call__(self, images: Any) -> Any:
        """Return the vectors of prepared images.

        Parameters
        ----------
        images
            Tensor of shape (n, channels, height, width), as the module takes it.

        Returns
        -------
        torch.Tensor of shape (n, d)

        Raises
        ------
        LayerError
            The layer does not run, or gives what is no vector or map of features.
        """
        thread = threading.get_ident()
        vectors: list[Any] = []

        def keep(_layer: Any, _inputs: Any, output: Any) -> None:
            # The module may run in another thread of the caller's at the same time.
            if threading.get_ident() == thread:
                vectors[:] = [pooled(output, self._what)]

        handle = self._layer.register_forward_hook(keep)
        try:
            self._module(images)
        finally:
            handle.remove()
        if not vectors:
            raise LayerError(f"{self._what} does not run when the module is given images")
        return vectors[0]


def layer_dimensions(module: Any, shape: tuple[int, int, int]) -> dict[str, int | None]:
    """Find the length of the vector that each layer would give, whatever the module returns.

    Parameters
    ----------
    module
        ``torch.nn.Module`` in evaluation mode, on the CPU.
    shape
        Channels, height and width of an image as it takes it.

    Raises
    ------
    LayerError
        It does not take images of that shape.

    Returns
    -------
    dict
        Names of the layers that run, in the order in which they end; None for one that gives no
        vector an image.
    """
    import torch

    images = torch.zeros(_PROBES, *shape, dtype=next(module.parameters(), torch.zeros(())).dtype)
    found: dict[str, int | None] = {}

    def noting(name: str) -> Any:
        def note(_layer: Any, _inputs: Any, output: Any) -> None:
            found.pop(name, None)
            try:
                vectors = pooled(output, name)
            except LayerError:
                found[name] = None
                return
            found[name] = int(vectors.shape[1]) if len(vectors) == len(images) else None

        return note

    handles = [
        part.register_forward_hook(noting(name)) for name, part in module.named_modules() if name
    ]
    try:
        with torch.no_grad():
            module(images)
    except Exception as error:
        said = str(error).strip().splitlines() or [type(error).__name__]
        raise LayerError(
            f"{type(module).__name__}: fails on images of shape {shape}: {said[0]}"
        ) from error
    finally:
        for handle in handles:
            handle.remove()
    return found


def pooled(output: Any, what: str) -> Any:
    """Average what a layer gives over the places of an image.

    Parameters
    ----------
    output
        Tensor of shape (n, d), which is copied, (n, channels, height, width), averaged over
        height and width, or (n, tokens, d), averaged over tokens.
    what
        Names the layer in messages.

    Raises
    ------
    LayerError
        It is no such tensor.
    """
    import torch

    if not isinstance(output, torch.Tensor):
        raise LayerError(f"expected a tensor from {what}, got {_described(output)}")
    if not output.is_floating_point():
        raise LayerError(f"expected floating point values from {what}, got {output.dtype}")
    if output.dtype in (torch.float16, torch.bfloat16):
        output = output.float()
    if output.ndim == 2:
        return output.clone()
    if output.ndim == 3:
        return output.mean(1)
    if output.ndim == 4:
        return output.mean((2, 3))
    raise LayerError(
        f"expected shape (n, d), (n, tokens, d) or (n, channels, height, width) from {what}, "
        f"got {tuple(output.shape)}"
    )


def _described(output: Any) -> str:
    if isinstance(output, dict):
        return f"{type(output).__name__} of {', '.join(map(str, output))}: name a layer within"
    if isinstance(output, tuple | list):
        return f"a {type(output).__name__} of {len(output)}: name a layer within"
    return type(output).__name__


def modules_in_training(module: Any) -> Iterator[str]:
    """Yield the names of the modules that are in training mode, "" for the module itself."""
    return (name for name, part in module.named_modules() if part.training)
