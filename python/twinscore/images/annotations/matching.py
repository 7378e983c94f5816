"""Which annotation is of which image: told by the ends of their paths."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unicodedata import normalize

from twinscore.images.annotations.beside import PLACES, stem_path
from twinscore.images.annotations.records import AnnotationProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.images.annotations.records import AnnotationSet

AMBIGUOUS = "it fits several images equally well: it is taken for none of them"
ABSENT = "there is no such image"


@dataclass(frozen=True, slots=True)
class Matching:
    """Images and the annotations that are theirs.

    Attributes
    ----------
    annotated
        What the annotations call each image of the source; None for one they do not name.
    problems
        What they name and the source lacks, or holds more than once.
    """

    annotated: tuple[str | None, ...]
    problems: tuple[AnnotationProblem, ...]


def match_images(names: Sequence[str], annotations: AnnotationSet) -> Matching:
    """Find the annotations of each image.

    Paths of annotations come from other machines: the longer the end that two paths have in
    common, the better they fit. What fits several images equally well is left out, and so is
    what fits by less than others in its folder do.

    Parameters
    ----------
    names
        Of the images, as their source gives them.
    annotations
        Of some of them.
    """
    by_stem = annotations.is_by_stem
    by_file: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    for name in annotations.names:
        parts = _parts(name, by_stem=False, drop_places=by_stem)
        by_file[parts[0]].append((name, parts))

    claims: dict[str, list[tuple[int, int]]] = defaultdict(list)
    contested: set[str] = set()
    for place, name in enumerate(names):
        parts = _parts(name, by_stem=by_stem, drop_places=by_stem)
        fits = [(_fit(parts, other), key) for key, other in by_file.get(parts[0], ())]
        best = max((fit for fit, _ in fits), default=None)
        chosen = [key for fit, key in fits if fit == best]
        if best is not None and len(chosen) == 1:
            claims[chosen[0]].append((best[0], place))
        else:
            contested.update(chosen)

    _drop_of_other_folders(claims)
    annotated: list[str | None] = [None] * len(names)
    problems = []
    for key in annotations.names:
        if key not in claims:
            reason = AMBIGUOUS if key in contested else ABSENT
            problems.append(AnnotationProblem(f"{annotations.location} {key}", reason))
            continue
        longest = max(length for length, _ in claims[key])
        places = [place for length, place in claims[key] if length == longest]
        if len(places) == 1:
            annotated[places[0]] = key
        else:
            problems.append(AnnotationProblem(f"{annotations.location} {key}", AMBIGUOUS))
    return Matching(tuple(annotated), tuple(problems))


def _drop_of_other_folders(claims: dict[str, list[tuple[int, int]]]) -> None:
    """Leave out what fits by less than others in the folder of the annotation do.

    Where ``cam0/0001.png`` is there, an absent ``cam0/0002.png`` is not that of ``cam1``.
    """
    longest: dict[str, int] = {}
    for key, fits in claims.items():
        folder = _folder_of(key)
        longest[folder] = max(longest.get(folder, 0), *(length for length, _ in fits))
    for key in list(claims):
        kept = [fit for fit in claims[key] if fit[0] == longest[_folder_of(key)]]
        if kept:
            claims[key] = kept
        else:
            del claims[key]


def _folder_of(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[0]


def _parts(name: str, *, by_stem: bool, drop_places: bool) -> tuple[str, ...]:
    """Return the parts of a path, the last one first."""
    # Macs write an accent behind its letter, others both as one.
    path = normalize("NFC", name).replace("\\", "/")
    parts = (stem_path(path) if by_stem else path).split("/")
    meaningless = {"", ".", *(PLACES if drop_places else ())}
    return (parts[-1], *(part for part in reversed(parts[:-1]) if part not in meaningless))


def _fit(image: Sequence[str], annotated: Sequence[str]) -> tuple[int, bool]:
    """Count the parts that two paths have in common at their ends, and whether that is all."""
    common = 0
    for ours, theirs in zip(image, annotated, strict=False):
        if ours != theirs:
            break
        common += 1
    return common, common == len(annotated)
