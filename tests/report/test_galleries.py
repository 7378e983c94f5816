"""Galleries hold the images that answer their question, the clearest first, of many kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from scored import score_all
from twinscore.embedding.records import Embeddings
from twinscore.report.galleries import (
    ALIKE,
    GALLERY_SIZE,
    Gallery,
    find_side_neighbors,
    galleries_of,
    rows_shown,
)

if TYPE_CHECKING:
    import numpy.typing as npt


def side(
    vectors: npt.NDArray[np.float64], name: str, groups: list[str] | None = None
) -> Embeddings:
    names = tuple(f"{name}/{row:03}.png" for row in range(len(vectors)))
    return Embeddings(
        vectors.astype(np.float32), names, groups=None if groups is None else tuple(groups)
    )


def galleries(real: Embeddings, synthetic: Embeddings) -> dict[str, Gallery]:
    result = score_all(real, synthetic)
    assert result.pool is not None
    return galleries_of(result, result.pool, find_side_neighbors(result.pool))


@pytest.fixture(scope="module")
def known() -> dict[str, Gallery]:
    """Real rows 0..99, of which 80..99 lie where no synthetic one is; synthetic rows 100..199.

    Of the synthetic ones, 100..139 are drawn like the real ones, 140..199 are foreign; 110 is a
    copy of real row 5, and 150 and 151 are equal.
    """
    random = np.random.default_rng(0)
    real = random.standard_normal((100, 6))
    real[80:] -= 25.0
    synthetic = random.standard_normal((100, 6))
    synthetic[40:] += 25.0
    synthetic[10] = real[5] + 1e-3
    synthetic[51] = synthetic[50]
    return galleries(side(real, "real"), side(synthetic, "synthetic"))


def rows(gallery: Gallery) -> list[int]:
    return [exhibit.row for exhibit in gallery.exhibits]


def test_giveaways_are_foreign_images_the_clearest_first(known: dict[str, Gallery]) -> None:
    gallery = known["giveaways"]
    assert set(rows(gallery)) <= set(range(140, 200))
    figures = [exhibit.figure for exhibit in gallery.exhibits]
    assert figures == sorted(figures, reverse=True)
    assert all(exhibit.beside < 100 for exhibit in gallery.exhibits)


def test_passing_images_are_drawn_like_the_real_ones_and_no_copies(
    known: dict[str, Gallery],
) -> None:
    assert set(rows(known["passing"])) <= set(range(100, 140)) - {110}
    assert known["passing"].exhibits


def test_missing_images_are_real_ones_without_a_synthetic_neighbor(
    known: dict[str, Gallery],
) -> None:
    # Where synthetic images are only rarer than real ones, a few may follow.
    assert set(rows(known["missing"])[:3]) <= set(range(80, 100))
    assert all(exhibit.beside >= 100 for exhibit in known["missing"].exhibits)


def test_a_near_copy_is_suspected_and_shown_beside_its_original(known: dict[str, Gallery]) -> None:
    first = known["copies"].exhibits[0]
    assert (first.row, first.beside) == (110, 5)
    assert first.figure < 0.01


def test_equal_embeddings_are_duplicates(known: dict[str, Gallery]) -> None:
    (found,) = known["duplicates"].exhibits
    assert (found.row, found.beside) == (151, 150)
    assert known["duplicates"].total == 1


def test_equal_embeddings_are_duplicates_whatever_their_dtype() -> None:
    random = np.random.default_rng(0)
    real, synthetic = random.standard_normal((2, 20, 4)).astype(np.float16)
    synthetic[4] = real[7]
    synthetic[5, 0], real[8] = 0.0, synthetic[5]
    real[8, 0] = -0.0
    halves = Embeddings(real, tuple(map(str, range(20))))
    found = galleries(halves, side(synthetic.astype(np.float64), "renders"))["duplicates"]
    assert {(exhibit.beside, exhibit.row) for exhibit in found.exhibits} == {(7, 24), (8, 25)}


def test_images_of_one_kind_are_shown_once_and_counted() -> None:
    random = np.random.default_rng(0)
    real = random.standard_normal((50, 4))
    centers = random.normal(scale=300.0, size=(20, 4))
    synthetic = np.repeat(centers, ALIKE, axis=0)
    synthetic += random.normal(scale=0.01, size=synthetic.shape)
    gallery = galleries(side(real, "real"), side(synthetic, "synthetic"))["giveaways"]
    kinds = [(exhibit.row - 50) // ALIKE for exhibit in gallery.exhibits]
    assert len(kinds) == len(set(kinds))
    assert sum(1 + exhibit.alike for exhibit in gallery.exhibits) == gallery.total // 3
    assert gallery.total == 20 * ALIKE


def test_frames_of_one_clip_do_not_make_copies_of_honest_images() -> None:
    # Real frames of a clip are all but equal: near to them means nothing within the clip.
    random = np.random.default_rng(0)
    clips = np.repeat(random.standard_normal((20, 5)), 5, axis=0)
    real = clips + random.normal(scale=0.01, size=clips.shape)
    synthetic = random.standard_normal((40, 5))
    groups = [f"clip {row // 5}" for row in range(100)]
    alone = galleries(side(real, "real"), side(synthetic, "s"))["copies"].total
    in_clips = galleries(side(real, "real", groups), side(synthetic, "s"))["copies"].total
    assert alone == 0
    assert in_clips > 0  # with clips known, half the usual distance between clips is near


def test_sides_far_apart_have_nothing_that_passes() -> None:
    random = np.random.default_rng(0)
    found = galleries(
        side(random.standard_normal((10, 3)), "real"),
        side(random.standard_normal((12, 3)) + 90.0, "synthetic"),
    )
    assert found["passing"].exhibits == ()
    assert found["passing"].total == 0
    assert found["giveaways"].total == 12


def test_rows_shown_are_those_of_all_galleries(known: dict[str, Gallery]) -> None:
    shown = set(rows_shown(known).tolist())
    assert {110, 5, 150, 151} <= shown
    assert len(shown) <= 10 * GALLERY_SIZE
