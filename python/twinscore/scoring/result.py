"""What a run found: of all images, or of a sample of them."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from twinscore.base.constants import Z_95
from twinscore.graph.hubness import labels_of_hubs
from twinscore.graph.sampled_hubness import labels_of_sampled_hubs
from twinscore.scoring.estimate import NOT_IN_JSON, Estimate, presentation
from twinscore.scoring.richness_figures import RichnessFigures
from twinscore.scoring.verdict import Evidence

if TYPE_CHECKING:
    import os

    from matplotlib.figure import Figure

    from twinscore.domain.figures import Intentionality
    from twinscore.measures.control import Control
    from twinscore.measures.distance_ratio import DistanceRatio
    from twinscore.measures.p_value import EdgeCount
    from twinscore.measures.published_procedure import NotebookScore
    from twinscore.measures.richness import Richness, RichnessUntold
    from twinscore.measures.slices import SliceScore
    from twinscore.measures.spread import Spread
    from twinscore.measures.transfer import Transfer
    from twinscore.scoring.views.scores import Views

COPIES_SUSPECTED = 1.2
"""Score of a sample up to which nothing is made of it."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ScoreResult(RichnessFigures, Estimate):
    """The score of all images, with everything needed to judge it.

    Beside what `Estimate` lists; with groups, the score is the mean over draws of one member per
    group.

    Attributes
    ----------
    interval, interval_method
        95 % interval of the score, and how it was found. It holds the mean of the score over as
        many images drawn anew, at this k; not the limit at endlessly many images.
    effective_size
        Number of independent synthetic images that would make the score as sure.
    reverse_score
        The same from the real side.
    overlap_interval
        Of the overlap, which is from equal sides where there are more synthetic than real images.
    score_balanced, balanced_spread
        S at equal sides, the average over draws from the larger side, and its standard deviation
        among draws; None without diagnostics, as all that follows down to `control`.
    score_half
        S at half the images of each side: where it is above the score, more images would lower
        the score further.
    bayes_error
        Where the error of the best judge of single images at equal sides lies, the uncertainty of
        `score_balanced` included; 0.5 is guessing. At most the error of `judge`; None where the
        score is above 1. The lower end is that of the limit at endlessly many images.
    distance_ratio
        How much nearer synthetic images lie to each other than to real ones.
    profile
        "k": the score at other numbers of neighbors; "space": along the longest principal axes.
    control
        Real images scored against real images.
    slices
        The score of each value of the columns asked for, lowest first in each column.
    transfer
        What labels tell: the share of real images whose nearest synthetic image has their class,
        beside the same among real images; None without labels.
    compatibility
        The published procedure on two-dimensional maps, where it was asked for.
    z, p_value
        How far below 1 the score is, in standard deviations of chance (exact variance), and how
        often chance alone scores this low (permutations of whole groups).
    edge_count
        The same question of score and reverse score together, whichever way they are off.
    spread
        How far the synthetic images lie from the common center, beside real ones in the same
        places: `ratio` (above 1: wider) and `p_value` (permutations).
    null_interval
        Where about 95 % of the scores of perfectly mixed sets of this size fall.
    pooled_score
        S over all images, neighbors of the own group excluded; equals `score` without groups.
    groups
        Number of groups per side, None when images carry none.
    hubness
        In-degree of the pooled graph: variance, maximum and share of points nobody is near to.
    near_duplicates
        "threshold": distance up to which images are nearly the same; "real", "synthetic",
        "across": images that have one nearly the same on their own or the other side;
        "across_p_value": how often relabelling puts as many of the tightest pairs on both sides.
    collapsed
        Whether near-duplicates were made groups.
    suggested_group_by
        Column by which images of a side look alike, so that its values should be groups; None
        where no column does, or there are groups.
    domain
        How the synthetic images fit the declared domain; None where none was declared.
    audit
        Of an approximate backend, what a random sample of exact searches says: queries, recall,
        recall_interval, score_error (of the score as found) and score_error_interval.
    richness
        How much of reality the synthetic images reach, and how many of them count; the reason
        where that cannot be told, None where it was not asked for.
    views
        Of annotated images, the results of their views ("items", "environment", "scenes", ...) and
        what they say together; None where nothing is known of objects.
    """

    interval: tuple[float, float]
    interval_method: str
    effective_size: float
    reverse_score: float
    overlap_interval: tuple[float, float]
    score_balanced: float | None
    score_half: float | None
    balanced_spread: float | None
    bayes_error: tuple[float, float] | None
    distance_ratio: DistanceRatio | None
    profile: dict[str, list[dict[str, float | int]]]
    control: Control | None
    slices: tuple[SliceScore, ...]
    transfer: Transfer | None
    compatibility: NotebookScore | None
    z: float
    p_value: float
    edge_count: EdgeCount
    spread: Spread
    null_interval: tuple[float, float]
    pooled_score: float
    groups: dict[str, int] | None
    hubness: dict[str, float]
    near_duplicates: dict[str, float | int]
    collapsed: bool
    suggested_group_by: str | None = None
    domain: Intentionality | None = None
    audit: dict[str, Any] | None = None
    richness: Richness | RichnessUntold | None = None
    views: Views[ScoreResult] | None = field(default=None, repr=False, compare=False)

    @property
    def target_score(self) -> float | None:
        """The score of both sides in the declared mix; None without a domain, or too few images."""
        return None if self.domain is None else self.domain.target_score

    @property
    def evidence(self) -> Evidence:
        """What the verdict rests on."""
        sides = self.groups or {"real": self.n_real, "synthetic": self.n_synthetic}
        real_fraction = sides["real"] / (sides["real"] + sides["synthetic"])
        return Evidence(
            score=self.score,
            overlap=self.overlap,
            null_interval=self.null_interval,
            reverse_score=self.reverse_score,
            low_score=self.p_value,
            pair=self.edge_count.p_value,
            copies=float(self.near_duplicates["across_p_value"]),
            judge=self.judge,
            spread=self.spread,
            hub_labels=labels_of_hubs(self.hubness, real_fraction),
            units=(sides["real"], sides["synthetic"]),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the samples as JSON types; what is not finite becomes None."""
        views = self.views
        return {
            **Estimate.to_dict(self),
            "views": None if views is None else views.to_dict(),
            "objects": None if views is None else views.objects_to_dict(),
        }

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
            "umap", "tsne" or "pca"; None for the one that is done soonest, of those installed.
        seeds
            Number of layouts side by side. What differs between them is made by the method.

        Returns
        -------
        matplotlib.figure.Figure
        """
        return presentation().plot_map(self, file, method=method, seeds=seeds)

    def save_report(self, file: str | os.PathLike[str], *, title: str | None = None) -> None:
        """Write a page that opens offline; needs the extra "report".

        Parameters
        ----------
        file
            Replaced if it exists.
        title
            Heading of the page.
        """
        presentation().write_report(self, file, title=title)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SampledResult(Estimate):
    """The score of all images as a random sample of the synthetic ones tells it.

    What needs the neighbors of every image is not there: asking for it is an `AttributeError`
    that says so. `samples` has a row per image sampled, and how sure the score is stands in
    `sampling`.
    """

    sampling: dict[str, Any]

    @property
    def evidence(self) -> Evidence:
        """What the verdict rests on.

        Labels of neighbors depend on each other: chance moves a score by up to about twice the
        variance that as many independent images would give it, by more where a few images are
        neighbors of many, and the sample adds its own.
        """
        low, high = self.sampling["interval"]
        # Results saved before hubs were looked at lack it.
        shared = float(self.sampling.get("shared_neighbors", 0.0))
        by_hubs = shared * self.n_synthetic / self.n_real
        by_chance = Z_95 * math.sqrt(max(2.0 / min(self.n_real, self.n_synthetic), by_hubs))
        return Evidence(
            score=self.score,
            overlap=self.overlap,
            null_interval=(
                1.0 - by_chance - (high - self.score),
                max(1.0 + by_chance, COPIES_SUSPECTED) + (self.score - low),
            ),
            reverse_score=None,
            low_score=0.0 if high < 1.0 - by_chance else 1.0,
            pair=None,
            copies=None,
            judge=self.judge,
            hub_labels=labels_of_sampled_hubs(shared, self.n_real, self.n_synthetic),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the keys of every result; None for what was not looked at."""
        return {**dict.fromkeys(RESULT_KEYS), **Estimate.to_dict(self)}

    def __getattr__(self, name: str) -> NoReturn:
        """Say of what only a search of all images tells that a sample lacks it."""
        if name in RESULT_KEYS or hasattr(ScoreResult, name):
            raise AttributeError(
                f"a sample of the images tells no {name}: score all images, without a precision "
                "or budget; what it does tell of its own certainty is in `sampling`"
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


RESULT_KEYS = (
    *(item.name for item in dataclasses.fields(ScoreResult) if item.name not in NOT_IN_JSON),
    *("verdict", "views", "objects"),
)
"""Keys of `result.json`: the same for every result; what was not looked at is null."""
