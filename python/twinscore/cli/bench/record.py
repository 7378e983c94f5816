"""What is measured: a case, and the record of it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Case:
    """One backend at one k on one set of points.

    Attributes
    ----------
    data
        Name of the points.
    rows, columns
        Of the points.
    backend
        With its settings, as `twinscore.self_knn` takes it.
    k, threads
        Of the search: all points among themselves.
    workers
        Who searched, as `twinscore.self_knn` takes it, with so many threads each; None for one
        process.
    """

    data: str
    rows: int
    columns: int
    backend: str
    k: int
    threads: int
    workers: str | None = None


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one process measured of itself.

    Attributes
    ----------
    build_seconds, query_seconds
        Of the repeat with the median sum; a backend without an index builds nothing. Of a library
        that names ids alone, the float64 distances that are measured afterwards are not counted.
    total_seconds
        Sums of all repeats.
    cpu_seconds
        Of the same repeat, all threads added up: hardly longer on a machine that is busy.
    memory_bytes
        Peak of resident memory above that before the search, with points and libraries loaded;
        None where the system does not tell. Where workers search, this and `cpu_seconds` are those
        of the process that asks.
    others
        Processors that other jobs took during the same repeat, on average: 0 on a quiet machine.
        None where the system does not tell.
    """

    build_seconds: float
    query_seconds: float
    total_seconds: tuple[float, ...]
    cpu_seconds: float
    memory_bytes: int | None
    others: float | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A case with what came of it.

    Attributes
    ----------
    case, measurement
        `measurement` is None for a case that failed.
    recall
        Share of neighbors found that are no farther than the true k-th neighbor; distances are
        measured by the bench, not taken from the backend.
    score, score_error
        Of the labels in use, and how far the score is from that of the exact neighbors.
    failure
        Why there is no measurement.
    load
        Jobs that the machine was busy with when the case ended, this one among them, by its
        average over a minute; None where the system does not tell.
    host, version
        What it ran on.
    """

    case: Case
    measurement: Measurement | None
    recall: float | None
    score: float | None
    score_error: float | None
    failure: str | None
    load: float | None
    host: str
    version: str

    @property
    def seconds(self) -> float:
        """Seconds to a score, without those of statistics: build and query."""
        assert self.measurement is not None
        return self.measurement.build_seconds + self.measurement.query_seconds

    @property
    def queries_per_second(self) -> float:
        """Queries answered each second by the index that was built."""
        assert self.measurement is not None
        return self.case.rows / self.measurement.query_seconds

    def to_json(self) -> str:
        """Return the record as one line."""
        return json.dumps(asdict(self))


def record_from_json(line: str) -> Record:
    """Read a line that `Record.to_json` wrote."""
    fields: dict[str, Any] = json.loads(line)
    measurement = fields.pop("measurement")
    if measurement is not None:
        measurement["total_seconds"] = tuple(measurement["total_seconds"])
        measurement = Measurement(**measurement)
    return Record(case=Case(**fields.pop("case")), measurement=measurement, **fields)
