"""Files of one sample have one key, whatever dots are in their names."""

from __future__ import annotations

import io
import json
import tarfile
from typing import TYPE_CHECKING

import pytest

from numbered_images import outcomes, png
from twinscore.images.sources.sample_key import sample_key
from twinscore.images.sources.tar_shard import TarShard

if TYPE_CHECKING:
    from pathlib import Path


def shard(path: Path, members: dict[str, bytes], sizes: dict[str, str] | None = None) -> TarShard:
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            if sizes and name in sizes:
                info.pax_headers = {"size": sizes[name]}
            archive.addfile(info, io.BytesIO(content))
    return TarShard(path)


def scene(value: str) -> bytes:
    return json.dumps({"scene": value}).encode()


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("x.jpg", "x"),
        ("x.left.jpg", "x"),
        ("x.right.json", "x"),
        ("a.b/x.left.jpg", "a.b/x"),
        ("shot.0001.jpg", "shot.0001"),
        ("shot.0001.left.jpg", "shot.0001"),
        ("render_v1.2_0001.png", "render_v1.2_0001"),
        ("2024.05.01.final.png", "2024.05.01"),
        ("noending", "noending"),
    ],
)
def test_keys(name: str, key: str) -> None:
    assert sample_key(name) == key


@pytest.mark.parametrize("pattern", ["shot.{:04}", "v1.2_{:04}", "a.{}.beauty", "x{}"])
def test_each_frame_has_the_columns_beside_it(tmp_path: Path, pattern: str) -> None:
    members = {}
    for number in range(4):
        members[pattern.format(number) + ".png"] = png(number)
        members[pattern.format(number) + ".json"] = scene(f"s{number}")
    items = list(shard(tmp_path / "s.tar", members))
    assert [item.columns["scene"] for item in items] == ["s0", "s1", "s2", "s3"]
    assert len({item.columns["__key__"] for item in items}) == 4


def test_pictures_of_one_sample_share_its_columns_and_its_key(tmp_path: Path) -> None:
    members = {
        "x.left.png": png(0),
        "x.right.png": png(1),
        "x.json": scene("both"),
        "x.right.json": json.dumps({"eye": "right"}).encode(),
        "y.left.png": png(2),
    }
    left, right, other = shard(tmp_path / "s.tar", members)
    assert left.columns["scene"] == right.columns["scene"] == "both"
    assert (left.columns.get("eye"), right.columns["eye"]) == (None, "right")
    assert left.columns["__key__"] == right.columns["__key__"] == "x"
    assert "scene" not in other.columns


@pytest.mark.parametrize("size", ["-1", "-1024", "-99999999"])
def test_a_size_below_zero_is_one_unreadable_image(tmp_path: Path, size: str) -> None:
    members = {f"{number}.png": png(number) for number in range(3)}
    source = shard(tmp_path / "s.tar", members, sizes={"1.png": size})
    found = outcomes(source)
    assert found[0] == (f"{tmp_path}/s.tar/0.png", 0)
    assert found[1][0] == f"{tmp_path}/s.tar/1.png"
    assert "size below zero" in str(found[1][1])
    assert len(found) == len(source)


def test_a_sidecar_that_nests_without_end_is_named_and_costs_no_image(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = shard(tmp_path / "s.tar", {"a.png": png(0), "a.json": b"[" * 60_000, "b.png": png(1)})
    assert [outcome for _, outcome in outcomes(source)] == [0, 1]
    assert "a.json cannot be read: JSON nested too deeply" in caplog.text
