"""What encoded images begin with."""

from __future__ import annotations

_BEGINNINGS = (
    b"\xff\xd8\xff",  # JPEG
    b"\x89PNG\r\n\x1a\n",
    b"GIF87a",
    b"GIF89a",
    b"II*\0",  # TIFF, both orders of bytes, and BigTIFF
    b"MM\0*",
    b"II+\0",
    b"MM\0+",
    b"v/1\x01",  # OpenEXR
    b"#?RADIANCE",
    b"#?RGBE",
    b"8BPS",  # PSD
    b"SDPX",  # DPX
    b"XPDS",
    b"\xff\x0a",  # JPEG XL
    b"\0\0\0\x0cJXL ",
    b"\0\0\0\x0cjP  ",  # JPEG 2000
    b"\xff\x4f\xff\x51",
)
_BITMAP = b"BM"
_BITMAP_RESERVED = slice(6, 10)


def looks_like_image(content: bytes) -> bool:
    """Tell whether bytes begin as an encoded image of a known kind does.

    Parameters
    ----------
    content
        Its beginning, 16 bytes at least.
    """
    if content.startswith(_BEGINNINGS):
        return True
    if content[:4] == b"RIFF":
        return content[8:12] == b"WEBP"
    if content[4:8] == b"ftyp":
        return content[8:12] in (b"avif", b"avis", b"heic", b"heix", b"hevc", b"mif1", b"msf1")
    # Two letters may come by chance: four bytes that a bitmap leaves zero do not.
    return content.startswith(_BITMAP) and content[_BITMAP_RESERVED] == bytes(4)
