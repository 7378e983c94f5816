"""What a scoring run found, and how it is written to disk."""

from __future__ import annotations

import dataclasses
import json
import math
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinscore.scoring.result_files import (
    REPORT_FILE,
    RESULT_FILE,
    SAMPLES_FILE,
    check_writable,
    naming_target,
)

if TYPE_CHECKING:
    import pyarrow as pa
    from matplotlib.figure import Figure

    from twinscore.embedding.records import Skipped
    from twinscore.measures.confounds import Confound
    from twinscore.measures.control import Control
    from twinscore.measures.distance_ratio import DistanceRatio
    from twinscore.measures.published_procedure import NotebookScore
    from twinscore.measures.slices import SliceScore
    from twinscore.scoring.scored_pool import ScoredPool

NOT_IN_JSON = ("samples", "pool")


@dataclass(frozen=True, slots=True)
class ScoreResult:
    """The Indistinguishability Score of a synthetic set, with everything needed to judge it.

    Attributes
    ----------
    score
        S: observed over expected share of real images among the neighbors of synthetic ones.
        0: told apart every time, 1: perfectly mixed, above 1: look for copies. With groups, the
        mean over draws of one member per group.
    interval, interval_method
        95 % interval of the score, over images drawn anew, and how it was found.
    effective_size
        Number of independent synthetic images that would make the score as sure.
    reverse_score
        The same from the real side.
    overlap, overlap_interval
        S made independent of the real:synthetic ratio: the share of synthetic images that could
        be real ones; from equal sides where there are more synthetic than real images.
    score_balanced, balanced_spread
        S at equal sides, the average over draws from the larger side, and its standard deviation
        among draws; None without diagnostics, as all that follows down to `control`.
    bayes_error
        Bounds of the error of the best judge of single images at equal sides; 0.5 is guessing.
    distance_ratio
        How much nearer synthetic images lie to each other than to real ones.
    profile
        "k": the score at other numbers of neighbors; "space": along the longest principal axes.
    control
        Real images scored against real images.
    slices
        The score of each value of the columns asked for, lowest first in each column.
    confounds
        Facts about the files, and how well each alone tells the sides apart.
    compatibility
        The published procedure on two-dimensional maps, where it was asked for.
    z, p_value
        How far below 1 the score is, in standard deviations of chance (exact variance), and how
        often chance alone scores this low (permutations of whole groups).
    null_interval
        Where about 95 % of the scores of perfectly mixed sets of this size fall.
    pooled_score
        S over all images, neighbors of the own group excluded; equals `score` without groups.
    k, n_real, n_synthetic
        Neighbors per image and images per side.
    groups
        Number of groups per side, None when images carry none.
    expected_real_fraction, observed_real_fraction
        Of the neighbors of synthetic images; `score` is their ratio.
    hubness
        In-degree of the pooled graph: variance, maximum and share of points nobody is near to.
    ties
        Images whose k-th neighbor shares its distance with further images.
    duplicates
        Synthetic images with the same embedding as a real one.
    near_duplicates
        "threshold": distance up to which images are nearly the same; "real", "synthetic",
        "across": images that have one nearly the same on their own or the other side.
    collapsed
        Whether near-duplicates were made groups.
    skipped
        Per side, the images that could not be read, with the reason.
    warnings
        What the reader should know before trusting the score.
    samples
        Table with a row per image: side, name, group, real_share (of its neighbors), alike (the
        first of the images of its side that are nearly the same), nearest, nearest_side,
        nearest_distance; for synthetic images also nearest_real, nearest_real_distance and
        giveaway (nearest_real_distance / nearest_distance, at least 1); then the columns of the
        source. Distances are Euclidean.
    backend, model, preprocessing, seconds, seed, version
        How the result was made.
    audit
        Of an approximate backend, what a random sample of exact searches says: queries, recall,
        recall_interval, score_error (of the score as found) and score_error_interval.
    sampling
        Of a score with a precision or budget: queries, of, interval (holds the score of all
        images for 95 % of the seeds), precision, budget and looks. What needs the neighbors of
        every image is then NaN, and `samples` has a row per image sampled.
    choice
        What "auto" chose, and why.
    squint
        The squint curve, if it was asked for: for each size in pixels a dict of `size`, `quality`
        and `score`; see `twinscore.scoring.squint`.
    pool
        The points and where their images are, for the report and for maps. Kept in memory only;
        ``dataclasses.replace(result, pool=None)`` lets go of it.
    """

    score: float
    interval: tuple[float, float]
    interval_method: str
    effective_size: float
    reverse_score: float
    overlap: float
    overlap_interval: tuple[float, float]
    score_balanced: float | None
    balanced_spread: float | None
    bayes_error: tuple[float, float] | None
    distance_ratio: DistanceRatio | None
    profile: dict[str, list[dict[str, float | int]]]
    control: Control | None
    slices: tuple[SliceScore, ...]
    confounds: tuple[Confound, ...]
    compatibility: NotebookScore | None
    z: float
    p_value: float
    null_interval: tuple[float, float]
    pooled_score: float
    k: int
    n_real: int
    n_synthetic: int
    groups: dict[str, int] | None
    expected_real_fraction: float
    observed_real_fraction: float
    hubness: dict[str, float]
    ties: int
    duplicates: int
    near_duplicates: dict[str, float | int]
    collapsed: bool
    skipped: dict[str, tuple[Skipped, ...]]
    warnings: tuple[str, ...]
    samples: pa.Table
    backend: str
    model: str | None
    preprocessing: str | None
    seconds: dict[str, float]
    seed: int
    version: str
    audit: dict[str, Any] | None = None
    sampling: dict[str, Any] | None = None
    choice: str | None = None
    squint: tuple[dict[str, float], ...] | None = None
    pool: ScoredPool | None = field(default=None, repr=False, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the samples as JSON types; what is not finite becomes None."""
        fields = {name: getattr(self, name) for name in self.__slots__ if name not in NOT_IN_JSON}
        return {name: _json_value(value) for name, value in fields.items()}

    def plot(
        self,
        file: str | os.PathLike[str] | None = None,
        *,
        method: str | None = None,
        seeds: int = 1,
    ) -> Figure:
        """Draw the map of the pool; needs the extra "report".

        Parameters
        ----------
        file
            Also saved there: .png, .svg or .pdf.
        method
            "umap", "tsne" or "pca"; None for the best that is installed.
        seeds
            Number of layouts side by side. What differs between them is made by the method.

        Returns
        -------
        matplotlib.figure.Figure
        """
        from twinscore.report.maps.plot import plot_map

        return plot_map(self, file, method=method, seeds=seeds)

    def save_report(self, file: str | os.PathLike[str], *, title: str | None = None) -> None:
        """Write the page of `report.write_report`; needs the extra "report".

        Parameters
        ----------
        file
            Replaced if it exists.
        title
            Heading of the page.
        """
        from twinscore.report.page.score_page import DEFAULT_TITLE, write_report

        write_report(self, file, title=title or DEFAULT_TITLE)

    def _repr_html_(self) -> str:
        from twinscore.scoring.card import card

        return card(self)

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
        from pyarrow import parquet

        check_writable(directory, overwrite=overwrite)
        folder = Path(directory)
        samples = folder / f".{SAMPLES_FILE}.{os.getpid()}"
        summary = folder / f".{RESULT_FILE}.{os.getpid()}"
        with naming_target(folder):
            folder.mkdir(parents=True, exist_ok=True)
            try:
                parquet.write_table(self.samples, samples)
                summary.write_text(self.to_json(), encoding="utf-8")
                samples.replace(folder / SAMPLES_FILE)
                summary.replace(folder / RESULT_FILE)
                # A page that is left would speak of the result that was replaced.
                (folder / REPORT_FILE).unlink(missing_ok=True)
            finally:
                samples.unlink(missing_ok=True)
                summary.unlink(missing_ok=True)

    def save_json(self, file: str | os.PathLike[str]) -> None:
        """Write the text of `result.json` to any file, in the place of an older one.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        target = Path(file)
        with naming_target(target):
            if target.exists() and not target.is_file():
                target.write_text(self.to_json(), encoding="utf-8")  # a pipe or device
                return
            partial = target.with_name(f".{target.name}.{os.getpid()}")
            try:
                partial.write_text(self.to_json(), encoding="utf-8")
                partial.replace(target)
            finally:
                partial.unlink(missing_ok=True)


def _json_value(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = dataclasses.asdict(value)
    if isinstance(value, dict):
        return {key: _json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_json_value(item) for item in value]
    return value
