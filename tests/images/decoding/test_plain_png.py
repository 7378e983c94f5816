"""The faster decoder gives Pillow's pixels, or stands back."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from twinscore.base.errors import UnreadableImageError
from twinscore.images.decoding import plain_png, read_image
from twinscore.images.decoding.plain_png import decode_plain_png

pytest.importorskip("imagecodecs", reason="needs the extra cpu")

PIXELS = np.random.default_rng(0).integers(0, 256, (37, 41, 4), dtype=np.uint8)


def encoded(mode: str, **options: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(PIXELS).convert(mode).save(file, "PNG", **options)
    return file.getvalue()


def by_pillow_alone(content: bytes, monkeypatch: pytest.MonkeyPatch) -> Image.Image:
    with monkeypatch.context() as patch:
        patch.setattr(plain_png, "_decoder", lambda: None)
        return read_image(content)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "P", "1", "I;16"])
@pytest.mark.parametrize("options", [{}, {"compress_level": 0}, {"optimize": True}])
def test_the_picture_is_the_one_that_pillow_gives(
    mode: str, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = encoded(mode, **options)
    expected = np.asarray(by_pillow_alone(content, monkeypatch))
    np.testing.assert_array_equal(np.asarray(read_image(content)), expected)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_what_renderers_write_is_plain(mode: str) -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("RenderTime", "00:12.34")
    content = encoded(mode, pnginfo=text, dpi=(72, 72), icc_profile=b"profile")
    expected = np.asarray(Image.fromarray(PIXELS).convert(mode))
    pixels = decode_plain_png(content)
    assert pixels is not None
    np.testing.assert_array_equal(pixels, expected)


def test_damage_in_what_has_no_effect_is_not_spoken_of(caplog: pytest.LogCaptureFixture) -> None:
    profile = bytearray(132)
    profile[:4], profile[12:24], profile[36:40] = b"\0\0\0\x84", b"mntrRGB XYZ ", b"acsp"
    profile[64] = 1  # a rendering intent that there is not
    content = encoded("RGB", icc_profile=bytes(profile))
    assert decode_plain_png(content) is not None
    assert caplog.messages == []


def test_what_changes_the_picture_is_left_to_pillow() -> None:
    orientation = Image.Exif()
    orientation[0x0112] = 6
    xmp = PngImagePlugin.PngInfo()
    xmp.add_itxt("XML:com.adobe.xmp", '<x tiff:Orientation="6"/>')
    raw = PngImagePlugin.PngInfo()
    raw.add_text("Raw profile type exif", "\nexif\n 0\n")
    others = [
        encoded("P"),
        encoded("1"),
        encoded("LA"),
        encoded("I;16"),
        encoded("RGB", transparency=(1, 2, 3)),
        encoded("RGB", exif=orientation),
        encoded("RGB", pnginfo=xmp),
        encoded("RGB", pnginfo=raw),
        encoded("RGB", save_all=True, append_images=[Image.new("RGB", (41, 37))]),
    ]
    assert [decode_plain_png(content) for content in others] == [None] * len(others)


def test_an_orientation_is_still_applied() -> None:
    orientation = Image.Exif()
    orientation[0x0112] = 6
    assert read_image(encoded("RGB", exif=orientation)).size == (37, 41)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damage_ends_as_it_does_with_pillow(data: st.DataObject) -> None:
    content = bytearray(encoded("RGB"))
    for position in data.draw(st.lists(st.integers(8, len(content) - 1), min_size=1, max_size=3)):
        content[position] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(len(content) // 2, len(content)))
    damaged = bytes(content[:cut])
    with pytest.MonkeyPatch.context() as patch:
        assert outcome(damaged) == outcome(damaged, by_pillow_alone=patch)


def outcome(content: bytes, by_pillow_alone: pytest.MonkeyPatch | None = None) -> bytes | str:
    if by_pillow_alone is not None:
        by_pillow_alone.setattr(plain_png, "_decoder", lambda: None)
    try:
        return read_image(content).tobytes()
    except UnreadableImageError as error:
        return str(error)


def test_without_imagecodecs_pillow_decodes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "imagecodecs", None)
    plain_png._decoder.cache_clear()
    try:
        assert decode_plain_png(encoded("RGB")) is None
        assert read_image(encoded("RGB")).size == (41, 37)
    finally:
        plain_png._decoder.cache_clear()
