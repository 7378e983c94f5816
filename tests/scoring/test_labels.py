"""Classes of images: given beside them, or by a column of both sides."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from click.testing import CliRunner

import twinscore as ts
from twinscore.cli.program import cli

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def classed(seed: int, count: int = 40) -> tuple[Any, Any]:
    random = np.random.default_rng(seed)
    labels = random.integers(0, 3, count)
    points = np.eye(3, 5)[labels] * 2.0 + random.normal(size=(count, 5))
    return points.astype(np.float32), labels


def scored(**options: Any) -> ts.ScoreResult:
    (real, _), (synthetic, _) = classed(0), classed(1)
    result = ts.score(real, synthetic, diagnostics=False, **options)
    assert isinstance(result, ts.ScoreResult)
    return result


def test_labels_beside_the_images_change_nothing_but_the_transfer() -> None:
    plain = scored()
    labelled = scored(real_labels=classed(0)[1], synthetic_labels=classed(1)[1])
    assert plain.transfer is None
    assert labelled.transfer is not None
    assert 0.3 < labelled.transfer.accuracy <= 1.0
    assert labelled.transfer.n_real == labelled.transfer.n_synthetic == 40
    assert (plain.score, plain.interval, plain.p_value, plain.judge) == (
        labelled.score,
        labelled.interval,
        labelled.p_value,
        labelled.judge,
    )
    saved = json.loads(labelled.to_json())
    assert saved["transfer"]["accuracy"] == labelled.transfer.accuracy
    assert saved["settings"]["label_by"] == "label"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"real_labels": [0] * 40}, "labels of both sides"),
        ({"real_labels": [0] * 39, "synthetic_labels": [0] * 40}, "real labels: .* got 39 labels"),
        ({"real_labels": [0.5] * 40, "synthetic_labels": [0] * 40}, "strings or integers"),
        ({"label_by": "class"}, "label_by: expected a column of the real side"),
        (
            {"label_by": "a", "real_labels": [0] * 40, "synthetic_labels": [0] * 40},
            "got both",
        ),
        (
            {"real_labels": [0] * 40, "synthetic_labels": [0] * 40, "precision": 0.1},
            "no label_by with a precision",
        ),
    ],
)
def test_labels_that_cannot_be_meant_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        scored(**options)


def test_folders_of_classes_from_the_command_line(
    make_folder: Callable[..., Path], save_model: Callable[..., Path], tmp_path: Path
) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    sides = [str(make_folder(name, {"cat": 6, "dog": 6}, seed=n)) for n, name in enumerate("rs")]
    arguments = ["score", *sides, "--model", str(save_model()), "--label-by", "folder"]
    run = CliRunner().invoke(cli, [*arguments, "--json", str(tmp_path / "a.json")])
    assert run.exit_code == 0, run.output
    assert "Transfer" in run.output
    assert "Taken for" in run.output
    saved = json.loads((tmp_path / "a.json").read_text())
    assert {part["label"] for part in saved["transfer"]["classes"]} == {"cat", "dog"}
    again = ["score", *sides, "--settings", str(tmp_path / "a.json"), "--model", str(save_model())]
    assert "Transfer" in CliRunner().invoke(cli, again).output
    missing = CliRunner().invoke(cli, [*arguments[:-1], "kind"])
    assert missing.exit_code != 0
    assert "label_by: expected a column of the real side" in str(missing.exception)
