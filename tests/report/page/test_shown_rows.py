"""A page names all images of a small pool, and of a large one those that it can show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from scored import score_all
from twinscore.report.galleries import find_side_neighbors, galleries_of, rows_shown
from twinscore.report.maps.layouts import lay_out
from twinscore.report.page.shown_rows import (
    NearestImages,
    ShownRows,
    choose_rows,
    nearest_images,
    pool_payload,
)

if TYPE_CHECKING:
    import twinscore as ts

N_REAL, N_SYNTHETIC = 120, 80


@pytest.fixture(scope="module")
def result() -> ts.ScoreResult:
    random = np.random.default_rng(0)
    real = random.standard_normal((N_REAL, 4)).astype(np.float32)
    synthetic = random.standard_normal((N_SYNTHETIC, 4)).astype(np.float32)
    synthetic[:50] += 6.0
    return score_all(real, synthetic, diagnostics=False)


@pytest.fixture(scope="module")
def nearest(result: ts.ScoreResult) -> NearestImages:
    assert result.pool is not None
    return nearest_images(result.pool, find_side_neighbors(result.pool))


def chosen(result: ts.ScoreResult, nearest: NearestImages, most: int) -> ShownRows:
    assert result.pool is not None
    galleries = galleries_of(result, result.pool, find_side_neighbors(result.pool))
    shown = choose_rows(result.pool, galleries, nearest, seed=0, most_on_map=most)
    assert set(rows_shown(galleries).tolist()) <= set(shown.rows.tolist())
    return shown


def test_a_small_pool_is_shown_whole(result: ts.ScoreResult, nearest: NearestImages) -> None:
    shown = chosen(result, nearest, N_REAL + N_SYNTHETIC)
    assert np.array_equal(shown.rows, np.arange(N_REAL + N_SYNTHETIC))
    assert np.array_equal(shown.map_rows, shown.rows)
    assert shown.n_real == N_REAL


def test_of_a_large_pool_a_random_share_is_on_the_map(
    result: ts.ScoreResult, nearest: NearestImages
) -> None:
    shown = chosen(result, nearest, 40)
    assert len(shown.map_rows) == 40
    assert 10 < np.count_nonzero(shown.map_rows < N_REAL) < 38
    assert len(shown.rows) < N_REAL + N_SYNTHETIC
    assert shown.n_real == np.count_nonzero(shown.rows < N_REAL)


@pytest.mark.parametrize("most", [40, 200])
def test_pairs_that_can_be_opened_lead_to_the_nearest_images(
    result: ts.ScoreResult, nearest: NearestImages, most: int
) -> None:
    pool = result.pool
    assert pool is not None
    shown = chosen(result, nearest, most)
    maps = lay_out(pool.vectors_of(shown.map_rows), method="pca")
    payload = pool_payload(result, shown, pool.names, nearest, maps, {int(shown.rows[3]): "abc"})
    assert payload["names"] == [pool.names[row] for row in shown.rows]
    assert payload["pictures"] == {3: "abc"}
    assert len(payload["maps"][0]["x"]) == len(payload["onMap"]) == len(shown.on_map)
    for place in payload["onMap"]:
        row = shown.rows[place]
        assert shown.rows[payload["across"][place]] == nearest.across[row]
        assert shown.rows[payload["within"][place]] == nearest.within[row]
        assert shown.place(row) == place
        assert payload["share"][place] == result.samples["real_share"][row].as_py()


def test_vectors_of_rows_are_those_of_the_pool(result: ts.ScoreResult) -> None:
    assert result.pool is not None
    rows = np.array([0, 5, N_REAL - 1, N_REAL, N_REAL + 7])
    assert np.array_equal(result.pool.vectors_of(rows), result.pool.vectors[rows])
