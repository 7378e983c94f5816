"""Wildcards and brace ranges: ordered, within their folder, each file once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numbered_images import outcomes, png
from twinscore.embedding.sides import open_source
from twinscore.images.sources.patterns import expand_braces, is_pattern

if TYPE_CHECKING:
    from pathlib import Path


@given(st.integers(0, 2000), st.integers(0, 30), st.integers(1, 6))
def test_a_range_counts_with_the_zeros_it_begins_with(first: int, more: int, width: int) -> None:
    last = first + more
    expanded = expand_braces(f"s-{{{first:0{width}}..{last:0{width}}}}.tar")
    if f"{first:0{width}}".startswith("0") or f"{last:0{width}}".startswith("0"):
        assert expanded == [f"s-{n:0{width}}.tar" for n in range(first, last + 1)]
    else:
        assert expanded == [f"s-{n}.tar" for n in range(first, last + 1)]


def test_ranges_may_fall_and_choices_combine() -> None:
    assert expand_braces("{2..0}") == ["2", "1", "0"]
    assert expand_braces("{day,night}/{1..2}.png") == [
        "day/1.png",
        "day/2.png",
        "night/1.png",
        "night/2.png",
    ]


@pytest.mark.parametrize("text", ["plain.png", "{}", "{a}", "a{b}c", "x..y"])
def test_other_braces_stand_for_themselves(text: str) -> None:
    assert expand_braces(text) == [text]
    assert not is_pattern(text)


def make(root: Path, names: list[str]) -> None:
    for number, name in enumerate(names):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(png(number))


def matched(pattern: object) -> list[str]:
    return [item.name for item in open_source(pattern, side="real")]  # type: ignore[union-attr]


def test_matches_are_ordered_by_path_and_carry_their_folders(tmp_path: Path) -> None:
    make(tmp_path, ["b/2.png", "a/deep/1.png", "a/0.png", "a/.hidden.png", "a/notes.txt"])
    source = open_source(f"{tmp_path}/**/*", side="real", group_by="folder:1")
    expected = [(f"{tmp_path}/a/0.png", 2), (f"{tmp_path}/a/deep/1.png", 1)]
    assert outcomes(source)[:2] == expected  # type: ignore[arg-type]
    assert [item.group for item in source] == ["a", "a", "b"]  # type: ignore[union-attr]


def test_a_folder_whose_name_looks_like_a_pattern_is_a_folder(tmp_path: Path) -> None:
    make(tmp_path / "shot [1]", ["a.png"])
    assert matched(tmp_path / "shot [1]") == [f"{tmp_path}/shot [1]/a.png"]


def test_links_out_of_the_folder_and_second_names_are_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    make(tmp_path, ["in/a.png", "out/b.png"])
    (tmp_path / "in" / "c.png").symlink_to(tmp_path / "out" / "b.png")
    (tmp_path / "in" / "0.png").symlink_to(tmp_path / "in" / "a.png")
    assert matched(f"{tmp_path}/in/*.png") == [f"{tmp_path}/in/a.png"]
    assert "2 links left out" in caplog.text


def test_images_of_braces_come_in_the_order_of_the_braces(tmp_path: Path) -> None:
    make(tmp_path, ["9.png", "10.png"])
    assert matched(f"{tmp_path}/{{9..10}}.png") == [f"{tmp_path}/9.png", f"{tmp_path}/10.png"]


def test_a_caption_beside_images_is_no_list(tmp_path: Path) -> None:
    make(tmp_path, ["a.png"])
    (tmp_path / "a.txt").write_text("a car in the rain")
    assert matched(f"{tmp_path}/*") == [f"{tmp_path}/a.png"]


def test_a_pattern_that_matches_nothing_useful_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"the pattern '.*\*\.png' matches nothing"):
        open_source(f"{tmp_path}/*.png", side="real")
    (tmp_path / "a.doc").write_text("x")
    with pytest.raises(FileNotFoundError, match=r"the pattern '.*' matches 1 other file"):
        open_source(f"{tmp_path}/*", side="real")


def test_embeddings_are_not_taken_from_a_pattern(tmp_path: Path) -> None:
    import numpy as np

    for name in "ab":
        np.save(tmp_path / f"{name}.npy", np.ones((3, 4), np.float32))
    with pytest.raises(ValueError, match="pass embeddings as one file"):
        open_source(f"{tmp_path}/*.npy", side="real")
