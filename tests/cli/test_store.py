"""twinscore store check: what is damaged, what to do, and the code that scripts look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from click.testing import CliRunner

from twinscore.cli.program import cli
from twinscore.embedding.records import EmbeddedImage
from twinscore.embedding.store import StoreDescription, StoreWriter
from twinscore.images.records import ContentStamp, ImageItem

if TYPE_CHECKING:
    from pathlib import Path


def make_store(folder: Path) -> Path:
    with StoreWriter(folder, StoreDescription("net@1", "crop@1", 3, shard_size=2)) as writer:
        for number in range(4):
            item = ImageItem(f"image {number}", b"")
            writer.plan(item, ContentStamp)
            writer.extend([EmbeddedImage(item, np.ones(3, np.float32), None)])
        writer.finish()
    return folder


def test_a_sound_store_ends_with_0(tmp_path: Path) -> None:
    run = CliRunner().invoke(cli, ["store", "check", str(make_store(tmp_path / "s"))])
    assert run.exit_code == 0
    assert "4 images in 2 whole shards" in run.output


def test_a_damaged_one_is_named_and_mended(tmp_path: Path) -> None:
    store = make_store(tmp_path / "s")
    file = store / "embeddings_00001.npy"
    file.write_bytes(file.read_bytes()[:-1] + b"\x01")
    found = CliRunner().invoke(cli, ["store", "check", str(store)], standalone_mode=False)
    assert found.return_value == 1
    assert "metadata_00001.parquet: embeddings_00001.npy is not what was written" in found.output
    assert "--repair" in found.output
    mended = CliRunner().invoke(cli, ["store", "check", str(store), "--repair"])
    assert mended.exit_code == 0
    again = CliRunner().invoke(cli, ["store", "check", str(store)])
    assert again.exit_code == 0
    assert "2 images in 1 whole shard" in again.output
