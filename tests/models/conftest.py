from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def save_model(tmp_path: Path) -> Callable[..., Path]:
    """Writes a network that returns each channel's mean, after the given operator."""
    onnx = pytest.importorskip("onnx", reason="needs the extra cpu")

    def save(
        *,
        shape: tuple[Any, ...] = ("n", 3, 8, 8),
        operator: str = "Identity",
        preprocessing: dict[str, Any] | str | None = None,
        dtype: str = "FLOAT",
        name: str = "mine.onnx",
    ) -> Path:
        helper, element = onnx.helper, getattr(onnx.TensorProto, dtype)
        graph = helper.make_graph(
            [
                helper.make_node("ReduceMean", ["pixels"], ["pooled"], axes=[-2, -1]),
                helper.make_node(operator, ["pooled"], ["features"]),
            ],
            "channel_means",
            [helper.make_tensor_value_info("pixels", element, shape)],
            [helper.make_tensor_value_info("features", element, None)],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
        if preprocessing is not None:
            text = preprocessing if isinstance(preprocessing, str) else json.dumps(preprocessing)
            helper.set_model_props(model, {"twinscore.preprocessing": text})
        path = tmp_path / name
        path.write_bytes(model.SerializeToString())
        return path

    return save
