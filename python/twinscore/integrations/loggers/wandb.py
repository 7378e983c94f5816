"""Results in a run of Weights & Biases."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinscore.base.extras import require
from twinscore.integrations.loggers.names import PREFIX

if TYPE_CHECKING:
    from twinscore.integrations.loggers.entry import LogEntry

STEP = f"{PREFIX}step"


class WandbLogger:
    """Logs figures, pictures, settings and the verdict; needs the extra ``wandb``.

    Parameters
    ----------
    project
        Of a new run. None: the run that is active, such as that of a training loop, or else a new
        one as the environment describes it (``WANDB_PROJECT``, ``WANDB_MODE``, ...).
    run
        A run of the caller's in place of both; the caller finishes it.

    Raises
    ------
    MissingExtraError
        The package is not installed.
    """

    def __init__(self, project: str | None = None, *, run: Any = None) -> None:
        wandb = require("wandb", extra="wandb", purpose="a log for Weights & Biases")
        active: Any = run if run is not None else wandb.run if project is None else None
        self._is_own = active is None
        self._run: Any = active
        if active is None:
            # Its reports on the terminal would push ours away.
            quiet = wandb.Settings(silent=True, console="off")
            self._run = wandb.init(project=project, settings=quiet, reinit="create_new")
        self._image = wandb.Image
        self._entries = 0
        self._run.define_metric(STEP, hidden=True)
        self._run.define_metric(f"{PREFIX}*", step_metric=STEP)

    @property
    def place(self) -> str:
        """Address of the run; where it is offline, the folder that ``wandb sync`` takes."""
        return str(Path(self._run.dir).parent if self._run.offline else self._run.url)

    def log(self, entry: LogEntry) -> None:
        """Log an entry as one row of the run's history."""
        step = self._entries if entry.step is None else entry.step
        row: dict[str, Any] = {STEP: step}
        row.update({PREFIX + name: value for name, value in entry.figures.items()})
        for picture in entry.pictures:
            row[PREFIX + picture.name] = self._image(picture.image, caption=picture.caption)
        if self._entries == 0:
            settings = entry.record.get("settings", {})
            self._run.config.update({"twinscore": settings}, allow_val_change=True)
        self._run.log(row)
        self._run.summary[f"{PREFIX}verdict"] = entry.verdict
        self._entries += 1

    def close(self) -> None:
        """Finish the run if it is the logger's own."""
        if self._is_own:
            self._run.finish()
