from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from scored import score_all
from twinscore.embedding.records import Embeddings, Skipped

if TYPE_CHECKING:
    from pathlib import Path

    import twinscore as ts

HOSTILE = (
    'it\'s "quoted" & spaced.png',
    "<script>window.attacked = 1<",  # a folder; with its file it closes the tag
    '"><img src=x onerror="window.attacked = 1">.png',
    "日本語 кириллица العربية.png",
    "{{ 7 * 7 }} {% raw %}.png",
)


@pytest.fixture(scope="session")
def hostile_names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Real and synthetic images, 60 each, under names that try to break out of a page."""
    root = tmp_path_factory.mktemp("images")
    random = np.random.default_rng(0)
    names = []
    for number in range(120):
        relative = HOSTILE[number % len(HOSTILE)]
        if relative.endswith("<"):
            relative += "/script>.png"
        path = root / f"{number:03}" / relative
        path.parent.mkdir(parents=True)
        color = (40, 90, 200) if number < 60 else (220, 120, 30)
        pixels = np.clip(random.normal(color, 30, (48, 64, 3)), 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(path)
        names.append(str(path))
    return names


@pytest.fixture(scope="session")
def pictured(hostile_names: list[str]) -> ts.ScoreResult:
    """A result with images: two thirds of the synthetic side is foreign, one of it is a copy."""
    random = np.random.default_rng(1)
    real, synthetic = random.standard_normal((2, 60, 6)).astype(np.float32)
    synthetic[:40] += 8.0
    synthetic[50] = real[3]
    skipped = (Skipped("photos/<b>broken</b>.png", "not an image"),)
    result = score_all(
        Embeddings(real, tuple(hostile_names[:60]), skipped=skipped),
        Embeddings(synthetic, tuple(hostile_names[60:])),
    )
    return dataclasses.replace(result, skipped={"real": skipped, "synthetic": ()})


@pytest.fixture(scope="session")
def report_file(pictured: ts.ScoreResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of that result."""
    pytest.importorskip("jinja2", reason="needs the extra report")
    pytest.importorskip("plotly", reason="needs the extra report")
    from twinscore.report.page.score_page import write_report

    file = tmp_path_factory.mktemp("page") / "report.html"
    write_report(
        pictured,
        file,
        title="<i>renders</i> against photos",
        command="twinscore score 'a b' <x>",
        map_method="pca",
    )
    return file
