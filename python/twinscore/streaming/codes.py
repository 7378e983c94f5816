"""A number for every group, the same in every stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twinscore.streaming.priority import label_hashes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twinscore.base.arrays import IdArray

_GROUP_BIT = np.int64(1) << np.int64(62)


def group_codes(groups: Sequence[str | None] | None, serials: IdArray) -> IdArray:
    """Give every group a number that depends on its label alone, every other item its serial."""
    codes = serials.copy()
    if groups is not None:
        places = [place for place, group in enumerate(groups) if group is not None]
        hashes = label_hashes(0, [str(groups[place]) for place in places])
        codes[places] = (hashes >> np.uint64(2)).astype(np.int64) | _GROUP_BIT
    return codes
