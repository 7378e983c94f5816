"""Results in Weights & Biases, MLflow and TensorBoard: scores, their parts, pictures.

Each needs the extra of its name: ``wandb``, ``mlflow``, ``tensorboard``. Wherever twinscore takes
``log``, it takes a line such as ``"wandb:twins"``, one of these, or anything else that is a
``Logger``.
"""

from twinscore.integrations.loggers.entry import LogEntry, Logger, Picture
from twinscore.integrations.loggers.mlflow import MlflowLogger
from twinscore.integrations.loggers.opening import open_log
from twinscore.integrations.loggers.result_log import ResultLog
from twinscore.integrations.loggers.tensorboard import TensorBoardLogger
from twinscore.integrations.loggers.wandb import WandbLogger

__all__ = [
    "LogEntry",
    "Logger",
    "MlflowLogger",
    "Picture",
    "ResultLog",
    "TensorBoardLogger",
    "WandbLogger",
    "open_log",
]
