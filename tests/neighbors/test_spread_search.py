"""A search on workers gives the bits of one search, however it is cut and whoever dies."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_workers import FakeWorkers
from neighbor_oracle import assert_same_answer
from twinscore.neighbors import knn, self_knn, spread_search
from twinscore.neighbors.block_problem import BlockProblem
from twinscore.neighbors.row_blocks import row_blocks
from twinscore.neighbors.spread_plan import (
    SpreadPlan,
    meetings_of,
    plan_spread,
    shared_out,
    starts_of,
)


@pytest.fixture(params=[(1, 1), (3, 5)], ids=["one block", "blocks"])
def cut(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut into blocks that are smaller than a search on workers ever has."""
    queries, reference = request.param

    def planned(problem: BlockProblem, *_: object) -> SpreadPlan:
        return SpreadPlan(reference if problem.self_join else queries, reference)

    monkeypatch.setattr(spread_search, "plan_spread", planned)


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 2**32 - 1),
    rows=st.integers(3, 60),
    blocks=st.integers(1, 12),
    count=st.integers(1, 5),
    k=st.integers(1, 9),
    scale=st.sampled_from([1.0, 2.0**-30, 2.0**40]),
)
def test_chains_of_near_ties_and_duplicates_across_blocks_are_decided_as_by_one_search(
    seed: int, rows: int, blocks: int, count: int, k: int, scale: float
) -> None:
    random = np.random.default_rng(seed)
    # float32 coordinates of a long vector whose squared lengths differ in the last bits alone.
    steps = random.integers(0, 4, (rows, 6)).astype(np.float32)
    points = np.concatenate([np.full((rows, 1), 4096.0, np.float32), steps * 2.0**-9], axis=1)
    points[random.random(rows) < 0.5, 0] *= -1.0
    points = (points * scale).astype(np.float32)
    points[random.random(rows) < 0.2] = points[0]
    query = np.zeros((2, 7), np.float32)
    neighbors = min(k, rows - 1)
    by = FakeWorkers(random, count=count, deaths=0.1)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            spread_search,
            "plan_spread",
            lambda problem, *_: SpreadPlan(
                min(blocks, len(problem.queries)), min(blocks, len(problem.reference))
            ),
        )
        assert_same_answer(self_knn(points, neighbors, workers=by), self_knn(points, neighbors))
        assert_same_answer(knn(query, points, neighbors, workers=by), knn(query, points, neighbors))


def test_near_ties_of_the_property_are_chains() -> None:
    lengths = 4096.0**2 + np.arange(6 * 3**2 + 1) * 2.0**-18
    assert (lengths[1:] / lengths[:-1] - 1.0).max() < 1e-12 < lengths[-1] / lengths[0] - 1.0


@pytest.mark.usefixtures("cut")
def test_an_interruption_cancels_what_runs() -> None:
    workers = FakeWorkers(np.random.default_rng(0))

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        self_knn(np.eye(60, dtype=np.float32), workers=workers, progress=stop)
    assert not workers.begun


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"workers": "dask"}, r"expected workers ray, ray://HOST:PORT or here, got 'dask'"),
        ({"workers": "ray://"}, r"expected workers ray, ray://HOST:PORT or here, got 'ray://'"),
        ({"workers": "here", "backend": "sklearn"}, "expected the backend exact with workers"),
        ({"workers": "here", "memory": "1MiB"}, r"memory of at least \S+ for each worker"),
    ],
)
def test_what_cannot_search_is_refused(given: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        self_knn(np.eye(2000, 2, dtype=np.float32), **given)  # type: ignore[arg-type]


def test_this_process_alone_searches_part_by_part() -> None:
    points = np.random.default_rng(0).standard_normal((5000, 3)).astype(np.float32)
    assert_same_answer(self_knn(points, 3, workers="here"), self_knn(points, 3))


@given(
    rows=st.integers(1, 50_000_000), memory=st.integers(1 << 25, 1 << 34), count=st.integers(1, 600)
)
def test_no_worker_holds_more_than_it_may(rows: int, memory: int, count: int) -> None:
    values = np.broadcast_to(np.zeros((), np.float16), (rows, 64))
    blocks = row_blocks(values)
    plan = plan_spread(BlockProblem(blocks, blocks, 5, self_join=True), memory, count)
    largest = max(np.diff(starts_of(rows, plan.reference)))
    # Two blocks of values, of sketches and of lists, as `block_plan` counts them.
    assert 2 * largest * (64 * (8 + 2) + 64 * 5 + 256) + (8 << 20) + 64 * (48 << 10) <= memory
    assert plan.queries == plan.reference
    if rows >= 1024 * 200:
        assert plan.reference * (plan.reference + 1) // 2 >= count


@given(first=st.integers(1, 12), second=st.integers(1, 12), side=st.integers(1, 5))
def test_every_two_blocks_meet_once(first: int, second: int, side: int) -> None:
    met = list(meetings_of(first, second, side))
    assert sorted(met) == [(i, j) for i in range(first) for j in range(second)]


@given(first=st.integers(1, 12), second=st.integers(1, 12), workers=st.integers(1, 40))
def test_meetings_in_parts_are_of_all_rows_once(first: int, second: int, workers: int) -> None:
    met = np.zeros((first, second, 7), dtype=int)
    for each in shared_out(list(meetings_of(first, second, 3)), workers):
        start, stop = each.rows(7)
        met[each.first, each.second, start:stop] += 1
    assert (met == 1).all()


def test_few_workers_have_equally_much_to_do() -> None:
    for workers in range(2, 8):
        pairs = [(i, j) for i in range(workers) for j in range(i + 1, workers)]
        rows = [stop - start for start, stop in (m.rows(840) for m in shared_out(pairs, workers))]
        assert sum(rows) == 840 * len(pairs)
        # Workers that take the longest first are done at one time.
        assert sum(sorted(rows)[-1:]) <= sum(rows) / workers


def test_blocks_are_handed_over_and_prepared_once() -> None:
    workers = FakeWorkers(np.random.default_rng(0), count=4)
    points = np.random.default_rng(0).standard_normal((4200, 3)).astype(np.float32)
    self_knn(points, workers=workers)
    # Four blocks, and what is known of the search.
    assert workers.shared == 4 + 1
    assert workers.names.count("prepare") == 4
    assert workers.names.count("meet") == 4 + 4 + 2 * 2
