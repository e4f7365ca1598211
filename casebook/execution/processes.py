"""Trees of processes on Linux: who is in one, what it holds, and how it is ended to the last."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import time
from pathlib import Path

_PROC = Path("/proc")
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PATIENCE = 2.0
"""Seconds to wait for a process that the system can't end yet."""


def adopt_orphans() -> None:
    """Make this process the parent of every orphan below it, so that none slips away."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_with_parent() -> None:
    """Let the system kill this process when the thread that started it ends."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def children(process: int) -> list[int]:
    """The living children of a process; none where it is gone."""
    listed: list[int] = []
    while True:
        before, listed = listed, _listed(process)
        alive = [child for child in listed if _is_alive(child)]
        # What a child that died since it was listed had below it may be listed only now.
        if listed in (alive, before):
            return alive


def descendants(process: int) -> list[int]:
    """Children, their children and so on, of a process."""
    found: list[int] = []
    row = children(process)
    while row:
        found += row
        row = [below for child in row for below in children(child)]
    return found


def resident_memory(process: int) -> int:
    """Bytes of memory that a process and its descendants hold; what they share counts for each."""
    total = 0
    for member in (process, *descendants(process)):
        with contextlib.suppress(OSError, IndexError):
            total += int((_PROC / str(member) / "statm").read_text().split()[1]) * _PAGE
    return total


def own_memory(process: int, parent: int) -> int:
    """Bytes of memory that a fork and its descendants hold, without what is the parent's still.

    Of what they share among themselves each has its part.
    """
    whole, private = _held(parent)
    inherited = whole - private
    members = map(_held, (process, *descendants(process)))
    # A descendant that runs another program inherits nothing: what it has for itself counts in any case.
    return sum(max(private, whole - inherited) for whole, private in members)


def _held(process: int) -> tuple[int, int]:
    """Bytes of memory of a process: with its parts of what is shared, and what it alone holds."""
    found = {"Pss": 0, "Private_Clean": 0, "Private_Dirty": 0}
    with contextlib.suppress(OSError):
        for line in (_PROC / str(process) / "smaps_rollup").read_text().splitlines():
            name, _, amount = line.partition(":")
            if name in found:
                found[name] = int(amount.split()[0]) << 10
    return found["Pss"], found["Private_Clean"] + found["Private_Dirty"]


def is_stopped(process: int) -> bool:
    """Whether somebody has stopped a process."""
    return _state(process) == "T"


def end_tree(process: int) -> None:
    """Kill a process and everything below it, also what left its session or its parent."""
    # The root is stopped, not killed, until the rest is gone: its orphans stay below it.
    _send(process, signal.SIGSTOP)
    end_descendants(process)
    _send(process, signal.SIGKILL)


def end_descendants(process: int) -> None:
    """Kill everything below a process that adopts orphans."""
    until = time.monotonic() + _PATIENCE
    while (below := descendants(process)) and time.monotonic() < until:
        for member in below:
            _send(member, signal.SIGKILL)
        time.sleep(0.001)


def end_marked(mark: str) -> None:
    """Kill every process that was started with `mark` (`NAME=value`) in its environment."""
    needle = mark.encode()
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        marked = [process for process in _processes() if needle in _environment(process).split(b"\0")]
        if not marked:
            return
        for process in marked:
            _send(process, signal.SIGKILL)
        time.sleep(0.005)


def _processes() -> list[int]:
    own = os.getpid()
    names = (path.name for path in _PROC.iterdir() if path.name.isdigit())
    return [process for process in map(int, names) if process != own]


def _listed(process: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):
        for thread in (_PROC / str(process) / "task").iterdir():
            with contextlib.suppress(OSError):
                found += map(int, (thread / "children").read_text().split())
    return found


def _environment(process: int) -> bytes:
    try:
        return (_PROC / str(process) / "environ").read_bytes()
    except OSError:
        return b""


def _is_alive(process: int) -> bool:
    return _state(process) not in ("Z", "X", "")


def _state(process: int) -> str:
    """The letter of a process's state; empty where it is gone."""
    try:
        return (_PROC / str(process) / "stat").read_text(errors="replace").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""


def resume_process(process: int) -> None:
    """Let a process go on that was stopped."""
    _send(process, signal.SIGCONT)


def _send(process: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(process, number)
