"""Images and what is written down of the objects in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.images.sources.wrapped import WrappedSource
from twinscore.images.views.masks_among_images import without_masks

if TYPE_CHECKING:
    from twinscore.images.annotations.records import AnnotationSet
    from twinscore.images.sources.columns import ColumnedSource


class AnnotatedSource(WrappedSource):
    """A source of images that knows the annotations of their objects; its images are whole.

    Parameters
    ----------
    source
        The images; those that are themselves masks of others are left out.
    annotations
        Of some of them, or of all.
    """

    def __init__(self, source: ColumnedSource, annotations: AnnotationSet) -> None:
        super().__init__(without_masks(source, annotations))
        self.annotations = annotations
