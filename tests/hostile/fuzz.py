"""A process that looks for bytes of one format that are neither read nor refused in a line.

Coverage of twinscore's own readers guides it: `python -m hostile.fuzz FORMAT SECONDS`, in tests/.
The bytes that it fails on are kept, and named by the last line it prints.
"""

from __future__ import annotations

import importlib
import logging
import pkgutil
import random
import resource
import sys
import tempfile
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Any

import atheris

from hostile.formats import FORMATS, REASONS, list_source
from hostile.mutation import mutated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

READERS = ("base", "images", "embedding", "streaming")
READS: dict[str, Callable[[Path], Any]] = dict.fromkeys(("tar", "zip", "parquet"), list_source)
"""A sound archive may hold fewer images than the one that was begun with."""

SECONDS, MEBIBYTES, LONGEST = 10, 768, 1 << 16
"""Of one input: its time, what it may hold beyond the process before it, its bytes."""


def main(name: str, seconds: int) -> None:
    """Fuzz until the time is over; the exit status is not 0 where something was found."""
    logging.disable(logging.CRITICAL)
    _instrument()
    file_name, make, read_whole = FORMATS[name]
    read = READS.get(name, read_whole)
    folder = Path(tempfile.mkdtemp())
    corpus = folder / "corpus"
    corpus.mkdir()
    target = folder / file_name
    make(target)
    read(target)
    files = sorted(target.iterdir()) if target.is_dir() else [target]
    sound = [file.read_bytes() for file in files]
    for place, content in enumerate(sound):
        (corpus / str(place)).write_bytes(bytes([place]) + content)

    def read_one(data: bytes) -> None:
        """Read the format with one of its files, which the first byte chooses, as given."""
        place = data[0] % len(files) if data else 0
        for other, file in enumerate(files):
            file.write_bytes(data[1:] if other == place else sound[other])
        try:
            read(target)
        except REASONS as reason:
            if not str(reason).strip():
                raise AssertionError(f"{type(reason).__name__} without a word") from reason

    options = [
        f"-max_total_time={seconds}",
        f"-timeout={SECONDS}",
        f"-rss_limit_mb={_mebibytes_held() + MEBIBYTES}",
        f"-max_len={LONGEST}",
        f"-artifact_prefix={folder}/",
        "-seed=1",
        "-verbosity=0",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], read_one, custom_mutator=_mutate)
    atheris.Fuzz()


def _mebibytes_held() -> int:
    """Give the most that was ever resident, as libFuzzer counts it: the parent's before it too."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def _mutate(data: bytes, largest: int, seed: int) -> bytes:
    """Do as files are damaged, or as coverage asks."""
    chance = random.Random(seed)
    if chance.random() < 0.5:
        return bytes(atheris.Mutate(data, largest))
    return (data[:1] + mutated(data[1:], chance))[:largest]


def _instrument() -> None:
    """Count the branches of the readers, however they are installed."""
    for part in READERS:
        package = importlib.import_module(f"twinscore.{part}")
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            try:
                module = importlib.import_module(found.name)
            except ImportError:
                continue
            for function in _functions(module):
                atheris.instrument_func(function)


def _functions(module: ModuleType) -> Iterator[FunctionType]:
    """Find the functions and methods that a module defines."""
    classes = [value for value in vars(module).values() if isinstance(value, type)]
    for owner in (module, *classes):
        for value in vars(owner).values():
            member = getattr(value, "__func__", None) or getattr(value, "fget", None) or value
            if isinstance(member, FunctionType) and member.__module__ == module.__name__:
                yield member


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
