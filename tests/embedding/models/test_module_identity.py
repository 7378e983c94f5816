"""Two modules have one digest only if they are the same network."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from small_modules import small_module
from twinscore.embedding.models.module_identity import module_digest

torch = pytest.importorskip("torch", reason="needs the extra torch")


def changed(change: Any) -> Any:
    module = small_module()
    with torch.no_grad():
        change(module)
    return module


def rectified(_self: Any, image: Any) -> Any:
    return image.relu()


def squared(_self: Any, image: Any) -> Any:
    return image**2


def without_weights(forward: Any, *, scale: float = 1.0) -> Any:
    """Modules of one name that differ by their code, or by a plain value, alone."""
    kind = type("Plain", (torch.nn.Module,), {"forward": forward})
    module = kind()
    module.scale = scale
    return module


def test_the_same_module_made_anew_has_the_same_digest() -> None:
    assert module_digest(small_module()) == module_digest(small_module())


@pytest.mark.slow
def test_the_digest_is_the_same_in_another_process() -> None:
    program = (
        "from small_modules import small_module\n"
        "from twinscore.embedding.models.module_identity import module_digest\n"
        "print(module_digest(small_module()))"
    )
    found = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == module_digest(small_module())


@pytest.mark.parametrize(
    "change",
    [
        lambda module: module.head.weight[0, 0].add_(1e-6),
        lambda module: module.stem[1].running_mean.add_(1e-3),
        lambda module: setattr(module.stem[1], "eps", 1e-4),
        lambda module: module.stem.__setitem__(2, torch.nn.GELU()),
        lambda module: module.body.add_module("2", torch.nn.Sigmoid()),
        lambda module: setattr(module.stem[0], "padding_mode", "reflect"),
        lambda module: module.to(torch.float64),
        lambda module: setattr(module, "shift", torch.ones(1)),
    ],
)
def test_whatever_changes_the_vectors_changes_the_digest(change: Any) -> None:
    assert module_digest(changed(change)) != module_digest(small_module())


def test_code_and_plain_values_count_where_there_are_no_weights() -> None:
    modules = [
        without_weights(rectified),
        without_weights(squared),
        without_weights(rectified, scale=2.0),
    ]
    assert len({module_digest(module) for module in modules}) == 3


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64"])
def test_weights_of_every_type_are_read(dtype: str) -> None:
    module = small_module().to(getattr(torch, dtype))
    assert module_digest(module) == module_digest(module)
