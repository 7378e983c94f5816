"""One watch over one folder: from files that change to a score, with its state on disk."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from twinscore.base.interruption import interrupts_postponed
from twinscore.base.logs import logger_of
from twinscore.images.views.settings import SCENES
from twinscore.streaming.watching.annotated_reading import reader_of
from twinscore.streaming.watching.annotated_signatures import AnnotatedSignatures
from twinscore.streaming.watching.counting import CountedImages
from twinscore.streaming.watching.frames import is_frame, is_hidden, list_frames, signature_of
from twinscore.streaming.watching.landing import LandingFrames
from twinscore.streaming.watching.ledger import Ledger
from twinscore.streaming.watching.reading import FrameReader
from twinscore.streaming.watching.state_file import StateFile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from twinscore.base.progress import StageProgress
    from twinscore.streaming.result import StreamResult
    from twinscore.streaming.scorer import StreamingScorer
    from twinscore.streaming.views.scorer import StreamingViews
    from twinscore.streaming.watching.frames import Listing, Signature
    from twinscore.streaming.watching.objects_of_frames import ObjectsOfFrames
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
    patience
        Seconds that a frame waits for its annotation, where there are annotations.
    device, threads
        Of the network and of the search.
    progress
        Called while the real side is embedded.

    Attributes
    ----------
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
        patience: float = 60.0,
        device: str = "cpu",
        threads: int | None = None,
        progress: StageProgress | None = None,
    ) -> None:
        if not folder.is_dir():
            raise FileNotFoundError(f"expected a folder to watch, but {str(folder)!r} is none")
        # Changes are told with absolute paths.
        self._folder = Path(os.path.abspath(folder))  # noqa: PTH100
        frames = FrameReader(self._folder, settings.group_by, settings.video_interval)
        self._annotations = settings.annotations_in(self._folder)
        self._landing = LandingFrames(settle, 0.0 if self._annotations is None else patience)
        self.latest: str | None = None
        self.passed_over: dict[str, int] = {}
        self.obstacle: str | None = None
        self.trouble: str | None = None
        # Before the real side is read: what changes from now on is found out at the next start.
        self._state = StateFile(state, settings.identity(folder))
        if self._state.exists:
            self._counted = CountedImages(*self._state.resumed(device, threads))
        else:
            scorer = settings.new_scorer(device, threads, progress)
            self._counted = CountedImages(scorer, Ledger())
        self._signatures = AnnotatedSignatures(self._folder, self._annotations, self._ledger)
        self._reader = reader_of(frames, self._annotations, self.scorer, threads)

    @property
    def scorer(self) -> StreamingScorer | StreamingViews:
        """What counts, scored."""
        return self._counted.scorer

    @property
    def of_frames(self) -> StreamingScorer:
        """What counts, as whole frames."""
        return self._counted.scorers[SCENES]

    @property
    def _ledger(self) -> Ledger:
        return self._counted.ledger

    @property
    def waiting(self) -> int:
        """Files noticed and not read yet."""
        return len(self._landing)

    @property
    def lacking_annotations(self) -> int:
        """Files that wait for their annotations."""
        return sum(map(self._landing.lacks_annotation, self._landing.names()))

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

    @property
    def objects(self) -> ObjectsOfFrames | None:
        """What was found in the frames that count; None where there are no annotations."""
        if self._annotations is None:
            return None
        return self._ledger.objects(self._annotations.problems, self._annotations.trouble)

    def rescan(self) -> int:
        """Look at the whole folder, for changes nobody told of; return the number of files gone.

        Raises
        ------
        FileNotFoundError
            The folder itself is gone.
        """
        listing = list_frames(self._folder)
        self.passed_over = listing.passed_over
        gone = {file for file in self._known() if listing.misses(file)}
        # First what is known of objects: files that landed before need not wait for it.
        self._look_at_annotations((self._known() - gone).union(listing.frames))
        self._see_all(listing)
        return self._drop(gone)

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
        if self._signatures.are_due:
            self._look_at_annotations(self._known())
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
            counted = self._counted.enter(read, stable)
            for file in stable:
                self._landing.forget(file)
            self._state.is_stale = True
        if counted:
            self.latest = counted[-1]
        return len(read.files) - len(read.failures)

    def result(self) -> StreamResult | None:
        """Score what counts; None while there is no score, and `obstacle` says why."""
        try:
            result = self._counted.result([] if self.objects is None else self.objects.notes())
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

    @property
    def annotation_trouble(self) -> str | None:
        """Why annotations cannot be read at the moment, or None."""
        return None if self._annotations is None else self._annotations.trouble

    def _look_at_annotations(self, files: Iterable[str]) -> None:
        """Let frames whose annotations came, changed or left be read anew."""
        for file in self._signatures.look(files):
            if file in self._ledger or file in self._landing:
                self._current([file])

    def _see_all(self, listing: Listing) -> None:
        for file, signature in listing.frames.items():
            self._see(file, signature)

    def _see(self, name: str, signature: Signature) -> None:
        if self._signatures.holds(name):
            return
        signature = self._signatures.of(name, signature)
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
            self._see(name, signature)
            current[name] = self._signatures.of(name, signature)
        return current

    def _known_at(self, relative: PurePosixPath) -> set[str]:
        """Return the files known under a path, or below it."""
        name = str(relative)
        if name in self._ledger or name in self._landing:
            return {name}
        if is_frame(relative) or is_hidden(relative):
            return set()
        inside = f"{name}/"
        return {frame for frame in self._known() if frame.startswith(inside)}

    def _known(self) -> set[str]:
        return self._ledger.files().union(self._landing.names())

    def _drop(self, names: set[str]) -> int:
        if names:
            with interrupts_postponed():
                self._counted.drop(names)
                for name in names:
                    self._landing.forget(name)
                self._state.is_stale = True
        return len(names)
