"""Tasks where processes can't be forked safely (macOS, Windows): a fresh Python for each.

Slower than forks: each task imports what it needs. Of the limits only the deadline holds, and what a task
started may outlive it.
"""

from __future__ import annotations

import importlib
import multiprocessing
import shutil
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

from casebook.errors import CasebookError, ExecutionError
from casebook.execution import worker
from casebook.execution.tasks import Limits, TaskPool, TaskResult, deadline_message
from casebook.execution.worker import Task

_SPAWN = multiprocessing.get_context("spawn")


@dataclass
class _Child:
    key: str
    process: SpawnProcess
    folder: Path
    begin: float
    activity: str = ""


class SpawnPool(TaskPool):
    """Tasks in processes that begin from nothing; `preload` and `learn` have no meaning here."""

    def __init__(self, function: str, **settings: Any) -> None:
        super().__init__(function, **settings)
        self._waiting: deque[tuple[str, tuple[Any, ...]]] = deque()
        self._running: dict[Any, _Child] = {}

    def submit(self, key: str, *arguments: Any) -> None:
        """Ask for a task: the function is called with these arguments, which must be picklable."""
        self._waiting.append((key, arguments))

    def completed(self) -> Iterator[tuple[str, TaskResult]]:
        """Give key and end of each task, in the order in which they end."""
        while self._waiting or self._running:
            while self._waiting and len(self._running) < self.jobs:
                self._begin(*self._waiting.popleft())
            for line in wait(list(self._running), 0.1):
                if ended := self._receive(line):
                    yield ended
            for line, child in list(self._running.items()):
                if time.monotonic() - child.begin > self._limits.deadline:
                    yield self._end(line, None, self._failed(child, deadline_message(self._limits.deadline)))

    def interrupt(self) -> None:
        """From another thread: kill the tasks under way; `completed` says of them that they were lost."""
        for child in list(self._running.values()):
            child.process.kill()

    def cancel(self) -> None:
        """Forget the tasks that wait, and kill those under way."""
        self._waiting.clear()
        for line in list(self._running):
            self._end(line, None, None)

    def _begin(self, key: str, arguments: tuple[Any, ...]) -> None:
        line, theirs = _SPAWN.Pipe(duplex=False)
        folder = Path(tempfile.mkdtemp(prefix="casebook-"))
        process = _SPAWN.Process(target=_run, args=(self._function, arguments, theirs, folder, self._limits))
        process.start()
        theirs.close()
        self._running[line] = _Child(key, process, folder, time.monotonic())

    def _receive(self, line: Any) -> tuple[str, TaskResult] | None:
        child = self._running[line]
        try:
            kind, content = line.recv()
        except (EOFError, OSError):
            child.process.join(1)
            return self._end(line, None, self._failed(child, _exit_reason(child.process.exitcode)))
        if kind == "ended":
            return self._end(line, *content)
        child.activity = content
        if self._on_progress:
            self._on_progress(child.key, content)
        return None

    def _end(self, line: Any, value: Any, error: CasebookError | None) -> tuple[str, TaskResult]:
        child = self._running.pop(line)
        child.process.kill()
        child.process.join()
        line.close()
        shutil.rmtree(child.folder, ignore_errors=True)
        return child.key, TaskResult(value, error, time.monotonic() - child.begin)

    @staticmethod
    def _failed(child: _Child, reason: str) -> ExecutionError:
        return ExecutionError(f"{child.activity}: {reason}" if child.activity else reason)


def _run(function: str, arguments: tuple[Any, ...], line: Connection, folder: Path, limits: Limits) -> None:
    """Be the task."""
    tempfile.tempdir = str(folder)
    task = Task(line, folder, limits)
    worker.begin(task)
    module, _, name = function.partition(":")
    answer: tuple[Any, CasebookError | None]
    try:
        answer = getattr(importlib.import_module(module), name)(*arguments), None
    except CasebookError as error:
        answer = None, error
    except BaseException as error:
        answer = None, worker.unexpected(task, error)
    try:
        line.send(("ended", answer))
    except Exception as error:  # what can't be pickled
        line.send(("ended", (None, worker.unexpected(task, error))))


def _exit_reason(code: int | None) -> str:
    if code is not None and code < 0:
        return f"its process was ended by signal {-code}"
    return f"its process ended itself, with exit code {code}"
