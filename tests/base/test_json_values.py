from __future__ import annotations

import json
import math
from dataclasses import dataclass

import numpy as np
import pytest

from twinscore.base.json_values import json_value


@dataclass(frozen=True, slots=True)
class Record:
    name: str
    interval: tuple[float, float]
    inner: Record | None = None


def test_records_in_records_become_mappings_of_their_fields() -> None:
    record = Record("outer", (0.0, math.inf), Record("inner", (1.0, 2.0)))
    assert json_value(record) == {
        "name": "outer",
        "interval": [0.0, None],
        "inner": {"name": "inner", "interval": [1.0, 2.0], "inner": None},
    }


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, np.float32("nan")])
def test_what_is_not_finite_becomes_none(number: float) -> None:
    assert json_value({"a": (number, [number])}) == {"a": [None, [None]]}


@pytest.mark.parametrize(
    ("value", "kind"),
    [(np.float32(0.5), float), (np.int64(3), int), (np.bool_(True), bool), (True, bool), (3, int)],
)
def test_numbers_keep_their_kind(value: object, kind: type) -> None:
    converted = json_value(value)
    assert type(converted) is kind
    assert converted == value
    assert json.loads(json.dumps(converted)) == converted


def test_numbers_keep_all_their_digits() -> None:
    assert json_value(0.1 + 0.2) == 0.1 + 0.2


def test_what_json_cannot_hold_is_refused() -> None:
    with pytest.raises(TypeError, match="expected a value that JSON can hold, got ndarray"):
        json_value({"points": np.zeros(3)})
