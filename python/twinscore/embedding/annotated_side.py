"""From what is given of one side to its images and their annotations."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinscore.base.errors import SettingError
from twinscore.images.annotations.box_table import is_box_table
from twinscore.images.annotations.opening import is_annotation_file, open_annotations
from twinscore.images.views.annotated_images import images_of
from twinscore.images.views.settings import DEFAULT_VIEWS, SCENES, ViewSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.images.annotations.records import AnnotationSet


def annotations_of(
    source: Any, objects: Any, views: Sequence[str] | ViewSettings | None
) -> tuple[Any, AnnotationSet | None, ViewSettings | None]:
    """Find the annotations of images that are to be kept with their objects.

    Parameters
    ----------
    source
        Images, or a file of annotations.
    objects
        Annotations; None where the source is itself a file of them, or nothing is known.
    views
        Which views; None for the default.

    Returns
    -------
    images
        What is left to open.
    annotations : AnnotationSet or None
    settings : ViewSettings or None
        With whole images among the views; None where only these are to be kept.

    Raises
    ------
    FileNotFoundError, TypeError, ValueError, MissingExtraError
        As `open_annotations`.
    SettingError
        Views are asked for without annotations.
    """
    is_file = is_annotated(source)
    # A manifest may have columns called like those of a box, and mean something else.
    is_asked = views is not None or (is_file and not is_box_table(Path(source)))
    if objects is None and not is_asked:
        return source, None, None
    if objects is None and not is_file:
        raise SettingError(
            "expected annotations for views of objects, got none: name them with objects "
            "(--objects), or pass the file of annotations itself"
        )
    annotations = open_annotations(source if objects is None else objects)
    images = source
    if is_file:
        images = images_of(annotations if objects is None else open_annotations(source))
    return images, annotations, with_scenes(views_as_settings(views))


def is_annotated(value: Any) -> bool:
    """Tell whether a side is itself a file of annotations."""
    return isinstance(value, str | os.PathLike) and is_annotation_file(Path(value))


def views_as_settings(
    views: Sequence[str] | ViewSettings | None, like: ViewSettings | None = None
) -> ViewSettings:
    """Turn what was given as views into settings.

    Parameters
    ----------
    views
        Names, settings, or None for the default.
    like
        How objects are cut out where only names are given; None: by default.

    Raises
    ------
    ValueError, TypeError
        As `ViewSettings`.
    """
    if isinstance(views, ViewSettings):
        return views
    settings = like or ViewSettings()
    if views is None:
        return settings if like else dataclasses.replace(settings, names=DEFAULT_VIEWS)
    names: Any = views
    return dataclasses.replace(settings, names=names)


def with_scenes(settings: ViewSettings) -> ViewSettings:
    """Add whole images, whose rows hold what was found in them; annotations are open by now."""
    return dataclasses.replace(
        settings, names=(*settings.names, SCENES), real_objects=None, synthetic_objects=None
    )
