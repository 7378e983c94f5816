"""Tables of a TOML file whose values are checked as they are taken; errors say where they are."""

from __future__ import annotations

import difflib
import math
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from twinscore.base.printable import printable
from twinscore.domain.toml_lines import KeyPath, line_of

if TYPE_CHECKING:
    import os
    from collections.abc import Collection

LARGEST = 1 << 20
"""Bytes of a file: what is longer was not written by hand."""

MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class TomlText:
    """A TOML file as it was read."""

    file: Path
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TomlTable:
    """A table in a TOML file.

    Attributes
    ----------
    source
        The file.
    path
        Keys that lead to the table.
    values
        What it holds.
    """

    source: TomlText
    path: KeyPath
    values: dict[str, Any]

    def refuse(self, message: str, *keys: str | int) -> NoReturn:
        """Raise ValueError with the file, the line and the key at `keys` below this table."""
        path = (*self.path, *keys)
        line = line_of(self.source.text, path)
        place = "" if line is None else f", line {line}"
        key = f"{_spelled(path)}: " if path else ""
        raise ValueError(printable(f"{self.source.file}{place}: {key}{message}"))

    def check_keys(self, known: Collection[str], kind: str) -> None:
        """Refuse keys that are not known, with the one that may have been meant."""
        for key in self.values:
            if key in known:
                continue
            near = difflib.get_close_matches(key, known, 1)
            meant = f"; did you mean {near[0]}?" if near else f" ({', '.join(known)})"
            self.refuse(f"not a key of {kind}{meant}", key)

    def table(self, key: str, *, empty: bool = False) -> TomlTable:
        """Return the table at a key; refuse one that is empty, where it must not be."""
        value = self.values[key]
        if not isinstance(value, dict):
            self.refuse(f"expected a table, got {described(value)}", key)
        if not value and not empty:
            self.refuse("expected a table with at least one key, got an empty one", key)
        return TomlTable(self.source, (*self.path, key), value)

    def tables(self, key: str) -> list[TomlTable]:
        """Return the tables of an array at a key; none where there is no such key."""
        values = self.values.get(key, [])
        if not isinstance(values, list) or not all(isinstance(item, dict) for item in values):
            self.refuse(f"expected tables, each under [[{key}]], got {described(values)}", key)
        return [
            TomlTable(self.source, (*self.path, key, place), item)
            for place, item in enumerate(values)
        ]

    def text(self, key: str) -> str:
        """Return a text that is not empty."""
        value = self.values[key]
        if not isinstance(value, str) or not value.strip():
            self.refuse(f"expected a text, got {described(value)}", key)
        return value

    def count(self, key: str) -> int:
        """Return a whole number of at least 1."""
        value = self.values[key]
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 10**12:
            self.refuse(f"expected a number of images, 1 or more, got {described(value)}", key)
        return value

    def share(self, key: str) -> float:
        """Return a finite number that is not negative."""
        value = self.values[key]
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.refuse(f"expected a share as a number, got {described(value)}", key)
        # Whole numbers of TOML have any length; those beyond all floating point ones are refused.
        if not 0 <= value <= 1e12 or not math.isfinite(value):
            self.refuse(f"expected a share from 0 to 1, got {described(value)}", key)
        return float(value)

    def numbers(self, key: str) -> list[float]:
        """Return the numbers of an array; infinite ones are numbers, NaN is none."""
        values = self.values[key]
        if not isinstance(values, list) or not values:
            self.refuse(f"expected an array of numbers, got {described(values)}", key)
        for place, value in enumerate(values):
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if not is_number or value != value or (isinstance(value, int) and abs(value) > 1e300):
                self.refuse(f"expected a number, got {described(value)}", key, place)
        return [float(value) for value in values]


def read_toml(file: str | os.PathLike[str]) -> TomlTable:
    """Read a TOML file.

    Raises
    ------
    FileNotFoundError
        There is none.
    ValueError
        It is no TOML in UTF-8, or longer than anybody writes; the message names file and line.
    """
    path = Path(file)
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except FileNotFoundError as error:
        raise FileNotFoundError(f"expected a domain file, but {path} does not exist") from error
    except OSError as error:
        raise ValueError(f"{path}: expected a domain file: {error.strerror or error}") from error
    if len(content) > LARGEST:
        raise ValueError(f"{path}: expected a domain file of at most 1 MiB, got a longer one")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValueError(f"{path}, line {line}: expected text in UTF-8, {error.reason}") from error
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise ValueError(printable(f"{path}: expected TOML: {reason}")) from error
    return TomlTable(TomlText(path, text), (), values)


def described(value: Any) -> str:
    """Return a value as an error shows it: short, and of any kind."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) > 10**20:
        return f"a number of {len(str(abs(value // 10**20))) + 20} digits"
    if isinstance(value, dict):
        return "a table" if value else "an empty table"
    if isinstance(value, list):
        return f"an array of {len(value)}" if value else "an empty array"
    if isinstance(value, str):
        return repr(value) if len(value) <= MOST_SHOWN else f"{value[:MOST_SHOWN]!r}..."
    return str(value)


def _spelled(path: KeyPath) -> str:
    """Write a path as TOML does; places in arrays count from 1, as people do."""
    spelled = ""
    for part in path:
        if isinstance(part, int):
            spelled += f"[{part + 1}]"
        else:
            spelled += f".{part}" if spelled else part
    return spelled
