"""What commands write is what the published schemas say, with nothing that they are silent of."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

import twinscore as ts
from command_runs import DONE
from composed_scenes import write_scenes
from twinscore.cli.schema import KINDS, schema_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from command_runs import RunCommand

jsonschema = pytest.importorskip("jsonschema", reason="needs jsonschema, of the extra test")


def closed(schema: Any) -> Any:
    """Let objects whose keys are listed have no others."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {name: closed(part) for name, part in schema.items()}
    # What adds to another schema has the keys of that one as well.
    if "properties" in parts and "additionalProperties" not in parts and "allOf" not in parts:
        parts["additionalProperties"] = False
    return parts


def check(kind: str, found: Any) -> None:
    schema = schema_of(kind)
    if kind in ("result", "watch"):
        # A view and its score are one object: closed where it is used, not where it is defined.
        score = schema["$defs"]["ViewScore"]
        views = schema["properties"]["views"]
        views["additionalProperties"] = {
            **score,
            "properties": {
                **score["properties"],
                **views["additionalProperties"]["properties"],
            },
        }
    checker = jsonschema.Draft202012Validator
    checker.check_schema(schema)
    checker(closed(schema)).validate(found)


def saved(result: Any) -> Any:
    return json.loads(result.to_json())


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_printed_and_describes_each_key(run: RunCommand, kind: str) -> None:
    finished = run("schema", kind)
    assert finished.code == DONE
    schema = json.loads(finished.standard)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:twinscore:{kind}"
    assert set(schema["required"]) == set(schema["properties"])
    silent = {
        key for key, described in schema["properties"].items() if not described.get("description")
    }
    assert silent == set()


def test_a_schema_refuses_what_is_no_result() -> None:
    found = saved(ts.score(*np.random.default_rng(0).standard_normal((2, 30, 3))))
    changes: list[dict[str, Any]] = [
        {"score": "high"},
        {"interval": [0.5]},
        {"judge": {}},
        {"unheard_of": 1},
    ]
    for change in changes:
        with pytest.raises(jsonschema.ValidationError):
            check("result", {**copy.deepcopy(found), **change})


def test_results_of_all_images_and_of_a_sample() -> None:
    sides = np.random.default_rng(0).standard_normal((2, 120, 4)).astype("float32")
    groups = np.repeat(np.arange(30), 4)
    check("result", saved(ts.score(*sides)))
    grouped: dict[str, Any] = {"real_groups": groups, "synthetic_groups": groups}
    check("result", saved(ts.score(*sides, **grouped, diagnostics=False, richness=False)))
    check("result", saved(ts.score(*sides, precision=0.05)))
    check("result", saved(ts.score(*sides, backend="auto")))
    # Nothing can be told of so few.
    check("result", saved(ts.score(sides[0][:4], sides[1][:4])))


def test_results_with_slices_labels_and_a_domain(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    for name in ("real", "synthetic"):
        columns = {
            "path": [f"{name}{row}.png" for row in range(60)],
            "weather": ["sun", "rain", "fog"] * 20,
            "kind": ["car", "sign"] * 30,
            "embedding": random.standard_normal((60, 4)).tolist(),
        }
        parquet.write_table(pa.table(columns), tmp_path / f"{name}.parquet")
    (tmp_path / "domain.toml").write_text(
        "[conditions.weather]\nshares = { sun = 0.5, rain = 0.25, snow = 0.25 }\n"
    )
    result = ts.score(
        tmp_path / "real.parquet",
        tmp_path / "synthetic.parquet",
        slice_by="weather",
        label_by="kind",
        domain=tmp_path / "domain.toml",
    )
    found = saved(result)
    assert found["slices"]
    assert found["transfer"]
    assert found["domain"]
    check("result", found)


def test_an_explanation_and_a_result_that_holds_one(
    run: RunCommand,
    make_folder: Callable[..., Path],
    save_model: Callable[..., Path],
    tmp_path: Path,
) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    sides = make_folder("photos", {"": 24}), make_folder("renders", {"": 24}, seed=1)
    (sides[1] / "broken.png").write_bytes(b"")
    model = ("--model", save_model(), "--quiet", "--allow-skips")
    assert run("explain", *sides, *model, "--json", tmp_path / "why.json").code == DONE
    check("explanation", json.loads((tmp_path / "why.json").read_text()))
    out = ("--out", tmp_path / "out", "--squint", "--no-report")
    assert run("score", *sides, *model, *out).code == DONE
    found = json.loads((tmp_path / "out" / "result.json").read_text())
    assert found["explanation"]
    assert found["squint"]
    assert found["skipped"]["synthetic"]
    check("result", found)


def test_a_result_of_annotated_images(
    run: RunCommand, save_model: Callable[..., Path], tmp_path: Path
) -> None:
    for package in ("onnxruntime", "pycocotools"):
        pytest.importorskip(package, reason=f"needs {package}")
    sides = [write_scenes(tmp_path / name, 12, seed=seed) for seed, name in enumerate("ab")]
    file = tmp_path / "result.json"
    options = ("--model", save_model(), "--no-diagnostics", "--no-richness", "-q", "--json", file)
    assert run("score", *sides, *options, "--slice-by", "class").code == DONE
    found = json.loads(file.read_text())
    assert found["views"]["items"]["classes"]
    assert found["views"]["items"]["slices"]
    check("result", found)


def test_comparisons_of_results_and_of_twins(run: RunCommand, tmp_path: Path) -> None:
    real, first, second = np.random.default_rng(0).standard_normal((3, 80, 4)).astype("float32")
    for name, twin in (("first", first + 1.0), ("second", second)):
        ts.score(real, twin, diagnostics=False).save(tmp_path / name)
        np.save(tmp_path / f"{name}.npy", twin)
    np.save(tmp_path / "real.npy", real)
    file = tmp_path / "comparison.json"
    for words in (
        (tmp_path / "first", tmp_path / "second"),
        (tmp_path / "first.npy", tmp_path / "second.npy", "--real", tmp_path / "real.npy"),
    ):
        assert run("compare", *words, "--quiet", "--json", file).code == DONE
        check("comparison", json.loads(file.read_text()))


def test_lines_of_a_watch(
    run: RunCommand,
    make_folder: Callable[..., Path],
    save_model: Callable[..., Path],
    tmp_path: Path,
) -> None:
    for package in ("onnxruntime", "watchfiles"):
        pytest.importorskip(package, reason=f"needs {package}")
    photos, renders = (
        make_folder("photos", {"": 8}),
        make_folder("renders", {"a": 3, "b": 3}, seed=1),
    )
    (renders / "broken.png").write_bytes(b"no image")
    file = tmp_path / "lines.jsonl"
    options = ("--until-idle", "0.1", "--settle", "0", "--model", save_model(), "-q", "--out", file)
    assert run("watch", renders, "--real", photos, *options).code == DONE
    *_, last = map(json.loads, file.read_text().splitlines())
    assert last["unreadable"]
    check("watch", last)


def test_lines_of_a_watch_of_objects(
    run: RunCommand, save_model: Callable[..., Path], tmp_path: Path
) -> None:
    for package in ("onnxruntime", "watchfiles", "pycocotools"):
        pytest.importorskip(package, reason=f"needs {package}")
    real = write_scenes(tmp_path / "real", 8, seed=1)
    renders = write_scenes(tmp_path / "renders", 6, seed=2)
    (renders.parent / "images" / "late.png").write_bytes(b"no image")
    file = tmp_path / "lines.jsonl"
    options = ("--until-idle", "0.1", "--settle", "0", "--model", save_model(), "-q", "--out", file)
    objects = ("--real", real, "--objects", renders, "--wait-for-objects", "0")
    assert run("watch", renders.parent / "images", *objects, *options).code == DONE
    *_, last = map(json.loads, file.read_text().splitlines())
    assert last["views"]["items"]["score"] is not None
    assert last["objects"]["classes"]
    check("watch", last)
