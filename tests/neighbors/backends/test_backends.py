"""What every backend promises, exact or not; those whose package is missing are skipped."""

from __future__ import annotations

import itertools
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import twinscore as ts
from neighbor_oracle import assert_same_neighbors, rank, squared_distances
from point_sets import DATA, Points, clustered, gaussian
from twinscore.neighbors.backends import numba
from twinscore.neighbors.backends.hnsw import HnswBackend
from twinscore.neighbors.backends.usearch import UsearchBackend
from twinscore.neighbors.problem import SearchProblem
from twinscore.neighbors.registry import BACKENDS, PACKAGES, open_backend

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EXACT = [name for name in BACKENDS if open_backend(name).capabilities.exact]
NO_TIES = [name for name in BACKENDS if not open_backend(name).capabilities.ties]


def backends(names: list[str] | tuple[str, ...]) -> list[Any]:
    """Every name; PyNNDescent compiles for a minute before it starts, in one process only."""
    marks = {"pynndescent": [pytest.mark.slow, pytest.mark.xdist_group("pynndescent")]}
    return [pytest.param(name, marks=marks.get(name, [])) for name in names]


def need(backend: str) -> None:
    if backend in PACKAGES:
        pytest.importorskip(PACKAGES[backend], reason=f"needs the package of {backend}")


@pytest.mark.parametrize("d", [1, 17, 128])
@pytest.mark.parametrize("make", DATA)
@pytest.mark.parametrize("backend", EXACT)
def test_exact_backends_equal_the_float64_oracle_on_any_data(
    backend: str, make: Callable[[np.random.Generator, int, int], Points], d: int
) -> None:
    need(backend)
    points = make(np.random.default_rng(d), 131, d)
    groups = np.arange(131) // 4
    alone = rank(points, points, np.eye(131, dtype=bool))
    grouped = rank(points, points, groups[:, None] == groups)
    for k in (1, 5, 50):
        assert_same_neighbors(ts.self_knn(points, k, backend=backend), alone)
        assert_same_neighbors(ts.self_knn(points, k, groups, backend=backend), grouped)
        found = ts.knn(points[::3], points[40:], k, backend=backend)
        assert_same_neighbors(found, rank(points[::3], points[40:]))


@pytest.mark.parametrize("backend", [name for name in EXACT if name != "exact"])
def test_exact_backends_agree_with_each_other_where_chunks_are_many(
    backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    need(backend)
    monkeypatch.setattr("twinscore.neighbors.backends.torch.CPU_QUERIES", 256)
    monkeypatch.setattr("twinscore.neighbors.backends.torch.CPU_PRODUCT_BYTES", 256 * 4 * 300)
    points = clustered(np.random.default_rng(0), 3_000, 40)
    points[1_000:1_300] = points[:300]
    groups = np.arange(3_000) // 2
    for labels in (None, groups):
        ours = ts.self_knn(points, 7, labels)
        theirs = ts.self_knn(points, 7, labels, backend=backend)
        np.testing.assert_array_equal(ours.ids, theirs.ids)
        np.testing.assert_array_equal(ours.tie_offsets, theirs.tie_offsets)
        np.testing.assert_array_equal(ours.tie_ids, theirs.tie_ids)
        np.testing.assert_allclose(ours.distances, theirs.distances, rtol=1e-11)


@pytest.mark.parametrize("backend", backends(NO_TIES))
def test_backends_that_may_miss_neighbors_find_most_of_them(backend: str) -> None:
    need(backend)
    points = gaussian(np.random.default_rng(1), 2_000, 16)
    settings = {"faiss-ivf": "faiss-ivf:lists=20,probes=12"}.get(backend, backend)
    found = ts.self_knn(points, 5, backend=settings, threads=2)
    least = 0.9999 if backend in ("sklearn", "faiss-flat") else 0.9
    assert np.mean(found.ids == ts.self_knn(points, 5).ids) >= least


@pytest.mark.parametrize("make", [gaussian, clustered])
@pytest.mark.parametrize("backend", backends(NO_TIES))
def test_whatever_was_found_is_measured_ordered_and_allowed(
    backend: str, make: Callable[[np.random.Generator, int, int], Points]
) -> None:
    need(backend)
    points = make(np.random.default_rng(2), 400, 12)
    groups = np.arange(400) // 3
    found = ts.self_knn(points, 6, groups, backend=backend)
    true = np.take_along_axis(squared_distances(points, points), found.ids, axis=1)
    np.testing.assert_allclose(found.distances, true, rtol=1e-12)
    assert (np.diff(found.distances, axis=1) >= 0).all()
    assert (groups[found.ids] != groups[:, None]).all()
    assert all(len(set(row)) == 6 for row in found.ids.tolist())
    assert len(found.tie_ids) == 0
    assert found.tie_offsets.tolist() == [0] * 401


@pytest.mark.parametrize("backend", backends(BACKENDS))
def test_a_point_is_never_its_own_neighbor_even_among_copies(backend: str) -> None:
    need(backend)
    points = np.repeat(gaussian(np.random.default_rng(3), 60, 8), 3, axis=0)
    found = ts.self_knn(points, 2, backend=backend)
    assert (found.ids != np.arange(180)[:, None]).all()
    assert np.mean(found.distances == 0.0) > 0.9


@pytest.mark.parametrize("backend", backends(BACKENDS))
def test_float16_is_taken_at_its_value_by_every_backend(backend: str) -> None:
    need(backend)
    points = gaussian(np.random.default_rng(4), 300, 10).astype(np.float16)
    narrow = ts.self_knn(points, 3, backend=backend, threads=1)
    wide = ts.self_knn(points.astype(np.float32), 3, backend=backend, threads=1)
    np.testing.assert_array_equal(narrow.ids, wide.ids)
    np.testing.assert_array_equal(narrow.distances, wide.distances)


@pytest.mark.parametrize("backend", backends(BACKENDS))
def test_questions_without_an_answer_are_refused_alike(backend: str) -> None:
    need(backend)
    points = gaussian(np.random.default_rng(5), 9, 4)
    broken = points.copy()
    broken[4, 1] = np.nan
    for queries, reference, k, message in (
        (points, points, 10, "k of at most 9, .* query row 0, got k = 10"),
        (points, broken, 1, "finite values, got .* row 4 of reference"),
        (broken, points, 1, "finite values, got .* row 4 of queries"),
        (points[:, :2], points, 1, r"as wide as the reference \(4\), got 2"),
        (points[:, :0], points[:, :0], 1, "at least one column"),
    ):
        with pytest.raises(ValueError, match=message):
            ts.knn(queries, reference, k, backend=backend)
    with pytest.raises(ValueError, match=r"k of at most 8, .* row 0, got k = 9"):
        ts.self_knn(points, 9, backend=backend)
    with pytest.raises(ValueError, match="k of at most 0"):
        ts.self_knn(points, 1, [0] * 9, backend=backend)


@pytest.mark.parametrize("backend", backends(BACKENDS))
def test_no_queries_give_an_empty_answer_of_the_right_shape(backend: str) -> None:
    need(backend)
    points = gaussian(np.random.default_rng(6), 30, 4)
    found = ts.knn(points[:0], points, 2, backend=backend)
    assert found.ids.shape == found.distances.shape == (0, 2)
    assert found.tie_offsets.tolist() == [0]


@pytest.mark.parametrize("backend", backends(BACKENDS))
def test_progress_of_every_backend_grows_to_its_total(backend: str) -> None:
    need(backend)
    seen: list[tuple[int, int]] = []
    points = gaussian(np.random.default_rng(7), 5_000, 8)
    ts.self_knn(points, backend=backend, progress=lambda *step: seen.append(step))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1][0] == seen[-1][1]


@pytest.mark.parametrize("backend", backends(BACKENDS))
def test_an_error_in_the_callback_stops_every_backend(backend: str) -> None:
    need(backend)

    def fail(_done: int, _total: int) -> None:
        raise RuntimeError("the display broke")

    with pytest.raises(RuntimeError, match="the display broke"):
        ts.self_knn(gaussian(np.random.default_rng(8), 5_000, 8), backend=backend, progress=fail)


@pytest.mark.parametrize("backend", [name for name in BACKENDS if name != "exact"])
def test_a_missing_package_is_one_line_with_the_pip_command(
    backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    numba._compiled_measure.cache_clear()
    for name in list(sys.modules):
        if name.partition(".")[0] == PACKAGES[backend]:
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, PACKAGES[backend], None)
    for call in (
        lambda: ts.self_knn(gaussian(np.random.default_rng(9), 9, 4), backend=backend),
        lambda: ts.score("no folder", "nor this", backend=backend),
    ):
        with pytest.raises(
            ts.MissingExtraError, match=r"^the backend .* pip install '(twinscore|\.)\["
        ):
            call()


@pytest.mark.parametrize(
    ("description", "message"),
    [
        ("abacus", "expected a backend of exact, numba, .* got 'abacus'"),
        ("hnsw:beads=3", r"a setting of hnsw \(links, build_width, search_width\), got 'beads=3'"),
        ("exact:k=3", r"a setting of exact \(none\), got 'k=3'"),
        ("hnsw:links=many", "expected links of hnsw like 16, got 'many'"),
        ("hnsw:links=-4", "expected links of hnsw like 16, got '-4'"),
        ("faiss-ivf:probes", "expected probes of faiss-ivf like 16, got ''"),
    ],
)
def test_unknown_backends_and_settings_are_named_with_those_there_are(
    description: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        open_backend(description)


def test_settings_are_read_from_the_description() -> None:
    assert open_backend("hnsw:links=32,search_width=50") == HnswBackend(links=32, search_width=50)


def test_a_wider_search_of_the_graph_finds_more() -> None:
    need("hnsw")
    points = gaussian(np.random.default_rng(10), 3_000, 64)
    true = ts.self_knn(points, 5).ids
    recalls = [
        np.mean(ts.self_knn(points, 5, backend=f"hnsw:search_width={width}").ids == true)
        for width in (6, 200)
    ]
    assert recalls[0] < recalls[1] > 0.9


def test_groups_too_large_to_fetch_around_are_refused_by_name() -> None:
    need("hnsw")
    points = gaussian(np.random.default_rng(11), 6_000, 2)
    groups = np.minimum(np.arange(6_000), 1_000)
    with pytest.raises(ValueError, match=r"at most 4,096 rows, got one of 5,000: .*'groups'"):
        ts.self_knn(points, 1, groups, backend="hnsw")


@pytest.mark.parametrize("grouped", [False, True])
def test_queries_that_meet_too_few_points_are_searched_exactly(grouped: bool) -> None:
    need("faiss-ivf")
    points = clustered(np.random.default_rng(16), 900, 6)
    points[7] += 1e3  # alone in its list
    groups = np.arange(900) // 2 if grouped else None
    found = ts.self_knn(points, 3, groups, backend="faiss-ivf:lists=20,probes=1")
    true = ts.self_knn(points, 3, groups)
    np.testing.assert_array_equal(found.ids[7], true.ids[7])


@pytest.mark.parametrize(
    ("name", "backend"), [("hnsw", HnswBackend()), ("usearch", UsearchBackend())]
)
def test_an_index_can_grow(name: str, backend: HnswBackend | UsearchBackend) -> None:
    need(name)
    assert backend.capabilities.incremental
    points = gaussian(np.random.default_rng(12), 600, 6)
    index = backend.build(points[:100], threads=1)
    for start, stop in itertools.pairwise([100, 250, 600]):
        index.add(points[start:stop])
    found = backend.ask(index, SearchProblem(points, points, 3, self_join=True))
    assert np.mean(found.ids == ts.self_knn(points, 3).ids) > 0.98


def test_an_index_does_not_know_which_points_came_first(monkeypatch: pytest.MonkeyPatch) -> None:
    need("hnsw")
    points = gaussian(np.random.default_rng(17), 2_000, 8)
    built: list[Points] = []
    build = HnswBackend.build

    def seen(backend: HnswBackend, rows: Points, *arguments: Any) -> Any:
        built.append(rows)
        return build(backend, rows, *arguments)

    monkeypatch.setattr(HnswBackend, "build", seen)
    found = ts.self_knn(points, 2, backend="hnsw", threads=1)
    assert np.mean(found.ids == ts.self_knn(points, 2).ids) > 0.99
    (rows,) = built
    came_from = {row.tobytes(): number for number, row in enumerate(points)}
    order = np.array([came_from[row.tobytes()] for row in rows])
    assert sorted(order) == list(range(2_000))
    # Those added first are as many of the first half as of the second.
    assert 400 < np.count_nonzero(order[:1_000] < 1_000) < 600


def test_an_index_outlives_its_process_in_a_file(tmp_path: Path) -> None:
    need("hnsw")
    points = gaussian(np.random.default_rng(13), 500, 6)
    problem = SearchProblem(points[:50], points, 4)
    backend = HnswBackend()
    index = backend.build(points, threads=1)
    index.save(tmp_path / "points.hnsw")
    loaded = backend.load(tmp_path / "points.hnsw", width=6, threads=1)
    assert len(loaded) == 500
    found = [backend.ask(which, problem).ids for which in (index, loaded)]
    np.testing.assert_array_equal(found[0], found[1])


def test_torch_keeps_the_settings_of_its_caller() -> None:
    torch = pytest.importorskip("torch", reason="needs torch")
    before = torch.get_float32_matmul_precision(), torch.get_num_threads()
    torch.set_float32_matmul_precision("medium")
    try:
        points = gaussian(np.random.default_rng(14), 300, 40)
        assert_same_neighbors(
            ts.self_knn(points, 3, backend="torch", threads=1),
            rank(points, points, np.eye(300, dtype=bool)),
        )
        assert torch.get_float32_matmul_precision() == "medium"
        assert torch.get_num_threads() == before[1]
    finally:
        torch.set_float32_matmul_precision(before[0])


def test_torch_refuses_devices_that_are_not_there() -> None:
    torch = pytest.importorskip("torch", reason="needs torch")
    points = gaussian(np.random.default_rng(15), 9, 2)
    with pytest.raises(ValueError, match="device auto, cpu or cuda of torch, got 'abacus'"):
        ts.self_knn(points, backend="torch:device=abacus")
    if not torch.cuda.is_available():
        with pytest.raises(ValueError, match="torch finds none"):
            ts.self_knn(points, backend="torch:device=cuda")
