from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from twinscore.integrations.loggers import MlflowLogger

if TYPE_CHECKING:
    from twinscore.integrations.loggers import LogEntry

mlflow = pytest.importorskip("mlflow", reason="needs mlflow")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A store of files, of which nobody else hears."""
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    return (tmp_path / "mlruns").as_uri()


def test_mlflow_reads_figures_pictures_and_the_result(
    store: str, tmp_path: Path, entries: list[LogEntry]
) -> None:
    logger = MlflowLogger("twins", tracking_uri=store)
    for entry in entries:
        logger.log(entry)
    logger.close()
    client, run = the_run(store, "twins")
    assert run.info.status == "FINISHED"
    assert run.info.run_id in logger.place
    history = client.get_metric_history(run.info.run_id, "twinscore/score")
    assert [(each.step, each.value) for each in history] == [(40, 0.5), (80, 0.75)]
    # MLflow takes no percent sign.
    assert run.data.metrics["twinscore/slices/weather/50_ rain/score"] == 0.6
    assert run.data.tags["twinscore/verdict"] == "Nearly mixed."

    def fetched(file: str) -> str:
        return str(client.download_artifacts(run.info.run_id, file, str(tmp_path)))

    with Image.open(fetched("twinscore/pairs/1/00000080.png")) as picture:
        assert picture.size == (20, 10)
    result = Path(fetched("twinscore/result.json"))
    assert json.loads(result.read_text(encoding="utf-8")) == entries[1].record


def test_a_run_that_is_active_is_joined_and_goes_on(
    store: str, entries: list[LogEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store)
    with mlflow.start_run() as active:
        logger = MlflowLogger()
        logger.log(entries[0])
        logger.close()
        run = mlflow.MlflowClient(store).get_run(active.info.run_id)
        assert run.info.status == "RUNNING"
        assert run.data.metrics["twinscore/score"] == 0.5


def test_without_a_name_the_environment_names_the_experiment(
    store: str, entries: list[LogEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "from the environment")
    logger = MlflowLogger(tracking_uri=store)
    logger.log(entries[0])
    logger.close()
    assert the_run(store, "from the environment")[1].data.metrics["twinscore/score"] == 0.5


def the_run(store: str, experiment: str) -> tuple[Any, Any]:
    client = mlflow.MlflowClient(store)
    found = client.get_experiment_by_name(experiment)
    (run,) = client.search_runs([found.experiment_id])
    return client, run
