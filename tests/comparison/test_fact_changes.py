"""What became better and worse in the images of two synthetic sets."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from twinscore.comparison.fact_changes import fact_changes
from twinscore.images.facts.catalog import FACT_NAMES

COUNT = 80


def samples(shifts: dict[str, float], seed: int, groups: int | None = None) -> pa.Table:
    random = np.random.default_rng(seed)
    rows = 2 * COUNT
    sides = ["real"] * COUNT + ["synthetic"] * COUNT
    labels = [None if groups is None else str(row % groups) for row in range(rows)]
    columns = {"side": pa.array(sides), "group": pa.array(labels, pa.string())}
    for name in FACT_NAMES:
        values = random.normal(size=rows)
        values[COUNT:] += shifts.get(name, 0.0)
        columns[name] = pa.array(values, pa.float32())
    return pa.table(columns)


def test_noise_is_repaired_and_saturation_got_worse() -> None:
    first = samples({"noise": 2.0, "saturation": 0.9}, 0)
    second = samples({"saturation": 3.0}, 1)
    changes = {change.fact: change.sentence for change in fact_changes(first, second)}
    assert changes == {"noise": "noise is repaired", "saturation": "saturation got worse"}


def test_what_was_right_may_go_wrong_and_what_was_wrong_may_get_better() -> None:
    first, second = samples({"noise": 3.0}, 0), samples({"noise": 0.8, "contrast": -2.0}, 1)
    changes = {change.fact: change.change for change in fact_changes(first, second)}
    assert changes == {"noise": "better", "contrast": "new"}


@pytest.mark.parametrize("shift", [0.0, 1.0])
def test_what_stays_as_it_is_is_not_named(shift: float) -> None:
    assert fact_changes(samples({"noise": shift}, 2), samples({"noise": shift}, 3)) == ()


def test_results_without_facts_say_nothing() -> None:
    without = samples({}, 0).select(["side", "group"])
    assert fact_changes(without, samples({"noise": 2.0}, 1)) == ()


def test_few_groups_are_no_evidence() -> None:
    first, second = samples({"noise": 2.0}, 0, groups=4), samples({}, 1, groups=4)
    assert fact_changes(first, second) == ()
