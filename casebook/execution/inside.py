"""What a task of `Forks` knows of itself: that it is one, its limits, and a line to its supervisor."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path


@dataclass(frozen=True)
class Limits:
    """What one task may use; beyond it the task is ended, with all the processes it started."""

    deadline: float = 300.0
    """Seconds for the whole task."""
    memory: int = 4 << 30
    """Bytes of resident memory of the task's processes together."""
    output: int = 50 << 20
    """Bytes of output that the cells of a notebook may give together."""


@dataclass
class Task:
    """The task that this process runs."""

    line: Connection
    folder: Path
    """For temporary files; removed when the task ends."""
    limits: Limits
    process: int
    doing: str = ""
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
        task.doing = doing
        task.line.send(("progress", doing))
