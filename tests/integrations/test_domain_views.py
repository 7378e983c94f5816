"""Which images the saved views of a declared domain show; no database is needed to tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import twinscore as ts
from scored import score_all
from twinscore.embedding.records import Embeddings
from twinscore.integrations.fiftyone.domain_views import domain_views

if TYPE_CHECKING:
    from pathlib import Path


def test_outside_unverifiable_and_each_cell_have_a_view(tmp_path: Path) -> None:
    (tmp_path / "domain.toml").write_text(
        "[conditions.light]\nshares = { day = 0.5, night = 0.25, dusk = 0.25 }\n"
    )
    random = np.random.default_rng(0)
    points = random.standard_normal((2, 30, 4)).astype(np.float32)
    lights = (("day", "night") * 15, ("day", "dusk", "noon") * 10)
    sides = [
        Embeddings(vectors, tuple(f"{row}.png" for row in range(30)), columns={"light": light})
        for vectors, light in zip(points, lights, strict=True)
    ]
    domain = ts.load_domain(tmp_path / "domain.toml")
    result = score_all(*sides, domain=domain, diagnostics=False)
    views = {view.name: view for view in domain_views(result)}
    assert views["outside-domain"].rows == tuple(range(32, 60, 3))
    assert views["unverifiable"].rows == tuple(range(31, 60, 3))
    cells = [view for name, view in views.items() if name.startswith("cell-")]
    assert [len(view.rows) for view in cells] == [25, 15, 10]
    assert cells[0].description == "Both sides in the cell day"
