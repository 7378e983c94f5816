"""The demo: photographs against three renderings of other parts of the same photographs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from twinscore.base.progress import stage_of
from twinscore.cli.demo.photographs import cut_photographs
from twinscore.cli.demo.twins import TWINS, Twin

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from PIL import Image

    from twinscore.base.arrays import FloatMatrix
    from twinscore.base.progress import StageProgress
    from twinscore.embedding.network.embedder import Embedder
    from twinscore.scoring.result import ScoreResult

PICTURE_FILE = "demo.png"


@dataclass(frozen=True, slots=True)
class DemoRow:
    """One twin and what scoring it found."""

    twin: Twin
    result: ScoreResult


def run_demo(
    directory: str | os.PathLike[str],
    progress: StageProgress | None = None,
    *,
    twins: Sequence[Twin] = TWINS,
    seed: int = 0,
    threads: int | None = None,
) -> list[DemoRow]:
    """Score three twins of rising fidelity and draw them with their scores.

    The photographs are cut into tiles. Half of them, drawn by lot, are the real side; each twin
    renders the other half, so that a flawless twin has the expected score 1.

    Parameters
    ----------
    directory
        Gets the picture, ``demo.png``, in the place of an older one; made if it does not exist.
    progress
        Called now and then with (stage, done, total).
    twins
        The renderings, in the order of the rows.
    seed
        Of the tiles and of all draws in scoring.
    threads
        None for all that the process may use.

    Returns
    -------
    list of DemoRow
        One for each twin.

    Raises
    ------
    MissingExtraError
        A package of the extra "demo" or "cpu" is missing.
    OSError
        The directory cannot be written.
    """
    from twinscore.cli.demo.picture import draw_picture
    from twinscore.embedding.network.embedder import Embedder
    from twinscore.scoring.result import ScoreResult
    from twinscore.scoring.score import score

    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    real, held_out = cut_photographs(seed)
    embedder = Embedder(threads=threads)
    real_vectors = _embed("photographs", [crop.image for crop in real], embedder, progress)
    rows = []
    for twin in twins:
        images = [twin.render(crop.image) for crop in held_out]
        vectors = _embed(f"twin '{twin.name}'", images, embedder, progress)
        result = score(real_vectors, vectors, seed=seed, threads=threads)
        assert isinstance(result, ScoreResult)
        rows.append(DemoRow(twin, result))
    scores = [(row.twin, row.result.score) for row in rows]
    draw_picture(
        folder / PICTURE_FILE, held_out, scores, null_interval=rows[0].result.null_interval
    )
    return rows


def _embed(
    name: str, images: list[Image.Image], embedder: Embedder, progress: StageProgress | None
) -> FloatMatrix:
    return embedder.embed(images, stage_of(progress, f"Embedding {name}"))
