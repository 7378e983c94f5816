import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from twinscore.embedding.files.vectors import embeddings_from_array, load_embeddings

VECTORS = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)


def saved(path: Path, values: Any) -> Path:
    np.save(path, values)
    return path


def saved_archive(path: Path, **arrays: Any) -> Path:
    np.savez(path, **arrays)
    return path


def test_npy_rows_get_names(tmp_path: Path) -> None:
    embeddings = load_embeddings(saved(tmp_path / "real.npy", VECTORS))
    assert np.array_equal(embeddings.vectors, VECTORS)
    assert embeddings.names[:2] == ("real.npy row 0", "real.npy row 1")
    assert embeddings.groups is None


def test_float32_files_are_mapped_not_read(tmp_path: Path) -> None:
    vectors = load_embeddings(saved(tmp_path / "real.npy", VECTORS)).vectors
    base: Any = vectors
    while base is not None and not isinstance(base, np.memmap):
        base = base.base
    assert isinstance(base, np.memmap)
    assert not vectors.flags.writeable


@pytest.mark.parametrize("dtype", ["<f2", "<f4", ">f4", "<f8", ">f8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_every_float_becomes_float32_in_rows(dtype: str, order: Any, tmp_path: Path) -> None:
    values = np.asarray(VECTORS, dtype=dtype, order=order)
    for embeddings in (
        load_embeddings(saved(tmp_path / "a.npy", values)),
        load_embeddings(saved_archive(tmp_path / "a.npz", embeddings=values)),
        embeddings_from_array(values, label="real embeddings"),
    ):
        assert embeddings.vectors.dtype == np.dtype(np.float32)
        assert embeddings.vectors.flags.c_contiguous
        assert np.array_equal(embeddings.vectors, values.astype(np.float32))


def test_npz_takes_the_named_array_and_its_groups(tmp_path: Path) -> None:
    path = saved_archive(
        tmp_path / "a.npz", other=VECTORS * 2, embeddings=VECTORS, groups=["a", "b", "é"] * 2
    )
    embeddings = load_embeddings(path)
    assert np.array_equal(embeddings.vectors, VECTORS)
    assert embeddings.groups == ("a", "b", "é") * 2


def test_npz_takes_the_only_matrix(tmp_path: Path) -> None:
    path = saved_archive(tmp_path / "a.npz", emb=VECTORS, labels=np.arange(6), groups=np.arange(6))
    embeddings = load_embeddings(path)
    assert np.array_equal(embeddings.vectors, VECTORS)
    assert embeddings.groups == tuple("012345")


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"a": VECTORS, "b": VECTORS}, "exactly one 2-d float array, got 'a', 'b'"),
        ({"labels": np.arange(3)}, "exactly one 2-d float array, got 'labels'"),
        ({}, "exactly one 2-d float array, got no arrays"),
        ({"embeddings": VECTORS, "groups": [1, 2]}, "each of the 6 rows, got 2 groups"),
        ({"embeddings": VECTORS, "groups": np.zeros(6)}, "'groups': expected n strings or"),
        (
            {"embeddings": VECTORS, "groups": np.array([None] * 6)},
            "'groups': .* got Python objects",
        ),
    ],
)
def test_npz_that_is_not_clear_is_refused(
    arrays: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=rf"a\.npz'.*{message}"):
        load_embeddings(saved_archive(tmp_path / "a.npz", **arrays))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("row", [0, 4])
def test_the_first_row_that_is_not_finite_is_named(bad: float, row: int, tmp_path: Path) -> None:
    values = VECTORS.copy()
    values[row:, 2] = bad
    with pytest.raises(ValueError, match=rf"a\.npy': .*got NaN or infinity in row {row}"):
        load_embeddings(saved(tmp_path / "a.npy", values))
    with pytest.raises(ValueError, match=f"real embeddings: .*infinity in row {row}"):
        embeddings_from_array(values.astype(np.float64), label="real embeddings")


def test_values_beyond_float32_are_refused() -> None:
    values = VECTORS.astype(np.float64)
    values[3, 1] = -1e39
    with pytest.raises(ValueError, match="within float32, got larger ones in row 3"):
        embeddings_from_array(values, label="real embeddings")


@pytest.mark.parametrize("change", [lambda values: values + 1e8, lambda values: values * 1e-46])
def test_values_that_float32_does_not_tell_apart_are_refused(change: Any) -> None:
    values = np.random.default_rng(0).standard_normal((30, 4))
    with pytest.raises(ValueError, match="real: expected values that float32 tells apart"):
        embeddings_from_array(change(values), label="real")


@pytest.mark.parametrize(
    "change",
    [
        lambda values: values + 1e4,
        lambda values: 0.0 * values + 0.1,
        lambda values: np.where(np.arange(4) == 0, 1e9 + 0.1, values),
    ],
    ids=["offset", "equal", "constant column"],
)
def test_values_that_float32_tells_apart_or_that_are_equal_are_taken(change: Any) -> None:
    values = change(np.random.default_rng(0).standard_normal((30, 4)))
    vectors = embeddings_from_array(values, label="real").vectors
    np.testing.assert_array_equal(vectors, values.astype(np.float32))


@pytest.mark.parametrize(
    ("values", "kind", "message"),
    [
        (np.zeros((2, 3), np.int64), TypeError, "float16, float32 or float64, got int64"),
        (np.zeros((2, 3), np.bool_), TypeError, "got bool"),
        (np.zeros((2, 3), np.complex64), TypeError, "got complex64"),
        (np.array([["a", "b"]]), TypeError, "got str"),
        (np.array([[1.0, None]]), TypeError, "got Python objects, which are never unpickled"),
        (
            np.zeros(3),
            ValueError,
            r"shape \(images, dim.*, got one vector of shape \(3,\)",
        ),
        (np.zeros((2, 3, 4)), ValueError, r"got shape \(2, 3, 4\)"),
        (np.zeros((0, 3)), ValueError, r"at least one row and one dimension, got shape \(0, 3\)"),
        (np.zeros((3, 0)), ValueError, r"at least one row and one dimension, got shape \(3, 0\)"),
    ],
)
def test_what_is_no_matrix_of_floats_is_refused(
    values: Any, kind: type[Exception], message: str, tmp_path: Path
) -> None:
    with pytest.raises(kind, match=rf"a\.npy': .*{message}"):
        load_embeddings(saved(tmp_path / "a.npy", values))
    with pytest.raises(kind, match=rf"a\.npz', array 'embeddings': .*{message}"):
        load_embeddings(saved_archive(tmp_path / "a.npz", embeddings=values))
    with pytest.raises(kind, match=rf"real embeddings: .*{message}"):
        embeddings_from_array(values, label="real embeddings")


@pytest.mark.parametrize("ending", ["npy", "npz"])
@pytest.mark.parametrize("share", [0.0, 0.05, 0.3, 0.6, 0.95])
def test_a_truncated_file_is_named(ending: str, share: float, tmp_path: Path) -> None:
    path = tmp_path / f"cut.{ending}"
    if ending == "npy":
        np.save(path, VECTORS)
    else:
        np.savez_compressed(path, embeddings=VECTORS)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(ValueError, match=rf"cut\.{ending}' is not a complete \.{ending} file"):
        load_embeddings(path)


@pytest.mark.parametrize("ending", ["npy", "npz"])
def test_damage_anywhere_is_a_value_or_type_error_that_names_the_file(
    ending: str, tmp_path: Path
) -> None:
    path = tmp_path / f"bad.{ending}"
    (np.save if ending == "npy" else np.savez_compressed)(path, VECTORS)
    whole = path.read_bytes()
    for place in range(0, len(whole), 3):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        path.write_bytes(damaged)
        try:
            load_embeddings(path)
        except (ValueError, TypeError) as error:
            assert f"bad.{ending}" in str(error)  # noqa: PT017
            assert "\n" not in str(error)  # noqa: PT017


def test_groups_of_what_is_no_character_are_refused_by_the_name_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "damaged.npz"
    groups = np.full(3, 0x7FFFFFFF, dtype=np.uint32).view("U1")
    np.savez(file, embeddings=np.zeros((3, 2), np.float32), groups=groups)
    with pytest.raises(ValueError, match=r"damaged\.npz.*no character"):
        load_embeddings(file)


@pytest.mark.parametrize("ending", ["npy", "npz"])
def test_a_pickle_is_never_loaded(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"evil.{ending}"
    path.write_bytes(pickle.dumps(VECTORS))
    with pytest.raises(ValueError, match="is not a complete"):
        load_embeddings(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"gone\.npy' does not exist"):
        load_embeddings(tmp_path / "gone.npy")


def test_tensors_are_taken() -> None:
    torch = pytest.importorskip("torch")
    tensor = torch.from_numpy(VECTORS)
    assert np.array_equal(embeddings_from_array(tensor, label="x").vectors, VECTORS)
    brain = tensor.to(torch.bfloat16).requires_grad_()
    assert np.allclose(embeddings_from_array(brain, label="x").vectors, VECTORS, atol=0.02)
