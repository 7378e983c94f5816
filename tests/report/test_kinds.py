"""The kind that costs most comes first, with its share of the loss."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pytest

from scored import score_all
from twinscore.report.first_screen import most_lost
from twinscore.report.kinds import kinds_by_loss

if TYPE_CHECKING:
    import twinscore as ts


@pytest.fixture(scope="module")
def half_foreign() -> ts.ScoreResult:
    random = np.random.default_rng(0)
    real, synthetic = random.standard_normal((2, 200, 6)).astype(np.float32)
    synthetic[:100] = synthetic[:100] * np.float32(0.2) + 30
    return score_all(real, synthetic)


def test_shares_of_the_loss_add_up_and_the_foreign_half_has_nearly_all(
    half_foreign: ts.ScoreResult,
) -> None:
    kinds = kinds_by_loss(half_foreign)
    assert sum(kind.loss for kind in kinds) == pytest.approx(1.0)
    assert sum(kind.size for kind in kinds) == 200
    assert [kind.loss for kind in kinds] == sorted((kind.loss for kind in kinds), reverse=True)
    foreign = {f"row {row}" for row in range(100)}
    assert sum(kind.loss for kind in kinds if kind.name in foreign) > 0.9


def test_a_kind_is_shown_by_the_image_that_gives_it_away_most(
    half_foreign: ts.ScoreResult,
) -> None:
    rows = [row for row in half_foreign.samples.to_pylist() if row["side"] == "synthetic"]
    for kind in kinds_by_loss(half_foreign):
        members = [row for row in rows if row["kind"] == kind.key]
        worst = max(members, key=lambda row: row["giveaway"])
        assert (kind.size, kind.nearest_real) == (len(members), worst["nearest_real"])


def test_a_group_counts_as_one_image() -> None:
    random = np.random.default_rng(0)
    real, synthetic = random.standard_normal((2, 200, 6)).astype(np.float32)
    synthetic[:50] += 30
    synthetic[50:100] -= 30
    result = score_all(real, synthetic)
    groups = [None] * 200 + ["clip"] * 50 + [f"g{number}" for number in range(150)]
    place = result.samples.column_names.index("group")
    grouped = dataclasses.replace(
        result, samples=result.samples.set_column(place, "group", [groups])
    )
    first = {f"row {row}" for row in range(50)}

    def lost_by_the_first(found: ts.ScoreResult) -> float:
        return sum(kind.loss for kind in kinds_by_loss(found) if kind.name in first)

    assert 0.3 < lost_by_the_first(result) < 0.6
    assert lost_by_the_first(grouped) < 0.05


def test_without_kinds_each_image_stands_for_itself() -> None:
    random = np.random.default_rng(0)
    real, synthetic = random.standard_normal((2, 30, 3)).astype(np.float32)
    bare = score_all(real, synthetic + 9, diagnostics=False)
    kinds = kinds_by_loss(bare)
    assert [kind.size for kind in kinds] == [1] * 30
    assert kinds[0].weight == ""
    assert most_lost(bare) is None


def test_one_kind_that_stands_out_is_worth_a_sentence(half_foreign: ts.ScoreResult) -> None:
    sentence = most_lost(half_foreign)
    worst = kinds_by_loss(half_foreign)[0]
    if worst.loss >= 0.25:
        assert sentence is not None
        assert f"{worst.size} like number 1 below" in sentence
