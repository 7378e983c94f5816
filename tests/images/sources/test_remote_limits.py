"""What comes from afar stays with its host, within its size, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from numbered_images import outcomes, png
from twinscore.embedding.sides import open_source
from twinscore.images.sources import file_slice, remote_file
from twinscore.images.sources.fetched_copies import sweep

pytest.importorskip("aiohttp", reason="needs the extra remote")


def listed(url: str, **options: Any) -> list[tuple[str, Any]]:
    return outcomes(open_source(url, side="real", **options))  # type: ignore[arg-type]


def test_odd_names_in_a_list_at_a_url(served: tuple[str, Path]) -> None:
    url, folder = served
    names = ["a#1.png", "what?.png", "50%.png", "c%20d.png", "plain name.png"]
    for number, name in enumerate(names):
        (folder / name).write_bytes(png(number))
    (folder / "e f.png").write_bytes(png(7))
    (folder / "list.txt").write_text("\n".join([*names, "e%20f.png"]))
    found = listed(f"{url}/list.txt?signature=a/b")
    assert [outcome for _, outcome in found] == [0, 1, 2, 3, 4, 7]
    assert not any("signature" in name for name, _ in found)


def test_a_list_at_a_url_leads_nowhere_else(served: tuple[str, Path], tmp_path: Path) -> None:
    url, folder = served
    (folder / "a.png").write_bytes(png(0))
    (tmp_path / "mine.png").write_bytes(png(1))
    local = f"file://{tmp_path}/mine.png"
    (folder / "list.csv").write_text(f"path\n{url}/a.png\n{local}\nhttp://other.invalid/b.png\n")
    found = listed(f"{url}/list.csv")
    assert found[0][1] == 0
    assert "refused" in found[1][1]
    assert "--allow-remote-paths" in found[2][1]
    allowed = listed(f"{url}/list.csv", allow_remote_paths=True)
    assert allowed[1] == (local, 1)


def test_a_bad_entry_of_a_list_is_one_unreadable_image(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(3))
    bad = ["dir:///x", "reference://", "sftp://host/x.png", "nonsense://x", "zip://a::b", "http://"]
    (tmp_path / "list.txt").write_text("\n".join([*bad, "a.png"]))
    found = listed(str(tmp_path / "list.txt"))
    assert found[-1][1] == 3
    assert all(isinstance(outcome, str) for _, outcome in found[:-1])


def test_members_of_a_chain_are_read(served: tuple[str, Path]) -> None:
    import zipfile

    url, folder = served
    with zipfile.ZipFile(folder / "p.zip", "w") as archive:
        for number in range(3):
            archive.writestr(f"night/{number}.png", png(number))
    chained = f"zip://night::{url}/p.zip?X-Amz-Signature=ab"
    assert [outcome for _, outcome in listed(chained)] == [0, 1, 2]
    assert [outcome for _, outcome in listed(f"zip://night/*.png::{url}/p.zip")] == [0, 1, 2]


def test_an_image_from_afar_is_read_no_further_than_its_limit(
    served: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, folder = served
    (folder / "a.png").write_bytes(png(0) + bytes(5_000_000))
    (folder / "list.txt").write_text("a.png")
    monkeypatch.setattr(file_slice, "LARGEST_MEMBER", 3_000_000)
    monkeypatch.setattr(remote_file, "LARGEST_MEMBER", 3_000_000)
    ((_, outcome),) = listed(f"{url}/list.txt")
    assert "too large for an image" in outcome


def test_copies_of_a_killed_process_are_swept_and_those_of_a_living_one_stay(
    tmp_path: Path,
) -> None:
    program = (
        "from twinscore.images.sources.fetched_copies import folder_of_copies; import time\n"
        "print(folder_of_copies(), flush=True); time.sleep(60)"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        (folder / "copy.zip").write_bytes(b"large")
        sweep(tmp_path)
        assert (folder / "copy.zip").exists()
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert folder.exists()
    sweep(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_folders_of_others_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "twinscore-mine").mkdir()
    sweep(tmp_path)
    assert (tmp_path / "twinscore-mine").exists()
    assert Path(tempfile.gettempdir()).is_dir()
