from __future__ import annotations

from dataclasses import replace

import numpy as np

from twinscore.images.annotations.digest import annotation_digest
from twinscore.images.annotations.instance_masks import PixelRuns
from twinscore.images.annotations.masks import Polygons
from twinscore.images.annotations.records import AnnotatedImage, Box, ObjectAnnotation

CAR = ObjectAnnotation("0001", "car", Box(1, 2, 3, 4), record="boxes.json annotation 1")


def runs(stop: int) -> PixelRuns:
    return PixelRuns(9, 9, np.arange(3000), np.arange(1, 3001) + (np.arange(3000) == stop))


def test_every_change_of_an_annotation_is_told_and_where_it_stands_is_not() -> None:
    changed = [
        replace(CAR, class_name="truck"),
        replace(CAR, box=Box(1, 2, 3, 5)),
        replace(CAR, is_region=True),
        replace(CAR, mask=Polygons(((1.0, 2.0, 3.0, 2.0, 3.0, 4.0),))),
        replace(CAR, mask=Polygons(((1.0, 2.0, 3.0, 2.0, 3.0, 5.0),))),
        replace(CAR, mask=runs(1500)),
        replace(CAR, mask=runs(1501)),
    ]
    images = [AnnotatedImage("0001", (each,)) for each in (CAR, *changed)]
    images += [AnnotatedImage("0001"), AnnotatedImage("0001", (CAR, CAR))]
    images += [AnnotatedImage("0001", (CAR,), (9.0, 9.0)), AnnotatedImage("0001", is_known=False)]
    digests = [annotation_digest(image) for image in images]
    assert len({*digests, annotation_digest(None)}) == len(images) + 1
    moved = replace(CAR, record="copy/boxes.json annotation 1", box=Box(1.0, 2.0, 3.0, 4.0))
    assert annotation_digest(AnnotatedImage("copy/0001", (moved,))) == digests[0]
