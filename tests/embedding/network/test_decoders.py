"""A decoder that dies costs the image that killed it, and no other."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from twinscore.embedding.network.decoders import ProcessDecoder, ThreadDecoder
from twinscore.embedding.network.embedder import Embedder
from twinscore.embedding.network.preparation import Examination
from twinscore.images.decoding import Preprocessing
from twinscore.images.records import ImageItem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX processes")

PLAIN = Preprocessing(resize_shorter=8, crop=8, mean=(0, 0, 0), scale=(1, 1, 1))
EVERYTHING = Examination(facts=True, stamps=True, hashed=True)


class Deadly:
    """Kills the process that unpickles it, as a bad file may kill a codec."""

    def __init__(self, signal_: int) -> None:
        self.signal = signal_

    def __reduce__(self) -> tuple[Any, ...]:
        return _die, (self.signal,)


def _die(signal_: int) -> None:
    os.kill(os.getpid(), signal_)
    time.sleep(60)


class Endless:
    """Never finishes, as a bad file may bring a codec to do."""

    def __reduce__(self) -> tuple[Any, ...]:
        return time.sleep, (60,)


def grey(value: int) -> ImageItem:
    return ImageItem(f"grey {value}", np.full((8, 8), value, np.uint8))


def bad(content: Any) -> ImageItem:
    return ImageItem("bad", content)


@pytest.fixture
def decoder() -> Iterator[ProcessDecoder]:
    with closing(ProcessDecoder(PLAIN, EVERYTHING, capacity=4, seconds_per_image=20)) as decoder:
        yield decoder


def test_a_process_prepares_as_a_thread_does(decoder: ProcessDecoder, tmp_path: Path) -> None:
    Image.new("RGB", (20, 30), (1, 2, 3)).save(tmp_path / "image.png")
    (tmp_path / "empty.png").touch()
    items = [
        ImageItem("file", tmp_path / "image.png"),
        ImageItem("empty", tmp_path / "empty.png"),
        ImageItem("bytes", (tmp_path / "image.png").read_bytes()),
        grey(7),
    ]
    here = ThreadDecoder(PLAIN, EVERYTHING, capacity=4)
    assert decoder.prepare(items) == here.prepare(items)
    for row in (0, 2, 3):
        np.testing.assert_array_equal(decoder.inputs[row], here.inputs[row])


def test_the_image_that_kills_its_decoder_has_failed_and_no_other(decoder: ProcessDecoder) -> None:
    outcomes = decoder.prepare([grey(1), bad(Deadly(signal.SIGSEGV)), grey(3), grey(4)])
    failures = [outcome.failure for outcome in outcomes]
    assert failures == [None, "decoder died (SIGSEGV)", None, None]
    np.testing.assert_array_equal(decoder.inputs[[0, 2, 3], 0, 0, 0], [1, 3, 4])
    assert decoder.prepare([grey(9)])[0].failure is None


def test_a_decoder_killed_from_outside_loses_no_image(decoder: ProcessDecoder) -> None:
    decoder.prepare([grey(1)])
    assert decoder._process is not None
    decoder._process.kill()
    assert [outcome.failure for outcome in decoder.prepare([grey(1), grey(2)])] == [None, None]
    np.testing.assert_array_equal(decoder.inputs[:2, 0, 0, 0], [1, 2])


def test_an_image_that_takes_too_long_is_given_up() -> None:
    with closing(ProcessDecoder(PLAIN, EVERYTHING, capacity=2, seconds_per_image=1)) as decoder:
        outcomes = decoder.prepare([bad(Endless()), grey(2)])
    assert outcomes[0].failure == "decoding took more than 1 seconds"
    assert outcomes[1].failure is None


def test_closing_frees_whoever_waits() -> None:
    decoder = ProcessDecoder(PLAIN, EVERYTHING, capacity=1)
    decoder.prepare([grey(1)])
    errors: list[BaseException] = []

    def wait() -> None:
        try:
            decoder.prepare([bad(Endless())])
        except OSError as error:
            errors.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    time.sleep(0.2)
    decoder.close()
    waiting.join(timeout=10)
    assert not waiting.is_alive()
    assert "the decoder is closed" in str(errors[0])


def test_isolated_embedding_goes_on_past_a_deadly_image(
    save_model: Callable[..., Path],
) -> None:
    embedder = Embedder(save_model(), threads=2, batch_size=4, isolated=True)
    items = [grey(number) for number in range(20)]
    items[5] = bad(Deadly(signal.SIGABRT))
    _, kept, skipped = embedder.embed_items(items)
    assert kept.tolist() == [number for number in range(20) if number != 5]
    assert [(each.name, each.reason) for each in skipped] == [("bad", "decoder died (SIGABRT)")]


def test_no_process_outlives_its_embedder(save_model: Callable[..., Path]) -> None:
    embedder = Embedder(save_model(), threads=2, isolated=True)
    before = children()
    stream = embedder.stream(grey(number) for number in range(200))
    next(stream)
    assert len(children() - before) >= 1
    stream.close()
    deadline = time.monotonic() + 10
    while children() - before:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def children() -> set[str]:
    task = Path(f"/proc/self/task/{os.getpid()}/children")
    if not task.exists():
        pytest.skip("needs /proc")
    found = set()
    for thread in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError):  # a thread that has ended since
            found |= set((thread / "children").read_text().split())
    return found
