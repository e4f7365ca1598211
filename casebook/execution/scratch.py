"""A run's folder for temporary files, which a later run removes where all its processes were killed.

Every process of a run holds the folder's lock, and the system lets go of it with the last of them.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path

_PREFIX = "casebook-run-"
_YOUNG = 1.0
"""Seconds in which a folder may not have its lock yet."""


def make() -> tuple[Path, int]:
    """A new folder, and the descriptor that the processes of the run keep open."""
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    lock = os.open(folder, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    return folder, lock


def _sweep() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):  # another user's, locked, or gone meanwhile
            lock = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if time.time() - folder.stat().st_ctime > _YOUNG:
                    shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)
