"""Tasks in processes of their own, forked from a server that supervises them.

A task can't harm another or the caller: it has a deadline and limits, and however it ends (a result, an
error, a signal, `os._exit`), the caller learns it in words.
"""

from __future__ import annotations

import contextlib
import math
import os
import pickle
import shutil
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Self

from casebook.errors import ExecutionError
from casebook.execution import processes
from casebook.execution.environment import cell_environment
from casebook.execution.tasks import Limits, TaskPool, TaskResult, deadline_message
from casebook.signals import defer_signals

_PACKAGE = str(Path(__file__).parents[2])
_GRACE = 30.0
"""Seconds past its deadline in which a server has to end a task; then the server itself is ended."""
_POLL_SECONDS = 1.0
"""Seconds between two looks at a server."""
_TRIES = 3
"""How often a task is begun before the loss of its server counts as its own failure."""
_QUIET = {
    **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
"""Keeps libraries from starting threads when they are imported: a fork would lose them."""


@dataclass
class _Task:
    key: str
    arguments: bytes
    losses: int = 0
    """How many servers were lost while it ran, or how often something else ended it."""
    begun: float = math.inf
    """When its server was free to begin it."""
    activity: str = ""
    """As it last said itself."""
    alone: bool = True
    """Whether no other task has been under way beside it."""


class ForkPool(TaskPool):
    """Tasks in forks of a server that has everything imported."""

    def __init__(self, function: str, **settings: Any) -> None:
        super().__init__(function, **settings)
        self._waiting: deque[_Task] = deque()
        self._running: dict[int, _Task] = {}
        self._number = 0
        self._stopped = False
        self._server: _Server | None = None

    def __enter__(self) -> Self:
        self._started()
        return self

    def submit(self, key: str, *arguments: Any) -> None:
        """Ask for a task: the function is called with these arguments, which must be picklable."""
        self._waiting.append(_Task(key, pickle.dumps(arguments)))

    def completed(self) -> Iterator[tuple[str, TaskResult]]:
        """Give key and end of each task, in the order in which they end.

        Raises ExecutionError where no server can be started.
        """
        while self._waiting or self._running:
            server = self._started()
            if self._stopped:  # looked at once the server is there to be killed
                tasks = [*self._running.values(), *self._waiting]
                self.cancel()
                yield from ((task.key, TaskResult(error=ExecutionError("it was stopped"))) for task in tasks)
                return
            self._fill(server)
            try:
                kind, number, content = server.receive()
            except (EOFError, OSError):
                yield from self._lost()
                continue
            if kind == "broken":
                self.cancel()
                error = ExecutionError(f"the process that runs notebooks can't start: {number}")
                error.add_note(content)
                raise error
            if kind == "ready":
                server.is_ready = True
                for task in self._running.values():
                    task.begun = time.monotonic()
            elif kind == "progress":
                self._running[number].activity = content
                if self._on_progress:
                    self._on_progress(self._running[number].key, content)
            elif kind in ("ended", "killed"):
                task = self._running.pop(number)
                if kind == "killed" and not (task.alone or task.losses):
                    # A cell of another task may have done it; with nobody beside it, it is its own doing.
                    task.losses += 1
                    self._waiting.append(task)
                    continue
                self._fill(server)
                yield task.key, TaskResult(*content)

    def cancel(self) -> None:
        """Forget the tasks that wait, and kill those under way with everything they started."""
        self._waiting.clear()
        self._running.clear()
        if self._server:
            self._server.end()
            self._server = None

    def interrupt(self) -> None:
        """From another thread: kill the tasks under way; `completed` says of all that they were stopped."""
        self._stopped = True
        if server := self._server:
            server.kill()

    def _started(self) -> _Server:
        if self._server is None:
            setup = (self._function, self._preload, self._learn, self._limits)
            self._server = _Server(*setup, lambda: any(map(self._is_overdue, list(self._running.values()))))
        return self._server

    def _is_overdue(self, task: _Task) -> bool:
        """Whether a task goes on though its server should have ended it."""
        return time.monotonic() - task.begun > self._limits.deadline + _GRACE

    def _fill(self, server: _Server) -> None:
        """Begin as many tasks as may be under way."""
        while self._waiting and len(self._running) < self.jobs:
            # A task under which a server was lost runs alone: if it is the cause, it harms no other.
            alone = any(task.losses for task in (self._waiting[0], *self._running.values()))
            if alone and self._running:
                return
            self._number += 1
            task = self._waiting.popleft()
            task.begun = time.monotonic() if server.is_ready else math.inf
            task.alone = not self._running
            for other in self._running.values():
                other.alone = False
            self._running[self._number] = task
            with contextlib.suppress(OSError):  # a server that is gone shows when it is heard
                server.line.send((self._number, task.arguments))

    def _lost(self) -> Iterator[tuple[str, TaskResult]]:
        """Clear up after a server that is gone; its tasks are begun again, or fail."""
        assert self._server is not None
        # With others beside it, an overdue task need not be the one that keeps the server from its work.
        overdue = [task for task in self._running.values() if task.alone and self._is_overdue(task)]
        lost = [task for task in self._running.values() if task not in overdue]
        fate = self._server.end()
        self._server = None
        self._running.clear()
        for task in reversed(lost):
            task.losses += 1
            if task.losses < _TRIES:
                self._waiting.appendleft(task)
        for task in lost:
            if task.losses >= _TRIES:
                yield task.key, TaskResult(error=ExecutionError(f"the process that runs it was lost: {fate}"))
        for task in overdue:
            where, spent = f"{task.activity}: " if task.activity else "", time.monotonic() - task.begun
            yield (
                task.key,
                TaskResult(
                    error=ExecutionError(where + deadline_message(self._limits.deadline)), seconds=spent
                ),
            )


class _Server:
    """A server process, and the line to it."""

    def __init__(
        self,
        function: str,
        preload: Sequence[str],
        learn: Sequence[str],
        limits: Limits,
        is_overdue: Callable[[], bool],
    ) -> None:
        from casebook.execution import scratch
        from casebook.execution.fork_server import Setup

        self.folder, self._lock = scratch.make()
        self._mark = f"CASEBOOK_RUN={uuid.uuid4().hex}"
        ours, theirs = socket.socketpair()
        name, _, value = self._mark.partition("=")
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _PROGRAM.format(package=_PACKAGE, line=theirs.fileno())],
                env={**_QUIET, **cell_environment(), name: value, "TMPDIR": str(self.folder)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno(), self._lock],
                start_new_session=True,  # Ctrl-C is the caller's to deal with
            )
        self.line = Connection(ours.detach())
        self.line.send(Setup(function, preload, learn, limits, self.folder))
        self.is_ready = False
        self._listening, self._over = math.inf, threading.Event()
        with defer_signals():
            threading.Thread(target=self._watch, args=[is_overdue], daemon=True).start()

    def receive(self) -> tuple[str, int, Any]:
        """What it says next. Raises EOFError or OSError where it is gone."""
        self._listening = time.monotonic()
        try:
            message: tuple[str, int, Any] = self.line.recv()
            return message
        finally:
            self._listening = math.inf

    def _watch(self, is_overdue: Callable[[], bool]) -> None:
        """See from above that it does its duty, while somebody listens: a cell may stop it or block it."""
        while not self._over.wait(_POLL_SECONDS):
            if time.monotonic() - self._listening < _POLL_SECONDS:
                continue
            if processes.is_stopped(self._process.pid):
                processes.resume_process(self._process.pid)
            elif is_overdue():
                self.kill()

    def kill(self) -> None:
        """Kill it with all its tasks; whoever hears it learns that it is gone."""
        # From the outside in: what a cell started in a session of its own has no other parent to be found by.
        if self._process.poll() is None:
            processes.end_tree(self._process.pid)

    def end(self) -> str:
        """End it with all its tasks and their files; gives how it ended, in words."""
        self._over.set()
        self.line.close()
        try:
            # It sees that the line is closed, and clears up better than anybody else could.
            code = self._process.wait(0.5)
        except subprocess.TimeoutExpired:
            self.kill()
            code = self._process.wait()
        processes.end_marked(self._mark)
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self._lock)
        return f"ended by signal {-code}" if code < 0 else f"exit code {code}"


# Not `-m`: what is pickled must be of the module, not of `__main__`. `-P`: the current folder is no library,
# but the package must be the very one that runs here.
_PROGRAM = """
import sys
sys.path.insert(0, {package!r})
import casebook
del sys.path[0]
from casebook.execution.fork_server import main
main({line})
"""
