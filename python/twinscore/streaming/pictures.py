"""What a batch of images shows in one view, as points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from twinscore.embedding.records import Embeddings

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from twinscore.base.arrays import FloatMatrix
    from twinscore.streaming.scorer import StreamingScorer


@dataclass(frozen=True, slots=True)
class Pictures:
    """Images, or what was cut out of them.

    Attributes
    ----------
    vectors
        Shape (n, d), float32.
    pixel_facts
        Shape (n, m), float32, in the order of `FACT_NAMES`; NaN for what is not known.
    names, groups
        Length n: of each picture.
    images
        Length n: the place in its batch of the image that each is, or was cut out of.
    """

    vectors: FloatMatrix
    pixel_facts: npt.NDArray[np.float32]
    names: tuple[str, ...]
    groups: tuple[str | None, ...]
    images: tuple[int, ...]

    def chosen(self, rows: Sequence[int]) -> Pictures:
        """Return some of them."""
        places = list(rows)
        return Pictures(
            self.vectors[places],
            self.pixel_facts[places],
            tuple(self.names[row] for row in places),
            tuple(self.groups[row] for row in places),
            tuple(self.images[row] for row in places),
        )

    def given_to(self, scorer: StreamingScorer) -> None:
        """Let them count, each under its name."""
        is_grouped = any(group is not None for group in self.groups)
        scorer.update(
            Embeddings(self.vectors, self.names, pixel_facts=self.pixel_facts),
            ids=self.names,
            groups=self.groups if is_grouped else None,
        )
