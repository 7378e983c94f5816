"""objects.json: what a store knows of annotations that belong to no image."""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING

from twinscore.base.json_text import parse_json
from twinscore.base.saved_state import Fields
from twinscore.embedding.store.description import how_to_mend
from twinscore.images.annotations.records import AnnotationProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.embedding.store.directory import StoreDirectory

OBJECTS_FILE = "objects.json"


def write_objects_file(
    directory: StoreDirectory, format_name: str, problems: Sequence[AnnotationProblem]
) -> None:
    """Write the format of the annotations, and what of them is of no image."""
    rows = [[each.record, each.reason, each.is_lost] for each in problems]
    text = json.dumps({"format": format_name, "problems": rows}, indent=2) + "\n"

    def fill(file: IO[bytes]) -> None:
        file.write(text.encode())

    directory.write(OBJECTS_FILE, fill)


def read_objects_file(directory: StoreDirectory) -> tuple[str, tuple[AnnotationProblem, ...]]:
    """Read what `write_objects_file` wrote.

    Raises
    ------
    ValueError
        It is missing or damaged.
    """
    try:
        fields = Fields(parse_json(directory.read(OBJECTS_FILE)))
        problems = tuple(
            AnnotationProblem(str(record), str(reason), bool(is_lost))
            for record, reason, is_lost in fields.rows("problems", 3)
        )
        return fields.text("format"), problems
    except (FileNotFoundError, ValueError) as error:
        reason = " ".join(str(error).split())
        place = directory.place(OBJECTS_FILE)
        raise ValueError(f"{place}: {reason}; {how_to_mend(directory)}") from error
