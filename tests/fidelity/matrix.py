"""All cells."""

from __future__ import annotations

from fidelity.clip_cells import clip_cells
from fidelity.deep_cells import deep_cells
from fidelity.light_cells import light_cells
from fidelity.raster_cells import raster_cells

CELLS = (*raster_cells(), *deep_cells(), *light_cells())

CLIP_CELLS = tuple(clip_cells())
