from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from twinscore.images.views.settings import ViewSettings


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"names": "items"}, "expected a list of views, got 'items'"),
        ({"names": 3}, "expected a list of views, got 3"),
        ({"margin": "0.1"}, "expected a margin of objects as a number, got '0.1'"),
        ({"margin": None}, "expected a margin of objects as a number, got None"),
        ({"margin": True}, "expected a margin of objects as a number, got True"),
        ({"without_background": "no"}, "expected without_background as True or False, got 'no'"),
    ],
)
def test_what_is_no_setting_of_views_is_refused_by_its_name(
    given: dict[str, Any], message: str
) -> None:
    with pytest.raises(TypeError, match=message):
        ViewSettings(**given)


def test_numbers_of_numpy_are_settings_that_json_can_hold() -> None:
    numbers: dict[str, Any] = {
        "margin": np.float32(0.5),
        "smallest": np.int64(8),
        "without_background": np.bool_(True),
    }
    plain = {"margin": 0.5, "smallest": 8, "without_background": True}
    found = json.loads(json.dumps(ViewSettings(**numbers).to_dict()))
    assert {name: found[name] for name in plain} == plain
