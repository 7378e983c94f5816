from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

import twinscore as ts
from annotated_images import WRITERS, Drawn, write_images
from composed_scenes import write_scenes
from twinscore.images.views.settings import ViewSettings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytest.importorskip("onnxruntime", reason="needs the extra cpu")
pytest.importorskip("pycocotools", reason="needs the extra objects")

QUICK: dict[str, Any] = {"diagnostics": False, "richness": False, "threads": 1}


@pytest.fixture
def model(save_model: Callable[..., Path]) -> Path:
    return save_model()


def scored(real: Path, synthetic: Path, model: Path, /, **options: Any) -> Any:
    return ts.score(real, synthetic, model=model, **{**QUICK, **options})


@pytest.mark.parametrize("real_objects", [0.0, 1.0])
@pytest.mark.parametrize("real_worlds", [0.0, 1.0])
def test_objects_and_the_world_around_them_are_read_independently(
    tmp_path: Path, model: Path, real_objects: float, real_worlds: float
) -> None:
    real = write_scenes(tmp_path / "real", 40, seed=1)
    synthetic = write_scenes(
        tmp_path / "synthetic", 40, seed=2, real_objects=real_objects, real_worlds=real_worlds
    )
    views = scored(real, synthetic, model).views
    assert views["items"].score == pytest.approx(real_objects, abs=0.25)
    assert views["environment"].score == pytest.approx(real_worlds, abs=0.25)
    standings = {row.view: row.standing.value for row in views.rows}
    assert standings["items"] == ("passes" if real_objects else "does not pass")
    assert standings["environment"] == ("passes" if real_worlds else "does not pass")
    assert (standings["scenes"] == "passes") == bool(real_objects and real_worlds)


def test_the_result_is_that_of_scenes_with_the_views_beside_it(tmp_path: Path, model: Path) -> None:
    real = write_scenes(tmp_path / "real", 30, seed=1)
    synthetic = write_scenes(tmp_path / "synthetic", 30, seed=2, real_worlds=0.0)
    result = scored(real, synthetic, model)
    assert list(result.views) == ["items", "environment", "scenes"]
    assert result.score == result.views["scenes"].score
    assert result.views["items"].groups == {"real": 30, "synthetic": 30}
    assert result.views["items"].n_real == 60
    assert result.views["scenes"].groups is None
    assert result.views.verdict.startswith("The objects pass (")
    assert "the world around them does not (0.0" in result.views.verdict
    assert [row.class_name for row in result.views.classes] == ["car", "sign"] or [
        row.class_name for row in result.views.classes
    ] == ["sign", "car"]
    plain = scored(tmp_path / "real" / "images", tmp_path / "synthetic" / "images", model)
    assert plain.views is None
    assert result.score == pytest.approx(plain.score)


def test_json_holds_each_view_by_its_name(tmp_path: Path, model: Path) -> None:
    real = write_scenes(tmp_path / "real", 20, seed=1)
    synthetic = write_scenes(tmp_path / "synthetic", 20, seed=2)
    result = scored(real, synthetic, model)
    result.save(tmp_path / "result")
    saved = ts.load_result(tmp_path / "result")
    assert list(saved.views) == ["items", "environment", "scenes"]
    for name, view in saved.views.items():
        assert view["score"] == pytest.approx(result.views[name].score)
        assert len(view["interval"]) == 2
    assert {row["class_name"] for row in saved.views["items"]["classes"]} == {"car", "sign"}
    assert saved.objects["verdict"] == result.views.verdict
    assert saved.objects["real"]["objects"] == result.views.counts["real"].objects
    assert saved.settings["views"] is None


def test_p_values_are_corrected_for_the_number_of_rows(tmp_path: Path, model: Path) -> None:
    real = write_scenes(tmp_path / "real", 30, seed=1)
    synthetic = write_scenes(tmp_path / "synthetic", 30, seed=2, real_worlds=0.0)
    table = scored(real, synthetic, model).views.table
    smallest = min(row.p_value for row in table)
    tied = [row for row in table if row.p_value == smallest]
    assert tied[0].adjusted_p_value == pytest.approx(min(smallest * len(table), 1.0))
    assert all(row.adjusted_p_value >= row.p_value for row in table)


def test_a_folder_and_its_annotations_are_the_same_as_the_annotations_alone(
    tmp_path: Path, model: Path
) -> None:
    files = [write_scenes(tmp_path / side, 20, seed=seed) for seed, side in enumerate("ab")]
    alone = scored(files[0], files[1], model)
    folders = [file.parent / "images" for file in files]
    beside = scored(
        folders[0], folders[1], model, real_objects=files[0], synthetic_objects=files[1]
    )
    assert beside.views["items"].score == alone.views["items"].score
    assert beside.settings.views.to_dict()["real_objects"] == str(files[0])


@pytest.mark.slow
@pytest.mark.parametrize("format_name", WRITERS)
def test_every_format_gives_the_same_scores(tmp_path: Path, model: Path, format_name: str) -> None:
    random = np.random.default_rng(0)
    scene = {}
    for number in range(8):
        left, top = (int(value) for value in random.integers(0, 30, 2))
        scene[f"{number:04}"] = (
            Drawn("car", (left, top, left + 20, top + 18)),
            Drawn("person", (left + 30, top + 2, left + 36, top + 24)),
        )
    annotations = {}
    for name in ("COCO boxes", format_name):
        for side in ("real", "synthetic"):
            folder = tmp_path / name / side
            write_images(folder / "images", tuple(scene), seed=len(side))
            annotations[name, side] = WRITERS[name](folder, scene)
    found = [
        scored(
            tmp_path / name / "real" / "images",
            tmp_path / name / "synthetic" / "images",
            model,
            real_objects=annotations[name, "real"],
            synthetic_objects=annotations[name, "synthetic"],
            views=ViewSettings(smallest=1),
        ).views
        for name in ("COCO boxes", format_name)
    ]
    for view in found[0]:
        assert found[0][view].score == found[1][view].score
        assert found[0][view].n_real == found[1][view].n_real


def test_objects_are_sliced_by_class_and_by_their_facts(tmp_path: Path, model: Path) -> None:
    real = write_scenes(tmp_path / "real", 20, seed=1)
    synthetic = write_scenes(tmp_path / "synthetic", 20, seed=2)
    result = scored(real, synthetic, model, slice_by=["class", "size", "brightness"])
    slices = {part.column for part in result.views["items"].slices}
    assert slices == {"class", "size", "brightness"}
    samples = result.views["items"].samples
    sizes = dict(zip(samples["name"].to_pylist(), samples["size"].to_pylist(), strict=True))
    document = json.loads(real.read_text())
    names = {image["id"]: image["file_name"] for image in document["images"]}
    numbers: dict[int, int] = {}
    for each in document["annotations"]:
        numbers[each["image_id"]] = number = numbers.get(each["image_id"], 0) + 1
        part = next(
            value
            for name, value in sizes.items()
            if f"real/images/{names[each['image_id']]} object {number} " in name
        )
        low, high = map(float, part.partition(": ")[2].split(" to "))
        assert low - 1 <= max(each["bbox"][2:]) <= high + 1
    assert {part.column for part in result.views["scenes"].slices} == {"brightness"}
    with pytest.raises(ValueError, match="slice_by: expected a column"):
        scored(real, synthetic, model, slice_by=["weather"])


def test_vectors_on_disk_give_the_same_scores(tmp_path: Path, model: Path) -> None:
    real = write_scenes(tmp_path / "real", 14, seed=1)
    synthetic = write_scenes(tmp_path / "synthetic", 14, seed=2)
    one, other = (scored(real, synthetic, model, memory=memory) for memory in (None, "1GiB"))
    assert isinstance(other.views["items"].pool.real.vectors, np.memmap)
    for view in one.views:
        assert one.views[view].score == other.views[view].score
        assert one.views[view].interval == other.views[view].interval


def test_a_class_of_few_objects_and_one_of_one_side_are_said(tmp_path: Path, model: Path) -> None:
    real = write_scenes(tmp_path / "real", 20, seed=1)
    synthetic = write_scenes(tmp_path / "synthetic", 20, seed=2)
    for file, name, image in ((real, "bus", 0), (synthetic, "bus", 1), (synthetic, "ufo", 2)):
        document = json.loads(file.read_text())
        identity = len(document["categories"])
        document["categories"].append({"id": identity, "name": name})
        document["annotations"][image]["category_id"] = identity
        file.write_text(json.dumps(document))
    views = scored(real, synthetic, model).views
    rows = {row.class_name: row for row in views.classes}
    assert set(rows) == {"car", "sign", "bus"}
    assert (rows["bus"].score, rows["bus"].standing.value) == (None, "too few to tell")
    notes = "\n".join(views.notes)
    assert "items of class bus: 1 real and 1 synthetic are too few to score" in notes
    assert "only the synthetic side has the classes 'ufo' (1 object)" in notes


def test_classes_beyond_those_that_are_scored_apart_are_said(tmp_path: Path, model: Path) -> None:
    real = write_scenes(tmp_path / "real", 24, seed=1)
    synthetic = write_scenes(tmp_path / "synthetic", 24, seed=2)
    for file in (real, synthetic):
        document = json.loads(file.read_text())
        document["categories"] = [{"id": 100 + n, "name": f"kind {n:02}"} for n in range(43)]
        for number, annotation in enumerate(document["annotations"]):
            annotation["category_id"] = 100 + number % 43
        file.write_text(json.dumps(document))
    views = scored(real, synthetic, model).views
    assert len(views.classes) == 40
    (said,) = [note for note in views.notes if "not scored apart" in note]
    assert said.startswith("both sides have the classes 'kind ")
    assert len(set(said.split("'")) & {f"kind {n:02}" for n in range(43)}) == 3


def test_a_class_of_fewer_objects_than_neighbors_costs_the_others_nothing(
    tmp_path: Path, model: Path
) -> None:
    real = write_scenes(tmp_path / "real", 20, seed=1)
    synthetic = write_scenes(tmp_path / "synthetic", 20, seed=2)
    for file in (real, synthetic):
        document = json.loads(file.read_text())
        document["categories"].append({"id": 77, "name": "bus"})
        for image in range(3):
            first = next(a for a in document["annotations"] if a["image_id"] == image)
            first["category_id"] = 77
        file.write_text(json.dumps(document))
    views = scored(real, synthetic, model, k=7).views
    rows = {row.class_name: row for row in views.classes}
    assert (rows["bus"].score, rows["bus"].n_real, rows["bus"].n_synthetic) == (None, 3, 3)
    assert rows["car"].score is not None
    assert "items of class bus: 3 real and 3 synthetic are too few to score" in views.notes


def test_objects_of_a_single_group_are_refused_by_their_numbers(
    tmp_path: Path, model: Path
) -> None:
    real = write_scenes(tmp_path / "real", 4, seed=1)
    synthetic = write_scenes(tmp_path / "synthetic", 4, seed=2)
    with pytest.raises(
        ValueError, match=r"of as many groups, .* got items: 8 and 8 in 1 and 1 groups$"
    ):
        scored(real, synthetic, model, views=["items"], group_by="folder")


def test_what_was_left_out_is_said_and_costs_no_score(tmp_path: Path, model: Path) -> None:
    real = write_scenes(tmp_path / "real", 20, seed=1)
    synthetic = write_scenes(tmp_path / "synthetic", 20, seed=2)
    document = json.loads(synthetic.read_text())
    document["annotations"][0]["bbox"] = [1, 2, float("nan"), 4]
    document["annotations"][1]["bbox"][2] = 3
    document["annotations"][1]["bbox"][3] = 3
    document["images"].append({"id": 99, "file_name": "absent.png"})
    synthetic.write_text(json.dumps(document))
    result = scored(real, synthetic, model)
    notes = "\n".join(result.views.notes)
    assert "2 synthetic annotations left out, such as " in notes
    assert "1 of 39 synthetic objects left out: smaller than 16 pixels" in notes
    assert set(result.views.notes) <= set(result.warnings)
    assert result.views["items"].n_synthetic == 38


def test_views_are_those_that_were_asked_for(tmp_path: Path, model: Path) -> None:
    real = write_scenes(tmp_path / "real", 12, seed=1)
    synthetic = write_scenes(tmp_path / "synthetic", 12, seed=2)
    result = scored(real, synthetic, model, views=["in-place", "items"])
    assert list(result.views) == ["items", "in-place"]
    assert result.score == result.views["items"].score


def test_unreadable_images_are_refused_as_without_annotations(tmp_path: Path, model: Path) -> None:
    real = write_scenes(tmp_path / "real", 12, seed=1)
    synthetic = write_scenes(tmp_path / "synthetic", 12, seed=2)
    (tmp_path / "real" / "images" / "0003.png").write_bytes(b"no image")
    with pytest.raises(ts.TooManySkipsError, match="1 of 12 real images could not be read"):
        scored(real, synthetic, model)
    assert scored(real, synthetic, model, allow_skips=True).n_real == 11


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"real_objects": None}, "got none of the real side"),
        ({"views": ["things"]}, "expected views of items, in-place, environment, scenes"),
        ({"precision": 0.1}, "expected no objects with a precision or budget"),
        ({"real_objects": "nowhere.json"}, "'nowhere.json' does not exist"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_work_begins(
    tmp_path: Path, model: Path, options: dict[str, Any], message: str
) -> None:
    file = write_scenes(tmp_path / "a", 4, seed=1)
    write_scenes(tmp_path / "b", 4, seed=2)
    asked = {"real_objects": file, "synthetic_objects": tmp_path / "b" / "boxes.json", **options}
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        scored(tmp_path / "a" / "images", tmp_path / "b" / "images", model, **asked)


def test_annotations_of_one_side_alone_are_refused(tmp_path: Path, model: Path) -> None:
    file = write_scenes(tmp_path / "a", 4, seed=1)
    write_scenes(tmp_path / "b", 4, seed=2)
    with pytest.raises(ValueError, match="got none of the synthetic side"):
        scored(file, tmp_path / "b" / "images", model)


def test_embeddings_have_no_objects(tmp_path: Path, model: Path) -> None:
    file = write_scenes(tmp_path / "a", 4, seed=1)
    points = np.zeros((5, 3), dtype=np.float32)
    with pytest.raises(ValueError, match=r"expected images of the real side .* got embeddings"):
        ts.score(
            points, file.parent / "images", model=model, real_objects=file, synthetic_objects=file
        )


def test_images_of_a_clip_are_one_group_and_so_are_their_objects(
    tmp_path: Path, model: Path
) -> None:
    files = []
    for seed, side in enumerate(("real", "synthetic")):
        file = write_scenes(tmp_path / side, 12, seed=seed)
        for path in sorted((tmp_path / side / "images").iterdir()):
            clip = tmp_path / side / "images" / f"clip {int(path.stem) % 4}"
            clip.mkdir(exist_ok=True)
            path.rename(clip / path.name)
        files.append(file)
    result = scored(
        files[0].parent / "images",
        files[1].parent / "images",
        model,
        real_objects=files[0],
        synthetic_objects=files[1],
        group_by="folder",
    )
    for view in result.views.values():
        assert view.groups == {"real": 4, "synthetic": 4}


def test_pictures_of_a_view_can_be_had_again(tmp_path: Path, model: Path) -> None:
    from twinscore.images.decoding import read_image
    from twinscore.scoring.scored_pool import contents_of

    real = write_scenes(tmp_path / "real", 6, seed=1)
    synthetic = write_scenes(tmp_path / "synthetic", 6, seed=2)
    pool = scored(real, synthetic, model).views["items"].pool
    rows = np.array([0, 5, 13])
    pictures = [read_image(content) for _, content in contents_of(pool, rows)]
    assert [isinstance(picture, Image.Image) for picture in pictures] == [True] * 3
    assert all(picture.width == picture.height for picture in pictures)
