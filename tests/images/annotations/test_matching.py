from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from unicodedata import normalize

from twinscore.images.annotations.label_files import LabelFiles
from twinscore.images.annotations.matching import ABSENT, AMBIGUOUS, match_images
from twinscore.images.annotations.records import AnnotatedImage, AnnotationProblem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Named:
    names: tuple[str, ...]
    location: str = "boxes.json"
    format: str = "COCO"
    is_by_stem: bool = False
    absent_means_none: bool = False
    problems: tuple[AnnotationProblem, ...] = ()

    def read(self, name: str) -> AnnotatedImage:
        return AnnotatedImage(name)

    def image_files(self) -> Sequence[Path]:
        return ()


def test_paths_of_another_machine_match_by_their_ends() -> None:
    named = Named(("/home/me/set/clip 1/0001.png", "/home/me/set/clip 2/0001.png"))
    found = match_images(["photos/clip 2/0001.png", "photos/clip 1/0001.png"], named)
    assert found.annotated == (named.names[1], named.names[0])
    assert found.problems == ()


def test_a_name_alone_matches_where_nothing_contradicts_it() -> None:
    found = match_images(["a.tar/train/0001.png"], Named(("0001.png",)))
    assert found.annotated == ("0001.png",)


def test_backslashes_part_paths_as_well() -> None:
    assert match_images(["x/b/1.png"], Named(("b\\1.png", "c\\1.png"))).annotated == ("b\\1.png",)


def test_accents_match_however_they_are_written() -> None:
    written = {form: normalize(form, "Käse/1.png") for form in ("NFC", "NFD")}
    assert match_images([written["NFD"]], Named((written["NFC"],))).annotated == (written["NFC"],)
    assert match_images([written["NFC"]], Named((written["NFD"],))).annotated == (written["NFD"],)


def test_what_fits_several_images_is_taken_for_none_and_said() -> None:
    found = match_images(["a/0001.png", "b/0001.png"], Named(("0001.png",)))
    assert found.annotated == (None, None)
    assert [problem.reason for problem in found.problems] == [AMBIGUOUS]
    found = match_images(["a/0001.png"], Named(("x/0001.png", "y/0001.png")))
    assert found.annotated == (None,)
    assert {problem.reason for problem in found.problems} == {AMBIGUOUS}


def test_annotations_of_absent_images_are_listed() -> None:
    found = match_images(["a/0001.png"], Named(("0001.png", "0002.png")))
    assert [(each.record, each.reason) for each in found.problems] == [
        ("boxes.json 0002.png", ABSENT)
    ]


def test_an_absent_image_of_one_folder_is_not_that_of_another() -> None:
    named = Named(("cam0/0001.png", "cam0/0002.png", "cam1/0001.png"))
    found = match_images(["cam0/0001.png", "cam1/0001.png", "cam1/0002.png"], named)
    assert found.annotated == ("cam0/0001.png", "cam1/0001.png", None)
    assert [(each.record, each.reason) for each in found.problems] == [
        ("boxes.json cam0/0002.png", ABSENT)
    ]


def test_label_files_match_images_of_any_ending_in_the_folder_beside_theirs() -> None:
    labels = LabelFiles("labels", "YOLO", {}, lambda name, _: AnnotatedImage(name))
    assert labels.is_by_stem
    named = Named(("train/labels/0001", "val/labels/0001"), is_by_stem=True)
    found = match_images(["set/val/images/0001.jpeg", "set/train/images/0001.webp"], named)
    assert found.annotated == ("val/labels/0001", "train/labels/0001")
