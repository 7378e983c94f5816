"""Whatever a decoder raises is one unreadable image with a short reason, and ends nothing."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from twinscore.base.errors import MissingExtraError, UnreadableImageError
from twinscore.embedding.network.preparation import Examination, prepare_images
from twinscore.images.decoding import Preprocessing, decode, formats, png, read_image, tiff
from twinscore.images.records import ImageItem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class OfSomeLibraryError(Exception):
    """An error that nobody here knows."""


ERRORS = [
    RecursionError("maximum recursion depth exceeded"),
    MemoryError(),
    OfSomeLibraryError("line one\nline two\x1b[31m " + "long " * 100),
    ZeroDivisionError("division by zero"),
    np.linalg.LinAlgError("singular"),
    UserWarning("a warning turned into an error"),
    AssertionError(),
    OverflowError("too large"),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid"),
]


def encoded(format_name: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 6), (200, 100, 50)).save(file, format_name)
    return file.getvalue()


def failing(error: Exception) -> Callable[..., Any]:
    def fail(*_arguments: Any, **_options: Any) -> Any:
        raise error

    return fail


@pytest.fixture(params=ERRORS, ids=lambda error: type(error).__name__)
def error(request: pytest.FixtureRequest) -> Exception:
    raised: Exception = request.param
    return raised


@pytest.mark.parametrize(
    ("module", "name", "format_name"),
    [
        (decode, "rgb_from_pillow", "JPEG"),
        (decode, "decoded_png", "PNG"),
        (png, "decode_plain_png", "PNG"),
        (tiff, "rgb_from_pillow", "TIFF"),
        (decode, "reader_of", "GIF"),
        (formats, "is_tiff", "BMP"),
    ],
)
def test_any_error_in_any_place_is_a_reason(
    module: Any,
    name: str,
    format_name: str,
    error: Exception,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = encoded(format_name)
    path = tmp_path / "image"
    path.write_bytes(content)
    if module is formats:
        broken = formats.Reader(failing(error), failing(error), failing(error))
        monkeypatch.setattr(formats, "_READERS", (broken,))
    else:
        monkeypatch.setattr(module, name, failing(error))
    for source in (content, path):
        with pytest.raises(UnreadableImageError) as failure:
            read_image(source)
        reason = str(failure.value)
        assert 0 < len(reason) <= 260
        assert reason.isprintable()


def test_a_value_error_of_a_decoder_is_not_called_a_file_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(encoded("PNG"))
    monkeypatch.setattr(decode, "decoded_png", failing(ValueError("bad stride")))
    with pytest.raises(UnreadableImageError, match=r"^damaged file \(bad stride\)$"):
        read_image(path)


class Handle:
    """An image in an archive of which reading fails in a way of its own."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def read(self) -> bytes:
        raise self.error


def test_one_bad_image_costs_no_other(error: Exception) -> None:
    items = [
        ImageItem("good", encoded("PNG")),
        ImageItem("bad", Handle(error)),
        ImageItem("also good", encoded("JPEG")),
    ]
    inputs = np.zeros((3, 3, 224, 224), np.float32)
    noted = Examination(facts=True, stamps=True, hashed=True)
    outcomes = prepare_images(items, Preprocessing(), noted, inputs)
    assert [outcome.failure is None for outcome in outcomes] == [True, False, True]
    assert inputs[2].any()


def test_a_missing_package_is_not_a_bad_image() -> None:
    item = ImageItem("a.exr", Handle(MissingExtraError("pip install 'twinscore[vfx]'")))
    with pytest.raises(MissingExtraError):
        prepare_images(
            [item], Preprocessing(), Examination(), np.zeros((1, 3, 224, 224), np.float32)
        )


def test_a_warning_turned_into_an_error_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def warn(*_arguments: Any) -> Any:
        warnings.warn("odd metadata", RuntimeWarning, stacklevel=1)

    monkeypatch.setattr(decode, "decoded_png", warn)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UnreadableImageError, match="odd metadata"):
            read_image(encoded("PNG"))
