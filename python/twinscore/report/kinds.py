"""Where the score is lost: kinds of synthetic images, the one that costs most first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from twinscore.scoring.result import ScoreResult


@dataclass(frozen=True, slots=True)
class Kind:
    """A look-alike cluster of synthetic images.

    Attributes
    ----------
    key
        Its value in the column ``kind`` of the samples.
    name
        Of the image that gives it away most.
    nearest_real
        The real image nearest to that one.
    size
        Images of this kind.
    loss
        Share of what all losing kinds together miss of real neighbors; 0 for a kind that misses
        none.
    """

    key: str
    name: str
    nearest_real: str
    size: int
    loss: float

    @property
    def weight(self) -> str:
        """Say how many it stands for and what they cost; nothing of an image by itself."""
        if self.size == 1:
            return ""
        return f"{self.size:,} alike, {self.loss:.0%} of the loss"


def kinds_by_loss(result: ScoreResult) -> list[Kind]:
    """Return the kinds of the synthetic side; without kinds, each image for itself.

    The loss of an image is the share of real images it lacks among its neighbors, against that
    of a perfect twin; a group counts as one image.

    Parameters
    ----------
    result
        Of all images.
    """
    table = result.samples.slice(result.n_real)
    names, nearest = table["name"].to_pylist(), table["nearest_real"].to_pylist()
    keys = names
    if "kind" in table.column_names:
        own = zip(table["kind"].to_pylist(), names, strict=True)
        keys = [name if kind is None else kind for kind, name in own]
    labels, codes = np.unique(np.array(keys, dtype=np.str_), return_inverse=True)
    missed = (result.expected_real_fraction - table["real_share"].to_numpy()) * _weights(
        table["group"].to_pylist()
    )
    lost = np.maximum(np.bincount(codes, missed), 0.0)
    shares = lost / lost.sum() if lost.sum() > 0.0 else lost
    sizes = np.bincount(codes)
    giveaway = table["giveaway"].to_numpy()
    # The image that gives most away of each kind, by name among equals.
    first_by_name = np.argsort(np.array(names, dtype=np.str_), kind="stable")
    order = first_by_name[np.argsort(-giveaway[first_by_name], kind="stable")]
    worst = order[np.unique(codes[order], return_index=True)[1]]
    kinds = [
        Kind(str(label), names[row], nearest[row], int(size), float(share))
        for label, row, size, share in zip(labels, worst.tolist(), sizes, shares, strict=True)
    ]
    rank = {kind.key: giveaway[row] for kind, row in zip(kinds, worst.tolist(), strict=True)}
    return sorted(kinds, key=lambda kind: (-kind.loss, -rank[kind.key], kind.name))


def _weights(groups: list[str | None]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """One over the size of each image's group."""
    sizes: dict[str, int] = {}
    for group in groups:
        if group is not None:
            sizes[group] = sizes.get(group, 0) + 1
    return np.array([1.0 if group is None else 1.0 / sizes[group] for group in groups])
