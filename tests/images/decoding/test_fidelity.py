"""Each cell of the matrix of formats shows what an independent decoder shows, or says why not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from fidelity.matrix import CELLS, CLIP_CELLS
from fidelity.table import DOCS, with_table
from twinscore.base.errors import UnreadableImageError
from twinscore.images.decoding import read_facts, read_image
from twinscore.images.decoding.video import FrameReader
from twinscore.images.records import ImageItem

if TYPE_CHECKING:
    from pathlib import Path

    from fidelity.cell import Cell


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_cell(cell: Cell) -> None:
    for package in cell.needs:
        pytest.importorskip(package, reason=f"needs the package {package}")
    content = cell.make()
    if cell.shown is None:
        with pytest.raises(UnreadableImageError) as failure:
            read_image(content)
        assert cell.refused is not None
        assert re.search(cell.refused, str(failure.value)), str(failure.value)
        return
    expected = np.asarray(cell.shown(content)).astype(int)
    shown = np.asarray(read_image(content)).astype(int)
    assert shown.shape == expected.shape
    assert np.abs(shown - expected).max() <= cell.tolerance
    facts = read_facts(ImageItem("a", content))
    assert facts is not None
    assert facts.file_size == len(content)


@pytest.mark.parametrize("cell", CLIP_CELLS, ids=lambda cell: cell.name)
def test_clip(cell: Cell, tmp_path: Path) -> None:
    pytest.importorskip("av", reason="needs the extra video")
    path = tmp_path / "clip"
    try:
        path.write_bytes(cell.make())
    except (AttributeError, ValueError) as error:
        pytest.skip(f"this PyAV cannot write such a clip: {error}")
    assert cell.shown is not None
    expected = np.asarray(cell.shown(b"")).astype(int)
    shown = FrameReader(path).at(0.0).astype(int)
    assert shown.shape == expected.shape
    assert np.abs(shown - expected).max() <= cell.tolerance


def test_at_least_twelve_formats_are_looked_at() -> None:
    assert len({cell.format for cell in (*CELLS, *CLIP_CELLS)}) >= 12


def test_every_cell_is_right_refused_or_has_a_note() -> None:
    for cell in CELLS:
        assert (cell.shown is None) == (cell.refused is not None), cell.name
    assert len({cell.name for cell in (*CELLS, *CLIP_CELLS)}) == len(CELLS) + len(CLIP_CELLS)


def test_the_table_in_the_docs_is_up_to_date() -> None:
    page = DOCS.read_text()
    assert page == with_table(page), "python tests/fidelity/table.py writes it anew"
