"""What the pixels of images tell, in stores of this version and of older ones."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from twinscore.embedding.store import load_store, rows
from twinscore.images.facts.catalog import FACT_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from twinscore.embedding.records import EmbeddedImage
    from twinscore.embedding.store import StoreDescription

    Fill = Callable[..., StoreDescription]
    MakeImage = Callable[..., EmbeddedImage]


def measured(image: EmbeddedImage, value: float | None) -> EmbeddedImage:
    return dataclasses.replace(image, pixel_facts=(value,) * len(FACT_NAMES))


def test_facts_come_back_with_their_images_and_what_is_not_known_is_nan(
    fill: Fill, image: MakeImage, tmp_path: Path
) -> None:
    images = [measured(image(0), 0.5), measured(image(1), None), image(2, "broken"), image(3)]
    fill(images)
    facts = load_store(tmp_path / "store").pixel_facts
    assert facts is not None
    assert facts.shape == (3, len(FACT_NAMES))
    np.testing.assert_array_equal(facts[0], 0.5)
    assert np.isnan(facts[1:]).all()


def test_a_store_of_an_older_version_is_read_and_filled_up(
    fill: Fill, image: MakeImage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = [image(number) for number in range(4)]
    with monkeypatch.context() as version:
        version.setattr(rows, "written_schema", rows.own_schema)
        version.setattr(rows, "_measured", lambda _: {})
        fill(older)
    assert load_store(tmp_path / "store").pixel_facts is None
    fill([*older, *(measured(image(number), 2.0) for number in range(4, 6))])
    store = load_store(tmp_path / "store")
    assert store.pixel_facts is not None
    assert len(store.names) == 6
    assert np.isnan(store.pixel_facts[:4]).all()
    np.testing.assert_array_equal(store.pixel_facts[4:], 2.0)


def test_a_column_of_the_source_never_passes_for_a_fact(
    fill: Fill, image: MakeImage, tmp_path: Path
) -> None:
    name = rows.PIXEL_FACT_COLUMNS[0]
    fill([image(0, columns={name: "mine", "noise": "also mine"})])
    store = load_store(tmp_path / "store")
    assert store.columns == {name: ("mine",), "noise": ("also mine",)}
    assert store.pixel_facts is None
