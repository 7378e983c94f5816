"""The images of a source, each with its annotations, so that its objects can be found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.images.annotations.matching import match_images
from twinscore.images.annotations.placement import place_objects
from twinscore.images.annotations.records import AnnotatedImage
from twinscore.images.decoding.orientation import orientation_in
from twinscore.images.records import ImageHandle

if TYPE_CHECKING:
    from twinscore.images.annotations.placement import SeenObject, Size
    from twinscore.images.annotations.records import AnnotationProblem
    from twinscore.images.records import ImageItem
    from twinscore.images.views.annotated_source import AnnotatedSource


class ViewedImages:
    """Holds of an image what is needed to place its objects, and nothing of the objects.

    Parameters
    ----------
    source
        The images and their annotations.

    Attributes
    ----------
    problems
        Annotations whose image is not there, or cannot be told from others.
    """

    def __init__(self, source: AnnotatedSource) -> None:
        self.source = source
        matching = match_images([item.name for item in source], source.annotations)
        self._names = matching.annotated
        self._sizes: list[Size | None] = [None] * len(self._names)
        self.problems: tuple[AnnotationProblem, ...] = matching.problems

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self._names)

    def annotated(self, place: int, item: ImageItem) -> AnnotatedImage | None:
        """Read what is written down of the image at a place; None where nothing is."""
        annotations, name = self.source.annotations, self._names[place]
        if name is not None:
            return annotations.read(name)
        return AnnotatedImage(item.name) if annotations.absent_means_none else None

    def note_size(self, place: int, size: Size | None) -> None:
        """Keep width and height of an image as it is seen; None of one that cannot be read."""
        self._sizes[place] = size

    def objects(self, place: int, item: ImageItem) -> dict[int, SeenObject]:
        """Find the objects of an image again, by their numbers."""
        size, annotated = self._sizes[place], self.annotated(place, item)
        if size is None or annotated is None:
            return {}
        content = item.content

        def orientation() -> int:
            return orientation_in(content.read() if isinstance(content, ImageHandle) else content)

        objects, _ = place_objects(annotated, size, orientation)
        return {each.number: each for each in objects or ()}
