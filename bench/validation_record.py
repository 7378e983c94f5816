"""What `bench/validation.py` keeps of each rung and seed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Cell:
    """One rung with one seed.

    Attributes
    ----------
    probe, network
        Accuracy of the two models on real images.
    figures
        By name; those in task space are of points that a network trained on other real images
        gives.
    seconds
        Of each family of figures, and of embedding and training.
    """

    ladder: str
    rung: str
    direction: str
    seed: int
    probe: float
    network: float
    figures: dict[str, float]
    seconds: dict[str, float]


def read_record(file: Path) -> list[Cell]:
    """Read what was measured before."""
    if not file.exists():
        return []
    return [Cell(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]


def add_to_record(file: Path, cell: Cell) -> None:
    """Keep a cell."""
    with file.open("a", encoding="utf-8") as record:
        record.write(json.dumps(asdict(cell)) + "\n")
