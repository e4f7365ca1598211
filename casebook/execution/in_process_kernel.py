"""Cells in this very process: IPython's own kernel, without sockets, threads or a process of its own.

The kernel is the usual one (`ipykernel`), so that a cell finds what it would find in JupyterLab: magics,
top-level await, figures in line, the same messages. In place of sockets it has a wire that keeps what it
sends, and nbclient reads that as it would read a socket.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import functools
import logging
import os
import sys
import tempfile
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from types import SimpleNamespace
from typing import Any

import nbformat
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from IPython.core.profiledir import ProfileDir
from jupyter_client.session import Session
from traitlets.config import Config

from casebook.execution import worker
from casebook.execution.cells import CellClient
from casebook.execution.streams import OutputBudget, Stream


def run_in_shell(nb_man: Any, kernel_name: str, **options: Any) -> None:
    """Run the notebook of papermill's manager in this process, which must be a task of `ForkPool`."""
    task = worker.current()
    assert task is not None
    kernel = prepare()
    client = CellClient(nb_man, km=_NoManager(), kernel_name=kernel_name, **options)
    client.kc = _InProcess(kernel, task)
    client.execute()


@functools.cache
def prepare() -> _Kernel:
    """Make the kernel of this process, once; before a fork, so that what is imported later finds a shell.

    Some packages (pandas, tqdm) decide when they are imported whether they are in a notebook.
    """
    folder = Path(tempfile.mkdtemp(prefix="ipython-"))
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.ipython_dir = str(folder)
    with _without("debugpy"):  # nobody can attach it, and it starts a thread
        kernel = _Kernel.instance(
            config=config,
            session=_Wire(config=config),
            log=logging.getLogger("casebook.kernel"),
            profile_dir=ProfileDir(location=str(folder / "profile")),
            user_ns=None,
        )
    assert kernel.shell is not None
    # Some magics ask the application for its kernel; and it makes figures come in line.
    app = IPKernelApp.instance(kernel=kernel)
    app.init_shell()
    app.init_gui_pylab()
    kernel.shell.builtin_trap.__enter__()
    nbformat.validate(nbformat.v4.new_notebook())  # which compiles the schema
    sys.argv[:] = ["casebook"]
    return kernel


@contextlib.contextmanager
def _without(module: str) -> Iterator[None]:
    """Let a module seem not to be installed."""
    held = sys.modules.get(module)
    sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[module]
        if held:
            sys.modules[module] = held


class _Kernel(IPythonKernel):
    """IPython's kernel; a cell is run by `await kernel.execute_request(…)`."""

    shell_channel_thread = SimpleNamespace(parent_thread=None)
    _execute_sleep = 0.0  # no other thread has to send what was printed

    def _abort_queues(self, subshell_id: str | None = None) -> None:
        """Nothing waits in a queue here."""


class _Channel(deque[dict[str, Any]]):
    """The receiving end of a channel, as nbclient sees it."""

    def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        if not self:
            raise Empty
        return self.popleft()

    def send(self, message: dict[str, Any]) -> None:
        """What a front end would tell the kernel: there is none."""


class _Wire(Session):
    """Keeps the messages that a kernel would send, each in its channel."""

    def open(self, task: worker.Task) -> None:
        """Begin to keep messages."""
        self.shell, self.iopub = _Channel(), _Channel()
        self.budget = OutputBudget(task.limits.output)
        self.process = task.process

    def send(
        self,
        stream: Any,
        msg_or_type: Any,
        content: Any = None,
        parent: Any = None,
        ident: Any = None,
        buffers: Any = None,
        track: bool = False,
        header: Any = None,
        metadata: Any = None,
    ) -> dict[str, Any]:
        message = msg_or_type
        if not isinstance(message, dict):
            message = self.msg(message, content=content, parent=parent, header=header, metadata=metadata)
        if os.getpid() != self.process:  # of a process that the cell forked
            return message
        # As it comes out at the other end of a socket: tuples as lists, keys as text, a copy of its own.
        packed = self.pack(message["content"])
        kept = {**message, "content": self.unpack(packed), "buffers": list(buffers or ())}
        if message["msg_type"].endswith("_reply"):
            self.shell.append(kept)
        else:
            if "data" in message["content"]:
                self.budget.take(len(packed))
            self.iopub.append(kept)
        return message


class _InProcess:
    """A kernel client, as nbclient sees it."""

    def __init__(self, kernel: _Kernel, task: worker.Task) -> None:
        self._kernel = kernel
        assert isinstance(kernel.session, _Wire)
        self.session = kernel.session
        self.session.open(task)
        self.shell_channel, self.iopub_channel = self.session.shell, self.session.iopub
        # What a cell sets in a context (decimals, NumPy's print options) the next one finds.
        self._context = contextvars.copy_context()
        self._streams = [
            Stream(name, number, path, self._say, self.session.budget)
            for number, (name, path) in enumerate(zip(("stdout", "stderr"), task.captured, strict=True), 1)
        ]
        self._request: dict[str, Any] = {}

    def is_alive(self) -> bool:
        return True

    def kernel_info(self) -> str:
        request = self.session.msg("kernel_info_request")
        self.session.send(None, "kernel_info_reply", self._kernel.kernel_info, parent=request)
        return request["header"]["msg_id"]

    async def execute(
        self,
        code: str,
        silent: bool = False,
        store_history: bool = True,
        user_expressions: dict[str, str] | None = None,
        allow_stdin: bool = False,
        stop_on_error: bool = True,
    ) -> str:
        """Run a cell to its end; its messages and the reply then stand in the channels."""
        content = {
            "code": code,
            "silent": silent,
            "store_history": store_history,
            "user_expressions": user_expressions or {},
            "allow_stdin": False,
            "stop_on_error": stop_on_error,
        }
        self._request = self.session.msg("execute_request", content)
        await asyncio.create_task(self._run(), context=self._context)
        return self._request["header"]["msg_id"]

    async def _run(self) -> None:
        own = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = self._streams
        try:
            self._kernel.set_parent([], self._request)
            await self._kernel.execute_request(None, [], self._request)
        finally:
            if os.getpid() != self.session.process:  # the cell forked, and this is the other one
                os._exit(0)
            sys.stdout, sys.stderr = own
            for stream in self._streams:
                stream.flush()
                stream.restore()
        self.session.send(None, "status", {"execution_state": "idle"}, parent=self._request)

    def _say(self, name: str, text: str) -> None:
        self.session.send(None, "stream", {"name": name, "text": text}, parent=self._request)


class _NoManager:
    """A kernel manager, as nbclient sees it: there is nothing to manage."""

    has_kernel = True
