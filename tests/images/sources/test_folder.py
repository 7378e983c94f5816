import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twinscore.embedding.records import Embeddings
from twinscore.embedding.sides import open_source
from twinscore.images.sources import FolderSource

ODD_NAMES = [
    "with space.png",
    "a 'single' quote.jpg",
    'a "double" quote.jpg',
    "line\nbreak.jpeg",
    "tab\there.bmp",
    "Straße.webp",
    "写真.tif",
    "фото.TIFF",
    "🚗.PNG",
    "UPPER.JPG",
    "two.dots.jpg",
    "%20&*;$.png",
]


def make_files(root: Path, names: list[str]) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"never decoded here")


def relative_names(source: FolderSource, root: Path) -> list[str]:
    return [Path(item.name).relative_to(root).as_posix() for item in source]


@settings(max_examples=20, deadline=None)
@given(order=st.permutations(["b/1.jpg", "a.jpg", "B.png", "b.jpg", "b/a/2.tif", "a/9.webp"]))
def test_order_is_by_relative_path_whatever_was_created_first(
    order: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("tree")
    make_files(root, order)
    assert relative_names(FolderSource(root), root) == sorted(order)


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_are_images_and_open(name: str, tmp_path: Path) -> None:
    make_files(tmp_path, [name])
    (item,) = FolderSource(tmp_path)
    assert item.name == f"{tmp_path.as_posix()}/{name}"
    assert isinstance(item.content, Path)
    assert item.content.read_bytes()


def test_a_name_that_is_no_utf8_stays_readable_and_printable(tmp_path: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.jpg")).write_bytes(b"x")
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    (item,) = FolderSource(tmp_path)
    assert item.name.encode().endswith(b"caf\\xe9.jpg")
    assert isinstance(item.content, Path)
    assert item.content.read_bytes() == b"x"


def test_other_and_hidden_files_are_passed_over(tmp_path: Path) -> None:
    make_files(tmp_path, ["a.jpg", "notes.txt", ".b.jpg", ".cache/c.jpg", "jpg", "d.jpg.part"])
    assert relative_names(FolderSource(tmp_path), tmp_path) == ["a.jpg"]


def test_iterates_again_with_the_same_items(tmp_path: Path) -> None:
    make_files(tmp_path, ["a.jpg", "b.jpg"])
    source = FolderSource(tmp_path)
    assert len(source) == 2
    assert list(source) == list(source)


@pytest.mark.parametrize("typed", ["shots", "shots/", "./shots"])
def test_names_begin_with_the_path_as_typed(
    typed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_files(tmp_path / "shots", ["a.jpg"])
    monkeypatch.chdir(tmp_path)
    assert [item.name for item in FolderSource(typed)] == [f"{typed.rstrip('/')}/a.jpg"]


def test_groups_are_folders_or_levels_of_folders(tmp_path: Path) -> None:
    make_files(tmp_path, ["z.jpg", "clip 1/a.jpg", "clip 1/deep/b.jpg"])
    expected: dict[str | None, list[str | None]] = {
        None: [None, None, None],
        "folder": ["clip 1", "clip 1/deep", "."],
        "folder:1": ["clip 1", "clip 1", None],
        "folder:2": [None, "deep", None],
    }
    for group_by, groups in expected.items():
        source = open_source(tmp_path, side="real", group_by=group_by)
        assert not isinstance(source, Embeddings)
        assert [item.group for item in source] == groups


def test_folders_are_columns(tmp_path: Path) -> None:
    make_files(tmp_path, ["z.jpg", "night/clip 1/a.jpg"])
    source = FolderSource(tmp_path)
    assert source.column_names == ("folder", "folder:1", "folder:2")
    assert [dict(item.columns) for item in source] == [
        {"folder": "night/clip 1", "folder:1": "night", "folder:2": "clip 1"},
        {"folder": "."},
    ]


def test_an_unknown_grouping_is_refused_with_those_there_are(tmp_path: Path) -> None:
    make_files(tmp_path, ["day/a.jpg"])
    with pytest.raises(
        ValueError, match=r"real images: group_by='day': expected .* folder, folder:1; or pass"
    ):
        open_source(tmp_path, side="real", group_by="day")


def test_links_cause_neither_loops_nor_copies(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    root = tmp_path / "root"
    make_files(root, ["sub/a.jpg", ".store/b.jpg"])
    make_files(tmp_path / "elsewhere", ["c.jpg"])
    (root / "sub" / "loop").symlink_to(root)
    (root / "outside").symlink_to(tmp_path / "elsewhere")
    (root / "outside.jpg").symlink_to(tmp_path / "elsewhere" / "c.jpg")
    (root / "copy.jpg").symlink_to(root / "sub" / "a.jpg")
    (root / "gone.jpg").symlink_to(root / "nowhere.jpg")
    (root / "self.jpg").symlink_to(root / "self.jpg")
    (root / "stored.jpg").symlink_to(root / ".store" / "b.jpg")
    assert relative_names(FolderSource(root), root) == ["stored.jpg", "sub/a.jpg"]
    assert "6 links left out, such as 'copy.jpg'" in caplog.text


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    make_files(tmp_path / "there", ["a.jpg"])
    (tmp_path / "here").symlink_to(tmp_path / "there")
    assert relative_names(FolderSource(tmp_path / "here"), tmp_path / "here") == ["a.jpg"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read every folder")
def test_an_unreadable_folder_is_named(tmp_path: Path) -> None:
    make_files(tmp_path, ["a.jpg", "locked/b.jpg"])
    (tmp_path / "locked").chmod(0)
    try:
        with pytest.raises(PermissionError, match="no permission to read the folder 'locked'"):
            FolderSource(tmp_path)
    finally:
        (tmp_path / "locked").chmod(0o700)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"expected a folder.*nowhere' does not exist"):
        FolderSource(tmp_path / "nowhere")


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    make_files(tmp_path, ["a.jpg"])
    with pytest.raises(ValueError, match=r"expected a folder of images, got the file .*a\.jpg"):
        FolderSource(tmp_path / "a.jpg")


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ([], "the folder is empty"),
        (["notes.txt"], r"expected \.jpg, .*; got 1 other file such as 'notes\.txt'"),
        (["b.txt", "sub/a.txt"], r"got 2 other files such as 'b\.txt'"),
        ([".a.jpg"], "got only hidden files"),
    ],
)
def test_a_folder_without_images_says_what_it_has(
    names: list[str], found: str, tmp_path: Path
) -> None:
    make_files(tmp_path, names)
    with pytest.raises(ValueError, match=rf"no images in .*: .*{found}"):
        FolderSource(tmp_path)


def test_a_folder_of_links_out_of_the_tree_says_so(tmp_path: Path) -> None:
    make_files(tmp_path, ["a.jpg"])
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "a.jpg").symlink_to(tmp_path / "a.jpg")
    with pytest.raises(ValueError, match=r"got 1 link such as 'a\.jpg'.*are not followed"):
        FolderSource(tmp_path / "links")


def test_open_source_gives_a_folder_its_groups(tmp_path: Path) -> None:
    make_files(tmp_path, ["a.jpg", "b.jpg"])
    source = open_source(tmp_path, side="real", groups=["x", 7])
    assert not isinstance(source, FolderSource)
    assert [getattr(item, "group", None) for item in source] == ["x", "7"]  # type: ignore[union-attr]
