"""A client's folder: one run at a time, and a report that appears whole or not at all.

A report is staged in a hidden folder inside the client's own, on the same file system. The manifest comes
into the staging folder last, and so marks it as complete; then the files are renamed into place, the manifest
last again. What a killed run left complete is put into place by the next, what it left incomplete is removed.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

from casebook.errors import CasebookError, InputError, Problem, PublishError
from casebook.publishing.formats import FORMATS
from casebook.publishing.manifest import Manifest, manifests_in

try:
    import fcntl
except ImportError:  # Windows: two runs at a time are not noticed there
    fcntl = None  # type: ignore[assignment]

STAGING = ".staging-"
FAILED = ".failed.ipynb"
FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG)
"""What the system says where there is no more room."""
LOCK_TIMEOUT = 600.0
"""Seconds to wait for another run on the same folder: what a report and one before it may take by default."""


class FolderBusyError(PublishError):
    """Another run is at work in the folder just now."""


class ClientFolder:
    """The folder of one client's reports, locked for this run; a context manager.

    The lock is the kernel's, on the folder itself: it ends with the process, however that ends. Raises
    InputError where the folder can't be written, FolderBusyError while another run has it. Where `notify`
    is given, it gets a message that this run waits; PublishError is raised where the wait takes too long.
    """

    def __init__(self, path: Path, *, notify: Callable[[str], None] | None = None) -> None:
        self.path = path
        self._lock: int | None = None
        try:
            path.mkdir(parents=True, exist_ok=True)
            if fcntl:
                self._lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
            self._acquire(notify)
            self._tidy()
        except OSError as error:
            self.release()
            raise self._refusal(error) from error
        except BaseException:
            self.release()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        """Let other runs have the folder."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def stage(self) -> Path:
        """A new folder for the files of a report, on the file system where they will be published."""
        try:
            return Path(tempfile.mkdtemp(prefix=STAGING, dir=self.path))
        except OSError as error:
            raise self._refusal(error) from error

    def publish(self, staging: Path, manifest: Manifest) -> list[str]:
        """Put staged files, which are on disk, into place; gives the names of older ones taken away.

        Raises PublishError where that can't be: the last good report stays.
        """
        try:
            for name in manifest.files:
                if (self.path / name).is_dir():
                    raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), name)
                settle_mode(staging / name)
            part = staging / f"{manifest.name}.part"
            write_new(part, manifest.content())
            sync(part)
            part.rename(staging / manifest.name)
            sync(staging)
            return self._move(staging, manifest)
        except OSError as error:
            raise cant_write(self.path, error) from error

    def keep_failed(self, staging: Path) -> Path | None:
        """Keep the executed copy of a failed run, if it was staged; gives its place."""
        for staged in staging.glob(f"*{FAILED}"):
            with contextlib.suppress(OSError):
                settle_mode(staged)
                return staged.replace(self.path / staged.name)
        return None

    def discard(self, staging: Path) -> None:
        """Remove a staging folder and what is in it."""
        shutil.rmtree(staging, ignore_errors=True)

    def _acquire(self, notify: Callable[[str], None] | None) -> None:
        if self._lock is None:
            return
        end = None
        while True:
            try:
                return fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            except OSError:  # a file system without locks
                return None
            busy = "another run is using this folder"
            if notify is None:
                raise FolderBusyError(str(Problem(str(self.path), busy)))
            if end is None:
                notify(f"{self.path}: {busy}; waiting for it to finish")
                end = time.monotonic() + LOCK_TIMEOUT
            if time.monotonic() > end:
                hint = "wait until it has ended, or name another folder with --output"
                raise PublishError(str(Problem(str(self.path), busy, hint)))
            time.sleep(0.05)

    def _tidy(self) -> None:
        """Finish what a killed run left complete, and remove the rest of it."""
        for staging in self.path.glob(f"{STAGING}*"):
            if staging.is_symlink() or not staging.is_dir():
                staging.unlink()  # not ours: what it leads to lies elsewhere
                continue
            for manifest in manifests_in(staging):
                self._move(staging, manifest)
            self.discard(staging)

    def _move(self, staging: Path, manifest: Manifest) -> list[str]:
        for name in manifest.files:
            # A run that was killed had moved some of them.
            with contextlib.suppress(FileNotFoundError):
                (staging / name).replace(self.path / name)
        removed = list(self._remove_others(manifest))
        sync(self.path)
        (staging / manifest.name).replace(self.path / manifest.name)
        sync(self.path)
        self.discard(staging)
        return removed

    def _remove_others(self, manifest: Manifest) -> Iterator[str]:
        """An older document beside newer ones could give another figure for the same case."""
        before = manifests_in(self.path)
        names = [
            *(name for old in before for name in old.files),
            *(manifest.kind + it for it in FORMATS.values()),
        ]
        for name in dict.fromkeys(names):
            if name not in manifest.files and (self.path / name).is_file():
                (self.path / name).unlink()
                yield name
        for old in before:
            if old.name != manifest.name:
                (self.path / old.name).unlink()
        (self.path / f"{manifest.kind}{FAILED}").unlink(missing_ok=True)

    def _refusal(self, error: OSError) -> CasebookError:
        if error.errno in FULL:
            return cant_write(self.path, error)
        what = f"can't be written to: {error.strerror}"
        return InputError([Problem(str(self.path), what, "name another folder with --output")])


def cant_write(place: Path, error: OSError) -> PublishError:
    """The error of a report that can't be written, in a user's words."""
    hint = "the last good report stays"
    if error.errno in FULL:
        hint = f"make room and run it again; {hint}"
    return PublishError(str(Problem(str(place), f"can't be written to: {error.strerror}", hint)))


def settle_mode(path: Path) -> None:
    """Give a file of a report the mode that the user's umask says, whatever a cell has done to its own.

    Raises OSError where it is not a file, such as a link that a cell put in its place.
    """
    if not stat.S_ISREG(path.lstat().st_mode):
        raise OSError(errno.EINVAL, "it is not a file", str(path))
    path.chmod(0o666 & ~_UMASK)


def _umask() -> int:
    """The umask of this process: it can only be read by setting it."""
    found = os.umask(0o077)
    os.umask(found)
    return found


_UMASK = _umask()
"""The user's, as the program was started."""


def is_settled(folder: Path) -> bool:
    """Whether the last run on a client's folder has ended well: nothing is staged there, nothing failed."""
    try:
        names = [path.name for path in folder.iterdir()]
    except OSError:
        return False
    return not any(name.startswith(STAGING) or name.endswith(FAILED) for name in names)


def sync(path: Path) -> None:
    """Bring a file, or the entries of a folder, to the disk."""
    flags = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) if path.is_dir() else os.O_RDWR
    try:
        descriptor = os.open(path, flags)
    except OSError:
        if path.is_dir():  # Windows opens no folder
            return
        raise
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_new(path: Path, content: bytes) -> None:
    """Write a file that is new: a link that a cell left under its name is not followed."""
    if os.path.lexists(path):
        path.unlink()
    with path.open("xb") as file:
        file.write(content)
