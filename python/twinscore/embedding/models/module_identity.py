"""What makes a torch module the network it is, as one digest."""

from __future__ import annotations

import ast
import hashlib
import inspect
import textwrap
from types import FunctionType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLAIN = (bool, int, float, str, type(None))

_LIBRARIES = ("torch.", "torchvision.", "timm.", "transformers.")
"""Whose code is known by the names of its classes."""


def module_digest(module: Any) -> str:
    """Digest a ``torch.nn.Module``: its weights, its structure and what its code says.

    Weights and buffers are taken byte by byte. Of classes that are the caller's own the code
    counts, without comments and layout, where Python still knows it; what lies outside the
    module, such as a function of another file that it calls, does not.

    Returns
    -------
    str
        sha256 in hexadecimal digits; the same for the same module in another process.
    """
    digest = hashlib.sha256()
    for name, part in module.named_modules():
        digest.update(f"\n{name}:{type(part).__qualname__}({_own_repr(part)})".encode())
        for line in _settings(part):
            digest.update(line.encode())
        # Of modules that torch compiled or traced.
        if isinstance(code := getattr(part, "code", None), str):
            digest.update(code.encode())
        for key, tensor in _tensors(part):
            digest.update(f"\n{key}:{tensor.dtype}{tuple(tensor.shape)}".encode())
            digest.update(_bytes_of(tensor))
    for kind in {type(part): None for part in module.modules()}:
        for line in _code(kind):
            digest.update(line.encode())
    return digest.hexdigest()


def _own_repr(part: Any) -> str:
    """Describe a module without those within, which follow by themselves."""
    return str(part.extra_repr()) if hasattr(part, "extra_repr") else ""


def _settings(part: Any) -> Iterator[str]:
    """Yield what a module was told, as far as it keeps it as plain values."""
    for name, value in sorted(vars(part).items()):
        if name.startswith("_") or name == "training":
            continue
        values = value if isinstance(value, tuple | list) else (value,)
        if all(isinstance(one, _PLAIN) for one in values):
            yield f"\n{name}={value!r}"


def _tensors(part: Any) -> Iterator[tuple[str, Any]]:
    import torch

    yield from part.named_parameters(recurse=False)
    yield from part.named_buffers(recurse=False)
    for name, value in sorted(vars(part).items()):
        if isinstance(value, torch.Tensor):
            yield name, value


def _bytes_of(tensor: Any) -> Any:
    import torch

    values = tensor.detach()
    if values.is_sparse or values.is_quantized:
        values = values.to_dense() if values.is_sparse else values.int_repr()
    # As bytes, because numpy has no bfloat16.
    return values.cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data


def _code(kind: type) -> Iterator[str]:
    for base in kind.__mro__:
        if base is object or f"{base.__module__}.".startswith(_LIBRARIES):
            continue
        for name, function in sorted(vars(base).items()):
            if isinstance(function, FunctionType):
                yield f"\n{base.__qualname__}.{name}:{_source(function)}"


def _source(function: FunctionType) -> str:
    """Return a function's code without comments and layout; of what has no source, its bytes."""
    try:
        return ast.unparse(ast.parse(textwrap.dedent(inspect.getsource(function))))
    except (OSError, TypeError, SyntaxError):
        code = function.__code__
        return f"{code.co_code.hex()}{code.co_names}{_constants(code.co_consts)}"


def _constants(values: tuple[Any, ...]) -> list[str]:
    # The code of functions within shows its address when it is printed.
    return [repr(value) for value in values if isinstance(value, _PLAIN | tuple)]
