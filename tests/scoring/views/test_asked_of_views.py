from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import twinscore as ts
from composed_scenes import write_scenes
from twinscore.domain.reading import load_domain

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("pycocotools", reason="needs the extra objects")

OF_OBJECTS = "[conditions.size]\nbins = [0, 25, 400]\n"
OF_IMAGES = "[conditions.folder]\nshares = { '.' = 1 }\n"


def domain(folder: Path, text: str) -> Any:
    (folder / "domain.toml").write_text(text)
    return load_domain(folder / "domain.toml")


@pytest.mark.parametrize(
    ("views", "asked", "message"),
    [
        (["environment", "scenes"], {"slice_by": "size"}, "items or in-place .* slice by size"),
        (["environment"], {"slice_by": "class"}, ".* slice by class .* got environment"),
        (["items"], {"label_by": "folder"}, "scenes .* class folder"),
        (["scenes"], {"domain": OF_OBJECTS}, "items or in-place .*, of which domain.toml"),
        (["items"], {"domain": OF_IMAGES}, "scenes .*, of which domain.toml"),
    ],
)
def test_what_no_view_that_is_looked_at_can_answer_is_refused(
    tmp_path: Path, views: list[str], asked: dict[str, Any], message: str
) -> None:
    real, synthetic = (write_scenes(tmp_path / side, 3, seed=7) for side in "ab")
    if "domain" in asked:
        asked = {"domain": domain(tmp_path, asked["domain"])}
    with pytest.raises(ValueError, match=f"expected the view {message}"):
        ts.score(real, synthetic, views=views, **asked)


def test_a_slice_that_nothing_has_is_refused_with_what_objects_have(tmp_path: Path) -> None:
    real, synthetic = (write_scenes(tmp_path / side, 3, seed=7) for side in "ab")
    with pytest.raises(ValueError, match=r"of its objects \(class, size, .*got 'colour'"):
        ts.score(real, synthetic, slice_by="colour")
