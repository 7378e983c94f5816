"""Annotated frames that land in a folder: composed scenes, written one by one."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import twinscore as ts
from composed_scenes import CLASSES, write_scenes
from twinscore.images.views.settings import ViewSettings
from twinscore.streaming.watching import WatchSession, WatchSettings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from twinscore.streaming import StreamResult

FIGURES = ("score", "reverse_score", "interval", "overlap", "n_real")


@dataclass(frozen=True)
class AnnotatedFrames:
    """Scenes with their annotations, on the way into a folder.

    Attributes
    ----------
    real
        The COCO file of the real side.
    scenes
        Where the frames come from.
    folder
        Where they land.
    labels
        Where their annotations do.
    model
        A small network.
    """

    real: Path
    scenes: Path
    folder: Path
    labels: Path
    model: Path

    def open(self, *, patience: float = 0.0, **settings: Any) -> WatchSession:
        """Start, or go on with, a watch that takes every annotated frame at once."""
        views = ViewSettings(synthetic_objects=str(self.labels))
        usual = {"real": str(self.real), "model": str(self.model), "capacity": 200, "views": views}
        chosen = WatchSettings(**{**usual, **settings})
        state = self.folder.with_name("state.npz")
        return WatchSession(
            self.folder, chosen, state=state, settle=0.0, patience=patience, threads=1
        )

    @property
    def boxes(self) -> Path:
        """The COCO document of the frames, alone in the folder of labels."""
        self.labels.mkdir(exist_ok=True)
        return self.labels / "boxes.json"

    @property
    def document(self) -> dict[str, Any]:
        """The COCO document of all scenes."""
        found: dict[str, Any] = json.loads((self.scenes / "boxes.json").read_text())
        return found

    def names(self) -> list[str]:
        """Return the scenes in order."""
        return [each["file_name"] for each in self.document["images"]]

    def land(self, name: str) -> None:
        """Put a frame into the folder."""
        (self.folder / "shot").mkdir(exist_ok=True)
        shutil.copy(self.scenes / "images" / name, self.folder / "shot" / name)

    def annotate(self, name: str) -> None:
        """Write the KITTI file of a frame."""
        self.labels.mkdir(exist_ok=True)
        file = self.labels / f"{name.removesuffix('.png')}.txt"
        file.write_text("".join(map(kitti_line, self.objects_in(name))))

    def land_annotated(self, names: Iterable[str]) -> None:
        """Put frames into the folder, and the KITTI file of each beside."""
        for name in names:
            self.land(name)
            self.annotate(name)

    def annotate_all(self, names: list[str]) -> None:
        """Write, anew, one COCO document of some frames."""
        whole = self.document
        kept = {each["id"] for each in whole["images"] if each["file_name"] in names}
        whole["images"] = [each for each in whole["images"] if each["id"] in kept]
        whole["annotations"] = [each for each in whole["annotations"] if each["image_id"] in kept]
        self.boxes.write_text(json.dumps(whole))

    def objects_in(self, name: str) -> list[dict[str, Any]]:
        """Return the objects of a scene."""
        number = self.names().index(name)
        return [each for each in self.document["annotations"] if each["image_id"] == number]


def kitti_line(each: dict[str, Any]) -> str:
    """Write an object as KITTI does."""
    left, top, width, height = each["bbox"]
    edges = f"{left:.2f} {top:.2f} {left + width:.2f} {top + height:.2f}"
    return f"{CLASSES[each['category_id']]} 0.00 0 0.00 {edges} 1 1 1 0 0 0 0\n"


def annotated_frames(folder: Path, model: Path, frames: int = 8) -> AnnotatedFrames:
    """Write twelve real scenes and some to come; nothing has landed yet."""
    write_scenes(folder / "real", 12, seed=1)
    write_scenes(folder / "scenes", frames, seed=2, real_worlds=0.0)
    (folder / "renders").mkdir()
    return AnnotatedFrames(
        folder / "real" / "boxes.json",
        folder / "scenes",
        folder / "renders",
        folder / "labels",
        model,
    )


def take(session: WatchSession) -> None:
    """Read all that has landed and is finished."""
    session.rescan()
    while session.has_finished:
        session.take_finished()


def figures(result: StreamResult | None) -> dict[str, tuple[Any, ...]]:
    """Return what each view of a result shows."""
    assert result is not None
    assert result.views is not None
    return {
        view: (*(getattr(each, name) for name in FIGURES), each.n_seen)
        for view, each in result.views.items()
    }


def assert_equals_batch(frames: AnnotatedFrames, result: StreamResult | None) -> None:
    """Compare with the score of what lies in the folder."""
    expected = ts.score(
        frames.real,
        frames.folder,
        synthetic_objects=frames.labels,
        model=frames.model,
        diagnostics=False,
        richness=False,
        threads=1,
    )
    assert expected.views is not None
    assert result is not None
    assert result.views is not None
    assert list(result.views) == list(expected.views) == ["items", "environment", "scenes"]
    for view, each in result.views.items():
        assert each.score == expected.views[view].score, view
        assert each.n_seen == expected.views[view].n_synthetic, view
