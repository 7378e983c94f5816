"""The picture of a bench shows every data set, k and backend that was measured."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from twinscore.cli.bench.recall_picture import draw
from twinscore.cli.bench.record import Case, Measurement, Record

PROGRAM = Path(__file__).parents[3] / "bench" / "backends.py"

pytest.importorskip("matplotlib", reason="needs the extra bench")

EXACT = Record(
    Case("clusters", 2_000, 32, "exact", 1, 2),
    Measurement(0.0, 0.25, (0.25,), 0.5, 1 << 20),
    *(1.0, 0.7, 0.0, None, 0.5, "a processor", "0.1.0"),
)
GRAPH = replace(
    EXACT,
    case=replace(EXACT.case, backend="hnsw:links=8"),
    measurement=Measurement(2.0, 0.5, (2.5,), 5.0, None),
    recall=0.97,
    score_error=-0.004,
)


def test_seconds_are_those_of_building_and_asking() -> None:
    assert (GRAPH.seconds, GRAPH.queries_per_second) == (2.5, 4_000.0)


def test_the_picture_has_a_row_for_each_data_set_and_k(tmp_path: Path) -> None:
    more = [replace(record, case=replace(record.case, k=10)) for record in (EXACT, GRAPH)]
    failed = replace(EXACT, measurement=None, recall=None, failure="stopped after 3 s")
    heights = []
    for records in ([EXACT, GRAPH, failed], [EXACT, GRAPH, *more]):
        draw(records, tmp_path / "bench.png")
        with Image.open(tmp_path / "bench.png") as picture:
            heights.append(picture.height)
            assert len(picture.convert("RGB").getcolors(1 << 20) or []) > 20
    assert heights[1] == 2 * heights[0]


def test_nothing_measured_makes_an_empty_picture_and_no_error(tmp_path: Path) -> None:
    draw([], tmp_path / "bench.png")
    assert (tmp_path / "bench.png").exists()


def test_growth_is_drawn_of_records_of_several_sizes(tmp_path: Path) -> None:
    records = [
        replace(record, case=replace(record.case, rows=rows))
        for rows in (1_000, 10_000)
        for record in (EXACT, GRAPH)
    ]
    file = tmp_path / "growth.jsonl"
    file.write_text("".join(record.to_json() + "\n" for record in records))
    picture = tmp_path / "growth.png"
    arguments = ["--draw", str(file), "--growth", "--picture", str(picture)]
    subprocess.run([sys.executable, PROGRAM, *arguments], check=True, timeout=60)
    with Image.open(picture) as drawn:
        assert len(drawn.convert("RGB").getcolors(1 << 20) or []) > 20
