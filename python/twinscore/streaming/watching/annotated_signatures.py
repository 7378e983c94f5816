"""How files look together with what is written down of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from twinscore.images.sources.endings import is_video_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from twinscore.streaming.watching.frame_annotations import FrameAnnotations
    from twinscore.streaming.watching.frames import Signature
    from twinscore.streaming.watching.ledger import Ledger


class AnnotatedSignatures:
    """Signatures of files that differ once the annotations of these files have changed.

    Parameters
    ----------
    folder
        That is watched.
    annotations
        Of its frames; None where there are none, and signatures are of files alone.
    ledger
        The files that were looked at.
    """

    def __init__(self, folder: Path, annotations: FrameAnnotations | None, ledger: Ledger) -> None:
        self._folder = folder
        self._annotations = annotations
        self._ledger = ledger

    @property
    def are_due(self) -> bool:
        """Whether annotations are to be looked at anew."""
        return self._annotations is not None and self._annotations.is_due

    def holds(self, file: str) -> bool:
        """Tell whether a file is no frame, but lies among annotations."""
        return self._annotations is not None and self._annotations.holds(self._folder / file)

    def look(self, files: Iterable[str]) -> set[str]:
        """Look at annotations anew; return those of the files for which anything changed."""
        if self._annotations is None:
            return set()
        images = {
            file: self._ledger.images_of(file) if is_video_name(file) else (file,)
            for file in files
            if not self.holds(file)
        }
        return self._annotations.look(images)

    def of(self, file: str, signature: Signature) -> Signature:
        """Return the signature of a file with the stamp of its annotation, as last seen."""
        if self._annotations is None:
            return signature
        stamp = self._annotations.stamp_of(file)
        is_away = not self._annotations.have_landed
        if is_away and self._ledger.knows_but_for_annotation(file, signature):
            # Written down before a restart, and not to be read at the moment: as it was.
            stamp = self._ledger.annotation_of(file)
        return replace(signature, annotation=stamp)
