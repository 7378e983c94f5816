"""A zip archive is listed by its directory and read image by image; damage costs what it hit."""

from __future__ import annotations

import pickle
import struct
import zipfile
from typing import TYPE_CHECKING

import pytest

from numbered_images import outcomes, png
from twinscore.embedding.sides import open_source
from twinscore.images.sources.zip_archive import ZipArchive

if TYPE_CHECKING:
    from pathlib import Path


def write_zip(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_images_are_ordered_by_path(tmp_path: Path, method: int) -> None:
    members = {"b/2.png": png(1), "写真.PNG": png(2), "a.png": png(3), "b/": b"", "n.txt": b"x"}
    path = write_zip(tmp_path / "x.zip", members, method)
    source = ZipArchive(path)
    expected = [(f"{path}/a.png", 3), (f"{path}/b/2.png", 1), (f"{path}/写真.PNG", 2)]
    assert outcomes(source) == expected
    assert len(source) == 3
    assert [pickle.loads(pickle.dumps(item)) for item in source] == list(source)


def test_folders_are_columns_and_groups(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "x.zip", {"day/1/a.png": png(1), "night/2/b.png": png(2)})
    source = open_source(path, side="real", group_by="folder:1")
    assert [item.group for item in source] == ["day", "night"]  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["../up.png", "/etc/root.png", "a/../../b.png"])
def test_a_name_that_leads_out_is_refused_and_costs_no_other(tmp_path: Path, name: str) -> None:
    path = write_zip(tmp_path / "x.zip", {name: png(1), "b.png": png(2)})
    assert dict(outcomes(ZipArchive(path))) == {
        f"{path}/{name}": "refused: its name leads out of the archive",
        f"{path}/b.png": 2,
    }


def test_other_ways_to_compress_are_failures(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "x.zip", {"a.png": png(1)}, zipfile.ZIP_LZMA)
    ((_, reason),) = outcomes(ZipArchive(path))
    assert reason == "compressed by another method than deflate"


def patched(path: Path, offset_in_entry: int, value: bytes) -> None:
    """Change a field of the only entry of the directory."""
    content = bytearray(path.read_bytes())
    start = content.rindex(b"PK\x01\x02") + offset_in_entry
    content[start : start + len(value)] = value
    path.write_bytes(content)


def test_encrypted_images_are_failures(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "x.zip", {"a.png": png(1)})
    patched(path, 8, b"\x01\x00")
    assert outcomes(ZipArchive(path))[0][1] == "encrypted"


def test_a_bomb_is_not_inflated(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "x.zip", {"a.png": bytes(10_000_000)})
    patched(path, 24, struct.pack("<I", 3_000_000_000))
    assert outcomes(ZipArchive(path))[0][1] == "too large for an image (3,000,000,000 bytes)"
    patched(path, 24, struct.pack("<I", 1000))
    assert outcomes(ZipArchive(path))[0][1] == "damaged archive (checksum)"


def test_a_flipped_bit_is_found_by_the_checksum(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "x.zip", {"a.png": png(1), "b.png": png(2)}, zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    content[60] ^= 1
    path.write_bytes(content)
    assert outcomes(ZipArchive(path)) == [
        (f"{path}/a.png", "damaged archive (checksum)"),
        (f"{path}/b.png", 2),
    ]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_of_a_cut_archive_the_images_before_the_cut_are_read(tmp_path: Path, method: int) -> None:
    path = write_zip(tmp_path / "x.zip", {f"{n}.png": png(n) for n in range(4)}, method)
    with zipfile.ZipFile(path) as archive:
        last = archive.getinfo("3.png").header_offset
    content = path.read_bytes()
    path.write_bytes(content[: last + 50])
    source = ZipArchive(path)
    assert outcomes(source) == [
        *((f"{path}/{n}.png", n) for n in range(3)),
        (str(path), "truncated archive: what followed '2.png' is lost"),
    ]
    assert len(source) == 4


def test_an_archive_that_lost_only_its_directory_lost_no_image(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "x.zip", {f"{n}.png": png(n) for n in range(4)})
    path.write_bytes(path.read_bytes()[:-30])
    assert outcomes(ZipArchive(path)) == [(f"{path}/{n}.png", n) for n in range(4)]


def test_what_is_no_archive_of_images_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(b"no archive")
    with pytest.raises(ValueError, match=r"x\.zip': expected a zip archive"):
        ZipArchive(path)
    write_zip(path, {"a.txt": b"x"})
    with pytest.raises(ValueError, match=r"no images in .*: got 1 other member"):
        ZipArchive(path)
