"""Which column holds the images is said by the file or seen in it, never guessed by type."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from numbered_images import png
from twinscore.images.sources.image_column import find_image_column

if TYPE_CHECKING:
    from pathlib import Path

IMAGES = [png(number) for number in range(4)]
DIGESTS = pa.array([hashlib.sha256(image).digest() for image in IMAGES])
SOUND = [{"bytes": b"RIFF0000WAVEfmt ", "path": None}] * 4
STRUCT = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
STRUCTS = [{"bytes": image, "path": None} for image in IMAGES]


def found(tmp_path: Path, columns: dict[str, Any], features: dict[str, Any] | None = None) -> Any:
    table = pa.table(columns)
    if features is not None:
        info = json.dumps({"info": {"features": features}})
        table = table.replace_schema_metadata({"huggingface": info})
    parquet.write_table(table, tmp_path / "t.parquet")
    return find_image_column(tmp_path / "t.parquet", "t.parquet")


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"digest": DIGESTS, "photo": STRUCTS}, "photo"),
        ({"digest": DIGESTS, "anything": IMAGES}, "anything"),
        ({"digest": DIGESTS, "path": ["a.png"] * 4}, None),
        ({"sound": SOUND}, None),
        ({"mask": STRUCTS, "photo": STRUCTS}, "photo"),
        ({"seg_mask": STRUCTS, "render": STRUCTS}, "render"),
        ({"other": STRUCTS, "image": STRUCTS}, "image"),
        ({"image": pa.array(IMAGES, pa.binary_view())}, "image"),
        ({"raw": pa.array(IMAGES, pa.large_binary())}, "raw"),
        ({"image": [b"an unknown kind"] * 4}, "image"),
        ({"a": [None, None, *IMAGES[:2]]}, "a"),
        ({"a": pa.array([{"bytes": None, "path": "x.png"}] * 4, STRUCT)}, "a"),
        ({"number": [1, 2, 3, 4]}, None),
    ],
)
def test_the_column_is_found(tmp_path: Path, columns: dict[str, Any], expected: Any) -> None:
    assert found(tmp_path, columns) == expected


def test_what_the_file_says_counts(tmp_path: Path) -> None:
    columns = {"thing": [{"bytes": b"unknown", "path": None}] * 4, "digest": DIGESTS}
    assert found(tmp_path, columns) is None
    assert found(tmp_path, columns, {"thing": {"_type": "Image"}}) == "thing"


def test_two_columns_that_could_be_meant_are_not_guessed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected one column of images, got 'left', 'right'"):
        found(tmp_path, {"left": STRUCTS, "right": STRUCTS})
