"""The backends by name, and their settings in words: "hnsw:search_width=200,links=32"."""

from __future__ import annotations

import dataclasses
from importlib import import_module
from typing import TYPE_CHECKING, Any

from twinscore.base.errors import SettingError
from twinscore.base.extras import check_installed

if TYPE_CHECKING:
    from twinscore.neighbors.backend import Backend

CLASSES = {
    "exact": "exact.ExactBackend",
    "numba": "numba.NumbaBackend",
    "torch": "torch.TorchBackend",
    "sklearn": "sklearn.SklearnBackend",
    "faiss-flat": "faiss.FaissFlatBackend",
    "faiss-ivf": "faiss.FaissIvfBackend",
    "faiss-hnsw": "faiss.FaissHnswBackend",
    "hnsw": "hnsw.HnswBackend",
    "usearch": "usearch.UsearchBackend",
    "pynndescent": "pynndescent.PynndescentBackend",
}

BACKENDS = tuple(CLASSES)

PACKAGES = {
    "numba": "numba",
    "torch": "torch",
    "sklearn": "sklearn",
    "faiss-flat": "faiss",
    "faiss-ivf": "faiss",
    "faiss-hnsw": "faiss",
    "hnsw": "hnswlib",
    "usearch": "usearch",
    "pynndescent": "pynndescent",
}
"""The package that each backend imports when it searches; "exact" needs none."""


def installed_backends() -> tuple[str, ...]:
    """Name the backends whose packages are there."""
    from importlib.util import find_spec

    return tuple(name for name in BACKENDS if name not in PACKAGES or find_spec(PACKAGES[name]))


def check_available(description: str) -> None:
    """Make sure that a backend can be used, before hours are spent on what it shall search.

    Raises
    ------
    ValueError
        As `open_backend`.
    MissingExtraError
        Where its package is not installed.
    """
    open_backend(description)
    name = description.partition(":")[0]
    if name in PACKAGES:
        extra = name.partition("-")[0]
        check_installed(PACKAGES[name], extra=extra, purpose=f"the backend {name!r}")


def descriptions(words: str) -> list[str]:
    """Split "exact,hnsw:links=8,search_width=50,torch" into backends with their settings."""
    found: list[str] = []
    for word in words.split(","):
        is_setting = "=" in word and ":" not in word
        if is_setting and found:
            found[-1] += f",{word.strip()}"
        else:
            found.append(word.strip())
    return found


def is_exact(description: str) -> bool:
    """Tell whether a backend finds the neighbors of a float64 search."""
    return open_backend(description).capabilities.exact


def open_backend(description: str) -> Backend:
    """Make a backend from its name and settings.

    Parameters
    ----------
    description
        A name of `BACKENDS`, and after a colon settings that differ from their defaults:
        "hnsw", "hnsw:search_width=200", "faiss-ivf:lists=1024,probes=32", "torch:device=cuda".

    Raises
    ------
    ValueError
        For a name, setting or value that there is not; the message names those there are.
    """
    name, _, words = description.partition(":")
    if name not in CLASSES:
        raise SettingError(f"expected a backend of {', '.join(BACKENDS)}, got {name!r}")
    module, _, class_name = CLASSES[name].partition(".")
    backend = getattr(import_module(f"twinscore.neighbors.backends.{module}"), class_name)
    fields = {field.name: field for field in dataclasses.fields(backend)}
    settings = {}
    for word in filter(None, words.split(",")):
        key, _, value = word.partition("=")
        if key.strip() not in fields:
            known = ", ".join(fields) or "none"
            raise SettingError(f"expected a setting of {name} ({known}), got {word!r}")
        settings[key.strip()] = _value(name, fields[key.strip()], value.strip())
    made: Backend = backend(**settings)
    return made


def _value(name: str, field: dataclasses.Field[Any], text: str) -> Any:
    default: Any = field.default
    value: Any = text
    try:
        value = type(default)(text)
    except ValueError:
        value = None
    if value in (None, "") or (not isinstance(value, str) and value < 0):
        raise SettingError(f"expected {field.name} of {name} like {field.default!r}, got {text!r}")
    return value
