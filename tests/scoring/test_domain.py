"""A score of images that were meant to show something."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image
from pyarrow import parquet

import twinscore as ts
from scored import score_all
from twinscore.cli import main
from twinscore.measures.richness import Richness

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from twinscore.base.arrays import BoolArray, Float64Array

DOMAIN = """
[conditions.weather]
shares = { clear = 0.5, rain = 0.5 }
[conditions.light]
shares = { day = 0.5, night = 0.5 }
[pairs]
at_least = 30
[[edge_cases]]
name = "child in the rain"
where = { weather = "rain", child = true }
at_least = 12
"""


def write_side(file: Path, images: int, rain: float, *, seed: int, child: bool = True) -> Path:
    """Write embeddings with columns; weather and light move the points far."""
    random = np.random.default_rng(seed)
    wet, dark = random.random(images) < rain, random.random(images) < 0.5
    points = random.standard_normal((images, 4)).astype(np.float32)
    points[:, 0] += 20 * wet
    points[:, 1] += 20 * dark
    columns = {
        "embedding": list(points),
        "weather": np.where(wet, "rain", "clear"),
        "light": np.where(dark, "night", "day"),
    }
    if child:
        columns["child"] = np.where(np.arange(images) % 10 == 0, "True", "False")
    parquet.write_table(pa.table(columns), file)
    return file


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Path, Path, Path]:
    real = write_side(tmp_path / "real.parquet", 200, 0.2, seed=0)
    renders = write_side(tmp_path / "renders.parquet", 160, 0.7, seed=1)
    domain = tmp_path / "domain.toml"
    domain.write_text(DOMAIN)
    return real, renders, domain


def test_a_perfect_twin_with_another_mix_is_one_in_the_declared_mix(
    sides: tuple[Path, Path, Path],
) -> None:
    real, renders, domain = sides
    result = score_all(real, renders, domain=domain)
    assert result.domain is not None
    assert result.interval[1] < 1.0
    assert result.target_score == pytest.approx(1.0, abs=0.2)
    assert result.domain.target_interval is not None
    assert result.domain.target_interval[0] < 1.0 < result.domain.target_interval[1]
    assert result.domain.target_p_value is not None
    assert result.domain.target_p_value > 0.01
    weather = result.domain.conditions[0]
    wet = sum(value == "rain" for value in result.samples["weather"].to_pylist()[200:])
    assert weather.values[0].missing == 80 - (160 - wet)
    assert weather.values[1].excess == wet - 80
    assert {pair.name for pair in result.domain.pairs.missing} <= {  # type: ignore[union-attr]
        "clear + day",
        "clear + night",
    }
    cells = result.samples["cell"].to_pylist()
    assert set(cells) == {"clear / day", "clear / night", "rain / day", "rain / night"}
    assert [cell.n_real for cell in result.domain.cells] == [
        cells[:200].count(cell.name) for cell in result.domain.cells
    ]


def test_cells_tell_what_of_them_is_reached_and_how_many_images_venture_or_stray(
    tmp_path: Path,
) -> None:
    random = np.random.default_rng(3)
    weather = np.array(["clear", "rain"])

    def write(name: str, wet: BoolArray, points: Float64Array, undeclared: int) -> Path:
        values = [*weather[wet.astype(np.int64)], *["snow"] * undeclared]
        points = points.astype(np.float32)
        points[: len(wet), 0] += 20 * wet
        parquet.write_table(
            pa.table({"embedding": list(points), "weather": values}), tmp_path / name
        )
        return tmp_path / name

    real = random.standard_normal((400, 4))
    real[200:300, 1] += 20
    photographs = write("real.parquet", np.arange(400) >= 200, real, 0)
    rendered = random.standard_normal((320, 4))
    rendered[100:130, 2] += 1_000 * (1 + np.arange(30))
    rendered[300:, 2] -= 1_000 * (1 + np.arange(20))
    renders = write("renders.parquet", np.arange(300) >= 150, rendered, 20)
    domain = tmp_path / "domain.toml"
    domain.write_text("[conditions.weather]\nshares = { clear = 0.5, rain = 0.5 }\n")
    result = score_all(photographs, renders, domain=domain)
    assert result.domain is not None
    clear, rain = result.domain.cells
    assert result.domain.outside.on_domain == 0.0
    assert clear.coverage == pytest.approx(1.0, abs=0.1)
    assert rain.coverage == pytest.approx(0.5, abs=0.1)
    assert clear.on_domain == pytest.approx(0.8, abs=0.1)
    assert rain.on_domain == pytest.approx(1.0, abs=0.1)
    assert isinstance(result.richness, Richness)
    assert {part.column for part in result.richness.slices} == {"weather"}
    untold = score_all(photographs, renders, domain=domain, richness=False)
    assert untold.domain is not None
    assert {cell.coverage for cell in untold.domain.cells} == {None}


def test_the_plain_score_is_the_same_with_and_without_a_domain(
    sides: tuple[Path, Path, Path],
) -> None:
    real, renders, domain = sides
    declared = score_all(real, renders, domain=ts.load_domain(domain))
    plain = score_all(real, renders)
    assert plain.domain is None
    assert plain.target_score is None
    assert declared.score == plain.score
    assert declared.p_value == plain.p_value


def test_saved_settings_repeat_the_domain(sides: tuple[Path, Path, Path], tmp_path: Path) -> None:
    real, renders, domain = map(str, sides)
    folder = tmp_path / "result"
    command = ["score", real, renders, "--domain", domain, "--out", str(folder), "-q"]
    with pytest.raises(SystemExit, match=r"^0$"):
        main([*command, "--no-report"])
    first = json.loads((folder / "result.json").read_text())
    again = tmp_path / "again.json"
    repeat = ["score", "--settings", str(folder / "result.json"), "--json", str(again), "-q"]
    with pytest.raises(SystemExit, match=r"^0$"):
        main(repeat)
    second = json.loads(again.read_text())
    assert second["settings"] == first["settings"]
    assert second["domain"] == first["domain"]
    assert first["domain"]["target_score"] == pytest.approx(1.0, abs=0.2)
    table = parquet.read_table(folder / "samples.parquet")
    assert "cell" in table.column_names


def test_a_column_that_the_synthetic_side_lacks_is_named_before_work_begins(
    sides: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    real, _, domain = sides
    renders = write_side(tmp_path / "other.parquet", 20, 0.5, seed=0, child=False)
    with pytest.raises(ValueError, match=r"domain\.toml: expected a column .*, got 'child'"):
        ts.score(real, renders, domain=domain)
    domain.write_text(DOMAIN.replace("conditions.weather", "conditions.wether"))
    with pytest.raises(ValueError, match=r"domain\.toml, line 9: .*weather|got 'wether'"):
        ts.score(real, renders, domain=domain)


def test_real_images_without_a_column_leave_everything_unverifiable(
    sides: tuple[Path, Path, Path],
) -> None:
    _, renders, domain = sides
    real = np.random.default_rng(0).standard_normal((50, 4)).astype(np.float32)
    result = score_all(real, renders, domain=domain)
    assert result.domain is not None
    assert result.target_score is None
    assert result.domain.unverifiable.share == pytest.approx(1.0)
    assert any("no real image has a value of weather" in note for note in result.domain.notes)


def test_a_sample_says_nothing_of_a_domain(sides: tuple[Path, Path, Path]) -> None:
    real, renders, domain = sides
    with pytest.raises(ValueError, match="expected no domain with a precision or budget"):
        ts.score(real, renders, domain=domain, precision=0.1)


def test_images_take_the_value_of_the_examples_they_are_nearest_to(
    tmp_path: Path, save_model: Callable[..., Path]
) -> None:
    random = np.random.default_rng(0)
    colors = {"beach": (220, 200, 120), "forest": (30, 120, 40), "sea": (20, 60, 200)}

    def write(file: Path, color: tuple[int, int, int]) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        noisy = np.clip(np.array(color) + random.normal(0, 6, 3), 0, 255).astype(np.uint8)
        Image.fromarray(np.broadcast_to(noisy, (8, 8, 3)).copy()).save(file)

    for name in ("beach", "forest"):
        for number in range(40):
            write(tmp_path / "examples" / name / f"{number}.png", colors[name])
    truth: dict[str, list[str | None]] = {}
    for side, names in (("real", ("beach", "forest")), ("renders", ("beach", "forest", "sea"))):
        for name in names:
            for number in range(20):
                write(tmp_path / side / f"{name}{number}.png", colors[name])
    (tmp_path / "domain.toml").write_text("[conditions.scene]\nexamples = 'examples'\n")
    result = score_all(
        tmp_path / "real",
        tmp_path / "renders",
        domain=tmp_path / "domain.toml",
        model=save_model(shape=("n", 3, 8, 8)),
    )
    for name, cell in zip(
        result.samples["name"].to_pylist(), result.samples["cell"].to_pylist(), strict=True
    ):
        truth.setdefault(name.split("/")[-1].rstrip("0123456789.png"), []).append(cell)
    assert set(truth["sea"]) == {None}
    for name in ("beach", "forest"):
        assert truth[name].count(name) >= 0.75 * len(truth[name])
        assert set(truth[name]) <= {name, None}


def test_fewer_than_ten_examples_are_refused(
    tmp_path: Path, make_folder: Callable[..., Path]
) -> None:
    make_folder("examples", {"beach": 9})
    (tmp_path / "domain.toml").write_text("[conditions.scene]\nexamples = 'examples'\n")
    sides = make_folder("real", {".": 3}), make_folder("renders", {".": 3})
    with pytest.raises(ValueError, match=r"at least 10 examples of 'beach' in .*, got 9"):
        ts.score(*sides, domain=tmp_path / "domain.toml")


def test_manifests_hold_conditions(tmp_path: Path, save_model: Callable[..., Path]) -> None:
    random = np.random.default_rng(0)
    for side in ("real", "renders"):
        rows = []
        for number in range(24):
            pixels = random.integers(0, 256, (8, 8, 3), dtype=np.uint8)
            (tmp_path / side).mkdir(exist_ok=True)
            Image.fromarray(pixels).save(tmp_path / side / f"{number}.png")
            rows.append([f"{side}/{number}.png", str(number * 3)])
        with (tmp_path / f"{side}.csv").open("w", newline="") as stream:
            csv.writer(stream).writerows([["path", "distance"], *rows])
    (tmp_path / "domain.toml").write_text("[conditions.distance]\nbins = [0, 30, 60]\n")
    result = score_all(
        tmp_path / "real.csv",
        tmp_path / "renders.csv",
        domain=tmp_path / "domain.toml",
        model=save_model(shape=("n", 3, 8, 8)),
    )
    assert result.domain is not None
    assert [item.images for item in result.domain.conditions[0].values] == [10, 11]
    assert result.domain.outside.images == 3
    assert result.domain.conditions[0].undeclared[0].value == "63"
