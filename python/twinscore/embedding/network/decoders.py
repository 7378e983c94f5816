"""Who decodes images: the calling thread, or a process of its own that a bad file may kill."""

from __future__ import annotations

import json
import mmap
import os
import signal
import subprocess
import sys
import tempfile
from multiprocessing.connection import Connection, Pipe
from typing import TYPE_CHECKING, Protocol

import numpy as np

from twinscore.embedding.network.preparation import Outcome, prepare_images

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.base.arrays import FloatMatrix
    from twinscore.embedding.network.preparation import Examination
    from twinscore.images.decoding import Preprocessing
    from twinscore.images.records import ImageItem

SECONDS_PER_IMAGE = 60.0
"""An image that takes longer to decode is given up, with its process."""

_ATTEMPTS_ALONE = 2
"""A process may have been killed for no fault of the image: it gets another."""

_SECONDS_TO_DIE = 10.0
"""How long a process that let go of its pipe may take to be gone."""

_KEPT_BYTES = str(256 << 20)
_ALLOCATION = {"MALLOC_MMAP_THRESHOLD_": _KEPT_BYTES, "MALLOC_TRIM_THRESHOLD_": _KEPT_BYTES}
"""Of glibc: buffers of an image are kept for the next one rather than cleared anew."""

_PROGRAM = (
    "import json, signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); "
    "sys.path[:] = json.loads(sys.argv[1]); "
    "from twinscore.embedding.network.decoders import serve; serve(*map(int, sys.argv[2:]))"
)


class Decoder(Protocol):
    """Prepares images, up to a number at a time, in a buffer of its own."""

    inputs: FloatMatrix
    """Shape (capacity, channels, height, width): what `prepare` wrote."""

    def prepare(self, items: Sequence[ImageItem]) -> list[Outcome]:
        """Decode images into the first rows of `inputs`; see `prepare_images`."""

    def close(self) -> None:
        """Let go of what the decoder holds; may be called from another thread."""


class ThreadDecoder:
    """Decodes in the calling thread.

    Parameters
    ----------
    preprocessing, examination
        See `prepare_images`.
    capacity
        Most images at a time.
    """

    def __init__(
        self, preprocessing: Preprocessing, examination: Examination, capacity: int
    ) -> None:
        self.inputs = np.empty((capacity, *preprocessing.input_shape), dtype=np.float32)
        self._preprocessing = preprocessing
        self._examination = examination

    def prepare(self, items: Sequence[ImageItem]) -> list[Outcome]:
        """Decode images into the first rows of `inputs`."""
        return prepare_images(items, self._preprocessing, self._examination, self.inputs)

    def close(self) -> None:
        """Do nothing."""


class ProcessDecoder:
    """Decodes in a process of its own.

    When the process dies, or takes too long, a new one tries its images one by one, and the image
    that kills it every time has failed; the others are as if nothing had happened.

    Parameters
    ----------
    preprocessing, examination, capacity
        See `ThreadDecoder`.
    seconds_per_image
        When to give an image up.

    Raises
    ------
    OSError
        No process can be started, or this system cannot hand it the buffer.
    """

    def __init__(
        self,
        preprocessing: Preprocessing,
        examination: Examination,
        capacity: int,
        seconds_per_image: float = SECONDS_PER_IMAGE,
    ) -> None:
        self._setup = preprocessing, examination
        self._seconds = seconds_per_image
        self._capacity = capacity
        shape = _shape(capacity, preprocessing.crop)
        self._file = _memory_file(4 * int(np.prod(shape)))
        self.inputs = _map(self._file, shape)
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._is_closed = False

    def prepare(self, items: Sequence[ImageItem]) -> list[Outcome]:
        """Decode images into the first rows of `inputs`."""
        try:
            return self._ask(items, first_row=0)
        except _DecoderDiedError:
            return [self._prepare_alone(item, row) for row, item in enumerate(items)]

    def close(self) -> None:
        """End the process; whoever waits for it gets an error."""
        self._is_closed = True
        process = self._process
        if process is not None:
            _kill(process)

    def __del__(self) -> None:
        os.close(self._file)

    def _drop_process(self) -> None:
        process, self._process, self._connection = self._process, None, None
        if process is not None:
            _kill(process)

    def _prepare_alone(self, item: ImageItem, row: int) -> Outcome:
        reason = ""
        for _ in range(_ATTEMPTS_ALONE):
            try:
                return self._ask([item], row)[0]
            except _DecoderTooSlowError as error:
                return Outcome(str(error))
            except _DecoderDiedError as error:
                reason = str(error)
        return Outcome(reason)

    def _ask(self, items: Sequence[ImageItem], first_row: int) -> list[Outcome]:
        if self._is_closed:
            raise OSError("the decoder is closed")
        try:
            connection = self._connection or self._start()
            connection.send((items, first_row))
            if not connection.poll(self._seconds * len(items)):
                self._drop_process()
                raise _DecoderTooSlowError(f"decoding took more than {self._seconds:g} seconds")
            answer = connection.recv()
        except (EOFError, ConnectionError) as error:
            raise _DecoderDiedError(self._cause_of_death()) from error
        if isinstance(answer, BaseException):
            raise answer
        outcomes: list[Outcome] = answer
        return outcomes

    def _start(self) -> Connection:
        ours, theirs = Pipe()
        with theirs:
            handles = self._file, theirs.fileno()
            numbers = map(str, (*handles, self._capacity, self._setup[0].crop))
            self._process = subprocess.Popen(
                [sys.executable, "-c", _PROGRAM, json.dumps(sys.path), *numbers],
                pass_fds=handles,
                env={**_ALLOCATION, **os.environ},
                stdin=subprocess.DEVNULL,
                # Codecs written in C complain about damaged files there.
                stderr=subprocess.DEVNULL,
            )
        if self._is_closed:
            # Closed while the process was started: nobody else knows of it.
            self._drop_process()
            raise OSError("the decoder is closed")
        self._connection = ours
        try:
            from PIL import Image

            ours.send((*self._setup, Image.MAX_IMAGE_PIXELS))
            ours.recv()
        except (EOFError, ConnectionError) as error:
            raise OSError(f"cannot start a decoder: {self._cause_of_death()}") from error
        return ours

    def _cause_of_death(self) -> str:
        process, self._process, self._connection = self._process, None, None
        if process is None:
            return "decoder died"
        try:
            code = process.wait(timeout=_SECONDS_TO_DIE)
        except subprocess.TimeoutExpired:
            _kill(process)
            return "decoder died"
        if code < 0:
            return f"decoder died ({signal.Signals(-code).name})"
        return f"decoder died (exit code {code})"


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


class _DecoderDiedError(Exception):
    """The process ended, or was ended, before it answered."""


class _DecoderTooSlowError(_DecoderDiedError):
    """The process was ended because it took too long."""


def serve(file: int, connection: int, capacity: int, crop: int) -> None:
    """Answer requests until the other end is closed: what the process of a decoder does.

    Parameters
    ----------
    file
        Handle of the memory for the inputs.
    connection
        Handle of the pipe: first the setup, then requests of (items, first row).
    capacity, crop
        Shape of the inputs.
    """
    inputs = _map(file, _shape(capacity, crop))
    with Connection(connection) as requests:
        try:
            preprocessing, examination, pixel_limit = requests.recv()
            from PIL import Image

            Image.MAX_IMAGE_PIXELS = pixel_limit
            requests.send("ready")
            while True:
                items, row = requests.recv()
                try:
                    answer: object = prepare_images(
                        items, preprocessing, examination, inputs[row : row + len(items)]
                    )
                except Exception as error:
                    answer = error
                requests.send(answer)
        except (EOFError, ConnectionError):
            return  # the program that asks is gone, or needs no more


def _shape(capacity: int, crop: int) -> tuple[int, int, int, int]:
    return capacity, 3, crop, crop


def _memory_file(size: int) -> int:
    """Return the handle of a file in memory that two processes can map."""
    if hasattr(os, "memfd_create"):
        handle = os.memfd_create("twinscore-inputs")
    else:
        with tempfile.TemporaryFile() as file:
            handle = os.dup(file.fileno())
    os.truncate(handle, size)
    return handle


def _map(handle: int, shape: tuple[int, ...]) -> FloatMatrix:
    return np.frombuffer(mmap.mmap(handle, 0), dtype=np.float32).reshape(shape)
