"""No overlap far above 1 goes without a reason, in whatever part of a result."""

from __future__ import annotations

import numpy as np
import pytest

from scored import score_all, score_sample
from twinscore.embedding.records import Embeddings
from twinscore.images.views.settings import ViewSettings
from twinscore.scoring.all_images import assess
from twinscore.scoring.notes import high_overlaps
from twinscore.scoring.run import Run
from twinscore.scoring.settings import ScoreSettings
from twinscore.scoring.views.notes import view_notes
from twinscore.scoring.views.scores import ViewScore


def twins_by_copy(images: int = 80) -> tuple[np.ndarray, np.ndarray]:
    real = np.random.default_rng(0).standard_normal((images, 12)).astype(np.float32)
    return real, real + np.float32(1e-3)


def reasons(warnings: tuple[str, ...]) -> list[str]:
    return [note for note in warnings if note.startswith("overlap above 1 by far")]


def row(score: float, overlap: float, class_name: str | None = None) -> ViewScore:
    return ViewScore(
        "items", class_name, 90, 90, score=score, overlap=overlap, null_interval=(0.7, 1.3)
    )


def test_a_result_of_all_images_and_one_of_a_sample_say_why() -> None:
    real, synthetic = twins_by_copy()
    for result in (score_all(real, synthetic), score_sample(real, synthetic, precision=0.01)):
        assert result.overlap > 1.5
        (reason,) = reasons(result.warnings)
        assert "are copies, share scenes with the real ones, or spread beyond them" in reason


def test_a_slice_of_copies_among_foreign_images_is_named() -> None:
    real, copies = twins_by_copy()
    copies[20:] += np.float32(50.0)
    kinds = ("copy",) * 20 + ("foreign",) * 60
    names = tuple(map(str, range(len(kinds))))
    synthetic = Embeddings(copies, names, columns={"kind": kinds})
    settings = ScoreSettings(slice_by=("kind",), diagnostics=False, richness=False)
    result = assess(Embeddings(real, names), synthetic, Run(settings))
    assert result.overlap <= 1.5
    (reason,) = reasons(result.warnings)
    assert "in 1 of 2 parts, such as kind 'copy'" in reason


def test_rows_of_views_say_which_and_whether_chance_comes_there_too() -> None:
    table = (row(1.9, 19.0, "car"), row(1.25, 1.7, "bus"), row(0.9, 0.8))
    notes = [note for note in view_notes(table, {}, ViewSettings()) if "overlap" in note]
    assert [note.partition("such as ")[2].partition(":")[0] for note in notes] == [
        "items of class car (score 1.90)",
        "items of class bus (score 1.25)",
    ]
    assert "copies" in notes[0]
    assert "chance takes a perfect twin" in notes[1]


@pytest.mark.parametrize("overlap", [0.0, 1.0, 1.5])
def test_what_may_be_a_share_of_images_needs_no_reason(overlap: float) -> None:
    assert not list(high_overlaps([("kind 'a'", 1.0, overlap, True)]))
