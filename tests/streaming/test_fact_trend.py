"""Drift of facts: named where it is, and hardly ever where it is not, however often one looks."""

from __future__ import annotations

import json

import numpy as np
import pytest

from twinscore.base.saved_state import Fields
from twinscore.images.facts.catalog import FACT_NAMES
from twinscore.streaming.fact_trend import FactTrend

NOISE = FACT_NAMES.index("noise")
REAL = np.full(len(FACT_NAMES), 2.0)


def stream(seed: int, count: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    return random.lognormal(0.7, 0.3, (count, len(FACT_NAMES))).astype(np.float32)


def drifting(seed: int, count: int) -> np.ndarray:
    facts = stream(seed, count)
    facts[:, NOISE] *= np.linspace(1.0, 2.0, count)
    return facts


def test_a_fact_that_grows_is_named_with_its_figures() -> None:
    trend = FactTrend(REAL)
    trend.add(drifting(0, 800))
    assert [found.fact for found in trend.drift] == ["noise"]
    found = trend.drift[0]
    assert found.now > found.before
    assert found.real == 2.0
    assert found.separation > 0.8
    assert found.sentence == (
        f"Later frames are noisier than earlier ones ({found.now:.1f} against {found.before:.1f} "
        "levels of 255), away from the photographs."
    )


def test_streams_without_drift_name_none_at_any_look_in_nineteen_of_twenty() -> None:
    named = 0
    for seed in range(60):
        trend, seen = FactTrend(REAL), False
        for batch in np.array_split(stream(seed, 1_000), 10):
            trend.add(batch)
            seen |= bool(trend.drift)
        named += seen
    assert named <= 3


def test_frames_of_one_group_that_follow_each_other_count_as_one() -> None:
    shots = np.repeat(stream(1, 12), 100, axis=0)
    names = np.repeat(np.arange(12), 100)
    trend = FactTrend(REAL)
    trend.add(shots, [f"shot {name}" for name in names.tolist()])
    assert trend.drift == ()
    each = FactTrend(REAL)
    each.add(drifting(2, 800), [f"frame {place}" for place in range(800)])
    assert [found.fact for found in each.drift] == ["noise"]


def test_neither_batches_nor_a_restart_change_anything() -> None:
    facts = drifting(3, 900)
    facts[5, 0] = np.nan
    whole, parts = FactTrend(REAL), FactTrend(REAL)
    groups = [f"shot {place // 3}" for place in range(len(facts))]
    whole.add(facts, groups)
    for start in range(0, len(facts), 7):
        parts.add(facts[start : start + 7], groups[start : start + 7])
        parts = FactTrend.from_json(Fields(json.loads(json.dumps(parts.to_json()))))
    assert parts.to_json() == whole.to_json()
    assert parts.drift == whole.drift != ()


def test_memory_is_bounded() -> None:
    trend = FactTrend(REAL)
    trend.add(stream(4, 5_000))
    state = trend.to_json()
    assert len(state["blocks"]) < 64
    assert len(state["open"]) < state["length"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("blocks", [[1.0]]),
        ("length", 0),
        ("run", ["a", 1]),
        ("run", ["a", 1, [0.0], [0.0]]),
        ("drift", [["hue", 0.0, 0.0, 1, 0.5, 0.0]]),
        ("drift", [["noise", None, 0.0, 1, 0.5, 0.0]]),
        ("real", [True] * len(FACT_NAMES)),
        ("open", [[float("inf")] * len(FACT_NAMES)]),
    ],
)
def test_a_damaged_state_is_refused(name: str, value: object) -> None:
    state = {**FactTrend(REAL).to_json(), name: value}
    with pytest.raises(ValueError, match="expected"):
        FactTrend.from_json(Fields(state))
