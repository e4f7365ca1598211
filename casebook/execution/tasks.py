"""Tasks in processes of their own: what a pool of them promises, whatever starts its processes."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from casebook.errors import CasebookError


@dataclass(frozen=True)
class Limits:
    """What one task may use; beyond it the task is ended, with all the processes it started."""

    deadline: float = 300.0
    """Seconds for the whole task."""
    memory: int = 4 << 30
    """Bytes of resident memory of the task's processes together."""
    output: int = 50 << 20
    """Bytes of output that the cells of a notebook may give together."""


def deadline_message(deadline: float) -> str:
    """What is said of a task that has not ended in time."""
    return f"not finished within the deadline of {deadline:g} seconds"


@dataclass(frozen=True)
class TaskResult:
    """How a task ended: with a value, or with an error."""

    value: Any = None
    error: CasebookError | None = None
    seconds: float = 0.0
    """From its start in a process to its end."""


class TaskPool(ABC):
    """Runs tasks, at most `jobs` at a time, each in a process of its own; a context manager.

    `function` is `package.module:name`; `preload` names modules to import once, or functions
    (`package.module:name`) to call once, so that every task finds them ready. `learn` names packages whose
    modules are imported for all as soon as one task has done so. `on_progress(key, doing)` is told, inside
    `completed`, what a task says it is doing (see `worker.progress`).
    """

    def __init__(
        self,
        function: str,
        *,
        jobs: int,
        preload: Sequence[str] = (),
        learn: Sequence[str] = (),
        limits: Limits = Limits(),
        on_progress: Callable[[str, str], None] | None = None,
    ) -> None:
        self.jobs = max(1, jobs)
        self._function, self._limits, self._on_progress = function, limits, on_progress
        self._preload, self._learn = tuple(preload), tuple(learn)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.cancel()

    @abstractmethod
    def submit(self, key: str, *arguments: Any) -> None:
        """Ask for a task: the function is called with these arguments, which must be picklable."""

    @abstractmethod
    def completed(self) -> Iterator[tuple[str, TaskResult]]:
        """Give key and result of each task, in the order in which they end."""

    @abstractmethod
    def cancel(self) -> None:
        """Forget the tasks that wait, and kill those under way with everything they started."""

    @abstractmethod
    def interrupt(self) -> None:
        """From another thread: kill the tasks under way; `completed` says so of each."""


def pool_class() -> type[TaskPool]:
    """The pool for this system: forks where that is safe, otherwise a fresh Python for each task."""
    # Each imports what the other's system lacks.
    if sys.platform == "linux":
        from casebook.execution.fork_pool import ForkPool

        return ForkPool
    from casebook.execution.spawn_pool import SpawnPool

    return SpawnPool
