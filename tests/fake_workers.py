"""A pool of workers in this process whose order, deaths and memory a test decides."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np


@dataclass(slots=True)
class Shared:
    """What stands for a value that was sent."""

    content: bytes


@dataclass(slots=True)
class FakeWorkers:
    """Does a task that chance picks, from a copy of its arguments, as another process would.

    Attributes
    ----------
    random
        Which task is done next, and which worker dies.
    count
        Tasks at a time.
    deaths
        Share of the tasks whose worker dies once at their end, so that they run again.
    """

    random: np.random.Generator
    count: int = 3
    deaths: float = 0.0
    begun: dict[int, bytes] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    died: int = 0
    most_begun: int = 0
    shared: int = 0
    _next: int = 0

    def share(self, value: Any) -> Any:
        self.shared += 1
        return Shared(pickle.dumps(value))

    def share_result(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        content = pickle.dumps((function, arguments))
        return Shared(pickle.dumps(self._do(content)))

    def submit(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> int:
        self.begun[self._next] = pickle.dumps((function, arguments))
        self.most_begun = max(self.most_begun, len(self.begun))
        self._next += 1
        return self._next - 1

    def wait(self, tasks: Sequence[Any]) -> Any:
        assert set(tasks) == set(self.begun)
        return tasks[int(self.random.integers(len(tasks)))]

    def result(self, task: Any) -> Any:
        content = self.begun.pop(task)
        if self.random.random() < self.deaths:
            self.died += 1
            self._do(content)
        return pickle.loads(pickle.dumps(self._do(content)))

    def cancel(self, tasks: Sequence[Any]) -> None:
        for task in tasks:
            self.begun.pop(task, None)

    def _do(self, content: bytes) -> Any:
        function, arguments = pickle.loads(content)
        self.names.append(function.__name__)
        values = (
            pickle.loads(each.content) if isinstance(each, Shared) else each for each in arguments
        )
        return function(*values)
