"""One watch over one folder: from files that change to a score, with its state on disk."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from twinscore.base.interruption import interrupts_postponed
from twinscore.base.logs import logger_of
from twinscore.embedding.records import Embeddings
from twinscore.streaming import StreamingScorer
from twinscore.streaming.watching.frames import is_frame, is_hidden, list_frames, signature_of
from twinscore.streaming.watching.landing import LandingFrames
from twinscore.streaming.watching.ledger import Entry, Ledger
from twinscore.streaming.watching.reading import FrameReader
from twinscore.streaming.watching.state_file import StateFile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from twinscore.base.progress import StageProgress
    from twinscore.streaming import StreamResult
    from twinscore.streaming.watching.frames import Listing, Signature
    from twinscore.streaming.watching.reading import ReadImages
    from twinscore.streaming.watching.settings import WatchSettings

FILES_AT_ONCE = 128

_logger = logger_of(__name__)


class WatchSession:
    """Counts every image of a folder once, as it is when nobody writes to it any more.

    A file is read once it has not changed for `settle` seconds, and again whenever it changes;
    what is deleted no longer counts. Files that cannot be read wait for a change. Of a clip as
    many frames count as in a score of the folder.

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

    Attributes
    ----------
    scorer
        What counts, scored.
    latest
        The image read last.
    passed_over
        Files that are images by their ending and are not read, counted by ending.
    obstacle
        Why there is no score, or None.
    trouble
        Why the state cannot be saved at the moment, or None.

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
        # Changes are told with absolute paths.
        self._folder = Path(os.path.abspath(folder))  # noqa: PTH100
        self._reader = FrameReader(self._folder, settings.group_by, settings.video_interval)
        self._landing = LandingFrames(settle)
        self._ledger = Ledger()
        self.latest: str | None = None
        self.passed_over: dict[str, int] = {}
        self.obstacle: str | None = None
        self.trouble: str | None = None
        # Before the real side is read: what changes from now on is found out at the next start.
        self._state = StateFile(state, settings.identity(folder))
        if self._state.exists:
            self.scorer, self._ledger = self._state.resumed(device, threads)
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
                exposure=settings.exposure,
                video_interval=settings.video_interval,
                allow_remote_paths=settings.allow_remote_paths,
                progress=progress,
            )

    @property
    def waiting(self) -> int:
        """Files noticed and not read yet."""
        return len(self._landing)

    @property
    def has_finished(self) -> bool:
        """Whether a file can be read at once."""
        return any(map(self._landing.is_finished, self._landing.names()))

    @property
    def is_busy(self) -> bool:
        """Whether a file is landing; one that stays empty is not."""
        return not all(map(self._landing.is_left_behind, self._landing.names()))

    @property
    def unreadable(self) -> dict[str, str]:
        """Images that cannot be read as they are now, with the reason."""
        return self._ledger.unreadable

    @property
    def counted(self) -> int:
        """Images that count."""
        return self._ledger.counted

    def rescan(self) -> int:
        """Look at the whole folder, for changes nobody told of; return the number of files gone.

        Raises
        ------
        FileNotFoundError
            The folder itself is gone.
        """
        listing = list_frames(self._folder)
        self.passed_over = listing.passed_over
        self._see_all(listing)
        known = self._ledger.files().union(self._landing.names())
        return self._drop({file for file in known if listing.misses(file)})

    def notice(self, paths: Iterable[str | Path]) -> int:
        """Look at what is said to have changed; return the number of files gone.

        Paths of folders stand for all that is, or was, in them.
        """
        gone: set[str] = set()
        for path in map(Path, paths):
            if not path.is_relative_to(self._folder):
                continue
            relative = PurePosixPath(path.relative_to(self._folder).as_posix())
            try:
                signature = signature_of(path)
            except OSError:
                continue  # the next rescan will tell
            if signature is not None:
                if is_frame(relative):
                    self._see(str(relative), signature)
            elif path.is_dir() and not path.is_symlink():
                if not is_hidden(relative):
                    self._see_all(list_frames(self._folder, relative))
            else:
                gone |= self._known_at(relative)
        return self._drop(gone)

    def take_finished(self) -> int:
        """Read finished files, a bounded number at a time; return how many images were read."""
        finished = [file for file in self._landing.names() if self._landing.is_finished(file)]
        before = self._current(finished[:FILES_AT_ONCE])
        if not before:
            return 0
        read = self._reader.read(list(before), self.scorer.embedder)
        # What was written to while it was read waits again.
        now = self._current(before)
        stable = {
            file: signature for file, signature in before.items() if now.get(file) == signature
        }
        with interrupts_postponed():
            self._commit(read, stable)
        return len(read.names)

    def _commit(self, read: ReadImages, files: dict[str, Signature]) -> None:
        """Count the images of files in the place of what was known of these files."""
        chosen = [place for place, file in enumerate(read.files) if file in files]
        names: dict[str, list[str]] = {file: [] for file in files}
        failures: dict[str, list[tuple[str, str]]] = {file: [] for file in files}
        for place in chosen:
            names[read.files[place]].append(read.names[place])
        for file, name, reason in read.failures:
            if file in files:
                failures[file].append((name, reason))
        self._discard(files)
        for file, signature in files.items():
            self._landing.forget(file)
            self._ledger.enter(file, Entry(signature, tuple(names[file]), tuple(failures[file])))
        groups = [read.groups[place] for place in chosen]
        ids = [read.names[place] for place in chosen]
        self.scorer.update(
            Embeddings(read.vectors[chosen], tuple(ids), pixel_facts=read.pixel_facts[chosen]),
            ids=ids,
            groups=groups if any(group is not None for group in groups) else None,
        )
        self._state.is_stale = True
        if chosen:
            self.latest = read.names[chosen[-1]]

    def result(self) -> StreamResult | None:
        """Score what counts; None while there is no score, and `obstacle` says why."""
        try:
            result = self.scorer.result()
        except ValueError as error:
            self.obstacle = str(error)
            return None
        self.obstacle = None
        return result

    def save_now_and_then(self) -> None:
        """Save if there is anything new and the last time is long enough ago.

        A disk that is full for a while costs nothing but a later start from an older state.
        """
        if not self._state.is_due:
            return
        try:
            self.save()
            self.trouble = None
        except OSError as error:
            self._state.wait_anew()
            self.trouble = str(error)
            _logger.warning("%s; trying again later", error)

    def save(self) -> None:
        """Write scorer and ledger to one file, so that neither is ever ahead of the other."""
        self._state.write(self.scorer, self._ledger)

    def _see_all(self, listing: Listing) -> None:
        for file, signature in listing.frames.items():
            self._see(file, signature)

    def _see(self, name: str, signature: Signature) -> None:
        if self._ledger.knows(name, signature):
            self._landing.forget(name)
        else:
            self._landing.see(name, signature)

    def _current(self, names: Iterable[str]) -> dict[str, Signature]:
        """Return how files look now; those that left or have changed are noted as such."""
        current = {}
        for name in names:
            try:
                signature = signature_of(self._folder / name)
            except OSError:
                continue
            if signature is None:
                self._drop({name})
                continue
            self._landing.see(name, signature)
            current[name] = signature
        return current

    def _known_at(self, relative: PurePosixPath) -> set[str]:
        """Return the files known under a path, or below it."""
        name = str(relative)
        if name in self._ledger or name in self._landing:
            return {name}
        if is_frame(relative) or is_hidden(relative):
            return set()
        inside = f"{name}/"
        known = self._ledger.files().union(self._landing.names())
        return {frame for frame in known if frame.startswith(inside)}

    def _drop(self, names: set[str]) -> int:
        if names:
            with interrupts_postponed():
                self._discard(names)
                for name in names:
                    self._landing.forget(name)
                    self._ledger.strike(name)
                self._state.is_stale = True
        return len(names)

    def _discard(self, files: Iterable[str]) -> None:
        """Take images that count out of the score, before they leave or are read anew."""
        self.scorer.discard([name for file in files for name in self._ledger.counted_of(file)])
