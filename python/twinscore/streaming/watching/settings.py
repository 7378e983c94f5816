"""What must stay the same from one run of a watch to the next."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from twinscore.base.counts import checked_seed
from twinscore.embedding.models import DEFAULT_MODEL
from twinscore.embedding.settings import ImageSettings
from twinscore.images.sources import DEFAULT_INTERVAL
from twinscore.streaming.register import check_sampling
from twinscore.streaming.scorer import StreamingScorer
from twinscore.streaming.views.scorer import StreamingViews
from twinscore.streaming.watching.frame_annotations import FrameAnnotations
from twinscore.streaming.watching.real_stamp import absolute_location, annotations_stamp, real_stamp

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from twinscore.base.progress import StageProgress
    from twinscore.images.views.settings import ViewSettings


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """How the frames of a folder are scored.

    Attributes
    ----------
    real
        As `twinscore.score` takes it from the command line: path, pattern or URL.
    model, k, capacity, seed, group_by, exposure, video_interval
        As in `StreamingScorer`; frames have the columns of a folder.
    allow_remote_paths
        As there; a watch may be given or refused it from one run to the next.
    views
        How annotated frames are looked at, and where the annotations of both sides are; None: as
        whole frames.

    Raises
    ------
    ValueError, TypeError
        For what cannot be meant.
    """

    real: str
    model: str = DEFAULT_MODEL
    k: int = 1
    capacity: int | None = None
    seed: int = 0
    group_by: str | None = None
    exposure: float | None = None
    video_interval: float = DEFAULT_INTERVAL
    allow_remote_paths: bool = False
    views: ViewSettings | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        check_sampling(self.k, self.capacity, None, None)
        checked_seed(self.seed)
        ImageSettings(exposure=self.exposure, video_interval=self.video_interval)

    def identity(self, folder: Path) -> dict[str, Any]:
        """Return, as JSON types, what tells one watch from another.

        Parameters
        ----------
        folder
            That is watched.
        """
        described = {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if field.name not in ("allow_remote_paths", "views")
        }
        return {
            **described,
            "real": absolute_location(self.real),
            "folder": str(folder.resolve()),
            "contents": real_stamp(self.real, allow_remote_paths=self.allow_remote_paths),
            "views": None if self.views is None else _identity_of(self.views),
        }

    def annotations_in(self, folder: Path) -> FrameAnnotations | None:
        """Return what is written down of the frames in a folder; None where nothing ever is."""
        views = self.views
        return None if views is None else FrameAnnotations(str(views.synthetic_objects), folder)

    def new_scorer(
        self, device: str, threads: int | None, progress: StageProgress | None
    ) -> StreamingScorer | StreamingViews:
        """Open the real side of a watch that begins.

        Raises
        ------
        FileNotFoundError, TypeError, ValueError, MissingExtraError
            As `StreamingScorer` and `StreamingViews`.
        """
        of_images: dict[str, Any] = {
            "model": self.model,
            "device": device,
            "threads": threads,
            "exposure": self.exposure,
            "video_interval": self.video_interval,
            "allow_remote_paths": self.allow_remote_paths,
            "group_by": self.group_by,
            "progress": progress,
        }
        if self.views is None:
            return StreamingScorer(self.real, self.k, self.capacity, self.seed, **of_images)
        return StreamingViews(
            self.real,
            self.views.real_objects,
            views=self.views,
            k=self.k,
            capacity=self.capacity,
            seed=self.seed,
            **of_images,
        )


def _identity_of(views: ViewSettings) -> dict[str, Any]:
    """Describe how frames are looked at, and the annotations of the real side as they are."""
    described = views.to_dict()
    for side in ("real_objects", "synthetic_objects"):
        if described[side] is not None:
            described[side] = absolute_location(described[side])
    if described["real_objects"] is not None:
        described["real_annotations"] = annotations_stamp(described["real_objects"])
    return described


def check_same_watch(saved: Mapping[str, Any], current: Mapping[str, Any], state: Path) -> None:
    """Refuse to go on from the state of another watch.

    Parameters
    ----------
    saved, current
        Identities.
    state
        The file, for the message.

    Raises
    ------
    ValueError
        They differ; the message names the first difference.
    """
    for name, value in current.items():
        if saved.get(name) == value:
            continue
        changed = f"{name} was {saved.get(name)}, now {value}"
        if name == "contents":
            changed = "the real images have changed"
        elif name == "views":
            changed = _changed_views(saved.get(name), value)
        raise ValueError(
            f"{str(state)!r} holds the state of another watch ({changed}): "
            "delete it to start anew, or choose another with state (--state)"
        )


def _changed_views(saved: Any, current: Any) -> str:
    if not (isinstance(saved, dict) and isinstance(current, dict)):
        return "of whole frames" if not isinstance(saved, dict) else "of annotated frames"
    for name, value in current.items():
        if saved.get(name) != value:
            if name == "real_annotations":
                return "the annotations of the real images have changed"
            return f"{name} was {saved.get(name)}, now {value}"
    return "its views were others"
