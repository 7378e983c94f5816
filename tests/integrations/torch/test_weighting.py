from __future__ import annotations

import numpy as np
import pytest

import twinscore as ts

torch = pytest.importorskip("torch", reason="needs torch")


from loader_rows import Rows, points  # noqa: E402
from twinscore.integrations.torch import (  # noqa: E402
    realism_sampler,
    realism_weights,
)


def test_a_sampler_draws_real_looking_samples_oftener() -> None:
    scorer = ts.StreamingScorer(points(0, 200))
    dataset = Rows()
    answers = scorer.update(dataset.rows, answers=True)
    assert answers is not None
    weights = realism_weights(answers)
    assert weights.min() >= 0.0
    assert weights.max() <= 1.0
    torch.manual_seed(0)
    drawn = list(realism_sampler(answers, num_samples=500, sharpness=4.0))
    assert np.mean(np.array(drawn) < 100) > 0.95
    assert np.ptp(realism_weights(answers, sharpness=0.0)) == 0.0


@pytest.mark.parametrize("seen", [0, 40, 200])
def test_weights_do_not_depend_on_what_was_seen_before(seen: int) -> None:
    rows = Rows().rows
    scorer = ts.StreamingScorer(points(0, 200))
    scorer.update(rows[:seen])
    expected = realism_weights(ts.StreamingScorer(points(0, 200)).compare(rows))
    again = scorer.update(rows, answers=True)
    assert again is not None
    np.testing.assert_array_equal(realism_weights(again), expected)
    np.testing.assert_array_equal(realism_weights(scorer.compare(rows)), expected)
    assert expected[:100].mean() > 10 * expected[100:].mean()
