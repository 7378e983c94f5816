from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import normalize

from annotated_images import write_images
from twinscore.images.annotations.beside import images_named

if TYPE_CHECKING:
    from pathlib import Path


def test_names_written_on_windows_are_found_beside_their_annotations(tmp_path: Path) -> None:
    write_images(tmp_path / "images" / "a", ["0001"])
    found = images_named(["a\\0001.png"], tmp_path / "boxes.json")
    assert found == [tmp_path / "images" / "a" / "0001.png"]


def test_names_with_accents_are_found_however_they_are_written(tmp_path: Path) -> None:
    write_images(tmp_path, [normalize("NFD", "Käse"), normalize("NFC", "Öl")])
    wanted = [normalize("NFC", "Käse.png"), normalize("NFD", "Öl.png")]
    assert len(images_named(wanted, tmp_path / "boxes.json")) == 2


def test_a_name_longer_than_a_file_can_have_is_that_of_none(tmp_path: Path) -> None:
    write_images(tmp_path, ["0001"])
    found = images_named([f"{'long' * 100}.png", "0001.png"], tmp_path / "boxes.json")
    assert found == [tmp_path / "0001.png"]
