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

from casebook.errors import ExecutionError

_PREFIX = "casebook-run-"
_YOUNG = 1.0
"""Seconds in which a folder may not have its lock yet."""


def make() -> tuple[Path, int]:
    """A new folder, and the descriptor that the processes of the run keep open.

    Raises ExecutionError where no folder can be made.
    """
    _sweep()
    try:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    except OSError as error:
        raise refusal(error) from error
    lock = os.open(folder, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    return folder, lock


def refusal(error: OSError) -> ExecutionError:
    """The error of a folder for temporary files that can't be written to, in a user's words."""
    place = Path(os.environ.get("TMPDIR") or "/tmp")
    place = next(
        (folder.parent for folder in (place, *place.parents) if folder.name.startswith(_PREFIX)), place
    )
    what = f"the folder for temporary files, {place}, can't be written to: {error.strerror or error}"
    return ExecutionError(f"{what}\n  hint: make room there, or name another in the variable TMPDIR")


def _sweep() -> None:
    try:
        place = Path(tempfile.gettempdir())
    except OSError as error:
        raise refusal(error) from error
    for folder in place.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):  # another user's, locked, or gone meanwhile
            lock = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if time.time() - folder.stat().st_ctime > _YOUNG:
                    shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)
