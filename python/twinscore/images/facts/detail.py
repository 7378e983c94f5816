"""Noise, sharpness, the fall of detail, the blocks of JPEG and parted colours, from patches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore._core import patch_facts

if TYPE_CHECKING:
    from twinscore.images.facts.patches import Patches

DETAIL = ("noise", "sharpness", "slope", "blockiness", "aberration")
"""Facts of patches, in the order of the core."""


def detail(patches: Patches) -> dict[str, float]:
    """Measure what fine detail tells.

    Returns
    -------
    Facts by name; NaN for blockiness where nobody knows the blocks, and for aberration where no
    patch near a corner has edges to see it by.
    """
    found = patch_facts(patches.pixels, patches.outwards, patches.block)
    return dict(zip(DETAIL, found, strict=True))
