"""Options of annotated images: where objects are, and which views are scored."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from twinscore.cli.numbers import Number
from twinscore.images.annotations.opening import is_annotation_file
from twinscore.images.views.settings import (
    DEFAULT_MARGIN,
    DEFAULT_SMALLEST,
    DEFAULT_VIEWS,
    VIEWS,
    ViewSettings,
)

if TYPE_CHECKING:
    from collections.abc import Callable

TWICE = (
    "expected --objects twice, first the annotations of the real images, then those of the "
    "synthetic ones"
)


def object_options(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command of REAL and SYNTHETIC the options, and hand it their settings as ``views``."""
    return _with_options(command, "synthetic", _OBJECTS_OF_SIDES)


def object_options_of_watch(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command of FOLDER and REAL the options, and hand it their settings as ``views``."""
    return _with_options(command, "folder", _OBJECTS_OF_WATCH)


def _with_options(
    command: Callable[..., int], synthetic: str, objects_option: Callable[..., Any]
) -> Callable[..., int]:
    @functools.wraps(command)
    def with_views(
        *,
        objects: tuple[str, ...],
        view: str | None,
        smallest_object: int,
        object_margin: float,
        without_background: bool,
        **others: Any,
    ) -> int:
        is_asked = bool(objects or view or without_background)
        if not is_asked and not _is_said("smallest_object", "object_margin"):
            return command(views=None, **others)
        from twinscore.scoring.views.inputs import stored_views

        sides = {"real": others["real"], "synthetic": str(others[synthetic])}
        stored = stored_views(sides)
        real_objects, synthetic_objects = _of_sides(objects, sides, stored)
        views = ViewSettings(
            names=DEFAULT_VIEWS if view is None else _names_in(view),
            margin=object_margin,
            smallest=smallest_object,
            without_background=without_background,
            real_objects=real_objects,
            synthetic_objects=synthetic_objects,
        )
        return command(views=_as_stored(views, list(stored.values()), view), **others)

    for option in reversed((objects_option, *_OPTIONS)):
        with_views = option(with_views)
    return with_views


def object_options_of_one(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command of SOURCE the options, and hand it ``objects`` and their ``views``."""

    @functools.wraps(command)
    def with_views(
        *,
        objects: str | None,
        view: str | None,
        smallest_object: int,
        object_margin: float,
        without_background: bool,
        **others: Any,
    ) -> int:
        is_asked = bool(objects or view or without_background)
        if not is_asked and not _is_said("smallest_object", "object_margin"):
            return command(objects=None, views=None, **others)
        views = ViewSettings(
            names=DEFAULT_VIEWS if view is None else _names_in(view),
            margin=object_margin,
            smallest=smallest_object,
            without_background=without_background,
        )
        return command(objects=objects, views=views, **others)

    for option in reversed((_OBJECTS_OF_ONE, *_OPTIONS)):
        with_views = option(with_views)
    return with_views


_FORMATS = (
    "A COCO file, a YOLO data.yaml, a table of boxes (.csv, .parquet), a folder of Pascal VOC, "
    "KITTI or instance masks."
)

_OBJECTS_OF_SIDES = click.option(
    "--objects",
    multiple=True,
    metavar="ANNOTATIONS",
    help="Objects in the images, given twice: of the real ones, then of the synthetic ones. "
    f"{_FORMATS} Not needed where REAL and SYNTHETIC are such files themselves, or stores with "
    "objects.",
)

_OBJECTS_OF_WATCH = click.option(
    "--objects",
    multiple=True,
    metavar="ANNOTATIONS",
    help="Objects in the images, given twice: of the real ones, then of the frames, where they are "
    f"yet to land. {_FORMATS} Once where REAL is such a file itself, or a store with objects.",
)

_OBJECTS_OF_ONE = click.option(
    "--objects",
    metavar="ANNOTATIONS",
    help="Objects in the images: the store keeps each of them, the world around them and the "
    f"whole. {_FORMATS} Not needed where SOURCE is such a file itself.",
)

_OPTIONS = (
    click.option(
        "--view",
        metavar="NAMES",
        help=f"Which views of annotated images are looked at, of {','.join(VIEWS)}. "
        f"Default: {','.join(DEFAULT_VIEWS)}.",
    ),
    click.option(
        "--smallest-object",
        default=DEFAULT_SMALLEST,
        show_default=True,
        type=click.IntRange(1),
        metavar="PIXELS",
        help="Leave out objects whose longer side is smaller, on both sides.",
    ),
    click.option(
        "--object-margin",
        default=DEFAULT_MARGIN,
        show_default=True,
        type=Number(0, 2),
        metavar="X",
        help="Of grey around each object, as a share of its longer side.",
    ),
    click.option(
        "--without-background",
        is_flag=True,
        help="Show of each object its mask alone; leaves out objects without one.",
    ),
)


def _of_sides(
    objects: tuple[str, ...], sides: dict[str, str], stored: dict[str, ViewSettings]
) -> tuple[str | None, str | None]:
    """Say whose annotations these are; one is of the side that is no such file itself."""
    if not objects:
        return None, None
    if len(objects) == 2:
        return objects[0], objects[1]
    is_file = [side in stored or is_annotation_file(Path(sides[side])) for side in sides]
    if len(objects) > 2 or is_file[0] == is_file[1]:
        raise click.UsageError(f"{TWICE}; got it {len(objects)} times")
    return (None, objects[0]) if is_file[0] else (objects[0], None)


def _as_stored(views: ViewSettings, stored: list[ViewSettings], view: str | None) -> ViewSettings:
    """Take from a store, where a side is one, what no option says."""
    if not stored:
        return views
    said: dict[str, Any] = {}
    if view is None:
        names = (name for name in stored[0].names if all(name in each.names for each in stored))
        said["names"] = tuple(names)
    if not _is_said("object_margin"):
        said["margin"] = stored[0].margin
    if not _is_said("smallest_object"):
        said["smallest"] = stored[0].smallest
    if not _is_said("without_background"):
        said["without_background"] = stored[0].without_background
    return dataclasses.replace(views, **said)


def _names_in(text: str) -> tuple[str, ...]:
    return tuple(name for part in text.split(",") if (name := part.strip()))


def _is_said(*names: str) -> bool:
    """Tell whether any option was given, rather than left as it is."""
    context = click.get_current_context()
    return any(
        context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT
        for name in names
    )
