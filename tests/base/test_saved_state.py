"""What was saved is checked whole before a value of it is used."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import twinscore as ts
from twinscore.base.json_text import parse_json
from twinscore.base.saved_state import ArrayForm, Fields, read_saved_arrays

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FIELDS = Fields({"k": -1, "name": 3, "big": 2**70, "nan": float("nan"), "list": [1], "yes": 1})


@pytest.mark.parametrize(
    ("take", "message"),
    [
        (lambda: FIELDS.whole("k", least=1), "'k': expected a whole number of at least 1, got -1"),
        (lambda: FIELDS.whole("big"), "'big': expected a whole number"),
        (lambda: FIELDS.whole("yes2"), "expected a field 'yes2', got none"),
        (lambda: FIELDS.text("name"), "'name': expected text, got 3"),
        (lambda: FIELDS.number("nan"), "'nan': expected a finite number, got nan"),
        (lambda: FIELDS.number("k", above=0.0), "'k': expected a finite number above 0, got -1"),
        (lambda: FIELDS.flag("yes"), "'yes': expected true or false, got 1"),
        (lambda: FIELDS.texts("list"), "'list': expected a list of texts"),
        (lambda: FIELDS.texts("list", 2), "'list': expected a list of 2 texts"),
        (lambda: FIELDS.rows("list", 2), "'list': expected a list of lists of 2"),
        (lambda: FIELDS.fields("list"), "'list': expected a JSON object"),
        (lambda: Fields([]).any("k"), "expected a JSON object"),
    ],
)
def test_a_field_that_is_not_as_it_must_be_is_named(take: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        take()


def test_json_nested_without_end_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        parse_json("[" * 100_000)


def archive(header: bytes, content: bytes = b"") -> io.BytesIO:
    """An archive with an array whose header is the given text."""
    padded = header + b" " * (-(len(header) + 11) % 64) + b"\n"
    magic = b"\x93NUMPY\x01\x00" + len(padded).to_bytes(2, "little")
    file = io.BytesIO()
    text = io.BytesIO()
    np.save(text, np.array("{}"))
    with zipfile.ZipFile(file, "w") as opened:
        opened.writestr("header.npy", text.getvalue())
        opened.writestr("values.npy", magic + padded + content)
    return file


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (b"{'descr': '<f4', 'fortran_order': False, 'shape': (1<<44,), }", ""),
        (b"{'descr': '<f4', 'fortran_order': False, 'shape': (16000000000000,), }", "shorter"),
        (b"{'descr': '<f4', 'fortran_order': False, 'shape': (-4,), }", "shorter"),
        (b"{'descr': '|O', 'fortran_order': False, 'shape': (4,), }", "got objects"),
        (b"{'descr': '<f8', 'fortran_order': False, 'shape': (0,), }", "got float64"),
        (b"{'descr': '<f4', 'fortran_order': False, 'shape': (0, 1), }", "with 1 axes"),
    ],
)
def test_arrays_of_another_form_are_refused_before_memory_is_set_aside(
    header: bytes, message: str
) -> None:
    forms = {"values": ArrayForm(("float32",), axes=1)}
    with pytest.raises(ValueError, match=message or "."):
        read_saved_arrays(archive(header, b"\0" * 16), forms, "header")


@pytest.mark.parametrize("order", ["<", ">"])
def test_text_of_what_is_no_character_is_refused(order: str) -> None:
    numbers = np.array([ord("{"), 0x7FFFFFFF, ord("}")], dtype=f"{order}u4")
    file = io.BytesIO()
    np.savez(file, header=numbers.view(f"{order}U3").reshape(()))
    with pytest.raises(ValueError, match="holds what is no character"):
        read_saved_arrays(file, {}, "header")


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    points = np.random.default_rng(0).standard_normal((2, 20, 4)).astype(np.float32)
    scorer = ts.StreamingScorer(points[0], threads=1)
    scorer.update(points[1])
    scorer.save(tmp_path / "scorer.npz")
    return tmp_path / "scorer.npz"


def rewrite(file: Path, change: Callable[[dict[str, Any]], None], **arrays: Any) -> None:
    with np.load(file) as opened:
        content = {name: opened[name] for name in opened.files}
    header = json.loads(str(content.pop("header")))
    change(header["scorer"])
    np.savez(file, header=np.array(json.dumps(header)), **{**content, **arrays})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("k", -1), ("k", 0), ("k", 1.5), ("window", -1), ("seen", -9), ("seen", 3)),
        *(("capacity", 5), ("capacity", 0), ("clock", "x"), ("skipped", -1), ("half_life", 0)),
        *(("threshold", "nan"), ("threshold", "x"), ("ids", []), ("groups", [1] * 20)),
        *(("overflowed", 1), ("video_interval", 0), ("images_model", ["a"]), ("digest", None)),
        *(("seed", None), ("device", 3), ("real", []), ("real", {"names": []})),
    ],
)
def test_a_scorer_with_an_impossible_value_is_refused_in_a_line_that_names_the_file(
    saved: Path, name: str, value: Any
) -> None:
    rewrite(saved, lambda scorer: scorer.update({name: value}))
    with pytest.raises(ValueError, match=r"scorer\.npz' is not the complete saved state") as error:
        ts.StreamingScorer.load(saved)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "arrays",
    [
        {"vectors": np.full((20, 4), np.nan, np.float32)},
        {"vectors": np.zeros((20, 3), np.float32)},
        {"vectors": np.zeros((19, 4), np.float32)},
        {"priorities": np.full(20, np.inf)},
        {"priorities": np.zeros(20, np.float32)},
        {"real_vectors": np.zeros((19, 4), np.float32)},
        {"further": np.zeros(1)},
    ],
)
def test_a_scorer_with_impossible_arrays_is_refused(saved: Path, arrays: dict[str, Any]) -> None:
    rewrite(saved, lambda _: None, **arrays)
    with pytest.raises(ValueError, match=r"scorer\.npz' is not the complete saved state"):
        ts.StreamingScorer.load(saved)


def test_a_scorer_whose_header_nests_without_end_is_refused(saved: Path) -> None:
    with np.load(saved) as opened:
        content = {name: opened[name] for name in opened.files}
    content["header"] = np.array("[" * 60_000)
    np.savez(saved, **content)
    with pytest.raises(ValueError, match="nested too deeply"):
        ts.StreamingScorer.load(saved)
