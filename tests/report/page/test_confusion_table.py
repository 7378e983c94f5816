from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import twinscore as ts
from twinscore.report.page.confusion_table import MOST_CLASSES, confusion_table

if TYPE_CHECKING:
    from twinscore.measures.transfer import Transfer


def transfer(classes: int) -> Transfer:
    random = np.random.default_rng(0)
    sides: list[Any] = []
    for _ in range(2):
        labels = np.arange(4 * classes) % classes
        sides.append((random.normal(size=(len(labels), 3)).astype(np.float32), labels))
    (real, real_labels), (synthetic, synthetic_labels) = sides
    result = ts.score(
        real,
        synthetic,
        real_labels=real_labels,
        synthetic_labels=synthetic_labels,
        diagnostics=False,
    )
    assert isinstance(result, ts.ScoreResult)
    assert result.transfer is not None
    return result.transfer


def test_every_row_adds_up_and_the_right_answers_lie_on_the_diagonal() -> None:
    found = transfer(5)
    table = confusion_table(found)
    assert table is not None
    accuracy = {one.label: one.accuracy for one in found.classes}
    for place, (name, shares) in enumerate(table.rows):
        assert table.nearest[place] == name
        assert abs(sum(shares) - 1.0) < 1e-12
        assert abs(shares[place] - accuracy[name]) < 1e-12


def test_there_is_no_table_without_classes_or_with_too_many() -> None:
    assert confusion_table(None) is None
    assert confusion_table(transfer(MOST_CLASSES + 1)) is None
