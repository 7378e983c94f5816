"""The options of `twinscore score` that say what is scored, and how."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

import click

from twinscore.cli.duration import seconds_of
from twinscore.cli.numbers import Number
from twinscore.cli.options import (
    allow_remote_paths_option,
    device_option,
    domain_option,
    exposure_option,
    memory_option,
    model_option,
    neighbors_option,
    threads_option,
    video_interval_option,
    workers_option,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Option = Callable[[Callable[..., int]], Callable[..., int]]


def measuring_options(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options of what is measured; `with_settings` takes them."""
    return _with(command, _MEASURING)


def running_options(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options of how it is run; `with_settings` takes them."""
    return _with(command, _RUNNING)


def with_settings(command: Callable[..., int]) -> Callable[..., int]:
    """Hand a command the options above, and its ``views``, as one: ``settings``."""

    @functools.wraps(command)
    def with_these(**said: Any) -> int:
        from twinscore.scoring.options import settings_of

        keywords = {name: said.pop(name) for name in inspect.signature(settings_of).parameters}
        return command(settings=settings_of(**keywords), **said)

    return with_these


def _with(command: Callable[..., int], options: Sequence[Option]) -> Callable[..., int]:
    for option in reversed(options):
        command = option(command)
    return command


_MEASURING: tuple[Option, ...] = (
    neighbors_option,
    model_option,
    device_option,
    click.option(
        "--backend",
        default="exact",
        show_default=True,
        metavar="NAME",
        help="Neighbor search: exact, auto, or one that 'twinscore bench --help' lists.",
    ),
    click.option(
        "--precision",
        type=Number(0, min_open=True),
        metavar="X",
        help="Score a random sample of the synthetic images, to plus or minus X.",
    ),
    click.option(
        "--budget",
        callback=seconds_of,
        metavar="TIME",
        help="The same, searching until the time is over: 60s, 5m, 1h.",
    ),
    click.option(
        "--group-by",
        metavar="COLUMN",
        help="Images alike in a column are correlated (a clip, a scene) and count as one: folder, "
        "folder:1 (the outermost), or a column of a manifest.",
    ),
    click.option(
        "--slice-by",
        multiple=True,
        metavar="COLUMN",
        help="Score the synthetic images of each value of a column apart. May be repeated.",
    ),
    click.option(
        "--label-by",
        metavar="COLUMN",
        help="Column of both sides with the class of each image (folder, where classes are "
        "folders): how many real images find their class among the synthetic ones.",
    ),
    click.option(
        "--collapse-duplicates",
        is_flag=True,
        help="Images of one side that are nearly the same count as one.",
    ),
    click.option(
        "--interval",
        default="local",
        show_default=True,
        type=click.Choice(["local", "subsample", "jackknife", "query-bootstrap"]),
        help="How the 95% interval is found.",
    ),
    click.option(
        "--diagnostics/--no-diagnostics",
        default=True,
        show_default=True,
        help="Whether to search on: equal sides, distance ratio, principal axes, control.",
    ),
    click.option(
        "--richness/--no-richness",
        default=True,
        show_default=True,
        help="Whether to tell how much of reality the synthetic images reach.",
    ),
    click.option(
        "--space",
        default="embedding",
        show_default=True,
        type=click.Choice(["embedding", "umap2d"]),
        help="umap2d, with --convention notebook: the published procedure beside the score.",
    ),
    click.option(
        "--convention",
        default="exact",
        show_default=True,
        type=click.Choice(["exact", "notebook"]),
        help="notebook, with --space umap2d: chance is n_r / N, the second hit is the neighbor.",
    ),
    domain_option,
)

_RUNNING: tuple[Option, ...] = (
    exposure_option,
    video_interval_option,
    allow_remote_paths_option,
    click.option(
        "--allow-skips", is_flag=True, help="Score even if over 5% of a side cannot be read."
    ),
    threads_option,
    memory_option,
    workers_option,
    click.option("--seed", default=0, show_default=True, help="Of permutations and draws."),
)
