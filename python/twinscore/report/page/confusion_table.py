"""Which classes real images are taken for, as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twinscore.measures.transfer import Transfer

MOST_CLASSES = 30


@dataclass(frozen=True, slots=True)
class ConfusionTable:
    """Shares of the real images of each class whose nearest synthetic image has another.

    Attributes
    ----------
    nearest
        Classes of synthetic images: the columns.
    rows
        Class of real images, and a share for each column.
    """

    nearest: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float, ...]], ...]


def confusion_table(transfer: Transfer | None) -> ConfusionTable | None:
    """Lay out the confusions; None where there are no classes, or too many to look at."""
    if transfer is None:
        return None
    real = sorted(one.label for one in transfer.classes)
    nearest = sorted({*real, *(cell.nearest for cell in transfer.confusion)})
    if len(nearest) > MOST_CLASSES:
        return None
    shares = {(cell.real, cell.nearest): cell.share for cell in transfer.confusion}
    return ConfusionTable(
        tuple(nearest),
        tuple((name, tuple(shares.get((name, other), 0.0) for other in nearest)) for name in real),
    )
