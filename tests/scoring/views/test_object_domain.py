from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import twinscore as ts
from composed_scenes import write_scenes
from twinscore.cli.minimums import missed_minimums
from twinscore.domain.reading import load_domain
from twinscore.report.first_screen import findings_of
from twinscore.scoring.views.object_domain import views_of_domain

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytest.importorskip("onnxruntime", reason="needs the extra cpu")
pytest.importorskip("pycocotools", reason="needs the extra objects")

LARGE = """
[conditions.size]
bins = [0, 25, 28, 400]
weights = [0, 0, 1]

[conditions.class]
shares = { car = 1, sign = 1 }
"""


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Path, Path]:
    return (
        write_scenes(tmp_path / "real", 20, seed=1),
        write_scenes(tmp_path / "synthetic", 20, seed=2),
    )


def declared(folder: Path, text: str) -> Any:
    file = folder / "objects.toml"
    file.write_text(text)
    return load_domain(file)


def scored(sides: tuple[Path, Path], save_model: Callable[..., Path], **options: Any) -> Any:
    quick = {"diagnostics": False, "richness": False, "threads": 1}
    return ts.score(*sides, model=save_model(), **{**quick, **options})


def test_a_domain_may_ask_for_facts_and_classes_of_objects(
    tmp_path: Path, sides: tuple[Path, Path], save_model: Callable[..., Path]
) -> None:
    result = scored(sides, save_model, domain=declared(tmp_path, LARGE))
    assert result.domain is None
    assert result.views["scenes"].domain is None
    found = result.views["items"].domain
    boxes = [each["bbox"] for each in json.loads(sides[1].read_text())["annotations"]]
    small, middle, large = found.conditions[0].values
    longest = [max(box[2:]) for box in boxes]
    assert small.images == sum(side < 25 for side in longest)
    assert middle.images == sum(25 <= side < 28 for side in longest)
    assert large.images == sum(side >= 28 for side in longest)
    assert large.missing > 0


def test_how_objects_fit_their_domain_is_said(
    tmp_path: Path, sides: tuple[Path, Path], save_model: Callable[..., Path]
) -> None:
    result = scored(sides, save_model, domain=declared(tmp_path, LARGE))
    match = result.views["items"].domain.match
    sentence = f"Of the objects, {match:.2f} are where they were wanted"
    assert any(line.startswith(sentence) for line in findings_of(result))
    assert result.to_dict()["views"]["items"]["domain"]["match"] == pytest.approx(match)
    missed = missed_minimums(result, None, None, 0.99)
    assert missed == [f"match {match:.4f} is below the minimum of 0.99"]


def test_objects_are_sliced_by_the_bins_of_their_domain(
    tmp_path: Path, sides: tuple[Path, Path], save_model: Callable[..., Path]
) -> None:
    domain = declared(tmp_path, LARGE)
    result = scored(sides, save_model, domain=domain, slice_by=["size"])
    values = {part.value for part in result.views["items"].slices}
    assert values <= set(domain.conditions[0].values)
    assert values


def test_a_domain_of_columns_of_images_is_asked_of_whole_scenes(tmp_path: Path) -> None:
    domain = declared(tmp_path, "[conditions.weather]\nshares = { rain = 1, sun = 1 }\n")
    assert views_of_domain(domain, ["weather"]) == ("scenes",)
    assert views_of_domain(None, ["weather"]) == ()
    of_size = declared(tmp_path, "[conditions.size]\nbins = [0, 20, 40]\n")
    assert views_of_domain(of_size, ["weather"]) == ("items", "in-place")
    assert views_of_domain(of_size, ["size"]) == ("scenes",)


def test_conditions_told_by_example_are_refused_where_objects_are_annotated(
    tmp_path: Path, sides: tuple[Path, Path], save_model: Callable[..., Path]
) -> None:
    for value in ("street", "field"):
        (tmp_path / "examples" / value).mkdir(parents=True)
    domain = declared(tmp_path, '[conditions.scene]\nexamples = "examples"\n')
    with pytest.raises(ValueError, match="'scene' is told by example, which is for whole images"):
        scored(sides, save_model, domain=domain)
    unknown = declared(tmp_path, "[conditions.sise]\nbins = [0, 20, 40]\n")
    with pytest.raises(ValueError, match="did you mean 'size'"):
        scored(sides, save_model, domain=unknown)
