"""Workers on the machines of a cluster of Ray."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from twinscore._version import __version__
from twinscore.base.memory import size_text
from twinscore.base.workers.ray_cluster import ray_module

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from twinscore.base.workers.protocol import WorkerNeeds

RETRIES = 8
"""How often a task is begun again whose worker died; what kills every worker is told in the end."""

SECONDS_BETWEEN_COUNTS = 5.0


class RayWorkers:
    """As many workers as the cluster has room for; machines may come and go.

    Parameters
    ----------
    needs
        Of each worker. Ray places no more of them on a machine than it has room for.

    Raises
    ------
    ValueError
        No machine of the cluster has what a worker needs.
    """

    def __init__(self, needs: WorkerNeeds) -> None:
        self._ray = ray_module()
        self._needs = needs
        self._counted = -SECONDS_BETWEEN_COUNTS
        self._count = 0
        # Processes on a CUDA device, too, are used again: a network is loaded once for each.
        self._perform = self._ray.remote(max_calls=0, max_retries=RETRIES)(perform)
        if self._room() == 0:
            raise ValueError(self._no_room())

    @property
    def count(self) -> int:
        """How many tasks run at a time."""
        now = time.monotonic()
        if now - self._counted >= SECONDS_BETWEEN_COUNTS:
            self._counted = now
            self._count = max(1, self._room())
        return self._count

    def share(self, value: Any) -> Any:
        """Put a value into the object store of this machine."""
        return self._ray.put(value)

    def share_result(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """Begin a task whose result stays where it is made until another asks for it."""
        return self.submit(function, arguments)

    def submit(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """Begin a task."""
        task = self._perform.options(
            name=function.__name__,
            num_cpus=self._needs.threads,
            num_gpus=int(self._needs.cuda),
            memory=self._needs.memory,
        )
        return task.remote(__version__, function, *arguments)

    def wait(self, tasks: Sequence[Any]) -> Any:
        """Wait until one is done."""
        done, _ = self._ray.wait(list(tasks), num_returns=1)
        return done[0]

    def result(self, task: Any) -> Any:
        """Return a result, or raise what the task raised, as if it had run here."""
        errors = self._ray.exceptions
        try:
            return self._ray.get(task)
        except errors.RayTaskError as error:
            if isinstance(error.cause, Exception):
                raise error.cause from error
            raise
        except errors.OutOfMemoryError as error:
            raise MemoryError(
                f"a worker of Ray took more than its machine has beside the {self._described()} "
                "asked for"
            ) from error
        except errors.RayError as error:
            raise OSError(
                f"workers of Ray died {RETRIES + 1} times in the middle of one part, or it was "
                f"lost: {_first_line(error)}"
            ) from error

    def cancel(self, tasks: Sequence[Any]) -> None:
        """Stop tasks, with the processes they run in."""
        for task in tasks:
            self._ray.cancel(task, force=True)

    def _room(self) -> int:
        return sum(self._room_of(node["Resources"]) for node in self._nodes())

    def _nodes(self) -> list[dict[str, Any]]:
        return [node for node in self._ray.nodes() if node["Alive"]]

    def _room_of(self, resources: dict[str, float]) -> int:
        rooms = [
            resources.get("CPU", 0.0) // self._needs.threads,
            resources.get("memory", 0.0) // self._needs.memory,
        ]
        if self._needs.cuda:
            rooms.append(resources.get("GPU", 0.0))
        return int(min(rooms))

    def _described(self) -> str:
        cores = f"{self._needs.threads} core{'s' * (self._needs.threads != 1)}"
        device = ", a CUDA device" if self._needs.cuda else ""
        return f"{cores}{device} and {size_text(self._needs.memory)}"

    def _no_room(self) -> str:
        has = "; ".join(
            f"{node['Resources'].get('CPU', 0):g} cores, {node['Resources'].get('GPU', 0):g} CUDA "
            f"devices, {size_text(int(node['Resources'].get('memory', 0)))}"
            for node in self._nodes()[:3]
        )
        return (
            f"expected a machine of the cluster with {self._described()} for a worker, "
            f"got {has or 'none'}"
        )


def perform(version: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """Do a task, in a process of Ray.

    Raises
    ------
    ImportError
        twinscore has another version there.
    """
    if version != __version__:
        raise ImportError(
            f"expected twinscore {version} on every machine of the cluster, got {__version__}"
        )
    return function(*arguments)


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
