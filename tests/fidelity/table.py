"""The table of docs/decoding.md, made from the matrix.

`python tests/fidelity/table.py` writes it anew.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from fidelity.matrix import CELLS, CLIP_CELLS

if TYPE_CHECKING:
    from fidelity.cell import Cell

BEGIN = "<!-- made by tests/fidelity/table.py: begin -->"
END = "<!-- end -->"
DOCS = Path(__file__).parents[2] / "docs" / "decoding.md"


def table() -> str:
    """Return the table in Markdown: a row for every format and axis."""
    rows: dict[tuple[str, str], list[Cell]] = {}
    for cell in (*CELLS, *CLIP_CELLS):
        rows.setdefault((cell.format, cell.axis), []).append(cell)
    lines = ["| format | what | shown right | otherwise |", "|---|---|---|---|"]
    for (name, axis), cells in rows.items():
        right = "; ".join(cell.variant for cell in cells if cell.shown and cell.note is None)
        others = [f"{cell.variant}: {_otherwise(cell)}" for cell in cells if _otherwise(cell)]
        lines.append(f"| {name} | {axis} | {right} | {'; '.join(others)} |")
    return "\n".join(lines)


def _otherwise(cell: Cell) -> str:
    return "refused, with the reason" if cell.shown is None else cell.note or ""


def with_table(page: str) -> str:
    """Return the page with the table of today."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


if __name__ == "__main__":
    DOCS.write_text(with_table(DOCS.read_text()))
