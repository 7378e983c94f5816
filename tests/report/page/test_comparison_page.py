"""The comparison page shows both sets, and names as they are."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from twinscore.comparison import Comparison, MovedImage, SliceDifference
from twinscore.report.page.comparison_page import write_comparison
from twinscore.report.terminal.comparison import print_difference

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("jinja2", reason="needs the extra report")


@pytest.fixture
def names(tmp_path: Path) -> list[str]:
    """Two images of one scene under a name that tries to break out of a page."""
    found = []
    for number, folder in enumerate(("v1", "v2")):
        path = tmp_path / folder / '"><b onclick="x">.png'
        path.parent.mkdir()
        pixels = np.full((60, 80, 3), 100 * number, np.uint8)
        Image.fromarray(pixels).save(path)
        found.append(str(path))
    return found


@pytest.fixture
def comparison(names: list[str]) -> Comparison:
    return Comparison(
        first_name="v1",
        second_name="<v2>",
        first=0.2,
        second=0.5,
        difference=0.3,
        interval=(0.1, 0.5),
        p_value=0.002,
        n_real=50,
        n_first=40,
        n_second=40,
        pairs=1,
        method="By hand.",
        slices=(SliceDifference("light = night", 9, 11, 0.1, 0.4, 0.3, 0.01, 0.02),),
        moved=(MovedImage(names[0], names[1], 3.0, 1.0, -1.1),),
        warnings=("mind the gap",),
    )


def test_both_sets_slices_and_moved_images_are_shown(
    comparison: Comparison, names: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "comparison.html"
    giveaways = ([(names[0], 3.0)], [(names[1], 1.0)])
    write_comparison(comparison, file, giveaways=giveaways, command="twinscore compare")
    text = file.read_text(encoding="utf-8")
    assert '<div class="number">+0.30</div>' in text
    assert "light = night" in text
    assert "Mind the gap." in text
    assert text.count('src="data:image/webp;base64,') == 4
    assert "<b onclick" not in text
    assert "&lt;v2&gt;" in text
    assert "before: 3.00 times as far" in text
    assert "now: passes: its nearest image is real" in text


def test_a_sentence_leaves_the_name_that_begins_it_alone(
    comparison: Comparison, tmp_path: Path
) -> None:
    noted = dataclasses.replace(comparison, warnings=("renders.v2 was cut", "both were cut"))
    write_comparison(noted, tmp_path / "comparison.html")
    text = (tmp_path / "comparison.html").read_text(encoding="utf-8")
    assert ">renders.v2 was cut.<" in text
    assert ">Both were cut.<" in text


def test_nothing_that_moved_leaves_the_section_out(comparison: Comparison, tmp_path: Path) -> None:
    still = dataclasses.replace(comparison, moved=(), slices=(), warnings=())
    write_comparison(still, tmp_path / "comparison.html")
    text = (tmp_path / "comparison.html").read_text(encoding="utf-8")
    assert all(f'<section id="{name}"' not in text for name in ("improved", "worsened", "slices"))


def test_the_terminal_shows_the_same(comparison: Comparison) -> None:
    import io

    from rich.console import Console

    stream = io.StringIO()
    print_difference(comparison, Console(file=stream, width=90, highlight=False))
    text = stream.getvalue()
    for words in ("Difference +0.300", "+0.100 to +0.500", "p = 0.002", "light = night", "0.02"):
        assert words in text
    assert "gives itself away less: 3.00 before, 1.00 now" in text
