"""Maps show what lies together, whatever the order of rows, and differ between seeds only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from twinscore.neighbors.settings import SearchSettings
from twinscore.report.maps import layouts
from twinscore.report.maps.layouts import METHODS, available_method, lay_out

if TYPE_CHECKING:
    import numpy.typing as npt

    from twinscore.base.arrays import Float64Array, IdArray

PACKAGES = {"umap": "umap", "tsne": "openTSNE"}


def clusters() -> npt.NDArray[np.float32]:
    points = np.random.default_rng(0).standard_normal((120, 10)).astype(np.float32)
    points[40:80] += 30.0
    points[80:, 0] += 90.0
    return points


@pytest.fixture(params=METHODS)
def method(request: pytest.FixtureRequest) -> str:
    if request.param in PACKAGES:
        pytest.importorskip(PACKAGES[request.param], reason="needs its package")
    return str(request.param)


def test_clusters_stay_apart(method: str) -> None:
    (found,) = lay_out(clusters(), method=method, seeds=[0])
    means = np.array([found.points[start : start + 40].mean(axis=0) for start in (0, 40, 80)])
    spreads = [found.points[start : start + 40].std() for start in (0, 40, 80)]
    gaps = [np.linalg.norm(means[a] - means[b]) for a, b in ((0, 1), (1, 2), (0, 2))]
    assert min(gaps) > 2 * np.max([found.points[s : s + 40].std(axis=0) for s in (0, 40, 80)])
    assert found.method == method
    assert max(spreads) < 1.0


def test_coordinates_are_centered_and_reach_one(method: str) -> None:
    (found,) = lay_out(clusters(), method=method, seeds=[3])
    assert found.points.shape == (120, 2)
    assert np.abs(found.points).max() == pytest.approx(1.0)
    assert found.points.max(axis=0) + found.points.min(axis=0) == pytest.approx(0.0, abs=1e-9)


def test_a_seed_gives_the_same_map_again(method: str) -> None:
    first, second = (lay_out(clusters(), method=method, seeds=[1])[0] for _ in range(2))
    assert np.array_equal(first.points, second.points)


def test_a_map_does_not_depend_on_threads(method: str) -> None:
    one, two = (
        lay_out(clusters(), method=method, seeds=[1, 2], search=SearchSettings(threads=threads))
        for threads in (1, 2)
    )
    assert all(np.array_equal(a.points, b.points) for a, b in zip(one, two, strict=True))


@pytest.mark.parametrize(
    ("installed", "points", "method"),
    [
        ({"umap", "openTSNE"}, 10_000, "tsne"),
        ({"umap", "openTSNE"}, 10_001, "umap"),
        ({"openTSNE"}, 10_001, "tsne"),
        ({"umap"}, 10_000, "umap"),
        (set(), 10_000, "pca"),
    ],
)
def test_the_map_is_made_by_what_is_done_soonest(
    installed: set[str], points: int, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name: name if name in installed else None
    )
    assert available_method(points) == method


def test_seeds_give_different_maps_turned_onto_the_first() -> None:
    pytest.importorskip("umap", reason="needs umap-learn")
    maps = lay_out(clusters(), method="umap", seeds=[0, 1, 2])
    assert [map_.seed for map_ in maps] == [0, 1, 2]
    assert not np.allclose(maps[0].points, maps[1].points, atol=1e-3)
    for map_ in maps[1:]:
        turn = np.linalg.svd(map_.points.T @ maps[0].points)
        best = turn[0] @ turn[2]
        assert best == pytest.approx(np.eye(2), abs=0.1)


def test_principal_axes_do_not_depend_on_the_order_of_rows() -> None:
    points = clusters()
    order = np.random.default_rng(5).permutation(len(points))
    straight, shuffled = (lay_out(rows, method="pca")[0] for rows in (points, points[order]))
    assert straight.points[order] == pytest.approx(shuffled.points, abs=1e-4)


def test_principal_axes_are_laid_out_once() -> None:
    assert len(lay_out(clusters(), method="pca", seeds=[0, 1, 2])) == 1


@pytest.mark.parametrize("rows", [2, 3, 9])
def test_few_points_are_laid_out_along_their_principal_axes(rows: int) -> None:
    maps = lay_out(clusters()[:rows], seeds=[0, 1])
    assert [map_.method for map_ in maps] == ["pca"]
    assert maps[0].points.shape == (rows, 2)


def test_equal_points_and_single_columns_are_laid_out() -> None:
    assert np.array_equal(lay_out(np.ones((5, 4), np.float32))[0].points, np.zeros((5, 2)))
    assert lay_out(np.arange(5, dtype=np.float32)[:, None])[0].points.shape == (5, 2)


def test_unknown_methods_and_missing_seeds_are_refused() -> None:
    with pytest.raises(ValueError, match="expected a map by umap, tsne, pca, got 'magic'"):
        lay_out(clusters(), method="magic")
    with pytest.raises(ValueError, match="at least one seed"):
        lay_out(clusters(), method="pca", seeds=[])


def test_what_ends_the_run_ends_a_layout_that_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("openTSNE", reason="needs its package")
    told: list[bool] = []

    class Endless(layouts._TsneLayout):
        def place(self, order: IdArray, seed: int) -> Float64Array:
            if seed == 1:
                told.append(self.is_unwanted.wait(60.0))
            return np.zeros((len(order), 2))

    def interrupt(done: int, _: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(layouts, "_TsneLayout", Endless)
    with pytest.raises(KeyboardInterrupt):
        lay_out(clusters(), method="tsne", progress=interrupt, search=SearchSettings(threads=2))
    assert told == [True]


def test_t_sne_looks_whether_it_is_still_wanted() -> None:
    pytest.importorskip("openTSNE", reason="needs its package")
    axes = np.random.default_rng(0).standard_normal((120, 2))
    layout = layouts._TsneLayout(clusters(), axes, SearchSettings(threads=1))
    finished = layout.in_random_order(0)
    layout.is_unwanted.set()
    assert layout.in_random_order(0).std() < finished.std() / 100
