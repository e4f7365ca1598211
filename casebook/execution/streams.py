"""Standard output and error of a cell: what Python prints and what other code writes, in order."""

from __future__ import annotations

import codecs
import io
import os
import threading
from collections.abc import Callable
from pathlib import Path

_CHUNK = 1 << 20
_KEPT = 10_000
"""Characters that are kept of a flood."""


class OutputLimit(BaseException):
    """The cells gave more output than a report may have; no `except Exception` of theirs catches it."""


class OutputBudget:
    """How much output there may still be."""

    def __init__(self, limit: int) -> None:
        self._limit = self._left = limit

    def take(self, size: int) -> None:
        """Count what was given; raises OutputLimit beyond the limit."""
        self._left -= size
        if self._left < 0:
            raise OutputLimit(f"the cells wrote more than {self._limit >> 20} MB of output")


class Stream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of cells; `send` takes the text that comes together.

    The process's own descriptor writes to `path`; what stands there is read before each text from Python.
    """

    encoding = "utf-8"
    errors = "replace"

    def __init__(
        self, name: str, number: int, path: Path, send: Callable[[str, str], None], budget: OutputBudget
    ) -> None:
        self.name = name
        self._number, self._send, self._budget = number, send, budget
        self._file = os.open(path, os.O_RDWR | os.O_APPEND)
        self._read = os.fstat(self._file).st_size
        self._closed = False
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._parts: list[str] = []
        self._process = os.getpid()
        self._lock = threading.RLock()

    def write(self, text: str) -> int:
        """Take a text, after what came past Python; raises OutputLimit."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if os.getpid() != self._process:  # a process that the cell forked
            os.write(self._number, text.encode(errors="replace"))
            return len(text)
        if self._closed:
            raise ValueError("I/O operation on closed file")
        with self._lock:
            try:
                self._drain()
                self._budget.take(len(text))
            except OutputLimit:
                self._parts[:] = ["".join(self._parts)[:_KEPT], "…\n"]
                raise
            self._parts.append(text)
        return len(text)

    def flush(self) -> None:
        """Send what has come together."""
        if os.getpid() != self._process:
            return
        with self._lock:
            self._drain()
            text = "".join(self._parts)
            self._parts.clear()
        if text:
            self._send(self.name, text)

    def restore(self) -> None:
        """Let the process's descriptor write here again, whatever a cell did to it."""
        os.dup2(self._file, self._number)

    def close(self) -> None:
        """Take no more from Python, as in a kernel: a later `print` is an error."""
        self.flush()
        self._closed = True

    def fileno(self) -> int:
        """The process's own descriptor, for child processes."""
        return self._number

    def isatty(self) -> bool:
        """It is not a terminal."""
        return False

    def writable(self) -> bool:
        """It takes text."""
        return True

    def readable(self) -> bool:
        """It gives none."""
        return False

    def _drain(self) -> None:
        """Take what came past Python."""
        while os.fstat(self._file).st_size > self._read:
            chunk = os.pread(self._file, _CHUNK, self._read)
            if not chunk:
                return
            self._read += len(chunk)
            self._budget.take(len(chunk))
            self._parts.append(self._decoder.decode(chunk))
