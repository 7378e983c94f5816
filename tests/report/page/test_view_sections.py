from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

import twinscore as ts
from composed_scenes import write_scenes
from twinscore.images.annotations.placement import PixelBox
from twinscore.images.decoding.decoded_image import DecodedImage
from twinscore.images.views.cuts import BoxDrawn
from twinscore.report.page.view_sections import MOST_SHOWN, view_tabs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytest.importorskip("onnxruntime", reason="needs the extra cpu")
pytest.importorskip("pycocotools", reason="needs the extra objects")


def shown(picture: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(picture)))


def test_every_view_has_a_tab_that_shows_what_gives_it_away_in_its_scene(
    tmp_path: Path, save_model: Callable[..., Path]
) -> None:
    real = write_scenes(tmp_path / "real", 12, seed=1)
    synthetic = write_scenes(tmp_path / "synthetic", 12, seed=2, real_worlds=0.0)
    result = ts.score(
        real, synthetic, model=save_model(), diagnostics=False, richness=False, threads=1
    )
    assert isinstance(result, ts.ScoreResult)
    tabs = {tab.key: tab for tab in view_tabs(result, threads=1)}
    assert list(tabs) == ["items", "environment", "scenes"]
    assert result.views is not None
    giveaways = result.views["items"].samples.column("giveaway").to_pylist()
    names = result.views["items"].samples.column("name").to_pylist()
    largest = max((each, name) for each, name in zip(giveaways, names, strict=True) if each)
    assert giveaways[names.index(tabs["items"].shown[0].name)] == largest[0]
    for key, tab in tabs.items():
        assert len(tab.shown) == MOST_SHOWN
        assert all((item.scene is None) == (key == "scenes") for item in tab.shown)
    item = tabs["items"].shown[0]
    assert item.scene is not None
    assert shown(item.picture).width == shown(item.picture).height
    assert shown(item.scene).width > shown(item.scene).height


def test_a_frame_lies_around_an_object_and_hides_nothing_of_it() -> None:
    image = Image.fromarray(np.full((90, 120, 3), 77, dtype=np.uint8))
    drawn = np.asarray(BoxDrawn(PixelBox(20, 30, 50, 60)).of(DecodedImage(image)))
    assert (drawn[30:60, 20:50] == 77).all()
    assert (drawn[30:60, 19] == 255).all()
    assert (drawn[30:60, 18] == 0).all()
    assert (np.asarray(image) == 77).all()


def test_the_tab_of_a_view_has_the_slices_that_the_page_does_not_show_by_themselves(
    tmp_path: Path, save_model: Callable[..., Path]
) -> None:
    real = write_scenes(tmp_path / "real", 12, seed=1)
    synthetic = write_scenes(tmp_path / "synthetic", 12, seed=2)
    quick: dict[str, Any] = {"diagnostics": False, "richness": False, "threads": 1}
    result: Any = ts.score(
        real, synthetic, model=save_model(), slice_by=["class", "brightness"], **quick
    )
    tabs = {tab.key: tab for tab in view_tabs(result, threads=1)}
    assert {part.column for part in tabs["items"].slices} == {"class", "brightness"}
    assert tabs["items"].counted == "Groups"
    assert tabs["scenes"].slices == ()
    result.save_report(tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert '<span class="faint">class</span> sign' in page.partition('data-view="items"')[2]
