from __future__ import annotations

import dataclasses
import errno
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import twinscore as ts
from twinscore.embedding.into_memory import embed_images
from twinscore.streaming.snapshot import Snapshot
from watched_folder import land, take_all, write_frame

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from watched_folder import Watched


def test_a_restart_counts_nothing_twice_and_loses_nothing(watched: Watched) -> None:
    first = watched.open()
    files = land(watched, 5)
    take_all(first)
    first.save()
    # Landed after the last save, so lost with the process: read again.
    write_frame(watched.folder / "5.png", 5)
    take_all(first)
    write_frame(files[0], 50)
    files[1].unlink()
    second = watched.open()
    assert second.counted == 5
    take_all(second)
    assert second.counted == 5
    watched.assert_equals_batch(second)


def test_what_a_killed_save_left_over_is_taken_away(watched: Watched) -> None:
    watched.open().save()
    left_over = watched.folder / "..state.npz.4711-1.partial"
    left_over.write_bytes(b"half a state")
    watched.open()
    assert not left_over.exists()


def real_store(watched: Watched) -> Path:
    ts.embed(watched.real, watched.folder.parent / "real.store", model=watched.model)
    return watched.folder.parent / "real.store"


def real_npy(watched: Watched) -> Path:
    file = watched.folder.parent / "real.npy"
    np.save(file, ts.Embedder(watched.model).embed(sorted(watched.real.glob("*/*.png"))))
    return file


def real_manifest(watched: Watched) -> Path:
    file = watched.folder.parent / "real.csv"
    rows = [f"{image},{image.parent.name}" for image in sorted(watched.real.glob("*/*.png"))]
    file.write_text("\n".join(["path,camera", *rows]))
    return file


def real_pattern(watched: Watched) -> Path:
    return watched.real / "**" / "*.png"


@pytest.mark.parametrize("kind", [real_store, real_npy, real_manifest, real_pattern])
def test_the_real_side_is_all_that_score_takes_and_its_changes_are_found_out(
    kind: Callable[[Watched], Path], watched: Watched
) -> None:
    other = dataclasses.replace(watched, real=kind(watched))
    land(watched, 4)
    session = other.open()
    take_all(session)
    watched.assert_equals_batch(session)
    session.save()
    other.open()
    added = write_frame(watched.real / "a" / "added.png", 99)
    if kind is real_store:
        ts.embed(watched.real, watched.folder.parent / "real.store", model=watched.model)
    elif kind is real_npy:
        np.save(
            other.real, ts.Embedder(watched.model).embed([added, *watched.real.glob("*/*.png")])
        )
    elif kind is real_manifest:
        write_frame(watched.real / "a" / "000.png", 98)
    with pytest.raises(ValueError, match="the real images have changed"):
        other.open()


def test_real_images_that_change_while_they_are_read_are_found_out(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(*arguments: Any) -> Any:
        found = embed_images(*arguments)
        write_frame(watched.real / "a" / "000.png", 99)
        return found

    with monkeypatch.context() as context:
        context.setattr("twinscore.streaming.real_side.embed_images", meanwhile)
        watched.open().save()
    with pytest.raises(ValueError, match="the real images have changed"):
        watched.open()


def test_the_state_of_another_watch_is_refused(watched: Watched) -> None:
    watched.open().save()
    with pytest.raises(ValueError, match=r"another watch \(k was 1, now 2\): delete it"):
        watched.open(k=2)
    write_frame(watched.real / "a" / "new.png", 0)
    with pytest.raises(ValueError, match="the real images have changed"):
        watched.open()


def test_a_full_disk_does_not_stop_the_watch(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twinscore.streaming.watching.state_file.SECONDS_BETWEEN_SAVES", 0.0)
    session = watched.open()
    land(watched, 3)
    take_all(session)

    def full_disk(*_: object) -> None:
        raise OSError(errno.ENOSPC, "cannot write to state.npz: No space left on device")

    with monkeypatch.context() as context:
        context.setattr(Snapshot, "write", full_disk)
        session.save_now_and_then()
    assert "No space left on device" in str(session.trouble)
    session.save_now_and_then()
    assert str(session.trouble) == "None"
    assert watched.open().counted == 3


def test_a_state_of_a_form_that_no_reader_knows_is_refused_in_a_line(watched: Watched) -> None:
    watched.open().save()
    state = watched.folder / ".state.npz"
    content = bytearray(state.read_bytes())
    version_needed = content.index(b"PK\x01\x02") + 6
    content[version_needed] = 210
    state.write_bytes(content)
    with pytest.raises(ValueError, match=r"not the complete saved state .*: zip file version 21"):
        watched.open()
