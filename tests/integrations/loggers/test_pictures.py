from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from scored import score_all
from twinscore.integrations.loggers.pairs import GAP, SIDE, side_by_side
from twinscore.integrations.loggers.pictures import pictures_of
from twinscore.report.kinds import kinds_by_loss

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_a_result_shows_who_gives_it_away_beside_the_nearest_real_image(
    make_folder: Callable[..., Path], save_model: Callable[..., Path]
) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    pytest.importorskip("matplotlib", reason="needs the extra demo")
    photos, renders = make_folder("photos", {"": 12}), make_folder("renders", {"": 12}, seed=1)
    for file in sorted(renders.iterdir())[:4]:
        Image.new("RGB", (60, 30), "blue").save(file)
    result = score_all(photos, renders, model=save_model(), diagnostics=False)
    pictures = {picture.name: picture for picture in pictures_of(result)}
    worst = kinds_by_loss(result)[0]
    assert f"{worst.name} beside {worst.nearest_real}" in pictures["pairs/1"].caption
    assert pictures["pairs/1"].image.size == (60 + GAP + 40, 32)
    assert pictures["pairs/1"].image.getpixel((30, 16)) == (0, 0, 255)
    assert pictures["map"].image.width > 100


def test_points_without_images_show_their_map_alone() -> None:
    pytest.importorskip("matplotlib", reason="needs the extra demo")
    real, twin = np.random.default_rng(0).standard_normal((2, 40, 4)).astype("float32")
    pictures = pictures_of(score_all(real, twin, diagnostics=False))
    assert [picture.name for picture in pictures] == ["map"]


def test_a_missing_neighbor_leaves_an_image_by_itself() -> None:
    image = Image.new("RGB", (SIDE, 10))
    assert side_by_side(image, None) is image
