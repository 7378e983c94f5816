"""One cell of the matrix, and how its outcome is stated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import numpy.typing as npt

    Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Cell:
    """A file, and what is to come of it.

    Attributes
    ----------
    format, axis, variant
        Row, column and place in the table.
    make
        Writes the file.
    shown
        What it shows by an independent decoder or by definition, 8-bit RGB; None where the file
        is refused.
    tolerance
        Levels that a pixel may be off.
    refused
        Pattern of the reason, where the file is refused.
    note
        What is said of the cell in the docs, where it is not simply right.
    needs
        Packages without which the cell cannot be looked at.
    """

    format: str
    axis: str
    variant: str
    make: Callable[[], bytes]
    shown: Callable[[bytes], Pixels] | None
    tolerance: int = 1
    refused: str | None = None
    note: str | None = None
    needs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.format}: {self.axis}: {self.variant}"


def always(pixels: npt.NDArray[Any]) -> Callable[[bytes], Pixels]:
    """What is shown by definition, whatever the file."""
    return lambda _content: pixels
