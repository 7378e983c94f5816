"""The header of a file tells format, size, mode and JPEG quality; no pixel is decoded."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from twinscore.images.decoding import read_facts, read_image
from twinscore.images.decoding.decode import read_image_and_facts
from twinscore.images.records import ImageFacts, ImageItem


def encoded(image: Image.Image, format_name: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, format_name, **options)
    return file.getvalue()


def facts_of(content: Any) -> ImageFacts | None:
    return read_facts(ImageItem("image", content))


@pytest.mark.parametrize(
    ("format_name", "mode"),
    [
        ("JPEG", "RGB"),
        ("JPEG", "L"),
        ("PNG", "RGBA"),
        ("PNG", "I;16"),
        ("TIFF", "L"),
        ("BMP", "RGB"),
    ],
)
def test_format_size_and_mode_are_those_of_the_file(format_name: str, mode: str) -> None:
    facts = facts_of(encoded(Image.new(mode, (7, 5)), format_name))
    assert facts is not None
    assert (facts.format, facts.width, facts.height, facts.mode) == (format_name, 7, 5, mode)


@pytest.mark.parametrize("quality", [1, 10, 25, 49, 50, 51, 75, 90, 95, 99, 100])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_jpeg_quality_is_the_one_asked_for(quality: int, mode: str) -> None:
    facts = facts_of(encoded(Image.new(mode, (16, 16)), "JPEG", quality=quality))
    assert facts is not None
    assert facts.quality == quality


@pytest.mark.parametrize("quality", [20, 50, 75, 95])
def test_jpeg_in_tiff_has_a_quality(quality: int) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    content = encoded(Image.fromarray(noise), "TIFF", compression="jpeg", quality=quality)
    facts = facts_of(content)
    assert facts is not None
    assert (facts.format, facts.quality) == ("TIFF", quality)


def test_other_formats_have_no_quality() -> None:
    facts = facts_of(encoded(Image.new("RGB", (8, 8)), "PNG"))
    assert facts is not None
    assert facts.quality is None


def test_size_is_as_stored_whatever_the_orientation() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    facts = facts_of(encoded(Image.new("RGB", (7, 5)), "JPEG", exif=exif))
    assert facts is not None
    assert (facts.width, facts.height) == (7, 5)


def test_a_file_and_its_bytes_tell_the_same(tmp_path: Path) -> None:
    content = encoded(Image.new("RGB", (7, 5)), "JPEG", quality=80)
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    expected = ImageFacts("JPEG", 7, 5, "RGB", 80, len(content))
    assert facts_of(path) == facts_of(content) == expected


def test_a_jpeg_with_more_pictures_behind_it_is_a_jpeg() -> None:
    image = Image.new("RGB", (16, 16))
    content = encoded(image, "MPO", save_all=True, append_images=[image], quality=83)
    facts = facts_of(content)
    assert facts is not None
    assert (facts.format, facts.quality) == ("JPEG", 83)


def test_a_file_cut_behind_its_header_still_has_facts() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (48, 64, 3), dtype=np.uint8)
    content = encoded(Image.fromarray(noise), "JPEG")
    facts = facts_of(content[: len(content) // 2])
    assert facts is not None
    assert (facts.width, facts.height) == (64, 48)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no image at all",
        Path("nowhere.jpg"),
        np.zeros((4, 4), np.uint8),
        Image.new("L", (2, 2)),
    ],
    ids=["empty", "text", "missing", "array", "pillow"],
)
def test_what_has_no_header_has_no_facts(content: Any) -> None:
    assert facts_of(content) is None


class InAnArchive:
    def read(self) -> bytes:
        return encoded(Image.new("RGB", (7, 5)), "JPEG", quality=80)


def test_a_handle_tells_what_its_bytes_tell() -> None:
    size = len(InAnArchive().read())
    assert facts_of(InAnArchive()) == ImageFacts("JPEG", 7, 5, "RGB", 80, size)


@pytest.mark.parametrize(
    ("format_name", "mode"),
    [
        ("JPEG", "L"),
        ("MPO", "RGB"),
        ("PNG", "RGBA"),
        ("PNG", "I;16"),
        ("TIFF", "RGB"),
        ("BMP", "P"),
    ],
)
def test_an_image_read_with_its_facts_is_the_same_as_each_by_itself(
    format_name: str, mode: str, tmp_path: Path
) -> None:
    random = np.random.default_rng(4)
    image = Image.fromarray(random.integers(0, 256, (50, 70, 3), dtype=np.uint8)).convert(
        "L" if mode == "I;16" else mode
    )
    exif = Image.Exif()
    exif[0x0112] = 6
    content = encoded(image.convert(mode), format_name, exif=exif)
    path = tmp_path / "image"
    path.write_bytes(content)
    for each in (content, path, Image.open(io.BytesIO(content))):
        read, facts = read_image_and_facts(ImageItem("image", each))
        assert facts == facts_of(each)
        assert (facts is None) == isinstance(each, Image.Image)
        np.testing.assert_array_equal(np.asarray(read), np.asarray(read_image(each)))
