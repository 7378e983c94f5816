from pathlib import Path

import pytest
from PIL import Image

pytest.importorskip("matplotlib")
pytest.importorskip("skimage")
pytest.importorskip("sklearn")

from twinscore.cli.demo.photographs import cut_photographs
from twinscore.cli.demo.picture import EXAMPLES, choose_examples, draw_picture
from twinscore.cli.demo.twins import TWINS


def test_examples_come_from_different_photographs() -> None:
    examples = choose_examples(cut_photographs(0)[1])
    assert len({crop.photograph for crop in examples}) == len(examples) == EXAMPLES


def test_one_legible_picture_is_written(tmp_path: Path) -> None:
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    scores = list(zip(TWINS, (0.0, 0.5, 1.3), strict=True))
    path = tmp_path / "a.png"
    draw_picture(path, cut_photographs(0)[1], scores, null_interval=(0.84, 1.16))
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        assert min(picture.size) >= 900
    assert dict(mpl.rcParams) == before
