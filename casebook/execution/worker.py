"""What a task of a pool knows of itself: its limits, and its connection to the supervisor."""

from __future__ import annotations

import os
import sys
import traceback
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from casebook.errors import ExecutionError
from casebook.execution.tasks import Limits
from casebook.schema.wording import shortened


@dataclass
class Task:
    """The task that this process runs."""

    line: Connection
    folder: Path
    """For temporary files; removed when the task ends."""
    limits: Limits
    process: int = field(default_factory=os.getpid)
    activity: str = ""
    """As it last said itself."""
    known: frozenset[str] = field(default_factory=lambda: frozenset(sys.modules))
    """The modules that it found imported."""

    @property
    def captured(self) -> tuple[Path, Path]:
        """The files that the process's own standard output and error go to."""
        return self.folder / "stdout", self.folder / "stderr"


_current: Task | None = None


def begin(task: Task) -> None:
    """Make this process the one of a task."""
    global _current
    _current = task


def current() -> Task | None:
    """The task that this process runs, if it is one of a task."""
    # A process that the task forked is no task: it must not speak for it.
    return _current if _current and _current.process == os.getpid() else None


def progress(doing: str) -> None:
    """Say, inside a task, what it is doing (`templates/x/template.ipynb, cell 7`).

    If the task is killed, its error begins with these words. Outside a task it does nothing.
    """
    if task := current():
        task.activity = doing
        task.line.send(("progress", doing))


def unexpected(task: Task, error: BaseException) -> ExecutionError:
    """An error that nobody meant to raise, as one of a task; its traceback goes along as a note."""
    where = f"{task.activity}: " if task.activity else ""
    wrapped = ExecutionError(f"{where}{shortened(f'{type(error).__name__}: {error}')}")
    wrapped.add_note(traceback.format_exc())
    return wrapped
