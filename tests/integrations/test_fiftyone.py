"""A result in FiftyOne, and views of a dataset as sides, against a real database."""

from __future__ import annotations

import importlib.metadata
import io
import os
import sys
import uuid
import zipfile
from contextlib import contextmanager
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

import twinscore as ts
from composed_scenes import write_scenes
from scored import score_all
from twinscore.embedding.records import Embeddings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [
    # FiftyOne and what it brings along warn of their own future.
    pytest.mark.filterwarnings("ignore"),
    # It takes its time to be imported.
    pytest.mark.slow,
    pytest.mark.skipif(
        "FIFTYONE_DATABASE_URI" not in os.environ,
        reason="needs a MongoDB, named by FIFTYONE_DATABASE_URI",
    ),
]
N_REAL = 30


@pytest.fixture(scope="module")
def fiftyone() -> Any:
    import warnings

    with warnings.catch_warnings(), metadata_of_the_standard_library():
        warnings.simplefilter("ignore")
        return pytest.importorskip("fiftyone", reason="needs the extra fiftyone")


@contextmanager
def metadata_of_the_standard_library() -> Iterator[None]:
    """Undo what importing importlib_metadata does: FiftyOne asks for a key that it then misses."""
    others = [
        finder
        for finder in sys.meta_path
        if type(finder).__module__.partition(".")[0] == "importlib_metadata"
    ]
    for finder in others:
        sys.meta_path.remove(finder)
    if not hasattr(PathFinder, "find_distributions"):
        find = importlib.metadata.MetadataPathFinder.find_distributions
        PathFinder.find_distributions = staticmethod(find)  # type: ignore[method-assign]
    yield
    sys.meta_path.extend(others)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> ts.ScoreResult:
    folder = tmp_path_factory.mktemp("images")
    random = np.random.default_rng(0)
    names = []
    for row in range(2 * N_REAL):
        path = folder / f"{row:02} 日本 <b>.png"
        Image.new("RGB", (32, 24), (4 * row, 90, 120)).save(path)
        names.append(str(path))
    real, synthetic = random.standard_normal((2, N_REAL, 5)).astype(np.float32)
    synthetic[:15] += 9.0
    synthetic[20] = real[2]
    light = tuple("night" if row % 2 else "day" for row in range(N_REAL))
    return score_all(
        Embeddings(real, tuple(names[:N_REAL])),
        Embeddings(synthetic, tuple(names[N_REAL:]), columns={"light kind": light}),
        diagnostics=False,
    )


@pytest.fixture(scope="module")
def dataset(fiftyone: Any, result: ts.ScoreResult) -> Iterator[Any]:
    from twinscore.integrations.fiftyone import to_fiftyone

    name = f"twinscore-test-{uuid.uuid4()}"
    made = to_fiftyone(result, name, persistent=False, map_method="pca")
    yield made
    fiftyone.delete_dataset(name)


def test_every_image_is_a_sample_with_its_side_and_figures(
    dataset: Any, result: ts.ScoreResult
) -> None:
    assert dataset.values("image_name") == result.samples["name"].to_pylist()
    assert dataset.values("filepath") == result.samples["name"].to_pylist()
    assert dataset.values("side") == result.samples["side"].to_pylist()
    assert dataset.values("real_share") == result.samples["real_share"].to_pylist()
    assert dataset.count_sample_tags() == {"real": N_REAL, "synthetic": N_REAL}
    assert dataset.info["twinscore"]["score"] == result.score


def test_the_nearest_real_image_can_be_looked_up(dataset: Any) -> None:
    for sample in dataset.match_tags("synthetic"):
        assert dataset[sample.nearest_real_id].image_name == sample.nearest_real


def test_columns_and_embeddings_come_along(dataset: Any, result: ts.ScoreResult) -> None:
    assert dataset.values("slice_light_kind")[N_REAL : N_REAL + 2] == ["day", "night"]
    assert dataset.values("slice_light_kind")[0] is None
    assert result.pool is not None
    stored = np.array(dataset.values("embedding"), np.float32)
    assert np.array_equal(stored, result.pool.vectors)


def test_the_map_is_a_brain_run(dataset: Any) -> None:
    assert dataset.list_brain_runs() == ["twinscore_pca_0"]
    assert dataset.load_brain_results("twinscore_pca_0").points.shape == (2 * N_REAL, 2)


def test_galleries_are_saved_views_in_their_order(dataset: Any) -> None:
    views = dataset.list_saved_views()
    assert {"gives-the-twin-away", "passes", "suspected-copies", "duplicates"} <= set(views)
    worst = dataset.load_saved_view("gives-the-twin-away")
    giveaways = worst.values("giveaway")
    assert giveaways == sorted(giveaways, reverse=True)
    assert set(worst.values("side")) == {"synthetic"}


def test_a_dataset_is_replaced_only_when_asked(dataset: Any, result: ts.ScoreResult) -> None:
    from twinscore.integrations.fiftyone import to_fiftyone

    with pytest.raises(ValueError, match=r"exists: choose another name, or overwrite"):
        to_fiftyone(result, dataset.name)


def test_images_in_no_file_need_a_place(fiftyone: Any, tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    from twinscore.integrations.fiftyone import to_fiftyone

    pixels = np.random.default_rng(0).integers(0, 256, (8, 20, 20, 3), dtype=np.uint8)
    in_memory = score_all(pixels[:4], pixels[4:], diagnostics=False)
    name = f"twinscore-test-{uuid.uuid4()}"
    with pytest.raises(ValueError, match="got 'image 0': give media_dir"):
        to_fiftyone(in_memory, name)
    assert not fiftyone.dataset_exists(name)
    made = to_fiftyone(in_memory, name, media_dir=tmp_path, persistent=False)
    with Image.open(made.first().filepath) as image:
        assert np.array_equal(np.asarray(image), pixels[0])
    fiftyone.delete_dataset(name)


def test_images_inside_archives_become_files_even_when_only_their_names_are_left(
    fiftyone: Any, tmp_path: Path
) -> None:
    from twinscore.integrations.fiftyone import to_fiftyone

    random = np.random.default_rng(0)
    names, pictures = [], []
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for row in range(12):
            pictures.append(random.integers(0, 256, (10, 12, 3), dtype=np.uint8))
            encoded = io.BytesIO()
            Image.fromarray(pictures[row]).save(encoded, "PNG")
            archive.writestr(f"{row:02}.png", encoded.getvalue())
            names.append(f"{tmp_path}/all.zip/{row:02}.png")
    points = random.standard_normal((12, 3)).astype(np.float32)
    columns = {"a b": ("x",) * 6, "a_b": ("y",) * 6}
    found = score_all(
        Embeddings(points[:6], tuple(names[:6])),
        Embeddings(points[6:], tuple(names[6:]), columns=columns),
        diagnostics=False,
    )
    name = f"twinscore-test-{uuid.uuid4()}"
    made = to_fiftyone(found, name, media_dir=tmp_path / "media", persistent=False)
    for file, picture in zip(made.values("filepath"), pictures, strict=True):
        with Image.open(file) as image:
            assert np.array_equal(np.asarray(image), picture)
    assert made.values("slice_a_b")[6:] == ["x"] * 6
    assert made.values("slice_a_b_")[6:] == ["y"] * 6
    fiftyone.delete_dataset(name)


def test_images_that_are_nowhere_are_named(fiftyone: Any) -> None:
    from twinscore.integrations.fiftyone import to_fiftyone

    points = np.random.default_rng(0).standard_normal((2, 5, 3)).astype(np.float32)
    found = score_all(points[0], points[1], diagnostics=False)
    name = f"twinscore-test-{uuid.uuid4()}"
    with pytest.raises(ValueError, match=r"but 'row 0' leads to none"):
        to_fiftyone(found, name)
    assert not fiftyone.dataset_exists(name)


def test_views_score_as_the_images_they_hold(dataset: Any, result: ts.ScoreResult) -> None:
    from twinscore.integrations.fiftyone import from_fiftyone

    by_tag = from_fiftyone(
        dataset,
        "real",
        "synthetic",
        embedding_field="embedding",
        slice_fields=["slice_light_kind"],
        slice_by="slice_light_kind",
    )
    assert by_tag.score == result.score
    assert {part.value for part in by_tag.slices} == {"day", "night"}


def test_views_of_images_are_embedded(dataset: Any) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    from twinscore.integrations.fiftyone import from_fiftyone

    real, synthetic = (dataset.match_tags(side).limit(6) for side in ("real", "synthetic"))
    found = from_fiftyone(dataset, real, synthetic, group_field="image_name", diagnostics=False)
    assert found.groups == {"real": 6, "synthetic": 6}
    assert found.model is not None


def test_sides_that_cannot_be_scored_are_refused(dataset: Any) -> None:
    from twinscore.integrations.fiftyone import from_fiftyone

    view = dataset.limit(40)
    with pytest.raises(ValueError, match="without a sample in common, got 30 in both"):
        from_fiftyone(dataset, view, "real")
    with pytest.raises(ValueError, match="real side: expected samples, got an empty view"):
        from_fiftyone(dataset, "no such tag", "synthetic")
    with pytest.raises(TypeError, match="synthetic side: expected a FiftyOne view or a tag, got 3"):
        from_fiftyone(dataset, "real", 3)
    with pytest.raises(ValueError, match=r"has nothing in 'nearest_real_distance'"):
        from_fiftyone(dataset, "real", "synthetic", embedding_field="nearest_real_distance")


@pytest.fixture(scope="module")
def annotated(fiftyone: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Scenes as FiftyOne itself reads their COCO files, a tag for each side."""
    folder = tmp_path_factory.mktemp("scenes")
    write_scenes(folder / "real", 12, seed=1)
    write_scenes(folder / "synthetic", 12, seed=2, real_objects=0.0)
    made = fiftyone.Dataset(f"twinscore-test-{uuid.uuid4()}")
    for side in ("real", "synthetic"):
        made.add_dir(
            dataset_type=fiftyone.types.COCODetectionDataset,
            data_path=str(folder / side / "images"),
            labels_path=str(folder / side / "boxes.json"),
            label_types="detections",
            label_field="ground_truth",
            tags=side,
            progress=False,
        )
    yield made
    made.delete()


def test_detections_of_a_dataset_are_objects_and_what_is_told_of_them_goes_back(
    annotated: Any, save_model: Callable[..., Path]
) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra cpu")
    from twinscore.integrations.fiftyone import from_fiftyone, objects_to_fiftyone

    quick: dict[str, Any] = {"diagnostics": False, "richness": False, "threads": 1}
    found = from_fiftyone(
        annotated, "real", "synthetic", objects_field="ground_truth", model=save_model(), **quick
    )
    synthetic = annotated.match_tags("synthetic")
    folders = [Path(view.first().filepath).parents[1] for view in (annotated, synthetic)]
    files = [folder / "boxes.json" for folder in folders]
    expected = ts.score(files[0], files[1], model=save_model(), **quick)
    assert found.views is not None
    assert expected.views is not None
    for view in ("items", "environment", "scenes"):
        assert found.views[view].score == expected.views[view].score, view
    assert objects_to_fiftyone(found, annotated, "ground_truth") == 48
    patches = synthetic.to_patches("ground_truth")
    first, *_ = patches.sort_by("ground_truth.giveaway", reverse=True)
    rows = found.views["items"].samples.to_pylist()
    most = max(row["giveaway"] for row in rows if row["side"] == "synthetic")
    assert first.ground_truth["giveaway"] == pytest.approx(most)
