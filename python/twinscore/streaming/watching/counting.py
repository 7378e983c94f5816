"""What counts of a folder: scored, and written down by file, never one without the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twinscore.images.views.settings import SCENES
from twinscore.streaming.scorer import StreamingScorer
from twinscore.streaming.watching.ledger import Entry, Ledger
from twinscore.streaming.watching.objects_of_file import endings_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from twinscore.streaming.result import StreamResult
    from twinscore.streaming.views.scorer import StreamingViews
    from twinscore.streaming.watching.frames import Signature
    from twinscore.streaming.watching.reading import ReadImages


class CountedImages:
    """Images by file, in the score of whole frames or of every view of them.

    Parameters
    ----------
    scorer
        What counts, scored.
    ledger
        The same by file.
    """

    def __init__(self, scorer: StreamingScorer | StreamingViews, ledger: Ledger) -> None:
        self.scorer = scorer
        self.ledger = ledger

    @property
    def scorers(self) -> Mapping[str, StreamingScorer]:
        """By view; without annotations, of whole images alone."""
        if isinstance(self.scorer, StreamingScorer):
            return {SCENES: self.scorer}
        return self.scorer.scorers

    def enter(self, read: ReadImages, files: Mapping[str, Signature]) -> Sequence[str]:
        """Count the images of files in the place of what was known of these files.

        Parameters
        ----------
        read
            What was read, of these files and maybe of others.
        files
            As they were when they were read.

        Returns
        -------
        list of str
            The images.
        """
        pictures = read.of_files(files)
        names: dict[str, dict[str, list[str]]] = {file: {} for file in files}
        failures: dict[str, list[tuple[str, str]]] = {file: [] for file in files}
        for view, of_view in pictures.items():
            for place, name in zip(of_view.images, of_view.names, strict=True):
                names[read.files[place]].setdefault(view, []).append(name)
        for file, name, reason in read.failures:
            if file in files:
                failures[file].append((name, reason))
        self._discard(files)
        for file, signature in files.items():
            entry = Entry(
                signature,
                tuple(names[file].get(SCENES, ())),
                tuple(failures[file]),
                endings_of(file, names[file]),
                None if read.objects is None else read.objects[file],
            )
            self.ledger.enter(file, entry)
        for view, scorer in self.scorers.items():
            pictures[view].given_to(scorer)
        return pictures[SCENES].names

    def drop(self, files: Iterable[str]) -> None:
        """Let files count no longer."""
        gone = list(files)
        self._discard(gone)
        for file in gone:
            self.ledger.strike(file)

    def result(self, notes: Sequence[str]) -> StreamResult:
        """Score what counts.

        Parameters
        ----------
        notes
            What the reader should know of its objects.

        Raises
        ------
        ValueError
            There are too few images.
        """
        if isinstance(self.scorer, StreamingScorer):
            return self.scorer.result()
        return self.scorer.result(notes)

    def _discard(self, files: Iterable[str]) -> None:
        """Take images that count out of the scores, before they leave or are read anew."""
        leaving: dict[str, list[str]] = {}
        for file in files:
            for view, names in self.ledger.names_of(file).items():
                leaving.setdefault(view, []).extend(names)
        for view, gone in leaving.items():
            self.scorers[view].discard(gone)
