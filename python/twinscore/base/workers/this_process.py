"""Tasks in this process, its one worker: each runs when it is waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class ThisProcess:
    """Does one task after another, without a copy of anything."""

    count = 1

    def __init__(self) -> None:
        self._begun: dict[int, tuple[Callable[..., Any], tuple[Any, ...]]] = {}
        self._next = 0

    def share(self, value: Any) -> Any:
        """Return the value itself."""
        return value

    def share_result(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """Do a task now."""
        return function(*arguments)

    def submit(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> int:
        """Note a task."""
        self._begun[self._next] = function, arguments
        self._next += 1
        return self._next - 1

    def wait(self, tasks: Sequence[Any]) -> Any:
        """Return the first."""
        return tasks[0]

    def result(self, task: Any) -> Any:
        """Do a task."""
        function, arguments = self._begun.pop(task)
        return function(*arguments)

    def cancel(self, tasks: Sequence[Any]) -> None:
        """Forget tasks."""
        for task in tasks:
            self._begun.pop(task, None)
