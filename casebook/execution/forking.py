"""Tasks in processes of their own, forked from a warm helper that supervises them.

A task can't harm another or the caller: it has a deadline and limits, and however it ends (a result, an error, a
signal, `os._exit`), the caller learns it in words.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from casebook.errors import CasebookError, ExecutionError


@dataclass(frozen=True)
class Limits:
    """What one task may use; beyond it the task is ended, with all the processes it started."""

    deadline: float = 300.0
    """Seconds for the whole task."""
    memory: int = 4 << 30
    """Bytes of resident memory of the task's processes together."""
    output: int = 50 << 20
    """Bytes of output that the cells of a notebook may give together."""


@dataclass(frozen=True)
class Ended:
    """How a task ended: with a value, or with an error."""

    value: Any = None
    error: CasebookError | None = None
    seconds: float = 0.0
    """From its start in a process to its end."""


class Forks:
    """Runs tasks, at most `jobs` at a time, each in a process of its own; a context manager.

    `function` is `package.module:name`; `preload` names modules that the helper imports once, or functions
    (`package.module:name`) that it calls once, so that every task finds them ready.
    `on_progress(key, doing)` is told, inside `completed`, what a task says it is doing (see `progress`).
    """

    def __init__(
        self,
        function: str,
        *,
        jobs: int,
        preload: Sequence[str] = (),
        limits: Limits = Limits(),
        on_progress: Callable[[str, str], None] | None = None,
    ) -> None:
        module, _, name = function.partition(":")
        self._function = getattr(importlib.import_module(module), name)
        self._tasks: list[tuple[str, tuple[Any, ...]]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.cancel()

    def submit(self, key: str, *arguments: Any) -> None:
        """Ask for a task: the function is called with these arguments, which must be picklable."""
        self._tasks.append((key, arguments))

    def completed(self) -> Iterator[tuple[str, Ended]]:
        """Give key and end of each task, in the order in which they end."""
        while self._tasks:
            key, arguments = self._tasks.pop(0)
            begin = time.perf_counter()
            try:
                value, error = self._function(*arguments), None
            except CasebookError as raised:
                value, error = None, raised
            except Exception as raised:
                value, error = None, ExecutionError(f"{type(raised).__name__}: {raised}")
            yield key, Ended(value, error, time.perf_counter() - begin)

    def cancel(self) -> None:
        """Forget the tasks that wait, and kill those under way with everything they started."""
        self._tasks.clear()


def progress(doing: str) -> None:
    """Say, inside a task, what it is doing (`templates/x/template.ipynb, cell 7`).

    If the task is killed, its error begins with these words. Outside a task it does nothing.
    """
