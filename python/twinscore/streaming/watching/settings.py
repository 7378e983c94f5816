"""What must stay the same from one run of a watch to the next."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from twinscore.base.counts import checked_count
from twinscore.embedding.models import DEFAULT_MODEL
from twinscore.embedding.settings import ImageSettings
from twinscore.images.sources import DEFAULT_INTERVAL
from twinscore.streaming.register import check_sampling
from twinscore.streaming.watching.real_stamp import absolute_location, real_stamp

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


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

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        check_sampling(self.k, self.capacity, None, None)
        checked_count(self.seed, "seed", least=0)
        ImageSettings(exposure=self.exposure, video_interval=self.video_interval)

    def identity(self, folder: Path) -> dict[str, Any]:
        """Return, as JSON types, what tells one watch from another.

        Parameters
        ----------
        folder
            That is watched.
        """
        described = asdict(self)
        del described["allow_remote_paths"]
        return {
            **described,
            "real": absolute_location(self.real),
            "folder": str(folder.resolve()),
            "contents": real_stamp(self.real, allow_remote_paths=self.allow_remote_paths),
        }


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
        raise ValueError(
            f"{str(state)!r} holds the state of another watch ({changed}): "
            "delete it to start anew, or choose another with state (--state)"
        )
