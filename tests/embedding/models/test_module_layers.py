"""A layer is found by its name, and what it gives becomes one vector an image."""

from __future__ import annotations

from typing import Any

import pytest

from small_modules import small_module
from twinscore.embedding.models.module_layers import (
    LayerError,
    LayerReader,
    find_layer,
    layer_dimensions,
    layer_names,
    pooled,
)

torch = pytest.importorskip("torch", reason="needs the extra torch")


def images(count: int = 2) -> Any:
    return torch.rand(count, 3, 12, 12, generator=torch.Generator().manual_seed(0))


def test_a_wrong_name_is_answered_with_those_meant_and_those_there_are() -> None:
    module = small_module()
    assert layer_names(module)[:3] == ["stem", "stem.0", "stem.1"]
    with pytest.raises(LayerError) as caught:
        find_layer(module, "stme")
    assert str(caught.value).startswith("Small has no layer 'stme': did you mean 'stem'")
    assert "its layers are stem, body, head, stem.0" in str(caught.value)
    with pytest.raises(LayerError, match="has no layers, so leave the layer out"):
        find_layer(torch.nn.ReLU(), "relu")


def test_of_many_layers_the_outermost_are_listed_and_all_counted() -> None:
    deep = torch.nn.Sequential(*(torch.nn.Sequential(torch.nn.ReLU()) for _ in range(40)))
    with pytest.raises(LayerError, match=r"its layers are 0, 1, 2, .*, \.\.\. \(80 in all\)"):
        find_layer(deep, "head")


@pytest.mark.parametrize("layer", ["stem.1", "stem", "body.0"])
def test_a_layer_is_read_as_it_was_before_others_change_it_in_place(layer: str) -> None:
    module = small_module()
    with torch.no_grad():
        found = LayerReader(module, layer)(images())
        whole = images()
        for name in ("stem.0", "stem.1", "stem.2", "body.0"):
            whole = module.get_submodule(name)(whole).clone()
            if name == layer or name.startswith(f"{layer}."):
                expected = whole.mean((2, 3))
    assert torch.allclose(found, expected, rtol=0, atol=1e-6)
    assert (layer != "stem.1") or bool((found < 0).any())


def test_no_hook_is_left_behind_even_where_the_module_fails() -> None:
    module = small_module()
    LayerReader(module, "stem")(images())
    with pytest.raises(RuntimeError):
        LayerReader(module, "stem")(images()[:, :2])
    assert not any(part._forward_hooks for part in module.modules())


def test_maps_are_averaged_over_places_and_sequences_over_tokens() -> None:
    maps = torch.arange(24.0).reshape(1, 2, 3, 4)
    assert pooled(maps, "layer").tolist() == [[5.5, 17.5]]
    assert pooled(maps[0], "layer").shape == (2, 4)
    vectors = maps[0, 0]
    assert pooled(vectors, "layer").tolist() == vectors.tolist()


def test_layers_are_listed_as_they_end_with_the_length_of_their_vectors() -> None:
    module = small_module()
    module.unused = torch.nn.Linear(2, 2)
    module.body[1] = torch.nn.Sequential(torch.nn.Identity(), torch.nn.ReLU())
    found = layer_dimensions(module, (3, 12, 12))
    assert list(found)[:4] == ["stem.0", "stem.1", "stem.2", "stem"]
    assert set(found.values()) == {6, 10, 4}
    assert (found["stem"], found["body"], found["body.1.0"], found["head"]) == (6, 10, 10, 4)
    assert "unused" not in found
    assert not any(part._forward_hooks for part in module.modules())


def test_layers_that_give_no_vector_are_listed_as_such() -> None:
    module = torch.nn.Sequential(torch.nn.Conv2d(3, 2, 3), torch.nn.MaxPool2d(2, 2, 0, 1, True))
    assert layer_dimensions(module.eval(), (3, 12, 12)) == {"0": 2, "1": None}
    with pytest.raises(LayerError, match=r"Sequential: fails on images of shape \(1, 12, 12\): "):
        layer_dimensions(module, (1, 12, 12))


def test_a_layer_that_does_not_run_is_named() -> None:
    module = small_module()
    module.unused = torch.nn.Linear(2, 2)
    with pytest.raises(LayerError, match="layer 'unused' does not run"):
        LayerReader(module, "unused")(images())


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ((1, 2), "expected a tensor from the layer, got a tuple of 2: name a layer within"),
        ({"a": 1, "b": 2}, "got dict of a, b: name a layer within"),
        (None, "got NoneType"),
        (torch.ones(2, 2, dtype=torch.int64), "expected floating point values .* torch.int64"),
        (torch.ones(3), r"expected shape \(n, d\), .* got \(3,\)"),
        (torch.ones(1, 1, 1, 1, 1), r"got \(1, 1, 1, 1, 1\)"),
    ],
)
def test_what_is_no_vector_and_no_map_is_refused(output: Any, message: str) -> None:
    with pytest.raises(LayerError, match=message):
        pooled(output, "the layer")
