"""A tar archive is listed by its headers and read image by image; damage costs what it hit."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import tarfile
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from numbered_images import outcomes, png
from twinscore.embedding.sides import open_source
from twinscore.images.records import ImageHandle
from twinscore.images.sources.tar_shard import TarShard

if TYPE_CHECKING:
    from pathlib import Path


def write_tar(path: Path, members: dict[str, bytes], form: int = tarfile.PAX_FORMAT) -> Path:
    with tarfile.open(path, "w", format=form) as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
def test_images_come_in_the_order_of_the_archive(tmp_path: Path, form: int) -> None:
    names = ["b/2.png", "a.PNG", "long" * 22 + ".png", "b/1.png"]
    members = {name: png(number) for number, name in enumerate(names)}
    path = write_tar(tmp_path / "x.tar", members, form)
    source = TarShard(path)
    assert len(source) == 4
    assert outcomes(source) == [(f"{path}/{name}", number) for number, name in enumerate(names)]
    assert outcomes(source) == outcomes(source)


def test_names_of_any_length_and_script(tmp_path: Path) -> None:
    names = ["写真/Straße 🚗.png", "x" * 300 + ".png"]
    path = write_tar(tmp_path / "x.tar", {name: png(7) for name in names})
    assert [item.name for item in TarShard(path)] == [f"{path}/{name}" for name in names]


def test_folders_other_and_hidden_members_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    with tarfile.open(path, "w") as archive:
        folder = tarfile.TarInfo("night.png")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for name in ("notes.txt", ".a.png", "__MACOSX/b.png", "c.png"):
            member = tarfile.TarInfo(name)
            member.size = len(png(3))
            archive.addfile(member, io.BytesIO(png(3)))
    assert outcomes(TarShard(path)) == [(f"{path}/c.png", 3)]


def test_members_beside_an_image_give_its_columns(tmp_path: Path) -> None:
    notes = {"weather": "rain", "hour": 7, "wet": True, "boxes": [1], "none": None}
    members = {
        "day/001.jpg.png": png(1),
        "day/001.json": json.dumps(notes).encode(),
        "day/001.cls": b"4\n",
        "day/002.json": b"{ damaged",
        "day/002.left.png": png(2),
        "day/002.right.png": png(3),
    }
    source = TarShard(write_tar(tmp_path / "x.tar", members))
    folder = {"folder": "day", "folder:1": "day"}
    assert [dict(item.columns) for item in source] == [
        {**folder, "__key__": "day/001", "weather": "rain", "hour": "7", "wet": "true", "cls": "4"},
        {**folder, "__key__": "day/002"},
        {**folder, "__key__": "day/002"},
    ]
    assert {"folder:1", "weather", "cls"} <= set(source.column_names)
    assert "boxes" not in source.column_names


def test_a_column_of_the_sample_may_be_the_group(tmp_path: Path) -> None:
    members = {}
    for number in range(3):
        members[f"{number}.png"] = png(number)
        members[f"{number}.json"] = json.dumps({"clip": number // 2}).encode()
    path = write_tar(tmp_path / "x.tar", members)
    source = open_source(path, side="real", group_by="clip")
    assert [item.group for item in source] == ["0", "0", "1"]  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["../up.png", "/etc/root.png", "a/../../b.png", "C:\\b.png"])
def test_a_name_that_leads_out_is_refused_and_costs_no_other(tmp_path: Path, name: str) -> None:
    path = write_tar(tmp_path / "x.tar", {name: png(1), "b.png": png(2)})
    assert outcomes(TarShard(path)) == [
        (f"{path}/{name}", "refused: its name leads out of the archive"),
        (f"{path}/b.png", 2),
    ]


def test_links_are_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    with tarfile.open(path, "w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
            link = tarfile.TarInfo("link.png")
            link.type, link.linkname = kind, "/etc/hostname"
            archive.addfile(link)
    reasons = {reason for _, reason in outcomes(TarShard(path))}
    assert reasons == {"a link, which is not followed"}


def test_a_member_larger_than_any_image_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    member = tarfile.TarInfo("bomb.png")
    member.size = 3 << 30
    with path.open("wb") as file:
        file.write(member.tobuf())
        file.truncate(512 + member.size + 1024)
    ((_, reason),) = outcomes(TarShard(path))
    assert reason == "too large for an image (3,221,225,472 bytes)"


@pytest.mark.parametrize("cut", [10, 600, 1100, 1500])
def test_of_a_cut_archive_the_rest_is_one_failure(tmp_path: Path, cut: int) -> None:
    path = write_tar(tmp_path / "x.tar", {f"{n}.png": png(n) for n in range(4)})
    length = 4 * 1024 - cut
    path.write_bytes(path.read_bytes()[:length])
    source = TarShard(path)
    left = [(f"{path}/{n}.png", n) for n in range(4) if n * 1024 + 512 + len(png(n)) <= length]
    lost = f"truncated archive: what followed '{len(left) - 1}.png' is lost"
    assert outcomes(source) == [*left, (str(path), lost)]
    assert len(source) == len(left) + 1


def test_an_archive_without_its_end_may_have_lost_images(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "x.tar", {"0.png": png(0)})
    path.write_bytes(path.read_bytes()[:1024])
    assert outcomes(TarShard(path))[1][1] == "truncated archive: what followed '0.png' is lost"


def test_a_damaged_header_ends_the_archive(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "x.tar", {f"{n}.png": png(n) for n in range(3)})
    content = bytearray(path.read_bytes())
    content[1024 : 1024 + 512] = b"\xaa" * 512
    path.write_bytes(content)
    assert outcomes(TarShard(path)) == [
        (f"{path}/0.png", 0),
        (str(path), "damaged archive: what followed '0.png' is lost"),
    ]


def test_an_image_cut_off_after_listing_is_a_failure(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "x.tar", {"0.png": png(0), "1.png": png(1)})
    source = TarShard(path)
    path.write_bytes(path.read_bytes()[:1100])
    assert outcomes(source)[0][1] == 0
    assert outcomes(source)[1][1] == "truncated file"
    path.unlink()
    assert outcomes(source)[0][1] == "x.tar: no such file or directory"


def test_what_is_no_archive_of_images_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    path.write_bytes(gzip.compress(b"x" * 2000))
    with pytest.raises(ValueError, match=r"x\.tar'.* not compressed; unpack it with gunzip"):
        TarShard(path)
    path.write_bytes(b"")
    with pytest.raises(ValueError, match="expected a tar archive, got an empty file"):
        TarShard(path)
    path.write_bytes(b"no archive" * 200)
    with pytest.raises(ValueError, match="expected a tar archive, got"):
        TarShard(path)
    write_tar(path, {"a.txt": b"x", "b.txt": b"x"})
    with pytest.raises(ValueError, match=r"no images in .*: got 2 other members"):
        TarShard(path)


def test_images_wait_in_the_archive_until_they_are_read(tmp_path: Path) -> None:
    large = png(1) + bytes(100_000)
    path = write_tar(tmp_path / "x.tar", {f"{n}.png": large for n in range(200)})
    tracemalloc.start()
    for item in TarShard(path):
        assert isinstance(item.content, ImageHandle)
        pickle.loads(pickle.dumps(item))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


def test_shards_follow_one_another(tmp_path: Path) -> None:
    for shard in range(3):
        write_tar(tmp_path / f"s-{shard:04}.tar", {f"{n}.png": png(n) for n in range(shard + 1)})
    for pattern in ("s-{0000..0002}.tar", "s-*.tar", "s-000[012].tar"):
        source = open_source(f"{tmp_path}/{pattern}", side="real")
        expected = [f"{tmp_path}/s-{s:04}.tar/{n}.png" for s in range(3) for n in range(s + 1)]
        assert [item.name for item in source] == expected  # type: ignore[union-attr]
        assert len(source) == 6  # type: ignore[arg-type]


def test_a_missing_or_damaged_shard_costs_no_other(tmp_path: Path) -> None:
    write_tar(tmp_path / "s-0.tar", {"a.png": png(1)})
    (tmp_path / "s-2.tar").write_bytes(b"no archive" * 200)
    source = open_source(f"{tmp_path}/s-{{0..2}}.tar", side="real")
    (_, first), (missing, why), (damaged, _) = outcomes(source)  # type: ignore[arg-type]
    assert first == 1
    assert (missing, why) == (f"{tmp_path}/s-1.tar", f"'{tmp_path}/s-1.tar' does not exist")
    assert damaged == f"{tmp_path}/s-2.tar"


def test_where_all_shards_are_missing_the_first_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"s-0\.tar' does not exist"):
        open_source(f"{tmp_path}/s-{{0..2}}.tar", side="real")
