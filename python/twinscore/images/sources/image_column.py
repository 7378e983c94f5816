"""Which column of a table holds the images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twinscore.base.json_text import parse_json
from twinscore.images.sources.endings import is_image_name
from twinscore.images.sources.image_signature import looks_like_image

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

NAMES = ("image", "img", "picture", "photo", "jpg", "jpeg", "png", "webp")
"""Of columns that hold the images where others hold some too, the first first."""

AUXILIARY = ("mask", "depth", "label", "segmentation", "annotation", "normal", "thumbnail", "alpha")
"""Words in the names of columns that hold pictures of another kind."""

_FEATURES_KEY = b"huggingface"
_ROWS_LOOKED_AT = 16


def find_image_column(path: str | os.PathLike[str], label: str) -> str | None:
    """Name the column of a Parquet file that holds its images.

    A column that may hold images by its type does hold them if the file says so (as Hugging Face
    writes it), if it is named as images are, or if what it holds begins as images do; a digest or
    a sound does not. Of several, the one that is named as images are, or the only one that is not
    named as a mask is.

    Parameters
    ----------
    path
        The file.
    label
        Names it in messages.

    Returns
    -------
    str or None
        None where there is none.

    Raises
    ------
    ValueError
        Several hold images, and nothing says which is meant.
    """
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        schema = file.schema_arrow
        possible = [field.name for field in schema if may_hold_images(field.type)]
        if not possible:
            return None
        declared = _declared(schema)
        seen = _looked_at(file, possible)
    found = [
        name
        for name in possible
        if name in declared or name.lower() in NAMES or _are_images(seen[name])
    ]
    return _chosen(found, label)


def may_hold_images(kind: Any) -> bool:
    """Tell whether values of a pyarrow type can be encoded images."""
    import pyarrow as pa

    if pa.types.is_struct(kind):
        names = [kind.field(place).name for place in range(kind.num_fields)]
        return "bytes" in names and _is_binary(kind.field("bytes").type)
    return _is_binary(kind)


def _is_binary(kind: Any) -> bool:
    import pyarrow as pa

    return bool(
        pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind)
    )


def _declared(schema: Any) -> set[str]:
    """Return the columns that the file itself calls images."""
    try:
        features = parse_json((schema.metadata or {})[_FEATURES_KEY])["info"]["features"]
        return {name for name, feature in features.items() if feature.get("_type") == "Image"}
    except (KeyError, TypeError, AttributeError, ValueError):
        return set()


def _looked_at(file: Any, columns: list[str]) -> dict[str, list[Any]]:
    """Return the first values of columns; none where they are damaged."""
    import pyarrow as pa

    values: dict[str, list[Any]] = {}
    for name in columns:
        try:
            batches = file.iter_batches(
                batch_size=_ROWS_LOOKED_AT, columns=[name], use_threads=False
            )
            values[name] = next((batch.column(0).to_pylist() for batch in batches), [])
        except (pa.ArrowException, OSError, ValueError, StopIteration):
            values[name] = []
    return values


def _are_images(values: list[Any]) -> bool:
    looks = list(_looks(values))
    return bool(looks) and 2 * sum(looks) >= len(looks)


def _looks(values: list[Any]) -> Iterator[bool]:
    for value in values:
        content, path = value, None
        if isinstance(value, dict):
            content, path = value.get("bytes"), value.get("path")
        if content is not None:
            yield looks_like_image(content)
        elif path is not None:
            yield is_image_name(path)


def _chosen(found: list[str], label: str) -> str | None:
    if len(found) < 2:
        return found[0] if found else None
    by_name = {name.lower(): name for name in found}
    for name in NAMES:
        if name in by_name:
            return by_name[name]
    main = [name for name in found if not any(word in name.lower() for word in AUXILIARY)]
    if len(main) == 1:
        return main[0]
    raise ValueError(
        f"{label!r}: expected one column of images, got {', '.join(map(repr, found))}: "
        "call the one to take 'image'"
    )
