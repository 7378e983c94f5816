"""A function of a user's file builds the module, or what went wrong is one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from twinscore.embedding.models.own_code import is_own_code, load_own_model
from twinscore.images.decoding.preprocessing import IMAGENET

if TYPE_CHECKING:
    from pathlib import Path

torch = pytest.importorskip("torch", reason="needs the extra torch")

GOOD = "import torch\ndef build():\n    return torch.nn.Conv2d(3, 2, 3).eval()\n"


def test_what_a_function_builds_is_a_model(tmp_path: Path) -> None:
    (tmp_path / "part.py").write_text("CHANNELS = 5\n")
    (tmp_path / "mine.py").write_text(
        "import dataclasses, torch\nfrom part import CHANNELS\n"
        "@dataclasses.dataclass\nclass Size:\n    channels: int = CHANNELS\n"
        "def build():\n    return torch.nn.Conv2d(3, Size().channels, 3).eval()\n"
    )
    model = load_own_model(f"{tmp_path / 'mine.py'}:build", layer=None, preprocessing=IMAGENET)
    assert (model.name, model.module.out_channels) == ("mine", 5)


@pytest.mark.parametrize(
    ("text", "function", "message"),
    [
        (GOOD, "biuld", r"expected a function 'biuld' in .*mine\.py: did you mean 'build'\?"),
        (GOOD, "load", r"expected a function 'load' in .* \(it has build\)"),
        ("import nowhere_at_all", "build", r"mine\.py fails: ModuleNotFoundError: No module"),
        ("raise SystemExit(2)", "build", r"mine\.py fails: SystemExit: 2"),
        ("def build():\n    raise OSError('no weights')", "build", ":build fails: OSError: no w"),
        ("def build():\n    return {}", "build", "expected a torch.nn.Module from .*, got dict"),
        (GOOD.replace(".eval()", ""), "build", r"in training mode: return module\.eval\(\)"),
    ],
)
def test_what_goes_wrong_in_a_file_is_one_line(
    tmp_path: Path, text: str, function: str, message: str
) -> None:
    (tmp_path / "mine.py").write_text(text)
    with pytest.raises(ValueError, match=message) as caught:
        load_own_model(f"{tmp_path / 'mine.py'}:{function}", layer=None, preprocessing=IMAGENET)
    assert "\n" not in str(caught.value)


def test_a_file_is_told_from_other_names(tmp_path: Path) -> None:
    assert is_own_code("my.py:build")
    assert is_own_code("folder/my.py")
    assert not is_own_code("timm:my.py.v1")
    with pytest.raises(ValueError, match=r"expected a file and its function, such as my\.py:build"):
        load_own_model("my.py", layer=None, preprocessing=IMAGENET)
    with pytest.raises(FileNotFoundError, match=r"none\.py does not exist"):
        load_own_model(f"{tmp_path / 'none.py'}:build", layer=None, preprocessing=IMAGENET)
