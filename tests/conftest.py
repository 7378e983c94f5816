from __future__ import annotations

import functools
import http.server
import json
import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

import skipped_tests
from allowed_skips import VARIABLE, SkipWatch
from twinscore.neighbors.backends.exact import KERNEL_VARIABLE, SCREEN_VARIABLE, kernels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

SHARED_IMAGES = Path(__file__).parents[2] / "shared" / "data"


def pytest_configure(config: pytest.Config) -> None:
    """Watch over skips, write them down, or run them alone, where that was asked for."""
    if os.environ.get(VARIABLE):
        config.pluginmanager.register(SkipWatch())
    skipped = os.environ.get(skipped_tests.VARIABLE)
    if skipped:
        is_worker = hasattr(config, "workerinput")
        plugin = skipped_tests.plugin_for(Path(skipped), is_worker=is_worker)
        if plugin is not None:
            config.pluginmanager.register(plugin)


@pytest.fixture(autouse=True, scope="session")
def interrupt_key() -> None:
    """Shells start jobs in the background with Ctrl-C ignored; tests press it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(params=kernels())
def kernel(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Forces each instruction set that this machine has."""
    monkeypatch.setenv(KERNEL_VARIABLE, request.param)
    return str(request.param)


@pytest.fixture(scope="session")
def camera_images() -> Path:
    """Folder of real camera frames and simulator frames, beside the repository."""
    if not SHARED_IMAGES.is_dir():
        pytest.skip("the camera and simulator frames are not beside this repository")
    return SHARED_IMAGES


@pytest.fixture
def make_folder(tmp_path: Path) -> Callable[..., Path]:
    """Writes a tree of small images, as many as asked for in each subfolder."""

    def make(name: str, counts: Mapping[str, int], seed: int = 0) -> Path:
        random = np.random.default_rng(seed)
        for subfolder, count in counts.items():
            folder = tmp_path / name / subfolder
            folder.mkdir(parents=True, exist_ok=True)
            for number in range(count):
                pixels = random.integers(0, 256, (32, 40, 3), dtype=np.uint8)
                Image.fromarray(pixels).save(folder / f"{number:03}.png")
        return tmp_path / name

    return make


@pytest.fixture(params=["full", "rotated", "table"])
def screen(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Forces each way to screen pairs, which small data would not get by itself."""
    name: str = request.param
    monkeypatch.setenv(SCREEN_VARIABLE, name)
    return name


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


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """URL of a folder that a server on the loopback interface shows, and the folder."""
    pytest.importorskip("aiohttp", reason="needs the extra remote")
    folder = tmp_path / "served"
    folder.mkdir()
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", folder
    server.shutdown()
    server.server_close()
    thread.join()
