"""A result draws itself: as a picture, and as a few lines in a notebook."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from scored import score_all, score_sample

if TYPE_CHECKING:
    from pathlib import Path

    import twinscore as ts


@pytest.fixture(scope="module")
def result() -> ts.ScoreResult:
    random = np.random.default_rng(0)
    real, synthetic = random.standard_normal((2, 40, 4)).astype(np.float32)
    return score_all(real, synthetic + 2.0, diagnostics=False)


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_the_map_is_saved_in_the_format_of_the_ending(
    result: ts.ScoreResult, tmp_path: Path, ending: str
) -> None:
    pytest.importorskip("matplotlib", reason="needs the extra report")
    file = tmp_path / f"map.{ending}"
    result.plot(file, method="pca")
    if ending == "png":
        with Image.open(file) as image:
            assert min(image.size) > 400
    elif ending == "svg":
        assert ElementTree.parse(file).getroot().tag.endswith("svg")
    else:
        assert file.read_bytes().startswith(b"%PDF")


def test_the_figure_shows_every_image_on_its_side(result: ts.ScoreResult) -> None:
    pytest.importorskip("matplotlib", reason="needs the extra report")
    (axes,) = result.plot(method="pca").axes
    assert [len(np.asarray(points.get_offsets())) for points in axes.collections] == [40, 40]
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["real (40)", "synthetic (40)"]


def test_several_seeds_are_drawn_side_by_side(result: ts.ScoreResult) -> None:
    pytest.importorskip("matplotlib", reason="needs the extra report")
    pytest.importorskip("umap", reason="needs umap-learn")
    assert len(result.plot(method="umap", seeds=2).axes) == 2


def test_the_figure_shows_itself_in_a_notebook(result: ts.ScoreResult) -> None:
    pytest.importorskip("matplotlib", reason="needs the extra report")
    assert result.plot(method="pca")._repr_png_().startswith(b"\x89PNG")  # type: ignore[attr-defined]


def test_a_result_from_disk_has_no_points_to_draw(result: ts.ScoreResult) -> None:
    pytest.importorskip("matplotlib", reason="needs the extra report")
    with pytest.raises(ValueError, match="read from disk has no points"):
        dataclasses.replace(result, pool=None).plot()


def test_a_notebook_shows_number_interval_and_verdict(result: ts.ScoreResult) -> None:
    warned = dataclasses.replace(result, warnings=("<script>alert(1)</script>",))
    shown = warned._repr_html_()
    root = ElementTree.fromstring(shown)  # well formed
    text = " ".join(root.itertext())
    assert f"{result.score:.2f}" in text
    assert "95% interval" in text
    assert "<script>alert(1)</script>" in text
    assert not list(root.iter("script"))


def test_a_notebook_shows_of_a_sample_what_it_knows() -> None:
    random = np.random.default_rng(0)
    real, synthetic = random.standard_normal((2, 1500, 4)).astype(np.float32)
    shown = score_sample(real, synthetic, precision=0.2)._repr_html_()
    assert "nan" not in shown
    assert "of 1,500 synthetic images looked at" in shown
