"""Results in a run of MLflow."""

from __future__ import annotations

import os
import re
import time
from typing import TYPE_CHECKING, Any

from twinscore.base.extras import require
from twinscore.integrations.loggers.names import PREFIX

if TYPE_CHECKING:
    from twinscore.integrations.loggers.entry import LogEntry

_NOT_IN_NAMES = re.compile(r"[^\w\-. :/]", re.ASCII)
LONGEST_TAG = 5000
"""Characters that MLflow keeps of a tag."""
METRICS_AT_ONCE = 1000
"""Metrics that a server takes in one request."""


class MlflowLogger:
    """Logs figures, pictures, the verdict and result.json; needs the extra ``mlflow``.

    Parameters
    ----------
    experiment
        Of a new run, made where there is none of that name. None: the run that is active, or else
        a new one in the experiment that ``MLFLOW_EXPERIMENT_NAME`` names.
    tracking_uri
        Where MLflow keeps runs; by default as ``MLFLOW_TRACKING_URI`` or the caller has set it.

    Raises
    ------
    MissingExtraError
        The package is not installed.
    """

    def __init__(self, experiment: str | None = None, *, tracking_uri: str | None = None) -> None:
        mlflow = require("mlflow", extra="mlflow", purpose="a log for MLflow")
        self._entities: Any = mlflow.entities
        self._client = mlflow.MlflowClient(tracking_uri=tracking_uri)
        active = mlflow.active_run() if experiment is None else None
        self._is_own = active is None
        self._run: Any = active or self._client.create_run(self._experiment(experiment))
        self._tracking_uri = tracking_uri or mlflow.get_tracking_uri()
        self._entries = 0

    @property
    def place(self) -> str:
        """Where runs are kept, and the id of this one."""
        return f"{self._tracking_uri} run {self._run.info.run_id}"

    def log(self, entry: LogEntry) -> None:
        """Log an entry; result.json is that of the last one."""
        run_id = self._run.info.run_id
        step = self._entries if entry.step is None else entry.step
        now = int(time.time() * 1000)
        metrics = [
            self._entities.Metric(_accepted(PREFIX + name), value, now, step)
            for name, value in entry.figures.items()
        ]
        for start in range(0, len(metrics), METRICS_AT_ONCE):
            self._client.log_batch(run_id, metrics=metrics[start : start + METRICS_AT_ONCE])
        self._client.set_tag(run_id, f"{PREFIX}verdict", entry.verdict[:LONGEST_TAG])
        for picture in entry.pictures:
            file = _accepted(f"{PREFIX}{picture.name}/{step:08}.png")
            self._client.log_image(run_id, picture.image, artifact_file=file)
        self._client.log_dict(run_id, dict(entry.record), f"{PREFIX}result.json")
        self._entries += 1

    def close(self) -> None:
        """End the run if it is the logger's own."""
        if self._is_own:
            self._client.set_terminated(self._run.info.run_id)

    def _experiment(self, name: str | None) -> str:
        name = name or os.environ.get("MLFLOW_EXPERIMENT_NAME", "Default")
        found = self._client.get_experiment_by_name(name)
        return str(self._client.create_experiment(name) if found is None else found.experiment_id)


def _accepted(name: str) -> str:
    """Put an underscore for what MLflow takes in no name."""
    return _NOT_IN_NAMES.sub("_", name)
