"""One watch over one folder: from files that change to a score, with its state on disk."""

from __future__ import annotations

import logging
import time
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from twinscore.records import ImageItem
from twinscore.streaming import StreamingScorer
from twinscore.streaming.snapshot import Snapshot
from twinscore.watching.frames import (
    contents_digest,
    frames_below,
    is_frame,
    is_hidden,
    signature_of,
)
from twinscore.watching.landing import LandingFrames
from twinscore.watching.ledger import Entry, Ledger

if TYPE_CHECKING:
    from collections.abc import Iterable

    from twinscore.assessment import StageProgress
    from twinscore.streaming import StreamResult
    from twinscore.watching.frames import Signature

FRAMES_AT_ONCE = 128
SECONDS_BETWEEN_SAVES = 10.0
SAVING_SHARE = 0.05
"""State is saved no oftener than this, in seconds and in the share of time it takes."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """What must stay the same from one run of a watch to the next.

    Attributes
    ----------
    real
        Folder of images or file of embeddings.
    model, k, capacity, seed, group_by
        As in `StreamingScorer`.
    """

    real: str
    model: str = "efficientnet-lite0"
    k: int = 1
    capacity: int | None = None
    seed: int = 0
    group_by: str | None = None


class WatchSession:
    """Counts every frame of a folder once, as it is when nobody writes to it any more.

    A frame is read once its file has not changed for `settle` seconds, and again whenever it
    changes; what is deleted no longer counts. Frames that cannot be read wait for a change.

    Parameters
    ----------
    folder
        Searched with its subfolders; hidden files and links are passed over.
    settings
        Of the score.
    state
        File the state is kept in; where it exists, the watch goes on from there.
    settle
        Seconds.
    device, threads
        Of the network and of the search.
    progress
        Called while the real side is embedded.

    Raises
    ------
    FileNotFoundError, ValueError
        There is no such folder or real side, or the state belongs to another watch.
    """

    def __init__(
        self,
        folder: Path,
        settings: WatchSettings,
        *,
        state: Path,
        settle: float = 1.0,
        device: str = "cpu",
        threads: int | None = None,
        progress: StageProgress | None = None,
    ) -> None:
        if not folder.is_dir():
            raise FileNotFoundError(f"expected a folder to watch, but {str(folder)!r} is none")
        self._folder = folder
        self._settings = settings
        self._state = state
        self._landing = LandingFrames(settle)
        self._ledger = Ledger()
        self._saved_at = time.monotonic()
        self._save_seconds = 0.0
        self._is_saved = True
        self.latest: str | None = None
        self._identity = {
            **asdict(settings),
            "real": str(Path(settings.real).resolve()),
            "folder": str(folder.resolve()),
        }
        if state.exists():
            self.scorer = self._resumed(device, threads)
        else:
            self.scorer = StreamingScorer(
                settings.real,
                settings.k,
                settings.capacity,
                settings.seed,
                group_by=settings.group_by,
                model=settings.model,
                device=device,
                threads=threads,
                progress=progress,
            )
            self._identity["contents"] = contents_digest(Path(settings.real))

    @property
    def waiting(self) -> int:
        """Frames noticed and not read yet."""
        return len(self._landing)

    @property
    def has_finished(self) -> bool:
        """Whether a frame can be read at once."""
        return any(map(self._landing.is_finished, self._landing.names()))

    @property
    def unreadable(self) -> dict[str, str]:
        """Frames that cannot be read as they are now, with the reason."""
        return self._ledger.unreadable

    @property
    def counted(self) -> int:
        """Frames that count."""
        return self._ledger.counted

    def rescan(self) -> int:
        """Look at the whole folder, for changes nobody told of; return the frames that left."""
        present = dict(frames_below(self._folder))
        for name, signature in present.items():
            self._see(name, signature)
        gone = self._ledger.names().union(self._landing.names()) - present.keys()
        return self._drop(gone)

    def notice(self, files: Iterable[str | Path]) -> int:
        """Look at files that are said to have changed; return the number of frames that left.

        Paths of folders count as all that was in them.
        """
        gone: set[str] = set()
        for file in files:
            try:
                relative = PurePosixPath(Path(file).relative_to(self._folder).as_posix())
            except ValueError:
                continue
            signature = signature_of(Path(file))
            if signature is not None and is_frame(relative):
                self._see(str(relative), signature)
            elif signature is None:
                gone |= self._known_at(relative)
        return self._drop(gone)

    def take_finished(self) -> int:
        """Read frames that are finished, a bounded number at a time; return how many count now."""
        finished = [name for name in self._landing.names() if self._landing.is_finished(name)]
        chosen = finished[:FRAMES_AT_ONCE]
        before = self._current(chosen)
        items = [ImageItem(name, self._folder / name) for name in before]
        if not items:
            return 0
        vectors, kept, skipped = self.scorer.embedder.embed_items(items)
        reasons = {item.name: item.reason for item in skipped}
        names = list(before)
        # Written to while it was read: it waits again.
        stable = self._current(names)
        is_stable = [stable.get(name) == before[name] for name in names]
        rows = [row for row, place in enumerate(kept.tolist()) if is_stable[place]]
        fresh = [names[kept[row]] for row in rows]
        self._discard(name for name, unchanged in zip(names, is_stable, strict=True) if unchanged)
        for name, unchanged in zip(names, is_stable, strict=True):
            if unchanged:
                self._landing.forget(name)
                self._ledger.enter(name, Entry(before[name], reasons.get(name)))
        groups = [str(PurePosixPath(name).parent) for name in fresh]
        self.scorer.update(
            vectors[rows], ids=fresh, groups=groups if self._settings.group_by else None
        )
        self._is_saved = False
        self.latest = fresh[-1] if fresh else self.latest
        return len(fresh)

    def result(self) -> StreamResult | None:
        """Score what counts; None while that is too little for a score."""
        try:
            return self.scorer.result()
        except ValueError as error:
            _logger.info("no score yet: %s", error)
            return None

    def save_now_and_then(self) -> None:
        """Save if there is anything new and the last time is long enough ago."""
        pause = max(SECONDS_BETWEEN_SAVES, self._save_seconds / SAVING_SHARE)
        if not self._is_saved and time.monotonic() - self._saved_at > pause:
            self.save()

    def save(self) -> None:
        """Write scorer and ledger to one file, so that neither is ever ahead of the other."""
        started = time.monotonic()
        notes = {"watch": self._identity, "ledger": self._ledger.to_json()}
        self.scorer.snapshot().write(self._state, notes)
        self._saved_at = time.monotonic()
        self._save_seconds = self._saved_at - started
        self._is_saved = True

    def _resumed(self, device: str, threads: int | None) -> StreamingScorer:
        snapshot, notes = Snapshot.read_with_notes(self._state)
        saved: dict[str, Any] = notes.get("watch", {})
        current = {**self._identity, "contents": contents_digest(Path(self._settings.real))}
        for name, value in current.items():
            if saved.get(name) != value:
                changed = (
                    "the real images have changed"
                    if name == "contents"
                    else f"{name} was {saved.get(name)}, now {value}"
                )
                raise ValueError(
                    f"{str(self._state)!r} holds the state of another watch ({changed}): "
                    "delete it to start anew, or choose another with state (--state)"
                )
        self._identity = saved
        self._ledger = Ledger.from_json(notes["ledger"])
        return StreamingScorer.restore(snapshot, device=device, threads=threads)

    def _see(self, name: str, signature: Signature) -> None:
        if self._ledger.knows(name, signature):
            self._landing.forget(name)
        else:
            self._landing.see(name, signature)

    def _current(self, names: Iterable[str]) -> dict[str, Signature]:
        """Return how files look now; those that left or have changed are noted as such."""
        current = {}
        for name in names:
            signature = signature_of(self._folder / name)
            if signature is None:
                self._drop({name})
                continue
            self._landing.see(name, signature)
            current[name] = signature
        return current

    def _known_at(self, relative: PurePosixPath) -> set[str]:
        """Return the frames known under a path, or below it."""
        name = str(relative)
        if name in self._ledger or name in self._landing:
            return {name}
        if is_frame(relative) or is_hidden(relative):
            return set()
        inside = f"{name}/"
        known = self._ledger.names().union(self._landing.names())
        return {frame for frame in known if frame.startswith(inside)}

    def _drop(self, names: set[str]) -> int:
        self._discard(names)
        for name in names:
            self._landing.forget(name)
            self._ledger.strike(name)
        if names:
            self._is_saved = False
        return len(names)

    def _discard(self, names: Iterable[str]) -> None:
        """Take frames that count out of the score, before they leave or are read anew."""
        self.scorer.discard([name for name in names if self._ledger.counts(name)])
