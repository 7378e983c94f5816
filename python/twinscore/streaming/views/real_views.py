"""The real side of a stream of annotated images: every view embedded once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twinscore.base.errors import SettingError
from twinscore.base.progress import stage_of
from twinscore.embedding.annotated_side import annotations_of, views_as_settings, with_scenes
from twinscore.embedding.records import Embeddings
from twinscore.embedding.sides import open_source
from twinscore.embedding.store.view_columns import views_of_store
from twinscore.embedding.stored_views import load_views
from twinscore.embedding.views import embed_views
from twinscore.images.views.annotated_source import AnnotatedSource
from twinscore.images.views.settings import ViewSettings
from twinscore.scoring.views.inputs import agreed_views
from twinscore.scoring.views.notes import side_notes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.base.progress import StageProgress
    from twinscore.embedding.network.image_embedder import ImageEmbedder
    from twinscore.embedding.settings import ImageSettings


@dataclass(frozen=True, slots=True)
class RealViews:
    """The real images as points.

    Attributes
    ----------
    embeddings
        By view.
    settings
        How images are looked at; whole images are among the views.
    notes
        What was left out.
    embedder
        That made them; None where they come out of a store.
    """

    embeddings: dict[str, Embeddings]
    settings: ViewSettings
    notes: tuple[str, ...]
    embedder: ImageEmbedder | None


def open_real_views(
    real: Any,
    objects: Any,
    views: Sequence[str] | ViewSettings | None,
    images: ImageSettings,
    *,
    threads: int | None,
    progress: StageProgress | None,
) -> RealViews:
    """Open the real side, and embed its views where it is images.

    Parameters
    ----------
    real
        Images, a file of annotations, or a store of images with their objects.
    objects
        Annotations of images.
    views
        Which, and how; None: those of the store, else all that there are by default.
    images
        How they become points.
    threads, progress
        As in `twinscore.score`.

    Raises
    ------
    FileNotFoundError, TypeError, ValueError, MissingExtraError
        As `twinscore.score`.
    """
    stored = views_of_store(real) if _is_location(real) else None
    if stored is not None:
        if objects is not None:
            raise SettingError(
                "expected no annotations of the real side, which is a store with its objects, "
                f"got {objects}"
            )
        asked = agreed_views(views_as_settings(views, stored), {str(real): stored})
        settings = with_scenes(asked)
        found = load_views(real, settings, side="real", group_by=images.group_by)
        embedder = None
    else:
        given, annotations, viewed = annotations_of(real, objects, views or ViewSettings())
        assert annotations is not None
        assert viewed is not None
        settings = viewed
        source = open_source(
            given,
            side="real",
            group_by=images.group_by,
            video_interval=images.video_interval,
            allow_remote_paths=images.allow_remote_paths,
        )
        if isinstance(source, Embeddings):
            raise ValueError(
                "expected real images to look at objects in, got embeddings: "
                "'twinscore embed --objects' makes a store of images with their objects"
            )
        embedder = images.open_embedder(threads)
        found = embed_views(
            AnnotatedSource(source, annotations),
            embedder,
            settings,
            threads=threads,
            progress=stage_of(progress, "Embedding views of real images"),
        )
    notes = tuple(side_notes("real", found.counts, settings))
    return RealViews(dict(found.embeddings), settings, notes, embedder)


def _is_location(value: Any) -> bool:
    return isinstance(value, str | os.PathLike) and bool(os.fspath(value))
