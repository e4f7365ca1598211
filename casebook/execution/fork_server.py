"""The server process of `ForkPool`: one thread, everything imported, a fork for each task, and an eye on it.

It ends when its caller does, and a task ends when the server does. What a task leaves behind (processes that
left its session, temporary files) goes with it.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import pickle
import resource
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, NoReturn

from casebook.errors import CasebookError, ExecutionError
from casebook.execution import processes, scratch, worker
from casebook.execution.tasks import Limits, deadline_message

_GRACE = 5.0
"""Seconds that a dying process may take."""
_POLL_SECONDS = 0.1
"""Seconds between two looks at the tasks under way."""


@dataclass(frozen=True)
class Setup:
    """What the caller asks of its server."""

    function: str
    preload: Sequence[str]
    learn: Sequence[str]
    limits: Limits
    folder: Path
    """For temporary files of the run; removed at its end."""


@dataclass
class _Child:
    key: int
    line: Connection
    folder: Path
    begin: float
    activity: str = ""
    status: int | None = None
    silent: bool = False
    """It has nothing more to say."""
    ended: tuple[Any, CasebookError | None] | None = None
    reason: str = ""
    """Why it is ended."""


@dataclass
class ForkServer:
    """ForkPool a child a task and supervises it."""

    caller: Connection
    setup: Setup
    function: Callable[..., Any]
    tasks: dict[int, _Child] = field(default_factory=dict)
    """By process."""

    def run(self) -> None:
        """Serve the caller until it closes its end."""
        while True:
            lines = [self.caller, *(child.line for child in self.tasks.values())]
            ready = wait(lines, _POLL_SECONDS if self.tasks else None)
            for child in list(self.tasks.values()):
                if child.line in ready:
                    self._receive(child)
            if self.caller in ready and not self._handle_requests():
                return
            self._supervise()

    def _handle_requests(self) -> bool:
        try:
            key, arguments = self.caller.recv()
        except (EOFError, OSError):
            return False
        self._fork(key, arguments)
        return True

    def _fork(self, key: int, arguments: bytes) -> None:
        try:
            folder = Path(tempfile.mkdtemp(prefix="task-", dir=self.setup.folder))
        except OSError as error:
            self.caller.send(("ended", key, (None, scratch.refusal(error), 0.0)))
            return
        ours, theirs = _pipe()
        parent = os.getpid()
        process = os.fork()
        if process == 0:
            ours.close()
            self.caller.close()
            for child in self.tasks.values():
                child.line.close()
            task = worker.Task(theirs, folder, self.setup.limits)
            _run(task, parent, self, arguments)
        theirs.close()
        self.tasks[process] = _Child(key, ours, folder, time.monotonic())

    def _receive(self, child: _Child) -> None:
        """Take one message of a child."""
        try:
            kind, content = child.line.recv()
        except Exception:  # it has closed the line, or a cell has written to it
            child.silent = True
            return
        if kind == "imported":
            self._learn(content)
        elif kind == "progress":
            child.activity = content
            self.caller.send(("progress", child.key, content))
        else:
            child.ended = content

    def _learn(self, names: Sequence[str]) -> None:
        """Import what a task had to import itself, so that the next one need not."""
        with _frozen_heap():
            for name in names:
                with contextlib.suppress(Exception):  # whoever needs it will say so
                    importlib.import_module(name)

    def _supervise(self) -> None:
        """End what is over or beyond its limits, and whatever an ended task left."""
        self._reap()
        for process, child in list(self.tasks.items()):
            if not (child.ended or child.silent or child.status is not None):
                child.reason = self._exceeded_limit(process, child)
            if child.ended or child.silent or child.reason or child.status is not None:
                self._end(process, child)
        for stray in set(processes.children(os.getpid())) - self.tasks.keys():
            processes.end_tree(stray)
        self._reap()

    def _exceeded_limit(self, process: int, child: _Child) -> str:
        limits = self.setup.limits
        if time.monotonic() - child.begin > limits.deadline:
            return deadline_message(limits.deadline)
        # What is resident is quickly known, and counts what is shared with this process and each other fork.
        held = processes.resident_memory(process) > limits.memory
        if held and processes.own_memory(process, os.getpid()) > limits.memory:
            return f"its processes used more than {_bytes(limits.memory)} of memory"
        written = 0
        for name in ("stdout", "stderr"):
            with contextlib.suppress(OSError):
                written += (child.folder / name).stat().st_size
        if written > limits.output:
            return f"it wrote more than {_bytes(limits.output)} of output"
        return ""

    def _end(self, process: int, child: _Child) -> None:
        was_stopped = processes.is_stopped(process)
        if child.silent:
            self._await(child)
        processes.end_tree(process)
        while child.status is None:
            self._reap(process)
        while not (child.ended or child.silent) and child.line.poll():
            self._receive(child)
        del self.tasks[process]
        child.line.close()
        shutil.rmtree(child.folder, ignore_errors=True)
        kind = "ended"
        if child.ended is None:
            reason = child.reason or _exit_reason(child.status)
            where = f"{child.activity}: " if child.activity else ""
            child.ended = (None, ExecutionError(f"{where}{reason}"))
            by_signal = not child.reason and child.status is not None and os.WIFSIGNALED(child.status)
            kind = "killed" if by_signal or was_stopped else "ended"
        self.caller.send((kind, child.key, (*child.ended, time.monotonic() - child.begin)))

    def _await(self, child: _Child) -> None:
        """Give a child that fell silent the moment that a process needs to die."""
        until = time.monotonic() + _GRACE
        while child.status is None and time.monotonic() < until:
            time.sleep(0.002)
            self._reap()
        if child.status is None:
            child.reason = "it closed the connection to its supervisor"

    def _reap(self, process: int = 0) -> None:
        """Take the exit status of children that ended; wait for one where it is named."""
        with contextlib.suppress(ChildProcessError):
            while True:
                found, status = os.waitpid(process or -1, 0 if process else os.WNOHANG)
                if found in self.tasks:
                    self.tasks[found].status = status
                if not found or process:
                    return


def _pipe() -> tuple[Connection, Connection]:
    reading, writing = os.pipe()
    return Connection(reading, writable=False), Connection(writing, readable=False)


def _run(task: worker.Task, parent: int, server: ForkServer, arguments: bytes) -> NoReturn:
    """Be the task: nothing of the server is run after it."""
    code = 1
    try:
        answer: tuple[Any, CasebookError | None]
        try:
            _isolate(task, parent)
            answer = server.function(*pickle.loads(arguments)), None
        except CasebookError as error:
            answer = None, error
        except BaseException as error:
            answer = None, worker.unexpected(task, error)
        if os.getpid() == task.process:
            if new := _imported(task, server.setup.learn):
                task.line.send(("imported", new))
            try:
                task.line.send(("ended", answer))
            except Exception as error:  # what can't be pickled
                task.line.send(("ended", (None, worker.unexpected(task, error))))
            code = 0
    finally:
        os._exit(code)


def _imported(task: worker.Task, packages: Sequence[str]) -> list[str]:
    """The modules of some packages that a task was the first to import."""
    return [
        name for name in list(sys.modules) if name not in task.known and name.partition(".")[0] in packages
    ]


def _isolate(task: worker.Task, parent: int) -> None:
    """Make a fresh fork fit for a stranger's code."""
    processes.end_with_parent()
    if os.getppid() != parent:  # it ended before we could ask
        os._exit(1)
    processes.adopt_orphans()
    worker.begin(task)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):  # where memory runs out, the system takes a task and not the server
        Path("/proc/self/oom_score_adj").write_text("500")
    for number, path in enumerate((Path(os.devnull), *task.captured)):
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND if number else os.O_RDONLY
        opened = os.open(path, flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    os.environ["TMPDIR"] = tempfile.tempdir = str(task.folder)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()  # the fork has the server's state


def _exit_reason(status: int) -> str:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return f"its process was ended by signal {number} ({(signal.strsignal(number) or '?').lower()})"
    return f"its process ended itself, with exit code {os.WEXITSTATUS(status)}"


def _bytes(number: int) -> str:
    return f"{number >> 20} MB"


@contextlib.contextmanager
def _frozen_heap() -> Iterator[None]:
    """Let no collection look at what is made here: it stays, and a fork copies what it looks at."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def find(name: str) -> Any:
    """What `package.module:name` or `package.module` names."""
    module, _, attribute = name.partition(":")
    found = importlib.import_module(module)
    return getattr(found, attribute) if attribute else found


def main(number: int) -> None:
    """Be the server of the caller at the other end of a socket."""
    processes.adopt_orphans()
    caller = Connection(number)
    try:
        setup: Setup = caller.recv()
    except EOFError:  # the caller was ended before it could ask
        return
    try:
        with _frozen_heap():
            for name in setup.preload:
                found = find(name)
                if ":" in name:
                    found()
            function = find(setup.function)
        if threading.active_count() > 1:
            raise RuntimeError(f"threads are running, which a fork would lose: {threading.enumerate()}")
    except Exception as error:
        caller.send(("broken", f"{type(error).__name__}: {error}", traceback.format_exc()))
        return
    try:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the caller is gone
            caller.send(("ready", os.getpid(), None))
            ForkServer(caller, setup, function).run()
    finally:
        processes.end_descendants(os.getpid())
        shutil.rmtree(setup.folder, ignore_errors=True)
    os._exit(0)  # nothing is left to do, and what was kept from collections would be reported as leaked
