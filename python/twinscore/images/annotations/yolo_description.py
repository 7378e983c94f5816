"""What describes a YOLO set: its ``data.yaml``, or a ``classes.txt`` among or above its labels."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinscore.base.errors import MissingExtraError
from twinscore.base.extras import require
from twinscore.images.annotations.label_files import text_of
from twinscore.images.annotations.records import AnnotationProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SPLITS = ("train", "val", "valid", "test", "minival")
DESCRIPTIONS = ("data.yaml", "dataset.yaml", "data.yml", "dataset.yml")
"""What a file that describes a set is called."""

_LISTED = "classes.txt"


@dataclass(frozen=True, slots=True)
class DescribedClasses:
    """What the numbers in label files stand for.

    Attributes
    ----------
    names
        By number; empty where nothing names them.
    has_keypoints
        Whether points follow a box, which are no outline.
    problems
        Why a description is not taken.
    """

    names: Mapping[int, str] = field(default_factory=dict)
    has_keypoints: bool = False
    problems: tuple[AnnotationProblem, ...] = ()


def read_description(location: str) -> dict[str, Any]:
    """Read a ``data.yaml``.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        It is no description of a YOLO set.
    MissingExtraError
        PyYAML is not installed.
    """
    yaml = require("yaml", extra="objects", purpose="reading data.yaml")
    text = Path(location).read_text(encoding="utf-8", errors="replace")
    try:
        described = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"{location!r}: expected YAML, got {reason}") from error
    if not isinstance(described, dict) or not {"names", *SPLITS} & described.keys():
        raise ValueError(f"{location!r}: expected a YOLO set with names and train or val")
    return described


def described_classes(described: Mapping[str, Any]) -> DescribedClasses:
    """Return the classes of a description."""
    names = described.get("names")
    if isinstance(names, dict):
        numbered = ((str(key).strip(), name) for key, name in names.items())
        known = {int(key): name for key, name in numbered if key.isdecimal()}
    else:
        known = dict(enumerate(names)) if isinstance(names, list) else {}
    return DescribedClasses(
        {key: str(key if name in (None, "") else name) for key, name in known.items()},
        "kpt_shape" in described,
    )


def classes_of_labels(folder: Path) -> DescribedClasses:
    """Find the classes of a folder of labels: of the nearest file that names them.

    That is a ``classes.txt`` or else a ``data.yaml``, in the folder or above it: as far as the set
    reaches by its usual names, such as ``set/labels/train`` or ``set/train/labels``.
    """
    problems: tuple[AnnotationProblem, ...] = ()
    for place in _places_above(folder):
        if (place / _LISTED).is_file():
            return DescribedClasses(_listed(place / _LISTED), problems=problems)
        found = _of_descriptions(place)
        if found.names:
            return found
        problems += found.problems
    return DescribedClasses(problems=problems)


def _places_above(folder: Path) -> Iterator[Path]:
    """Name the folders of a set from its labels upwards."""
    below, between = folder.absolute(), folder.absolute().parent
    yield below
    yield between
    if between.name == "labels" or (below.name == "labels" and between.name in SPLITS):
        yield between.parent


def _listed(file: Path) -> dict[int, str]:
    lines = text_of(file).splitlines()
    return {number: line.strip() for number, line in enumerate(lines) if line.strip()}


def _of_descriptions(place: Path) -> DescribedClasses:
    """Return the classes that all descriptions in a folder agree on."""
    found: dict[str, DescribedClasses] = {}
    problems = []
    for name in DESCRIPTIONS:
        file = place / name
        if not file.is_file():
            continue
        try:
            described = described_classes(read_description(str(file)))
        except (ValueError, OSError, MissingExtraError) as error:
            reason = f"names of classes not read: {' '.join(str(error).split())}"
            problems.append(AnnotationProblem(str(file), reason))
            continue
        if described.names:
            found[name] = described
    first = next(iter(found.values()), DescribedClasses())
    if any(other != first for other in found.values()):
        reason = f"{' and '.join(found)} name other classes: none are taken"
        problems.append(AnnotationProblem(str(place), reason))
        first = DescribedClasses()
    return DescribedClasses(first.names, first.has_keypoints, tuple(problems))
