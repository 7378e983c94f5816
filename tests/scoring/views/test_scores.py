from __future__ import annotations

from dataclasses import replace

import pytest

from twinscore.scoring.views.scores import Standing, ViewScore, sentence_of, with_standings


def row(score: float, p_value: float, view: str = "items", low: float = 0.8) -> ViewScore:
    return ViewScore(view, None, 90, 90, score=score, p_value=p_value, null_interval=(low, 1.2))


@pytest.mark.parametrize(
    ("given", "standing"),
    [
        (row(0.7, 0.3), Standing.PASSES),
        (row(0.7, 0.3, low=0.3), Standing.TOO_FEW),
        (row(0.81, 0.001), Standing.LARGELY),
        (row(0.4, 0.001), Standing.PARTLY),
        (row(0.12, 0.001), Standing.FAILS),
        (replace(row(1.6, 0.001), standing=Standing.COPIES), Standing.COPIES),
        (replace(row(1.6, 0.3), standing=Standing.COPIES), Standing.PASSES),
    ],
)
def test_a_row_stands_by_its_score_once_it_is_told_apart(
    given: ViewScore, standing: Standing
) -> None:
    assert with_standings([given])[0].standing is standing


def test_more_rows_need_smaller_p_values() -> None:
    alone = with_standings([row(0.4, 0.02)])
    among = with_standings([row(0.4, 0.02), row(0.9, 0.5), row(0.9, 0.6)])
    assert (alone[0].standing, among[0].standing) == (Standing.PARTLY, Standing.PASSES)


def test_the_sentence_sets_the_views_beside_each_other() -> None:
    rows = with_standings(
        [row(0.81, 0.001), row(0.12, 0.001, "environment"), row(0.1, 0.001, "scenes")]
    )
    assert sentence_of(rows) == (
        "The objects largely pass (0.81), the world around them does not (0.12), "
        "the whole scenes do not (0.10)."
    )
    first_fails = with_standings([row(0.1, 0.001), row(0.9, 0.5, "environment")])
    assert sentence_of(first_fails) == (
        "The objects do not pass (0.10), the world around them passes (0.90)."
    )
    alone = with_standings([row(0.1, 0.001, "environment")])
    assert sentence_of(alone) == "The world around the objects does not pass (0.10)."
    few = (ViewScore("items", None, 1, 3),)
    assert sentence_of(few) == "The objects are too few to tell."
