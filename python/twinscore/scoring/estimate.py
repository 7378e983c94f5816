"""What every way to a score tells, and how it shows itself."""

from __future__ import annotations

import dataclasses
import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from twinscore.base.json_values import json_value
from twinscore.scoring.presented_by import open_presentation
from twinscore.scoring.result_files import save_json, save_result

if TYPE_CHECKING:
    import os

    import pyarrow as pa
    from matplotlib.figure import Figure

    from twinscore.embedding.records import Skipped
    from twinscore.measures.closeness import Closeness
    from twinscore.measures.confounds import Confound
    from twinscore.measures.judge import Judge
    from twinscore.scoring.explanation.records import Explanation
    from twinscore.scoring.scored_pool import ScoredPool
    from twinscore.scoring.settings import ScoreSettings
    from twinscore.scoring.verdict import Evidence

NOT_IN_JSON = ("samples", "pool", "views")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Estimate(ABC):
    """The Indistinguishability Score of a synthetic set, and what every way to it tells.

    Attributes
    ----------
    score
        S: observed over expected share of real images among the neighbors of synthetic ones.
        0: told apart every time, 1: perfectly mixed, above 1: look for copies.
    overlap
        S made independent of the real:synthetic ratio: the share of synthetic images that could
        be real ones.
    k, n_real, n_synthetic
        Neighbors per image and images per side.
    expected_real_fraction, observed_real_fraction
        Of the neighbors of synthetic images; `score` is their ratio.
    judge
        How often a classifier that never saw an image sorts it right, both sides counting alike.
    closeness
        Mean distance within the sides over that across: goes on falling where the score is at its
        floor; None where a side has fewer than four images or groups.
    ties
        Images whose k-th neighbor shares its distance with further images.
    duplicates
        Synthetic images with the same embedding as a real one.
    confounds
        Facts about the files, and how well each alone tells the sides apart.
    skipped
        Per side, the images that could not be read, with the reason.
    warnings
        What the reader should know before trusting the score.
    samples
        Table with a row per image: side, name, group, real_share (of its neighbors), alike (the
        first of the images of its side that are nearly the same), kind (of synthetic images, the
        one that look-alikes gather around), judge (probability of being
        synthetic in the eyes of a judge that never saw the image), nearest, nearest_side,
        nearest_distance; for synthetic images also nearest_real, nearest_real_distance and
        giveaway (nearest_real_distance / nearest_distance, at least 1); with richness, covered
        (how surely a real image is reached), run (images of the other side before the k-th of
        its own, 3 for more; 0 of a synthetic image: foreign) and novelty (share of real images
        that lie nearer to another real one, for what is usual there, than a synthetic image);
        then the columns of the source. Distances are Euclidean.
    settings
        How the run was described; with the same images and settings it gives the same again.
    inputs
        Per side, where its images were said to be; None for what was in memory.
    backend, model, preprocessing, seconds, seed, version
        How the result was made.
    choice
        What "auto" chose, and why.
    sampling
        Of a score by sample: queries, of, interval (holds the score of all images for 95 % of
        the seeds), precision, budget and looks. None where all images were searched.
    squint
        The squint curve, if it was asked for: for each size in pixels a dict of `size`, `quality`
        and `score`; see `squint`.
    explanation
        What to fix first, where that was asked for; see `twinscore.explain`.
    pool
        The points and where their images are, for the report and for maps. Kept in memory only;
        ``dataclasses.replace(result, pool=None)`` lets go of it.
    """

    score: float
    overlap: float
    k: int
    n_real: int
    n_synthetic: int
    expected_real_fraction: float
    observed_real_fraction: float
    judge: Judge
    closeness: Closeness | None
    ties: int
    duplicates: int
    confounds: tuple[Confound, ...]
    skipped: dict[str, tuple[Skipped, ...]]
    warnings: tuple[str, ...]
    samples: pa.Table
    settings: ScoreSettings
    inputs: dict[str, str | None] = field(default_factory=lambda: {"real": None, "synthetic": None})
    backend: str
    model: str | None
    preprocessing: str | None
    seconds: dict[str, float]
    seed: int
    version: str
    choice: str | None = None
    sampling: dict[str, Any] | None = None
    squint: tuple[dict[str, float], ...] | None = None
    explanation: Explanation | None = None
    pool: ScoredPool | None = field(default=None, repr=False, compare=False)

    @property
    @abstractmethod
    def evidence(self) -> Evidence:
        """What the verdict rests on."""

    @property
    def verdict(self) -> str:
        """The result in one sentence, the same wherever it is shown."""
        return self.evidence.sentence

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the samples as JSON types; what is not finite becomes None."""
        names = (item.name for item in dataclasses.fields(self))
        values = {name: getattr(self, name) for name in names if name not in NOT_IN_JSON}
        values["settings"] = self.settings.to_dict()
        values["verdict"] = self.verdict
        return {name: json_value(value) for name, value in values.items()}

    def to_json(self) -> str:
        """Return the text of `result.json`."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    def save(self, directory: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write `result.json` and `samples.parquet`.

        Parameters
        ----------
        directory
            Made if it does not exist.
        overwrite
            Replace an existing result.

        Raises
        ------
        FileExistsError
            If there is a result and `overwrite` is not set.
        OSError
            If the directory cannot be written.
        """
        save_result(self.to_json(), self.samples, directory, overwrite=overwrite)

    def save_json(self, file: str | os.PathLike[str]) -> None:
        """Write the text of `result.json` to any file, in the place of an older one.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        save_json(self.to_json(), file)

    def __repr__(self) -> str:
        """Say in a line or two what was found."""
        return presentation().summary_line(self)

    def _repr_html_(self) -> str:
        return presentation().card(self)


class Presentation(Protocol):
    """What a result is shown by; it lies above the results and is handed down to them."""

    def card(self, result: Estimate) -> str:
        """Return a few lines of HTML."""

    def summary_line(self, result: Estimate) -> str:
        """Return a line of text."""

    def plot_map(
        self,
        result: Estimate,
        file: str | os.PathLike[str] | None = None,
        *,
        method: str | None = None,
        seeds: int = 1,
    ) -> Figure:
        """Draw the pool; see `ScoreResult.plot`."""

    def write_report(
        self, result: Estimate, file: str | os.PathLike[str], *, title: str | None = None
    ) -> None:
        """Write a page; see `ScoreResult.save_report`."""


def presentation() -> Presentation:
    """Open what results are shown by."""
    shown: Presentation = open_presentation()
    return shown
