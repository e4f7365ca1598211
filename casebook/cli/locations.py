"""What a user names on the command line, as paths: local files as they are, URLs by way of a mirror."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from casebook.errors import CasebookError

if TYPE_CHECKING:
    from casebook.publishing.store import ReportStore

_URL = re.compile(r"([a-z][a-z0-9+.-]+):/(.*)", re.S)


@dataclass(frozen=True)
class Locations:
    """Where the files of a command lie."""

    params: list[Path]
    output: ReportStore
    origins: Mapping[Path, str] = field(default_factory=dict)
    """The URLs of parameter files that were fetched."""
    with_urls: Callable[[str], str] = str
    """A text for a user, with URLs in it as they were named."""


@contextmanager
def locations(params: Sequence[Path], output: Path = Path("output")) -> Iterator[Locations]:
    """The places that are named; what is fetched is there as long as the context."""
    from casebook.publishing.store import LocalStore

    urls, there = [url for path in params if (url := _url(path))], _url(output)
    here = [_local(path) for path in params if not _url(path)]
    if not urls and not there:
        yield Locations(here, LocalStore(_local(output)))
        return
    from casebook.storage import Mirror

    with Mirror() as mirror:
        try:
            origins = mirror.fetch(urls)
            store: ReportStore = LocalStore(_local(output))
            if there:
                from casebook.publishing.bucket import BucketStore

                store = BucketStore(mirror, there)
            yield Locations([*here, *origins], store, origins, mirror.with_urls)
        except CasebookError as error:
            raise error.reworded(mirror.with_urls) from error


def _url(path: Path) -> str | None:
    """The URL that was given for a path, which has kept one slash of two."""
    found = _URL.fullmatch(path.as_posix())
    return f"{found[1]}://{found[2]}" if found and found[1] != "file" else None


def _local(path: Path) -> Path:
    """A path that may have been given as `file:///…`."""
    return Path(path.as_posix().removeprefix("file:"))
