"""What every pool of workers offers, and what a worker needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WORKER_MEMORY = 1 << 30
"""Bytes that a worker may take where nothing else was asked for."""


@dataclass(frozen=True, slots=True)
class WorkerNeeds:
    """What one worker takes of the machine it runs on.

    Attributes
    ----------
    threads
        Cores.
    memory
        Bytes, beside what Python and its packages take.
    cuda
        Whether it takes a CUDA device.
    """

    threads: int = 1
    memory: int = WORKER_MEMORY
    cuda: bool = False


class Workers(Protocol):
    """A pool of workers. A task is a function of a module and its arguments, both picklable.

    A task has no effect but its result: it may run twice, where a worker died in the middle of it.
    Whoever offers workers starts it again elsewhere; order and completeness are the business of
    those who ask (`as_finished`, `in_order`).
    """

    @property
    def count(self) -> int:
        """How many tasks run at a time, at least 1; it may change while a pool is at work."""

    def share(self, value: Any) -> Any:
        """Return what stands for a value among the arguments of tasks.

        The value is sent to a machine once, however many tasks take it; it goes when nothing that
        stands for it is left.
        """

    def share_result(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """Return what stands for what a task returns among the arguments of other tasks.

        They begin when it is done, and raise what it raised. It goes as what `share` returns.
        """

    def submit(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """Begin a task when a worker is free; returns what it is known by."""

    def wait(self, tasks: Sequence[Any]) -> Any:
        """Wait until one of the tasks is done, and return that."""

    def result(self, task: Any) -> Any:
        """Return what a task that is done returned, or raise what it raised.

        Raises
        ------
        OSError
            Workers died again and again in the middle of it.
        """

    def cancel(self, tasks: Sequence[Any]) -> None:
        """Let go of tasks, whether they run or not."""
