"""What a report follows from, as hashes and versions: files, the package's own code, Python, dependencies.

A file that has the size and the time it had when it was hashed is taken to be the same, as git and make do;
`thorough` reads it all the same.
"""

from __future__ import annotations

import errno
import functools
import hashlib
import os
import re
import stat
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, TypedDict

PACKAGE = Path(__file__).resolve().parents[1]

MOST_FILES = 10_000
"""Files and folders that a template's folder, or a folder of fonts, may hold."""


def _is_digest(text: str) -> str | None:
    return None if re.fullmatch("[0-9a-f]{64}", text) else "64 hexadecimal digits"


class File(TypedDict):
    """The fingerprint of a file."""

    sha256: Annotated[str, _is_digest]
    size: int
    """In bytes."""
    modified: int
    """The time of the last change, in ns; -1 where it is not known."""


class Environment(TypedDict):
    """Everything but files that decides what a report's bytes are."""

    code: str
    """SHA-256 over the package's own files."""
    python: str
    packages: Mapping[str, str]
    """The version of each."""
    SOURCE_DATE_EPOCH: str | None


def file(path: Path) -> File:
    """The fingerprint of a file as it is now. Raises OSError where it can't be read."""
    about = path.stat()
    return {"sha256": _digest(path, about), "size": about.st_size, "modified": about.st_mtime_ns}


def difference(path: Path, known: File, *, thorough: bool = False) -> str | None:
    """What has become of a file since its fingerprint was taken, in words; None if it is the same."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            return "is not a file"  # a pipe or a device might give bytes for ever
        if about.st_size != known["size"]:
            return "has changed"
        if about.st_mtime_ns == known["modified"] and not thorough:
            return None
        same = _digest(path, about) == known["sha256"]
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"can't be read ({error.strerror})"
    except ValueError:  # a name that can be none
        return "is missing"
    return None if same else "has changed"


def _digest(path: Path, about: os.stat_result) -> str:
    # The same name is another file where the current folder is another one.
    return _read(str(path.absolute()), about.st_size, about.st_mtime_ns, about.st_ctime_ns)


@functools.lru_cache(maxsize=1024)
def _read(path: str, *_: int) -> str:
    """The SHA-256 of a file, read once as long as its size and times stay."""
    with Path(path).open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def files_in(folder: Path) -> Iterator[str]:
    """The files of a folder by their names from there, sorted; without hidden ones and caches.

    A linked folder counts as one of its own, once: links may lead round in a circle. Raises OSError where
    there are more than anybody means.
    """
    seen: set[str] = set()
    count = 0
    for top, folders, names in os.walk(folder, followlinks=True):
        place = os.path.realpath(top)
        count += len(names) + 1
        if count > MOST_FILES:
            raise OSError(errno.E2BIG, f"it holds more than {MOST_FILES:,} files", str(folder))
        folders[:] = sorted(name for name in folders if not _is_cache(name) and place not in seen)
        for name in sorted(names) if place not in seen else ():
            path = Path(top) / name
            if not _is_cache(name) and path.is_file():
                yield path.relative_to(folder).as_posix()
        seen.add(place)


def _is_cache(name: str) -> bool:
    return name.startswith(".") or name == "__pycache__"


@functools.cache
def code() -> str:
    """SHA-256 over the package's own files, without the templates that a wheel carries."""
    content = hashlib.sha256()
    for name in files_in(PACKAGE):
        if not name.startswith("templates/"):
            data = (PACKAGE / name).read_bytes()
            content.update(f"{name} {len(data)} ".encode() + data)
    return content.hexdigest()


@functools.cache
def installed() -> dict[str, str]:
    """The version of each installed package, by the names of their dist-info folders: none is opened."""
    found: dict[str, str] = {}
    for folder in sys.path:
        try:
            names = [path.name for path in Path(folder).iterdir() if path.suffix == ".dist-info"]
        except OSError:
            continue
        for name in names:
            package, _, version = name.removesuffix(".dist-info").rpartition("-")
            found.setdefault(_normal(package), version)
    return found


def python() -> str:
    """The version of Python."""
    return ".".join(str(part) for part in sys.version_info[:3])


@functools.cache
def dependencies() -> dict[str, str]:
    """The version of each package that casebook needs, and of those that they need."""
    from importlib.metadata import PackageNotFoundError, requires

    found: dict[str, str] = {}
    ahead = ["casebook"]
    while ahead:
        name = _normal(ahead.pop())
        if name in found or name not in installed():
            continue
        found[name] = installed()[name]
        try:
            needed = requires(name) or []
        except PackageNotFoundError:
            continue
        ahead += [re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in needed if "extra ==" not in line]
    found.pop("casebook", None)  # its code tells more than its version
    return dict(sorted(found.items()))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def environment() -> Environment:
    """The environment of this process."""
    return {
        "code": code(),
        "python": python(),
        "packages": dependencies(),
        "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH"),
    }


def environment_differences(known: Environment) -> Iterator[str]:
    """What is otherwise now than in an environment of before, in words."""
    if known["code"] != code():
        yield "the code of casebook differs"
    if known["python"] != python():
        yield f"Python is {python()}; the report was made with {known['python']}"
    for name, version in known["packages"].items():
        now = installed().get(name)
        if now != version:
            yield f"{name} is {now or 'not installed'}; the report was made with {version}"
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if known["SOURCE_DATE_EPOCH"] != epoch:
        was = known["SOURCE_DATE_EPOCH"] or "not set"
        yield f"SOURCE_DATE_EPOCH is {epoch or 'not set'}; for the report it was {was}"
