"""All cells."""

from __future__ import annotations

from fidelity.clip_cells import clip_cells
from fidelity.deep_cells import deep_cells
from fidelity.exr_cells import exr_cells
from fidelity.light_cells import light_cells
from fidelity.png_cells import png_cells
from fidelity.raster_cells import raster_cells
from fidelity.tiff_cells import tiff_cells

CELLS = (
    *png_cells(),
    *raster_cells(),
    *tiff_cells(),
    *deep_cells(),
    *exr_cells(),
    *light_cells(),
)

CLIP_CELLS = tuple(clip_cells())
