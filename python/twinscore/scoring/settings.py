"""How a run is described: one record, checked before the first image is read."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from twinscore.base.counts import checked_count, checked_seed
from twinscore.base.errors import SettingError
from twinscore.embedding.settings import ImageSettings
from twinscore.measures.interval import METHODS, IntervalMethod
from twinscore.measures.published_procedure import check_procedure_packages
from twinscore.neighbors.choice import AUTOMATIC
from twinscore.neighbors.settings import SearchSettings

if TYPE_CHECKING:
    from twinscore.domain.declaration import Domain
    from twinscore.images.views.settings import ViewSettings

OF_ALL_IMAGES = {
    "slice_by": ("slice_by", ()),
    "label_by": ("label_by", None),
    "collapse_duplicates": ("collapse_duplicates", False),
    "interval": ("interval", "local"),
    "published": ("space", False),
    "domain": ("domain", None),
    "views": ("objects", None),
}
"""What needs the neighbors of every image: its keyword, and its value when it is not asked for."""


@dataclass(frozen=True, slots=True)
class SampleGoal:
    """When a sample is large enough: at a half-width of the interval, or after some seconds.

    With both, the earlier of the two ends it.

    Raises
    ------
    ValueError
        For a precision or budget that is not above 0.
    """

    precision: float | None = None
    budget: float | None = None

    def __post_init__(self) -> None:
        """Refuse goals that cannot be meant."""
        for name, value in (("precision", self.precision), ("budget", self.budget)):
            if value is not None and not (value > 0.0 and math.isfinite(value)):
                raise SettingError(f"expected a {name} above 0, got {value}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSettings:
    """All that decides what a score of two sides is, but for the sides.

    Attributes
    ----------
    k
        Neighbors per image.
    seed
        Of permutations and draws.
    interval
        How the 95 % interval is found, one of `METHODS`.
    slice_by
        Columns of the synthetic side, each value of which is a slice.
    label_by
        Column of both sides that holds the class of each image; None: nothing is known of classes.
    collapse_duplicates
        Make near-duplicates of one side a group.
    diagnostics
        False: no search beyond those that score, interval and p-value need.
    richness
        Whether to tell, of all images, how much of reality they reach.
    published
        Follow the procedure that the score's authors published as well.
    domain
        What the images are meant to show; None: nothing was declared.
    images, search
        How images become points, and how neighbors are found.
    sample
        When a sample of the images suffices; None: all images are searched.
    views
        How annotated images are looked at; None: as usual where a side is a file of annotations.

    Raises
    ------
    ValueError, TypeError
        For what cannot be, and for what a sample of the images cannot tell.
    MissingExtraError
        A package that is asked for is not installed.
    """

    k: int = 1
    seed: int = 0
    interval: IntervalMethod = "local"
    slice_by: tuple[str, ...] = ()
    label_by: str | None = None
    collapse_duplicates: bool = False
    diagnostics: bool = True
    richness: bool = True
    published: bool = False
    domain: Domain | None = None
    images: ImageSettings = field(default_factory=ImageSettings)
    search: SearchSettings = field(default_factory=SearchSettings)
    sample: SampleGoal | None = None
    views: ViewSettings | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be, and what a sample cannot tell; a column asked for twice is one."""
        object.__setattr__(self, "slice_by", tuple(dict.fromkeys(self.slice_by)))
        checked_count(self.k, "k")
        checked_seed(self.seed)
        if self.interval not in METHODS:
            raise SettingError(
                f"interval: expected one of {', '.join(METHODS)}, got {self.interval!r}"
            )
        if self.sample is not None:
            self._check_sample()
        if self.published:
            check_procedure_packages()

    @property
    def asked_of_all_images(self) -> tuple[str, ...]:
        """Keywords of what is asked for that only a search of all images can tell."""
        return tuple(
            keyword
            for name, (keyword, unused) in OF_ALL_IMAGES.items()
            if getattr(self, name) != unused
        )

    def _check_sample(self) -> None:
        if self.search.backend not in ("exact", AUTOMATIC):
            raise SettingError(
                "expected the backend exact with a precision or budget, "
                f"got {self.search.backend!r}: a sample is searched exactly"
            )
        if self.search.memory is not None:
            raise SettingError(
                "expected no precision or budget where memory is limited: a sample is searched "
                "in memory"
            )
        if self.asked_of_all_images:
            raise SettingError(
                f"expected no {self.asked_of_all_images[0]} with a precision or budget: "
                "a sample says nothing of it"
            )
        if self.images.group_by is not None:
            raise SettingError(
                f"expected no group_by with a precision or budget, got {self.images.group_by!r}: "
                "a sample is of single images"
            )

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as JSON types: the value of ``settings`` in `result.json`."""
        return {
            "k": self.k,
            "seed": self.seed,
            "interval": self.interval,
            "slice_by": list(self.slice_by),
            "label_by": self.label_by,
            "collapse_duplicates": self.collapse_duplicates,
            "diagnostics": self.diagnostics,
            "richness": self.richness,
            "published": self.published,
            "domain": None if self.domain is None else str(self.domain.file),
            "images": self.images.to_dict(),
            "search": self.search.to_dict(),
            "sample": None if self.sample is None else dataclasses.asdict(self.sample),
            "views": None if self.views is None else self.views.to_dict(),
        }
