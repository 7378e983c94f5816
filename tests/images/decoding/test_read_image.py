"""Whatever holds a picture, ``read_image`` returns the picture a person sees, as 8-bit RGB."""

from __future__ import annotations

import io
import struct
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from twinscore.images.decoding import read_image
from twinscore.images.decoding.color import BACKGROUND

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Pixels = npt.NDArray[np.uint8]

ORIENTATION_TAG = 0x0112
LOSSLESS = {"PNG": {}, "WEBP": {"lossless": True}, "TIFF": {}, "BMP": {}}

STORED_AS: dict[int, Callable[[Pixels], Pixels]] = {
    1: lambda shown: shown,
    2: lambda shown: shown[:, ::-1],
    3: lambda shown: shown[::-1, ::-1],
    4: lambda shown: shown[::-1],
    5: lambda shown: shown.transpose(1, 0, 2),
    6: lambda shown: np.rot90(shown),
    7: lambda shown: shown[::-1, ::-1].transpose(1, 0, 2),
    8: lambda shown: np.rot90(shown, -1),
}
"""The EXIF standard says where row 0 and column 0 of the stored picture belong when shown:
6, for one, has row 0 at the right-hand side and column 0 at the top."""


def smooth_picture(width: int = 40, height: int = 24) -> Pixels:
    """A picture that lossy formats keep well and that no rotation or mirror maps onto itself."""
    y, x = np.mgrid[0:height, 0:width]
    red, green = 255 * x / (width - 1), 255 * y / (height - 1)
    return np.stack([red, green, 200 - red / 2], axis=2).astype(np.uint8)


def encoded(image: Image.Image, format_name: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, format_name, **options)
    return file.getvalue()


def pixels_of(content: Any) -> Pixels:
    image = read_image(content)
    assert image.mode == "RGB"
    return np.asarray(image)


def png(width: int, height: int, depth: int, color_type: int, rows: bytes) -> bytes:
    """A PNG written by hand, for the depths that Pillow does not write."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def sixteen_bit_png(samples: npt.NDArray[np.uint16], color_type: int) -> bytes:
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
    return png(samples.shape[1], samples.shape[0], 16, color_type, rows)


def little_endian_tiff(
    samples: bytes, width: int, height: int, bits: int, *, white_is_zero: bool = False
) -> bytes:
    """An uncompressed grey TIFF written by hand."""
    entries = [
        (256, width),
        (257, height),
        (258, bits),
        (259, 1),
        (262, 0 if white_is_zero else 1),
        (273, 8),
        (277, 1),
        (278, height),
        (279, len(samples)),
    ]
    directory = struct.pack("<H", len(entries))
    directory += b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
    padding = b"\0" * (len(samples) % 2)
    start = 8 + len(samples) + len(padding)
    return b"II*\0" + struct.pack("<I", start) + samples + padding + directory + b"\0" * 4


@pytest.mark.parametrize("format_name", LOSSLESS)
def test_lossless_formats_keep_every_pixel(format_name: str) -> None:
    picture = smooth_picture()
    content = encoded(Image.fromarray(picture), format_name, **LOSSLESS[format_name])
    np.testing.assert_array_equal(pixels_of(content), picture)


@pytest.mark.parametrize(("format_name", "options"), [("JPEG", {"quality": 95}), ("WEBP", {})])
def test_lossy_formats_stay_close(format_name: str, options: dict[str, Any]) -> None:
    picture = smooth_picture()
    content = encoded(Image.fromarray(picture), format_name, **options)
    difference = pixels_of(content).astype(int) - picture
    assert np.abs(difference).mean() < 4


def test_path_text_bytes_and_pillow_image_give_the_same_pixels(tmp_path: Path) -> None:
    picture = smooth_picture()
    path = tmp_path / "picture.png"
    Image.fromarray(picture).save(path)
    content = path.read_bytes()
    for form in (path, str(path), content, bytearray(content), memoryview(content), picture):
        np.testing.assert_array_equal(pixels_of(form), picture)
    with Image.open(path) as image:
        np.testing.assert_array_equal(pixels_of(image), picture)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format_name", ["PNG", "TIFF", "WEBP"])
def test_every_exif_orientation_shows_the_same_picture(format_name: str, orientation: int) -> None:
    picture = smooth_picture()
    stored = STORED_AS[orientation](picture)
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = orientation
    options = LOSSLESS[format_name]
    content = encoded(
        Image.fromarray(np.ascontiguousarray(stored)), format_name, exif=exif, **options
    )
    np.testing.assert_array_equal(pixels_of(content), picture)


def test_orientation_of_a_jpeg_is_applied() -> None:
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = 6
    content = encoded(Image.new("RGB", (40, 24)), "JPEG", exif=exif)
    assert read_image(content).size == (24, 40)


def test_damaged_exif_leaves_the_picture_readable() -> None:
    picture = smooth_picture()
    content = encoded(Image.fromarray(picture), "PNG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    np.testing.assert_array_equal(pixels_of(content), picture)


@pytest.mark.parametrize("mode", ["L", "1", "P"])
def test_grey_and_palette_become_rgb(mode: str) -> None:
    image = Image.fromarray(smooth_picture()).convert(mode)
    expected = np.asarray(image.convert("RGB"))
    np.testing.assert_array_equal(pixels_of(encoded(image, "PNG")), expected)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA", "La", "RGBa"])
def test_alpha_is_composited_onto_the_background(mode: str) -> None:
    rgba = np.zeros((1, 3, 4), dtype=np.uint8)
    rgba[..., :3] = 200
    rgba[0, :, 3] = (0, 128, 255)
    via = "LA" if mode == "La" else "RGBA"
    image = Image.fromarray(rgba).convert(via)
    image = image if mode == via else image.convert(mode)
    alpha = rgba[..., 3:] / 255
    expected = alpha * 200 + (1 - alpha) * np.array(BACKGROUND)
    assert np.abs(pixels_of(image) - expected).max() <= 2


def test_palette_transparency_is_composited_onto_the_background() -> None:
    image = Image.new("P", (2, 1), 0)
    image.putpalette([10, 20, 30, 90, 80, 70])
    image.putpixel((1, 0), 1)
    for content in (
        encoded(image, "PNG", transparency=0),
        encoded(image, "PNG", transparency=b"\x00\xff"),
        encoded(image, "GIF", transparency=0),
    ):
        np.testing.assert_array_equal(pixels_of(content), [[BACKGROUND, (90, 80, 70)]])


@given(hnp.arrays(np.uint8, st.tuples(st.integers(1, 5), st.integers(1, 5))))
def test_sixteen_bit_grey_equals_its_eight_bit_twin(grey: Pixels) -> None:
    samples = grey.astype(np.uint16) * 257
    height, width = grey.shape
    expected = np.repeat(grey[:, :, None], 3, axis=2)
    tiff = little_endian_tiff(samples.astype("<u2").tobytes(), width, height, 16)
    pgm = b"P5 %d %d 65535\n" % (width, height) + samples.astype(">u2").tobytes()
    for content in (samples, Image.fromarray(samples), sixteen_bit_png(samples, 0), tiff, pgm):
        np.testing.assert_array_equal(pixels_of(content), expected)


@pytest.mark.parametrize(("color_type", "channels"), [(0, 1), (2, 3)])
def test_every_sixteen_bit_value_lands_within_one_of_its_eight_bit_share(
    color_type: int, channels: int
) -> None:
    values = np.arange(0, 65536, 17, dtype=np.uint16)
    samples = np.repeat(values[None, :, None], channels, axis=2)
    share = values / 65535 * 255
    for content in (sixteen_bit_png(samples, color_type), samples):
        assert np.abs(pixels_of(content)[0, :, 0] - share).max() <= 1


def test_sixteen_bit_alpha_is_composited() -> None:
    rgba = np.array([[[51400, 51400, 51400, 0], [51400, 51400, 51400, 65535]]], dtype=np.uint16)
    expected = [[BACKGROUND, (200, 200, 200)]]
    for content in (sixteen_bit_png(rgba, 6), rgba):
        np.testing.assert_array_equal(pixels_of(content), expected)


def test_twelve_bit_tiff_uses_its_own_range() -> None:
    content = little_endian_tiff(b"\xff\xf0\x00\x80\x00\x00", 4, 1, 12)
    np.testing.assert_array_equal(pixels_of(content)[0, :, 0], [255, 0, 128, 0])


def test_white_is_zero_tiff_is_inverted() -> None:
    samples = np.array([0, 65535], dtype="<u2").tobytes()
    content = little_endian_tiff(samples, 2, 1, 16, white_is_zero=True)
    np.testing.assert_array_equal(pixels_of(content)[0, :, 0], [255, 0])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_floating_point_spans_zero_to_one(dtype: type[np.floating[Any]]) -> None:
    picture = smooth_picture()
    np.testing.assert_array_equal(pixels_of((picture / 255).astype(dtype)), picture)


def test_floating_point_tiff_spans_zero_to_one() -> None:
    image = Image.fromarray(np.array([[0, 0.5, 1]], dtype=np.float32))
    np.testing.assert_array_equal(pixels_of(encoded(image, "TIFF"))[0, :, 0], [0, 128, 255])


@pytest.mark.parametrize("format_name", ["JPEG", "TIFF"])
def test_cmyk_is_close_to_the_rgb_original(format_name: str) -> None:
    """JPEG by Adobe's convention: the samples are stored inverted."""
    picture = smooth_picture()
    content = encoded(Image.fromarray(picture).convert("CMYK"), format_name)
    difference = pixels_of(content).astype(int) - picture
    assert np.abs(difference).mean() < 4


@pytest.mark.parametrize("format_name", ["TIFF", "GIF", "WEBP", "PNG"])
def test_of_several_frames_the_first_is_read(format_name: str) -> None:
    frames = [Image.new("RGB", (8, 6), color) for color in ("red", "blue", "lime")]
    options = {"lossless": True} if format_name == "WEBP" else {}
    content = encoded(frames[0], format_name, save_all=True, append_images=frames[1:], **options)
    image = read_image(content)
    assert image.resize((1, 1)).getpixel((0, 0)) == (255, 0, 0)


@pytest.mark.parametrize("shape", [(24, 40), (24, 40, 1), (24, 40, 3), (24, 40, 4)])
def test_arrays_of_every_channel_count(shape: tuple[int, ...]) -> None:
    array = np.full(shape, 255, dtype=np.uint8)
    np.testing.assert_array_equal(pixels_of(array), np.full((24, 40, 3), 255))


def test_array_that_is_not_contiguous() -> None:
    picture = smooth_picture()
    np.testing.assert_array_equal(pixels_of(picture[::-2, ::3]), picture[::-2, ::3])


@pytest.mark.parametrize("channels_first", [True, False])
def test_torch_tensors_in_either_layout(channels_first: bool) -> None:
    torch = pytest.importorskip("torch", reason="torch tensors need torch")
    picture = smooth_picture()
    tensor = torch.from_numpy(picture)
    tensor = tensor.permute(2, 0, 1) if channels_first else tensor
    np.testing.assert_array_equal(pixels_of(tensor), picture)
    scaled = (tensor.float() / 255).requires_grad_()
    np.testing.assert_array_equal(pixels_of(scaled), picture)


def test_the_callers_image_is_not_changed() -> None:
    image = Image.new("RGBA", (4, 4), (200, 100, 50, 128))
    read_image(image)
    assert image.mode == "RGBA"
    assert image.getpixel((0, 0)) == (200, 100, 50, 128)
