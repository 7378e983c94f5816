from __future__ import annotations

import math

import numpy as np

from scored import score_all
from twinscore.integrations.loggers.figures import figures_of


def test_every_number_is_a_figure_by_its_path() -> None:
    record = {
        "score": 0.5,
        "ties": 3,
        "interval": [0.25, 0.75],
        "judge": {"accuracy": 0.6, "interval": [0.5, 0.7]},
        "verdict": "words",
        "collapsed": True,
        "slices": [
            {"column": "weather", "value": "rain/fog", "score": 0.1, "interval": [0.0, 0.2]}
        ],
    }
    assert figures_of(record) == {
        "score": 0.5,
        "ties": 3.0,
        "interval/low": 0.25,
        "interval/high": 0.75,
        "judge/accuracy": 0.6,
        "judge/interval/low": 0.5,
        "judge/interval/high": 0.7,
        "slices/weather/rain fog/score": 0.1,
        "slices/weather/rain fog/interval/low": 0.0,
        "slices/weather/rain fog/interval/high": 0.2,
    }


def test_what_is_not_known_and_how_it_was_made_is_no_figure() -> None:
    record = {
        "p_value": None,
        "z": math.nan,
        "profile": {"k": [{"k": 1, "score": 0.5}]},
        "images": [60, 60],
        "settings": {"k": 1},
        "seconds": {"search": 0.5},
        "seed": 7,
    }
    assert figures_of(record) == {}


def test_a_result_tells_its_score_and_its_parts() -> None:
    real, twin = np.random.default_rng(0).standard_normal((2, 80, 4)).astype("float32")
    result = score_all(real, twin)
    figures = figures_of(result.to_dict())
    assert figures["score"] == result.score
    assert figures["judge/accuracy"] == result.judge.accuracy
    assert (figures["interval/low"], figures["interval/high"]) == result.interval
    assert {"overlap", "p_value", "reverse_score", "richness/coverage"} <= set(figures)
