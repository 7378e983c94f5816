from __future__ import annotations

from typing import Any

import pytest

from twinscore.comparison.object_cuts import different_cuts

CUT = {"margin": 0.15, "smallest": 16, "without_background": False}


def fields(cut: Any, *, views: Any = ("items",), asked: Any = None) -> dict[str, Any]:
    return {
        "views": {view: {} for view in views},
        "objects": {} if cut is None else {"cut": cut},
        "settings": {"views": asked},
    }


@pytest.mark.parametrize("other", [{"margin": 0.4}, {"smallest": 8}, {"without_background": True}])
def test_each_way_in_which_objects_were_cut_out_is_said_once(other: dict[str, Any]) -> None:
    results = [fields(CUT), fields({**CUT, **other}), fields(CUT)]
    first, second = different_cuts(results)
    assert first == "margin 0.15, objects of at least 16 pixels, with background"
    assert second != first


def test_an_earlier_result_tells_how_it_was_asked_to_cut_objects_out() -> None:
    asked = {**CUT, "margin": 0.0, "names": ["items"], "real_objects": "real.json"}
    assert len(different_cuts([fields(None, asked=asked), fields(CUT)])) == 2


@pytest.mark.parametrize("other", [None, {**CUT, "margin": 0.4}])
def test_results_that_do_not_tell_or_show_no_objects_differ_in_nothing(other: Any) -> None:
    assert different_cuts([fields(CUT), fields(other, views=("environment", "scenes"))]) == ()
    assert different_cuts([fields(CUT), fields(None)]) == ()
