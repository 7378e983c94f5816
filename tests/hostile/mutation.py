"""Damage as it comes: bits that flip, files that are cut, lengths that lie."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

EXTREMES = (0, 1, -1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 2**31 - 1, -(2**31), 2**63 - 1, -(2**63))


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Return a copy with one or several damages; another one for every state of the chance."""
    damaged = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        chance.choice(DAMAGES)(damaged, chance)
    return bytes(damaged)


def _flip(content: bytearray, chance: random.Random) -> None:
    if content:
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def _overwrite(content: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(content) + 1)
    length = min(chance.randrange(1, 64), len(content) - start)
    content[start : start + length] = chance.randbytes(length)


def _cut(content: bytearray, chance: random.Random) -> None:
    del content[chance.randrange(len(content) + 1) :]


def _take_out(content: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(content) + 1)
    del content[start : start + chance.randrange(1, 600)]


def _repeat(content: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(content) + 1)
    part = content[start : start + chance.randrange(1, 600)]
    content[start:start] = part


def _insert(content: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(content) + 1)
    content[start:start] = chance.randbytes(chance.randrange(1, 64))


def _lie(content: bytearray, chance: random.Random) -> None:
    """Write an extreme number where a length may stand."""
    width, form = chance.choice(((2, "H"), (4, "I"), (8, "Q")))
    if len(content) < width:
        return
    start = chance.randrange(len(content) - width + 1)
    number = chance.choice(EXTREMES) % 2 ** (8 * width)
    content[start : start + width] = struct.pack(chance.choice("<>") + form, number)


DAMAGES = (_flip, _flip, _flip, _overwrite, _cut, _take_out, _repeat, _insert, _lie, _lie)
