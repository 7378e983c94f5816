"""A bad file gives ``UnreadableImageError`` with a short reason, and nothing else."""

from __future__ import annotations

import contextlib
import io
import threading
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from twinscore.base.errors import UnreadableImageError
from twinscore.images.decoding import pillow_warnings_silenced, read_image

if TYPE_CHECKING:
    from pathlib import Path


def encoded(format_name: str, size: tuple[int, int] = (64, 48)) -> bytes:
    noise = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, format_name)
    return file.getvalue()


SAMPLES = {name: encoded(name) for name in ("JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF")}


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableImageError, match=r"^no such file$"):
        read_image(tmp_path / "gone.png")


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(UnreadableImageError, match=r"^is a directory$"):
        read_image(tmp_path)


def test_name_that_no_file_can_have() -> None:
    with pytest.raises(UnreadableImageError, match=r"^not a file name$"):
        read_image("nul\0byte.png")


def test_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.jpg"
    path.touch()
    for content in (path, b""):
        with pytest.raises(UnreadableImageError, match=r"^empty file$"):
            read_image(content)


def test_text_under_an_image_name(tmp_path: Path) -> None:
    path = tmp_path / "notes.jpg"
    path.write_text("this is no picture, whatever its name says")
    with pytest.raises(UnreadableImageError, match=r"^not an image$"):
        read_image(path)


def test_postscript_is_not_run() -> None:
    with pytest.raises(UnreadableImageError, match=r"^not an image$"):
        read_image(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\n")


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "TIFF", "BMP"])
def test_half_a_file_is_called_truncated(format_name: str) -> None:
    content = SAMPLES[format_name]
    with pytest.raises(UnreadableImageError, match=r"^truncated file$"):
        read_image(content[: len(content) // 2])


@pytest.mark.parametrize("format_name", SAMPLES)
def test_a_file_cut_anywhere_raises_nothing_else(format_name: str) -> None:
    content = SAMPLES[format_name]
    for length in range(1, len(content) * 3 // 4, max(1, len(content) // 50)):
        with pytest.raises(UnreadableImageError):
            read_image(content[:length])


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_flipped_bytes_raise_nothing_else(format_name: str, data: st.DataObject) -> None:
    content = bytearray(SAMPLES[format_name])
    header = st.integers(0, min(len(content) - 1, 400))
    for position in data.draw(st.lists(header, min_size=1, max_size=4)):
        content[position] = data.draw(st.integers(0, 255))
    with contextlib.suppress(UnreadableImageError):
        assert read_image(bytes(content)).mode == "RGB"


def test_a_tiff_that_claims_more_tiles_than_it_has_is_truncated() -> None:
    tifffile = pytest.importorskip("tifffile", reason="needs the extra cpu")
    file = io.BytesIO()
    tifffile.imwrite(file, np.zeros((32, 32), np.uint16), tile=(16, 16))
    content = file.getvalue()
    with tifffile.TiffFile(io.BytesIO(content)) as pages:
        place = pages.pages[0].tags["ImageWidth"].valueoffset
    wide = content[:place] + (1_000_000).to_bytes(4, "little") + content[place + 4 :]
    with pytest.raises(UnreadableImageError, match=r"^truncated file$"):
        read_image(wide)


def test_decompression_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(UnreadableImageError, match="image too large"):
        read_image(SAMPLES["PNG"])


def test_large_image_below_the_limit_is_read_without_a_warning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 64 * 48 * 3 // 4)
    assert read_image(SAMPLES["PNG"]).size == (64, 48)


@pytest.mark.parametrize(
    ("array", "reason"),
    [
        (np.zeros((3, 5, 7), np.uint8), r"expected an array of shape .*, got \(3, 5, 7\)"),
        (np.zeros((0, 5, 3), np.uint8), r"got \(0, 5, 3\)"),
        (np.zeros(5, np.uint8), r"got \(5,\)"),
        (np.zeros((5, 5), np.int64), "expected uint8, uint16 or floating-point.*, got int64"),
        (np.full((5, 5), 255.0), r"expected floating-point samples within 0..1, got 255..255"),
        (np.full((5, 5), np.nan), "within 0..1, got nan"),
    ],
)
def test_arrays_that_are_no_picture(array: Any, reason: str) -> None:
    with pytest.raises(UnreadableImageError, match=reason):
        read_image(array)


def test_integer_image_beyond_sixteen_bits() -> None:
    image = Image.fromarray(np.array([[0, 70000]], dtype=np.int32))
    with pytest.raises(UnreadableImageError, match=r"within 0..65535, got 0..70000"):
        read_image(image)


def test_image_without_pixels() -> None:
    with pytest.raises(UnreadableImageError, match=r"no pixels \(0 x 4\)"):
        read_image(Image.new("RGB", (0, 4)))


def test_what_cannot_hold_an_image_is_a_type_error() -> None:
    with pytest.raises(TypeError, match=r"expected a path, .*, got int"):
        read_image(7)  # type: ignore[arg-type]


def test_pillow_warnings_are_silenced_across_threads_and_restored() -> None:
    before = list(warnings.filters)
    inside = threading.Barrier(4, timeout=10)

    def hold() -> None:
        with pillow_warnings_silenced():
            inside.wait()

    threads = [threading.Thread(target=hold) for _ in range(3)]
    for thread in threads:
        thread.start()
    with pillow_warnings_silenced():
        inside.wait()
        warnings.warn_explicit("metadata", UserWarning, "TiffImagePlugin.py", 1, "PIL.Tiff")
        with pytest.raises(UserWarning, match="ours"):
            warnings.warn_explicit("ours", UserWarning, "pipeline.py", 1, "twinscore.scoring.run")
    for thread in threads:
        thread.join()
    assert list(warnings.filters) == before
