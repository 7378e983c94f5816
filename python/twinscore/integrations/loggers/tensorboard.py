"""Results as event files that TensorBoard shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from twinscore.base.extras import require
from twinscore.integrations.loggers.names import PREFIX, new_run_name

if TYPE_CHECKING:
    import os

    from twinscore.integrations.loggers.entry import LogEntry


SECONDS_UNWRITTEN = 1
"""What a process that is killed loses."""


class TensorBoardLogger:
    """Writes scalars, pictures and the verdict; needs the extra ``tensorboard``.

    Parameters
    ----------
    folder
        That ``tensorboard --logdir`` is given.
    run
        Its subfolder for this run; by default the date and time.

    Raises
    ------
    MissingExtraError
        The writer is not installed.
    OSError
        The folder cannot be written.
    """

    def __init__(self, folder: str | os.PathLike[str] = "runs", *, run: str | None = None) -> None:
        writers = require("tensorboardX", extra="tensorboard", purpose="a log for TensorBoard")
        self._folder = Path(folder) / (run or new_run_name())
        self._writer = writers.SummaryWriter(str(self._folder), flush_secs=SECONDS_UNWRITTEN)
        self._entries = 0

    @property
    def place(self) -> str:
        """The folder of this run."""
        return str(self._folder)

    def log(self, entry: LogEntry) -> None:
        """Write an entry; it is on disk within seconds."""
        step = self._entries if entry.step is None else entry.step
        for name, value in entry.figures.items():
            self._writer.add_scalar(PREFIX + name, value, step)
        for picture in entry.pictures:
            pixels = np.asarray(picture.image.convert("RGB"))
            self._writer.add_image(PREFIX + picture.name, pixels, step, dataformats="HWC")
        captions = "".join(f"\n\n{picture.name}: {picture.caption}" for picture in entry.pictures)
        self._writer.add_text(f"{PREFIX}verdict", entry.verdict + captions, step)
        if self._entries == 0:
            settings = json.dumps(entry.record.get("settings", {}), indent=2)
            self._writer.add_text(f"{PREFIX}settings", f"```json\n{settings}\n```", step)
        self._entries += 1

    def close(self) -> None:
        """Close the event file."""
        self._writer.close()
