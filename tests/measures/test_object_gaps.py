from __future__ import annotations

import numpy as np

from twinscore.images.views.object_facts import OBJECT_FACTS, ObjectFacts
from twinscore.measures.object_gaps import CLASS_SHARE, NUMBER, object_gaps
from twinscore.scoring.views.object_words import object_sentences


def facts(
    seed: int,
    *,
    images: int = 60,
    size: float = 90.0,
    cars: float = 0.5,
    each: int = 4,
    cut: float = 0.1,
) -> ObjectFacts:
    """Objects of one size an image, as a photographer stands near or far."""
    random = np.random.default_rng(seed)
    found = ObjectFacts()
    for number in range(images):
        names = ["car" if random.random() < cars else "Sign" for _ in range(each)]
        near = size * np.exp(0.4 * random.normal())
        rows = []
        for _ in names:
            values = random.random(len(OBJECT_FACTS)).tolist()
            rows.append((near, *values[1:-1], 100.0 * (random.random() < cut)))
        found.append(names, rows, f"{number}")
    return found


def test_what_differs_is_found_and_said_and_nothing_else() -> None:
    gaps = object_gaps(facts(1), facts(2, size=40.0))
    beyond = {(gap.fact, gap.class_name) for gap in gaps if gap.beyond_chance}
    assert beyond == {("size", None), ("size", "car"), ("size", "sign")}
    sentence = object_sentences(gaps)[0]
    assert sentence.startswith("Renders show objects")
    assert " pixels, photographs at " in sentence


def test_shares_of_classes_and_numbers_of_objects_are_compared_by_image() -> None:
    gaps = {
        (gap.fact, gap.class_name): gap for gap in object_gaps(facts(1), facts(2, cars=0.9, each=7))
    }
    assert gaps[NUMBER, None].beyond_chance
    assert gaps[NUMBER, None].synthetic == (7.0, 7.0)
    share = gaps[CLASS_SHARE, "car"]
    assert share.beyond_chance
    assert abs(share.real[1] - 50) < 10
    assert abs(share.synthetic[1] - 90) < 10


def test_objects_of_one_image_count_as_one() -> None:
    # Sizes are those of the images: 6 photographs on each side tell little, however many objects.
    false = sum(
        any(
            gap.beyond_chance
            for gap in object_gaps(facts(seed, images=6), facts(seed + 99, images=6))
        )
        for seed in range(30)
    )
    assert false <= 5


def test_capitals_make_no_class() -> None:
    other = facts(2)
    other.classes = [name.upper() for name in other.classes]
    gaps = object_gaps(facts(1), other)
    assert {gap.class_name for gap in gaps} == {None, "car", "sign"}
    assert not any(gap.beyond_chance for gap in gaps)


def test_without_objects_nothing_is_compared_but_their_number() -> None:
    gaps = object_gaps(facts(1, each=0), facts(2, each=0))
    assert [gap.fact for gap in gaps] == [NUMBER]


def test_sentences_show_as_many_digits_as_tell_the_sides_apart() -> None:
    gaps = object_gaps(facts(1, each=0), facts(2, each=5))
    assert object_sentences(gaps) == ["Renders hold 5 objects an image, photographs 0."]
