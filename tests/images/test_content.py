"""A stamp changes with the content, and with nothing else."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from twinscore.base.errors import UnreadableImageError
from twinscore.images.content import is_same_content, read_stamp
from twinscore.images.records import ContentStamp, ImageItem, Origin

if TYPE_CHECKING:
    from pathlib import Path


def stamp(content: Any, *, hashed: bool = False) -> ContentStamp:
    return read_stamp(ImageItem("image", content), hashed=hashed)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "image.png"
    path.write_bytes(b"content")
    return path


def test_a_file_is_known_by_size_and_time(file: Path) -> None:
    before = stamp(file)
    assert (before.size, before.sha256) == (7, None)
    assert is_same_content(before, stamp(file))
    os.utime(file, ns=(5, 5))
    assert not is_same_content(before, stamp(file))


def test_a_digest_decides_where_both_have_one(file: Path) -> None:
    before = stamp(file, hashed=True)
    os.utime(file, ns=(5, 5))
    assert is_same_content(before, stamp(file, hashed=True))
    file.write_bytes(b"CONTENT")
    os.utime(file, ns=(before.modified or 0, before.modified or 0))
    assert not is_same_content(before, stamp(file, hashed=True))


@pytest.mark.parametrize("hashed", [False, True])
def test_a_file_that_is_gone_has_an_empty_stamp(tmp_path: Path, hashed: bool) -> None:
    assert stamp(tmp_path / "gone.png", hashed=hashed) == ContentStamp()
    assert stamp(tmp_path / "nul\0.png", hashed=hashed) == ContentStamp()


def test_bytes_are_known_by_their_digest() -> None:
    assert stamp(b"one") == stamp(bytearray(b"one"))
    assert not is_same_content(stamp(b"one"), stamp(b"two"))


def test_pixels_are_known_by_values_shape_and_kind() -> None:
    values = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    kinds: list[Any] = [
        values,
        values.reshape(4, 2, 3),
        values.astype(np.uint16),
        values[::-1],
        Image.fromarray(values),
        Image.fromarray(values).convert("HSV"),
    ]
    assert len({stamp(kind) for kind in kinds}) == len(kinds)
    assert stamp(values.copy(order="F")) == stamp(values)


@dataclass(frozen=True)
class Member:
    content: bytes | None = b"member"

    def read(self) -> bytes:
        if self.content is None:
            raise UnreadableImageError("truncated file")
        return self.content


def test_a_member_is_known_by_its_archive_unless_it_is_digested(file: Path) -> None:
    def stamp_in(content: Any, *, hashed: bool = False) -> ContentStamp:
        return read_stamp(ImageItem("a", content, origin=Origin(file, "a")), hashed=hashed)

    before = stamp_in(Member())
    assert before == stamp(file) == stamp_in(np.zeros((2, 2), np.uint8))
    digested = stamp_in(Member(), hashed=True)
    os.utime(file, ns=(5, 5))
    assert not is_same_content(before, stamp_in(Member()))
    assert is_same_content(digested, stamp_in(Member(), hashed=True))
    assert not is_same_content(digested, stamp_in(Member(b"other"), hashed=True))
    assert stamp_in(Member(None), hashed=True).sha256 is None


def test_what_lies_far_away_is_known_by_its_digest_alone() -> None:
    assert stamp(Member()) == ContentStamp()
    assert stamp(Member(), hashed=True).sha256 is not None
