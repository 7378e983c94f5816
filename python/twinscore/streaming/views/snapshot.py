"""The scorers of all views at one moment, and the file they are kept in."""

from __future__ import annotations

import io
import json
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from twinscore.base.json_text import parse_json
from twinscore.base.saved_state import ArrayForm, Fields, read_saved_arrays
from twinscore.images.views.settings import SCENES, VIEWS, ViewSettings
from twinscore.streaming.snapshot import Snapshot
from twinscore.streaming.state_archive import write_archive

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT = "twinscore-views"
FORMAT_VERSION = 1

_HEADER = "header"
_FORM = ArrayForm(("uint8",), axes=1)


@dataclass(frozen=True, slots=True)
class ViewsSnapshot:
    """What `StreamingViews` consists of.

    Attributes
    ----------
    scorers
        By view, in the order of `VIEWS`.
    settings
        How images are looked at.
    real_notes
        What the reader should know of the real side.
    group_by
        Column whose values are the groups of images.
    """

    scorers: dict[str, Snapshot]
    settings: ViewSettings
    real_notes: tuple[str, ...] = ()
    group_by: str | None = None

    def write(
        self, file: str | os.PathLike[str] | BinaryIO, notes: Mapping[str, Any] | None = None
    ) -> None:
        """Write it, with notes of the caller's in JSON; see `write_archive`."""
        header = {
            "format": FORMAT,
            "version": FORMAT_VERSION,
            "settings": self.settings.to_dict(),
            "real_notes": self.real_notes,
            "group_by": self.group_by,
            "notes": dict(notes or {}),
        }
        content: dict[str, Any] = {_HEADER: np.array(json.dumps(header))}
        for view in VIEWS:
            buffer = io.BytesIO()
            if view in self.scorers:
                self.scorers[view].write(buffer)
            content[view] = np.frombuffer(buffer.getbuffer(), dtype=np.uint8)
        write_archive(file, content)

    @staticmethod
    def is_in(file: Path) -> bool:
        """Tell whether a file holds views, rather than one stream; any other is neither."""
        try:
            with zipfile.ZipFile(file) as archive:
                return f"{SCENES}.npy" in archive.namelist()
        except Exception:
            # Damage makes zipfile raise nearly every kind of error; who reads it says which.
            return False

    @classmethod
    def read_with_notes(
        cls, file: str | os.PathLike[str] | BinaryIO
    ) -> tuple[ViewsSnapshot, dict[str, Any]]:
        """Read it and the caller's notes.

        Raises
        ------
        FileNotFoundError
            There is no such file.
        ValueError
            It is damaged, or of another format.
        """
        if not isinstance(file, str | os.PathLike):
            return cls._read(file, "the file given")
        if not Path(file).is_file():
            raise FileNotFoundError(
                f"expected the saved state of a stream of views, but {os.fspath(file)!r} is none"
            )
        with Path(file).open("rb") as opened:
            return cls._read(opened, repr(os.fspath(file)))

    @classmethod
    def _read(cls, file: BinaryIO, name: str) -> tuple[ViewsSnapshot, dict[str, Any]]:
        try:
            text, arrays = read_saved_arrays(file, dict.fromkeys(VIEWS, _FORM), _HEADER)
            header = Fields(parse_json(text))
            found = (header.any("format"), header.any("version"))
            if found != (FORMAT, FORMAT_VERSION):
                raise ValueError(f"expected format {FORMAT} {FORMAT_VERSION}, got {found}")
            settings = _saved_settings(header.fields("settings"))
            scorers = {
                view: Snapshot.read(io.BytesIO(arrays[view].tobytes())) for view in settings.names
            }
            notes: dict[str, Any] = header.fields("notes").values
            group_by = None if header.is_missing("group_by") else header.text("group_by")
            return cls(scorers, settings, header.texts("real_notes"), group_by), notes
        except ValueError as error:
            raise ValueError(
                f"{name} is not the complete saved state of a stream of views: {error}"
            ) from error


def _saved_settings(saved: Fields) -> ViewSettings:
    settings = ViewSettings(
        names=saved.texts("names"),
        margin=saved.number("margin"),
        smallest=saved.whole("smallest", least=1),
        without_background=saved.flag("without_background"),
    )
    if SCENES not in settings.names:
        raise ValueError(f"'names': expected {SCENES} among them, got {settings.names}")
    return settings
