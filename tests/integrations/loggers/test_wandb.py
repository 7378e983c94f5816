from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from twinscore.integrations.loggers import WandbLogger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twinscore.integrations.loggers import LogEntry

wandb = pytest.importorskip("wandb", reason="needs wandb")

BLOCK, FILE_HEADER, HEADER = 32768, 7, 7
FULL, FIRST, MIDDLE, LAST = 1, 2, 3, 4


@pytest.fixture(autouse=True)
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing leaves this machine."""
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_DIR", str(tmp_path))
    monkeypatch.setenv("WANDB_ERROR_REPORTING", "false")


def records(run_folder: Path) -> Iterator[Any]:
    """Read what `wandb sync` would send: a log of chunks in blocks, of one record each.

    A run that is finished may still be on its way to the disk; the end of the service waits for it.
    """
    wandb.teardown()
    internal = importlib.import_module("wandb.proto.wandb_internal_pb2")
    (file,) = run_folder.glob("*.wandb")
    content, position, parts = file.read_bytes(), FILE_HEADER, b""
    while position + HEADER <= len(content):
        if BLOCK - position % BLOCK < HEADER:
            position += BLOCK - position % BLOCK
            continue
        size = int.from_bytes(content[position + 4 : position + 6], "little")
        kind = content[position + 6]
        parts += content[position + HEADER : position + HEADER + size]
        position += HEADER + size
        if kind in (FULL, LAST):
            record = internal.Record()
            record.ParseFromString(parts)
            yield record
            parts = b""


def rows(run_folder: Path) -> list[dict[str, Any]]:
    """Read the history of a run."""
    return [
        {
            "/".join(item.nested_key) or item.key: json.loads(item.value_json)
            for item in record.history.item
        }
        for record in records(run_folder)
        if record.WhichOneof("record_type") == "history"
    ]


def test_wandb_keeps_figures_pictures_settings_and_the_verdict(entries: list[LogEntry]) -> None:
    logger = WandbLogger("twins")
    for entry in entries:
        logger.log(entry)
    place = Path(logger.place)
    logger.close()
    first, second = rows(place)
    assert (first["twinscore/step"], first["twinscore/score"]) == (40, 0.5)
    assert (second["twinscore/step"], second["twinscore/score"]) == (80, 0.75)
    assert second["twinscore/slices/weather/50% rain/score"] == 0.6
    picture = {name.rpartition("/")[2]: value for name, value in second.items() if "pairs" in name}
    assert (picture["width"], picture["height"], picture["caption"]) == (20, 10, "a beside b")
    assert (place / "files" / picture["path"]).is_file()
    said = "".join(map(str, records(place)))
    assert "Nearly mixed." in said
    assert 'project: "twins"' in said
    assert wandb.run is None


def test_a_run_that_is_active_is_joined_and_goes_on(entries: list[LogEntry]) -> None:
    with wandb.init(project="training", settings=wandb.Settings(silent=True)) as active:
        active.log({"loss": 1.0})
        logger = WandbLogger()
        logger.log(entries[0])
        logger.close()
        active.log({"loss": 0.5})
        place = Path(active.dir).parent
    assert [row.get("loss") for row in rows(place)] == [1.0, None, 0.5]
    assert rows(place)[1]["twinscore/score"] == 0.5
