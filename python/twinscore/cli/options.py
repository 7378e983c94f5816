"""Options that several commands take, their values checked before any work begins."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from twinscore.cli.numbers import Number
from twinscore.embedding.models import DEFAULT_MODEL

if TYPE_CHECKING:
    from twinscore.images.decoding import Preprocessing
    from twinscore.integrations.loggers import ResultLog


def check_device(
    _context: click.Context, _parameter: click.Parameter, value: str | None
) -> str | None:
    """Refuse what is no name of a device; whether it is there is found out when it is used."""
    from twinscore.base.devices import is_device_name

    if value is not None and not is_device_name(value):
        raise click.BadParameter(f"expected cpu, cuda, cuda:N or auto, got {value!r}")
    return value


def check_memory(
    _context: click.Context, _parameter: click.Parameter, value: str | None
) -> int | None:
    """Read an amount of memory."""
    from twinscore.base.memory import bytes_of

    if value is None:
        return None
    try:
        return bytes_of(str(value), "an amount of memory")
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def check_workers_word(
    _context: click.Context, _parameter: click.Parameter, value: str | None
) -> str | None:
    """Refuse what names no workers; whether they are there is found out when they are used."""
    from twinscore.base.workers.opening import check_workers

    check_workers(value)
    return value


def read_preprocessing(
    _context: click.Context, _parameter: click.Parameter, value: str | None
) -> Preprocessing | None:
    """Read JSON, or the file that holds it."""
    if value is None:
        return None
    from twinscore.base.json_text import parse_json
    from twinscore.images.decoding.stated_preprocessing import as_preprocessing

    text = value
    if not value.lstrip().startswith("{"):
        try:
            text = Path(value).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise click.BadParameter(f"expected JSON or a file of it: {error}") from error
    try:
        return as_preprocessing(parse_json(text))
    except (ValueError, TypeError) as error:
        raise click.BadParameter(str(error)) from error


neighbors_option = click.option(
    "--k", default=1, show_default=True, type=click.IntRange(1), help="Neighbors per image."
)
model_option = click.option(
    "--model",
    default=DEFAULT_MODEL,
    show_default=True,
    metavar="NAME|FILE.onnx",
    help="Network that embeds the images; also torchvision:MODEL, timm:MODEL.",
)
device_option = click.option(
    "--device",
    default="cpu",
    show_default=True,
    callback=check_device,
    metavar="cpu|cuda|cuda:N|auto",
    help="Where the network runs.",
)
exposure_option = click.option(
    "--exposure",
    type=Number(),
    metavar="STOPS",
    help="Of OpenEXR and HDR files; 1 doubles the light.",
)
allow_remote_paths_option = click.option(
    "--allow-remote-paths",
    is_flag=True,
    help="Let a list or table at a URL lead to files of this machine and to other hosts.",
)
domain_option = click.option(
    "--domain",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="What the images are meant to show, as declared in a file: see 'twinscore domain'.",
)
video_interval_option = click.option(
    "--video-interval",
    type=Number(),
    default=1.0,
    show_default=True,
    metavar="SECONDS",
    help="Between two frames of a clip.",
)
memory_option = click.option(
    "--memory",
    callback=check_memory,
    metavar="SIZE",
    help="Most that a search for neighbors may take, such as 4GiB; of stores and embeddings.",
)
workers_option = click.option(
    "--workers",
    callback=check_workers_word,
    metavar="ray[://HOST:PORT]",
    help="Embed and search on a cluster of Ray; --threads and --memory are then each worker's.",
)
threads_option = click.option("--threads", type=click.IntRange(1), help="Default: all cores.")


def _checked_log(
    _context: click.Context, _parameter: click.Parameter, value: tuple[str, ...]
) -> ResultLog:
    """Refuse what names no logger, before any work; the command opens what is left."""
    from twinscore.integrations.loggers import open_log

    return open_log(value)


log_option = click.option(
    "--log",
    multiple=True,
    callback=_checked_log,
    metavar="TOOL[:PLACE]",
    help="Also log score, parts and pictures to wandb:PROJECT, mlflow:EXPERIMENT or "
    "tensorboard:DIR. May be repeated.",
)
