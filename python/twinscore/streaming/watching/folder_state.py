"""How a watched folder stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twinscore.streaming.watching.objects_of_frames import ObjectsOfFrames


@dataclass(frozen=True, slots=True)
class FolderState:
    """What a line of JSON tells of the folder, before what it tells of the score.

    Attributes
    ----------
    time
        When it was scored, in UTC, as ISO 8601.
    frames
        Images that count.
    landing
        Files noticed and not read yet.
    unreadable
        Images that cannot be read as they are now, with the reason.
    passed_over
        Files that are images by their ending and are not read, counted by ending.
    lacking_annotations
        Files among those landing that wait for their annotations.
    objects
        What was found in the frames that count; None where there are no annotations.
    """

    time: str
    frames: int
    landing: int
    unreadable: dict[str, str]
    passed_over: dict[str, int]
    lacking_annotations: int = 0
    objects: ObjectsOfFrames | None = None
