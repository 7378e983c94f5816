"""All views of one image, cut from one decode of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from PIL import Image

from twinscore.base.errors import MissingExtraError, UnreadableImageError
from twinscore.images.annotations.placement import place_objects
from twinscore.images.decoding.decode import read_image_and_facts
from twinscore.images.decoding.decoded_image import DecodedImage
from twinscore.images.decoding.orientation import orientation_in
from twinscore.images.decoding.reasons import reason_of
from twinscore.images.records import ImageHandle
from twinscore.images.views.contrast import contrasts
from twinscore.images.views.covering import share_covered
from twinscore.images.views.cuts import SquareAround, Surroundings, WholeImage
from twinscore.images.views.settings import ENVIRONMENT, IN_PLACE, OF_OBJECTS, SCENES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from twinscore.images.annotations.placement import SeenObject
    from twinscore.images.annotations.records import AnnotatedImage, AnnotationProblem
    from twinscore.images.records import ImageFacts, ImageItem
    from twinscore.images.views.cuts import Cut
    from twinscore.images.views.settings import ViewSettings

IN_PLACE_MARGIN = 0.5
"""As much again around an object as the object has."""

MOST_COVERED = 0.9
"""Share of an image; where more is covered, nothing of the environment is left to look at."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One picture of an image.

    Attributes
    ----------
    view
        One of `VIEWS`.
    picture
        Its pixels, mode RGB; None where it could not be made, for this `failure`.
    of
        The object that it shows; None for what is of the whole image.
    failure
        Why there is no picture, in a few words.
    """

    view: str
    picture: Image.Image | None
    of: SeenObject | None = None
    failure: str | None = None


@dataclass(slots=True)
class CutImage:
    """What became of one annotated image.

    Attributes
    ----------
    item
        The image.
    pieces
        Its views, each object's in the order of the annotations.
    size
        Width and height as a person sees it; None for an image that cannot be read.
    objects
        All objects in it, small ones and regions too.
    contrasts
        How far each object stands out from what surrounds it, see `contrasts`.
    problems
        What was wrong with their annotations.
    facts
        What its file tells.
    failure
        Why it cannot be read; None where it can.
    is_annotated
        Whether anything is known of its objects, be it that there are none.
    """

    item: ImageItem
    pieces: list[Piece] = field(default_factory=list)
    size: tuple[int, int] | None = None
    objects: tuple[SeenObject, ...] = ()
    contrasts: tuple[float, ...] = ()
    problems: tuple[AnnotationProblem, ...] = ()
    facts: ImageFacts | None = None
    failure: str | None = None
    is_annotated: bool = True


def cut_image(
    item: ImageItem,
    annotated: AnnotatedImage | None,
    settings: ViewSettings,
    *,
    shorter_side: int | None = None,
    exposure: float = 0.0,
) -> CutImage:
    """Decode an image once, at full size, and cut all views out of it.

    Parameters
    ----------
    item
        The image, in hand.
    annotated
        What is written down of it; None where nothing is.
    settings
        Which views.
    shorter_side
        See `DecodedImage`.
    exposure
        In stops, for scene-linear files.
    """
    try:
        if isinstance(item.content, ImageHandle):
            # Read once, for its pixels as for what its file tells.
            item = replace(item, content=item.content.read())
        image, facts = read_image_and_facts(item, exposure=exposure)
        image = _bare(image, item.content)
    except MissingExtraError:
        raise
    except Exception as error:
        # Whatever one image makes a library raise, the others are not lost for it.
        return CutImage(item, failure=reason_of(error), is_annotated=annotated is not None)
    result = CutImage(item, size=image.size, facts=facts, is_annotated=False)
    if annotated is not None:
        objects, problems = place_objects(
            annotated, image.size, lambda: orientation_in(item.content)
        )
        result.is_annotated = objects is not None
        result.objects, result.problems = tuple(objects or ()), tuple(problems)
    decoded = DecodedImage(image, shorter_side)
    result.contrasts = contrasts(decoded, [each.box for each in result.objects])
    result.pieces = [
        _piece(view, cut_of(view, of, result.objects, settings), of, decoded)
        for view, of in _shown(result, settings)
    ]
    return result


def _bare(image: Image.Image, content: object) -> Image.Image:
    """Let go of what the file said of turning and colours: it is done, and not to be done twice."""
    if image.info:
        # The caller's own image may have been returned.
        image = image.copy() if isinstance(content, Image.Image) else image
        image.info = {}
    return image


def cut_of(
    view: str, of: SeenObject | None, objects: Sequence[SeenObject], settings: ViewSettings
) -> Cut:
    """Return what of an image a picture of it is.

    Parameters
    ----------
    view
        One of `VIEWS`.
    of
        The object that is shown, in views of objects.
    objects
        All objects in the image.
    settings
        How objects are cut out.
    """
    if of is None:
        is_whole = view == SCENES
        return WholeImage() if is_whole else Surroundings(tuple(each.box for each in objects))
    if view == IN_PLACE:
        return SquareAround(of.box, IN_PLACE_MARGIN)
    mask = of.mask if settings.without_background else None
    return SquareAround(of.box, settings.margin, is_alone=True, mask=mask)


def _shown(image: CutImage, settings: ViewSettings) -> Iterator[tuple[str, SeenObject | None]]:
    """Yield which pictures of an image there are: the view, and the object in it."""
    assert image.size is not None
    if SCENES in settings.names:
        yield SCENES, None
    if not image.is_annotated:
        return
    if ENVIRONMENT in settings.names:
        boxes = [each.box for each in image.objects]
        if share_covered(image.size, boxes) <= MOST_COVERED:
            yield ENVIRONMENT, None
    for each in image.objects:
        if is_looked_at(each, settings):
            yield from ((view, each) for view in OF_OBJECTS if view in settings.names)


def is_looked_at(each: SeenObject, settings: ViewSettings) -> bool:
    """Tell whether an object is one by itself, and large enough; without background, has a mask."""
    if each.is_region or each.box.longer_side < settings.smallest:
        return False
    return each.mask is not None or not settings.without_background


def _piece(view: str, cut: Cut, of: SeenObject | None, decoded: DecodedImage) -> Piece:
    try:
        return Piece(view, cut.of(decoded), of)
    except UnreadableImageError as error:
        return Piece(view, None, of, str(error))
