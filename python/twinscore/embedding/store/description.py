"""store.json: what made the embeddings of a store, and how many there are."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from twinscore.base.errors import SettingError
from twinscore.base.json_text import parse_json
from twinscore.base.saved_state import Fields
from twinscore.embedding.store.opening import directory_of
from twinscore.images.views.settings import ViewSettings

if TYPE_CHECKING:
    from twinscore.embedding.store.directory import StoreDirectory
    from twinscore.embedding.store.opening import Location

DESCRIPTION_FILE = "store.json"
FORMAT = "twinscore embeddings"
FORMAT_VERSION = 1
DTYPES = ("float32", "float16")


@dataclass(frozen=True, slots=True)
class StoreDescription:
    """What made a store.

    Attributes
    ----------
    model, preprocessing
        Fingerprints.
    dimension, dtype
        Of the vectors; "float32" or "float16".
    shard_size
        Images a shard.
    hashed
        Whether images are known again by their sha256 rather than by size and time.
    group_by
        Column by which images were grouped, or None.
    exposure
        In stops, of OpenEXR and HDR files.
    video_interval
        Seconds between two frames of a clip.
    views
        How objects were cut out of images; None where there are whole images only.
    images, failed, shards
        How many there are; `failed` are images without a vector.
    complete
        False while a run is under way, or was stopped.
    taken_out
        Numbers of shards that were damaged or lost, in whose places the next run writes. Only
        there while there are any.
    """

    model: str
    preprocessing: str
    dimension: int
    dtype: str = "float32"
    shard_size: int = 4096
    hashed: bool = False
    group_by: str | None = None
    exposure: float = 0.0
    video_interval: float = 1.0
    views: ViewSettings | None = None
    images: int = 0
    failed: int = 0
    shards: int = 0
    complete: bool = False
    taken_out: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.dtype not in DTYPES:
            raise ValueError(f"expected a dtype of {' or '.join(DTYPES)}, got {self.dtype!r}")
        if self.shard_size < 1:
            raise ValueError(f"expected a shard size of at least 1, got {self.shard_size}")

    def check_continues(self, existing: StoreDescription, store: str) -> None:
        """Refuse to add rows of another kind to a store.

        Raises
        ------
        ValueError
            Model, preprocessing, dtype or another option differs from the store's.
        SettingError
            Views do.
        """
        if self.views != existing.views:
            theirs, mine = (views or "whole images only" for views in (existing.views, self.views))
            raise SettingError(
                f"expected {theirs}, with which the store {store} was made, got {mine}: use the "
                "same, or choose another folder"
            )
        # The preprocessing comes last: where it differs by an option, that is what to name.
        for name in ("model", "dimension", *_OPTIONS, "preprocessing"):
            mine, theirs = getattr(self, name), getattr(existing, name)
            if mine != theirs:
                raise ValueError(
                    f"the store {store} was made with {_OPTIONS.get(name, name)} {theirs}, "
                    f"not {mine}: use the same, or choose another folder"
                )


_CHECKSUM = "checksum"
_COUNTS = ("images", "failed", "shards", "complete", "taken_out")

_OF_VIEWS = ("names", "margin", "smallest", "without_background")

_OPTIONS = {
    "dtype": "dtype",
    "shard_size": "shard size",
    "hashed": "hashing",
    "group_by": "grouping by",
    "exposure": "exposure",
    "video_interval": "video interval",
}
"""Options by which one run may differ from another, and what messages call them."""


def is_store(location: Location) -> bool:
    """Tell whether an embedding store lies at a path or URL.

    Raises
    ------
    UnreachableError
        What holds the place does not answer.
    """
    return directory_of(location).has(DESCRIPTION_FILE)


def read_description(location: Location) -> StoreDescription:
    """Read store.json.

    Raises
    ------
    FileNotFoundError
        There is none.
    ValueError
        The file is damaged, or of a later version of the format.
    UnreachableError
        What holds the store does not answer.
    """
    directory = directory_of(location)
    path = directory.place(DESCRIPTION_FILE)
    try:
        fields = Fields(parse_json(directory.read(DESCRIPTION_FILE)))
        if fields.any("format") != FORMAT:
            raise ValueError(f"its 'format' is not {FORMAT!r}")
        version = fields.any("format_version")
        if version == FORMAT_VERSION:
            _check_digest(fields.values)
            return _checked(fields)
    except ValueError as error:
        raise ValueError(
            f"{path} describes no embedding store: {error}; {how_to_mend(directory)}"
        ) from error
    raise ValueError(
        f"{path}: expected version {FORMAT_VERSION} of the format, got {version!r}: "
        "a newer twinscore made it"
    )


def how_to_mend(directory: StoreDirectory) -> str:
    """Say what to do about damage in a store."""
    return (
        f"'twinscore store check {directory} --repair' takes out what is damaged, "
        "and 'twinscore embed' embeds it again"
    )


def _check_digest(fields: dict[str, Any]) -> None:
    """Compare with the checksum, which older stores have none of."""
    fields = dict(fields)
    if fields.pop(_CHECKSUM, None) not in (None, _digest(fields)):
        raise ValueError("it is not what was written (checksum)")


def _digest(fields: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def _checked(fields: Fields) -> StoreDescription:
    if not isinstance(fields.values, dict):
        raise ValueError(f"expected a JSON object, got {type(fields.values).__name__}")
    defaults = {
        field.name: field.default
        for field in dataclasses.fields(StoreDescription)
        if field.default is not dataclasses.MISSING
    }
    given = Fields({**defaults, **fields.values})
    return StoreDescription(
        model=given.text("model"),
        preprocessing=given.text("preprocessing"),
        dimension=given.whole("dimension", least=1),
        dtype=given.text("dtype", DTYPES),
        shard_size=given.whole("shard_size", least=1),
        hashed=given.flag("hashed"),
        group_by=None if given.is_missing("group_by") else given.text("group_by"),
        exposure=given.number("exposure"),
        video_interval=given.number("video_interval", above=0.0),
        views=None if given.is_missing("views") else _views_in(given.fields("views")),
        images=given.whole("images"),
        failed=given.whole("failed"),
        shards=given.whole("shards"),
        complete=given.flag("complete"),
        taken_out=given.wholes("taken_out"),
    )


def maker_of(description: StoreDescription) -> str:
    """Return what made a store, without what it holds, as JSON: every shard carries it."""
    fields = _fields_of(description)
    return json.dumps({name: fields[name] for name in fields if name not in _COUNTS})


def _fields_of(description: StoreDescription) -> dict[str, Any]:
    """Return what is written; that there are no objects is not said."""
    fields = dataclasses.asdict(description)
    del fields["views"]
    if description.views is not None:
        of_views = description.views.to_dict()
        fields["views"] = {name: of_views[name] for name in _OF_VIEWS}
    return fields


def _views_in(given: Fields) -> ViewSettings:
    return ViewSettings(
        names=given.texts("names"),
        margin=given.number("margin"),
        smallest=given.whole("smallest", least=1),
        without_background=given.flag("without_background"),
    )


def description_of_maker(text: str) -> StoreDescription:
    """Read what `maker_of` wrote.

    Raises
    ------
    ValueError
        It is damaged.
    """
    return _checked(Fields(parse_json(text)))


def write_description(directory: StoreDirectory, description: StoreDescription) -> None:
    """Write store.json whole, in the place of an older one."""
    fields = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        **_fields_of(description),
    }
    if not description.taken_out:
        del fields["taken_out"]
    fields[_CHECKSUM] = _digest(fields)
    text = json.dumps(fields, indent=2) + "\n"

    def fill(file: IO[bytes]) -> None:
        file.write(text.encode())

    directory.write(DESCRIPTION_FILE, fill)
