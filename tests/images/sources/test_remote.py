"""URLs are read as paths are: folders, patterns, archives, tables and single images."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pytest

from numbered_images import outcomes, png
from twinscore.base.errors import MissingExtraError
from twinscore.embedding.records import Embeddings
from twinscore.embedding.sides import open_source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

fsspec = pytest.importorskip("fsspec", reason="needs the extra remote")


@pytest.fixture
def memory() -> Iterator[str]:
    """URL of an empty folder in memory."""
    system = fsspec.filesystem("memory")
    yield "memory://images"
    system.store.clear()
    system.pseudo_dirs[:] = [""]


def put(url: str, content: bytes) -> str:
    with fsspec.open(url, "wb") as file:
        file.write(content)
    return url


def zipped(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def test_a_folder_is_listed_by_relative_path(memory: str) -> None:
    for number, name in enumerate(["b/2.png", "a.png", "b/1.PNG", ".c.png", "d.txt"]):
        put(f"{memory}/{name}", png(number))
    source = open_source(memory, side="real", group_by="folder")
    found = outcomes(source)  # type: ignore[arg-type]
    assert [(name.removeprefix("memory://"), number) for name, number in found] == [
        ("/images/a.png", 1),
        ("/images/b/1.PNG", 2),
        ("/images/b/2.png", 0),
    ]
    assert [item.group for item in source] == [".", "b", "b"]  # type: ignore[union-attr]


def test_patterns_and_braces_reach_images_and_archives(memory: str) -> None:
    for number in range(3):
        put(f"{memory}/{number:02}.png", png(number))
        put(f"{memory}/{number}.zip", zipped({"x.png": png(10 + number)}))
    starred = open_source(f"{memory}/*.png", side="real")
    assert [number for _, number in outcomes(starred)] == [0, 1, 2]  # type: ignore[arg-type]
    named = open_source(f"{memory}/{{00..02}}.png", side="real")
    assert [number for _, number in outcomes(named)] == [0, 1, 2]  # type: ignore[arg-type]
    archives = open_source(f"{memory}/{{0..3}}.zip", side="real")
    *read, (missing, reason) = outcomes(archives)  # type: ignore[arg-type]
    assert [number for _, number in read] == [10, 11, 12]
    assert missing == f"{memory}/3.zip"
    assert "does not exist" in str(reason)


def test_tables_find_their_images_beside_them(memory: str) -> None:
    put(f"{memory}/sub/a.png", png(5))
    put(
        f"{memory}/table.csv",
        f"path,shot\nsub/a.png,7\n{memory}/sub/a.png,8\ngone.png,9\n".encode(),
    )
    source = open_source(f"{memory}/table.csv", side="real", group_by="shot")
    assert outcomes(source) == [  # type: ignore[arg-type]
        (f"{memory}/sub/a.png", 5),
        (f"{memory}/sub/a.png", 5),
        (f"{memory}/gone.png", "no such file"),
    ]
    put(f"{memory}/list.txt", b"sub/a.png\n")
    listed = open_source(f"{memory}/list.txt", side="real")
    assert outcomes(listed) == [(f"{memory}/sub/a.png", 5)]  # type: ignore[arg-type]


def test_embeddings_are_fetched(memory: str) -> None:
    vectors = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
    file = io.BytesIO()
    np.save(file, vectors)
    put(f"{memory}/real.npy", file.getvalue())
    embeddings = open_source(f"{memory}/real.npy", side="real")
    assert isinstance(embeddings, Embeddings)
    np.testing.assert_array_equal(embeddings.vectors, vectors)


def test_an_image_gone_after_listing_is_a_failure(memory: str) -> None:
    put(f"{memory}/a.png", png(1))
    url = put(f"{memory}/b.png", png(2))
    source = open_source(memory, side="real")
    fsspec.filesystem("memory").rm(url)
    assert [what for _, what in outcomes(source)] == [1, "no such file"]  # type: ignore[arg-type]


def test_a_web_server_is_read_like_a_folder(served: tuple[str, Path]) -> None:
    url, folder = served
    (folder / "sub").mkdir()
    (folder / "a.png").write_bytes(png(1))
    (folder / "sub" / "b.png").write_bytes(png(2))
    (folder / "c.zip").write_bytes(zipped({"c.png": png(3)}))
    (folder / "list.txt").write_text("sub/b.png\ngone.png\n")
    source = open_source(f"{url}/", side="real")
    expected = [(f"{url}/a.png", 1), (f"{url}/sub/b.png", 2)]
    assert outcomes(source) == expected  # type: ignore[arg-type]
    archive = open_source(f"{url}/c.zip", side="real")
    assert outcomes(archive) == [(f"{url}/c.zip/c.png", 3)]  # type: ignore[arg-type]
    listed = outcomes(open_source(f"{url}/list.txt", side="real"))  # type: ignore[arg-type]
    assert listed == [(f"{url}/sub/b.png", 2), (f"{url}/gone.png", "no such file")]


def test_what_is_not_there_is_named(memory: str, served: tuple[str, Path]) -> None:
    url, _ = served
    for missing in (f"{memory}/x.zip", f"{memory}/folder", f"{url}/x.zip", f"{url}/x.csv"):
        with pytest.raises(FileNotFoundError, match=f"'{missing}' does not exist"):
            open_source(missing, side="real")


def test_a_server_that_is_down_is_one_line() -> None:
    pytest.importorskip("aiohttp", reason="needs the extra remote")
    with pytest.raises(OSError, match=r"'http://127\.0\.0\.1:9/x\.zip' cannot be read: "):
        open_source("http://127.0.0.1:9/x.zip", side="real")


def test_unknown_kinds_of_url_are_refused() -> None:
    with pytest.raises(ValueError, match=r"'nowhere://a': .*[Pp]rotocol"):
        open_source("nowhere://a", side="real")


def test_without_fsspec_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "fsspec.core", None)
    with pytest.raises(MissingExtraError, match=r"URLs .*pip install '(twinscore|\.)\[remote\]'"):
        open_source("memory://images", side="real")
