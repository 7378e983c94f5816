"""Results read back from disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinscore.base.json_text import parse_json
from twinscore.base.printable import printable
from twinscore.scoring.result_files import RESULT_FILE, SAMPLES_FILE

if TYPE_CHECKING:
    import os

    import pyarrow as pa


@dataclass(frozen=True, repr=False)
class SavedResult:
    """A result folder, its keys of result.json as attributes.

    Attributes
    ----------
    folder
        Where it lies.
    fields
        Of result.json.
    samples
        Of samples.parquet.
    """

    folder: Path
    fields: dict[str, Any]
    samples: pa.Table

    def names(self, side: str) -> list[str]:
        """Return the names of one side, in order."""
        rows = zip(self.samples["side"].to_pylist(), self.samples["name"].to_pylist(), strict=True)
        return [name for of_side, name in rows if of_side == side]

    def giveaways(self) -> list[tuple[str, float]]:
        """Return name and giveaway of each synthetic image that has one."""
        columns = (self.samples[name].to_pylist() for name in ("side", "name", "giveaway"))
        return [
            (name, giveaway)
            for side, name, giveaway in zip(*columns, strict=True)
            if side == "synthetic" and giveaway is not None
        ]

    @property
    def score(self) -> float:
        """The Indistinguishability Score."""
        return float(self.fields["score"])

    @property
    def verdict(self) -> str | None:
        """The result in one sentence; None in one of an older version."""
        return self.fields.get("verdict")

    def __getattr__(self, name: str) -> Any:
        """Return a key of result.json: ``overlap``, ``p_value``, ``judge``, ..."""
        # Before it has its fields, as while it is unpickled, it has no keys either.
        fields = self.__dict__.get("fields", {})
        if name in fields:
            return fields[name]
        raise AttributeError(f"the saved result holds no {name!r}: it has the keys of result.json")

    def __dir__(self) -> list[str]:
        """List the keys of result.json beside what every saved result has."""
        return sorted({*object.__dir__(self), *self.fields})

    def __repr__(self) -> str:
        """Say where it lies and what it found."""
        said = f": {self.verdict}" if self.verdict else ""
        return printable(f"<SavedResult {self.folder}: score {self.score:.3f}{said}>")

    @property
    def interval(self) -> tuple[float, float] | None:
        """Of the score; None in a result that has none, such as that of a sample of the images."""
        low, high = self.fields.get("interval") or (None, None)
        return None if low is None or high is None else (low, high)


def load_result(folder: str | os.PathLike[str]) -> SavedResult:
    """Read a result that was saved, by `twinscore score --out` or by ``result.save``.

    Parameters
    ----------
    folder
        With result.json and samples.parquet.

    Returns
    -------
    SavedResult
        Whose attributes are the keys of result.json, as JSON types, and ``samples``, the table.

    Raises
    ------
    FileNotFoundError
        There is no result.
    ValueError
        The files are damaged or hold something else.
    """
    from pyarrow import ArrowException, parquet

    place = Path(folder)
    for name in (RESULT_FILE, SAMPLES_FILE):
        if not (place / name).is_file():
            raise FileNotFoundError(
                f"expected a result folder with {RESULT_FILE} and {SAMPLES_FILE}, "
                f"but {place / name} does not exist"
            )
    try:
        fields = parse_json((place / RESULT_FILE).read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{place / RESULT_FILE}: expected JSON, got {error}") from error
    if not isinstance(fields, dict) or not isinstance(fields.get("score"), int | float):
        raise ValueError(f"{place / RESULT_FILE}: expected a result with a score")
    try:
        samples = parquet.read_table(place / SAMPLES_FILE)
        result = SavedResult(place, fields, samples)
        result.giveaways()
    except (ArrowException, KeyError, OSError) as error:
        raise ValueError(
            f"{place / SAMPLES_FILE}: expected a table of samples, got {error}"
        ) from error
    return result
