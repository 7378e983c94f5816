"""Whether a fact of the images moves while a stream goes on, however often one looks.

Frames are gathered into blocks of neighbors, of equal length; the later half of the blocks is
compared with the earlier half whenever there are about 1.4 times as many frames as at the look
before. The j-th look may err in 6 / (pi j)^2 of the cases that all of them may, so that a stream
without drift names none in 19 of 20 streams, endless ones included (union bound).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from twinscore.images.facts.catalog import FACT_NAMES
from twinscore.measures.fact_gaps import FAMILY_ERROR
from twinscore.measures.multiple_tests import holm
from twinscore.measures.step import steps_between_halves
from twinscore.scoring.explanation.wording import change

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from twinscore.base.arrays import Float64Array
    from twinscore.base.saved_state import Fields

MOST_BLOCKS = 64
LOOKS = (45, MOST_BLOCKS)
"""Numbers of blocks at which one looks; at the most, two become one and the count halves."""

FRAMES_A_BLOCK = 6
"""In the beginning: with fewer, two shots would be two halves."""


@dataclass(frozen=True, slots=True)
class FactDrift:
    """A fact in which later images of a stream differ from earlier ones, beyond chance.

    Attributes
    ----------
    fact
        Its name.
    before, now
        Median of the earlier and of the later half.
    real
        Median of the real side; None where that is not known.
    images
        Looked at: half of them earlier, half later. Frames of one group that follow each other
        count as one.
    separation
        Probability that a block of later images has more of it than one of earlier images.
    p_value
        Corrected for the number of facts.
    sentence
        For people.
    """

    fact: str
    before: float
    now: float
    real: float | None
    images: int
    separation: float
    p_value: float
    sentence: str


class FactTrend:
    """Facts of a stream in the order in which its images come, in bounded memory.

    Parameters
    ----------
    real
        Shape (m,): medians of the real side, NaN for what is not known.

    Attributes
    ----------
    drift
        Facts that moved, at the last look; the strongest first.
    """

    def __init__(self, real: Float64Array) -> None:
        self._real = real
        self._blocks: list[Float64Array] = []
        self._length = FRAMES_A_BLOCK
        self._open: list[Float64Array] = []
        self._run: _Run | None = None
        self._looks = 0
        self.drift: tuple[FactDrift, ...] = ()

    def add(
        self, facts: npt.NDArray[np.float32], groups: Sequence[str | None] | None = None
    ) -> None:
        """Take in images as they come.

        Parameters
        ----------
        facts
            Shape (n, m), in the order of `FACT_NAMES`; NaN where one is not known.
        groups
            Length n: images of one group that follow each other count as one.
        """
        for place, row in enumerate(facts.astype(np.float64)):
            group = None if groups is None else groups[place]
            if self._run is not None and self._run.group == group:
                self._run.take(row)
                continue
            if self._run is not None:
                run, self._run = self._run, None
                self._observe(run.mean())
            if group is None:
                self._observe(row)
            else:
                self._run = _Run(group, row)

    def to_json(self) -> dict[str, Any]:
        """Return all of it as JSON types."""
        run = self._run
        return {
            "blocks": _rows(self._blocks),
            "length": self._length,
            "open": _rows(self._open),
            "run": None if run is None else [run.group, run.count, *_rows([run.sums, run.known])],
            "looks": self._looks,
            "real": _rows([self._real])[0],
            "drift": [
                [found.fact, found.before, found.now, found.images, found.separation, found.p_value]
                for found in self.drift
            ],
        }

    @classmethod
    def from_json(cls, saved: Fields) -> FactTrend:
        """Read what `to_json` gave.

        Raises
        ------
        ValueError
            It is not that.
        """
        trend, width = cls(_arrays([saved.any("real")])[0]), len(FACT_NAMES)
        trend._blocks = _arrays(saved.rows("blocks", width))
        trend._length = saved.whole("length", least=1)
        trend._open = _arrays(saved.rows("open", width))
        trend._looks = saved.whole("looks")
        if not saved.is_missing("run"):
            trend._run = _Run.from_json(saved.any("run"))
        if len(trend._blocks) >= MOST_BLOCKS or len(trend._open) >= trend._length:
            raise ValueError(
                f"expected fewer than {MOST_BLOCKS} blocks of {trend._length}, got "
                f"{len(trend._blocks)} and {len(trend._open)} images more"
            )
        trend.drift = tuple(trend._saved_drift(row) for row in saved.rows("drift", 6))
        return trend

    def _observe(self, row: Float64Array) -> None:
        self._open.append(row)
        if len(self._open) < self._length:
            return
        self._blocks.append(_mean(self._open))
        self._open = []
        if len(self._blocks) in LOOKS:
            self._look()
        if len(self._blocks) == MOST_BLOCKS:
            pairs = zip(self._blocks[::2], self._blocks[1::2], strict=True)
            self._blocks = [_mean(pair) for pair in pairs]
            self._length *= 2

    def _look(self) -> None:
        self._looks += 1
        may_err = FAMILY_ERROR * 6.0 / (math.pi * self._looks) ** 2
        steps = steps_between_halves(np.array(self._blocks))
        adjusted = holm(np.array([step.p_value for step in steps]))
        images = len(self._blocks) * self._length
        moved = [
            self._drift(fact, step.before, step.now, images, step.separation, float(p_value))
            for step, fact, p_value in zip(steps, FACT_NAMES, adjusted, strict=True)
            if p_value < may_err
        ]
        moved.sort(key=lambda found: (-abs(found.separation - 0.5), found.fact))
        self.drift = tuple(moved)

    def _drift(
        self, fact: str, before: float, now: float, images: int, *figures: float
    ) -> FactDrift:
        known = float(self._real[FACT_NAMES.index(fact)])
        real = None if math.isnan(known) else known
        where = ""
        if real is not None:
            nearer = abs(now - real) < abs(before - real)
            where = ", towards the photographs" if nearer else ", away from the photographs"
        separation, p_value = figures
        sentence = f"Later frames are {change(fact, before, now)}{where}."
        return FactDrift(fact, before, now, real, images, separation, p_value, sentence)

    def _saved_drift(self, row: list[Any]) -> FactDrift:
        fact, before, now, images, separation, p_value = row
        numbers = (before, now, images, separation, p_value)
        if fact not in FACT_NAMES or None in numbers or not all(map(_is_fact, numbers)):
            raise ValueError("'drift': expected a fact and five numbers a row")
        return self._drift(fact, before, now, images, separation, p_value)


class _Run:
    """Images of one group that follow each other."""

    def __init__(self, group: str, row: Float64Array) -> None:
        self.group = group
        self.count = 1
        self.sums = np.nan_to_num(row, nan=0.0)
        self.known = (~np.isnan(row)).astype(np.float64)

    def take(self, row: Float64Array) -> None:
        self.count += 1
        self.sums = self.sums + np.nan_to_num(row, nan=0.0)
        self.known = self.known + ~np.isnan(row)

    def mean(self) -> Float64Array:
        return np.where(self.known > 0.0, self.sums / np.maximum(self.known, 1.0), np.nan)

    @classmethod
    def from_json(cls, saved: Any) -> _Run:
        is_run = isinstance(saved, list) and len(saved) == 4 and isinstance(saved[0], str)
        if not is_run or not isinstance(saved[1], int):
            raise ValueError("'run': expected a group, a count and two lists of numbers")
        run = cls(saved[0], np.zeros(len(FACT_NAMES)))
        run.count = saved[1]
        run.sums, run.known = _arrays(saved[2:])
        return run


def _mean(rows: Sequence[Float64Array]) -> Float64Array:
    """Return the mean of what is known, NaN where nothing is."""
    values = np.array(rows, dtype=np.float64)
    known = ~np.isnan(values)
    counts = known.sum(axis=0)
    sums = np.where(known, values, 0.0).sum(axis=0)
    return np.asarray(np.where(counts > 0, sums / np.maximum(counts, 1), np.nan))


def _rows(arrays: Sequence[Float64Array]) -> list[list[float | None]]:
    """Return lists of numbers; JSON knows no NaN."""
    return [[None if math.isnan(value) else value for value in array.tolist()] for array in arrays]


def _arrays(rows: Sequence[Any]) -> list[Float64Array]:
    """Read what `_rows` gave."""
    for row in rows:
        is_row = isinstance(row, list) and len(row) == len(FACT_NAMES)
        if not is_row or not all(_is_fact(value) for value in row):
            raise ValueError(f"expected {len(FACT_NAMES)} numbers or nulls a row")
    return [
        np.array([np.nan if value is None else value for value in row], dtype=np.float64)
        for row in rows
    ]


def _is_fact(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value is None or (is_number and math.isfinite(value))
