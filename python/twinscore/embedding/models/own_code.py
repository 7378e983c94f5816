"""A network that a Python file of the user's builds."""

from __future__ import annotations

import difflib
import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinscore.base.extras import require
from twinscore.embedding.models.torch_models import TorchModel

if TYPE_CHECKING:
    from types import ModuleType

    from twinscore.images.decoding.preprocessing import Preprocessing


def is_own_code(name: str) -> bool:
    """Tell whether a name is a function of a Python file, such as "my.py:build"."""
    file, _, _ = name.rpartition(":")
    return (file or name).endswith(".py")


def load_own_model(name: str, *, layer: str | None, preprocessing: Preprocessing) -> TorchModel:
    """Run a Python file and let its function build a module.

    The file's folder is where it finds its own modules, as if it were run as a program.

    Parameters
    ----------
    name
        File and function, "my.py:build"; the function takes no arguments and returns a
        ``torch.nn.Module`` in evaluation mode.
    layer
        Whose output is the embedding; None: what the module returns.
    preprocessing
        How images are prepared for it.

    Raises
    ------
    MissingExtraError
        torch is not installed.
    FileNotFoundError
        There is no such file.
    ValueError
        The file or its function fails, or gives no module.
    """
    torch = require("torch", extra="export", purpose=f"the model {name!r}")
    path, function = _split(name)
    build = _function_of(_executed(path), function, path)
    try:
        module = build()
    except (Exception, SystemExit) as error:
        raise ValueError(f"{name} fails: {_said(error)}") from error
    if not isinstance(module, torch.nn.Module):
        raise ValueError(f"expected a torch.nn.Module from {name}, got {type(module).__name__}")
    if module.training:
        raise ValueError(
            f"expected a module in evaluation mode from {name}, got one in training mode: "
            "return module.eval()"
        )
    return TorchModel(path.stem, module, preprocessing, layer)


def _split(name: str) -> tuple[Path, str]:
    file, _, function = name.rpartition(":")
    if not file or not function:
        raise ValueError(f"expected a file and its function, such as my.py:build, got {name!r}")
    path = Path(file)
    if not path.is_file():
        raise FileNotFoundError(f"model file {path} does not exist")
    return path, function


def _executed(path: Path) -> ModuleType:
    # Its own name, so that it takes no other module's place and pickles find it.
    name = f"twinscore_model_{path.stem}"
    specification = importlib.util.spec_from_file_location(name, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    folder = str(path.resolve().parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        specification.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise ValueError(f"{path} fails: {_said(error)}") from error
    return module


def _function_of(module: ModuleType, function: str, path: Path) -> Any:
    found = getattr(module, function, None)
    if callable(found):
        return found
    offered = [
        name
        for name, value in vars(module).items()
        if callable(value) and getattr(value, "__module__", None) == module.__name__
    ]
    near = difflib.get_close_matches(function, offered, n=1)
    meant = f": did you mean {near[0]!r}?" if near else ""
    has = f" (it has {', '.join(offered)})" if offered and not near else ""
    raise ValueError(f"expected a function {function!r} in {path}{meant}{has}")


def _said(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
