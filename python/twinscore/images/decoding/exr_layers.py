"""Which layer of a file is the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from twinscore.base.errors import UnreadableImageError

BEAUTY_NAMES = frozenset(
    ("beauty", "c", "ci", "color", "combined", "composite", "final", "rgb", "rgba")
)
"""Names that renderers give the layer with everything in it; Blender's is "Combined"."""

_MOST_NAMES = 6

Part = tuple[str, Sequence[str]]
"""Name of a part of the file, and the names of its channels."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Channels that belong together.

    Attributes
    ----------
    part
        Number of the part they are in.
    name
        Names of the part and of the layer in it, with a dot between; "" where both have none.
    channels
        Positions of R, G, B, or of the one channel of a grey picture.
    """

    part: int
    name: str
    channels: tuple[int, ...]


def find_beauty(parts: Sequence[Part]) -> Layer:
    """Find the layer that shows the whole picture.

    In this order: channels R, G, B that belong to no named layer or part; a layer with one of
    ``BEAUTY_NAMES`` in its name; the only layer with R, G, B; a grey channel ``Y``. Of several
    that fit, the first in the file. A file of one part is searched as if it had no name.

    Raises
    ------
    UnreadableImageError
        No layer, or several of which none is named so; the message lists them.
    """
    if len(parts) == 1:
        parts = [("", parts[0][1])]  # a name that tells nothing apart
    layers = [layer for number, part in enumerate(parts) for layer in _color_layers(number, part)]
    unnamed = [layer for layer in layers if not layer.name]
    named = [layer for layer in layers if BEAUTY_NAMES & set(layer.name.lower().split("."))]
    for fitting in (unnamed, named, layers if len(layers) == 1 else [], _grey_layers(parts)):
        if fitting:
            return fitting[0]
    if not layers:
        found = _listed([channel for _, channels in parts for channel in channels])
        raise UnreadableImageError(f"expected channels R, G, B, got {found}")
    raise UnreadableImageError(
        f"expected a layer named beauty, combined or rgba, got {_listed([x.name for x in layers])}"
    )


def _color_layers(number: int, part: Part) -> list[Layer]:
    part_name, channels = part
    by_layer: dict[str, dict[str, int]] = {}
    for position, channel in enumerate(channels):
        layer, _, component = channel.rpartition(".")
        by_layer.setdefault(layer, {}).setdefault(_letter(component), position)
    return [
        Layer(number, _joined(part_name, layer), (found["R"], found["G"], found["B"]))
        for layer, found in by_layer.items()
        if {"R", "G", "B"} <= found.keys()
    ]


def _grey_layers(parts: Sequence[Part]) -> list[Layer]:
    return [
        Layer(number, name, (channels.index("Y"),))
        for number, (name, channels) in enumerate(parts)
        if "Y" in channels and "RY" not in channels
    ]


def _letter(component: str) -> str:
    words = {"RED": "R", "GREEN": "G", "BLUE": "B"}
    return words.get(component.upper(), component.upper())


def _joined(part_name: str, layer: str) -> str:
    return ".".join(name for name in (part_name, layer) if name)


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:_MOST_NAMES])
    return f"{shown}, ..." if len(names) > _MOST_NAMES else shown or "none"
