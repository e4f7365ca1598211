"""What a user names on the command line, as paths: local files as they are, URLs by way of a mirror."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from casebook.errors import CasebookError

if TYPE_CHECKING:
    from casebook.publishing.shelf import Shelf


@dataclass(frozen=True)
class Places:
    """Where the files of a command lie."""

    params: list[Path]
    output: Shelf
    origins: Mapping[Path, str] = field(default_factory=dict)
    """The URLs of parameter files that were fetched."""
    told: Callable[[str], str] = str
    """A text for a user, with URLs in it as they were named."""


@contextmanager
def places(params: Sequence[str], output: str = "output") -> Iterator[Places]:
    """The places that are named; what is fetched is there as long as the context."""
    from casebook.publishing.shelf import LocalShelf

    params, output = [_plain(name) for name in params], _plain(output)
    if not any("://" in name for name in (*params, output)):
        yield Places([Path(name) for name in params], LocalShelf(Path(output)))
        return
    from casebook.storage import Mirror, is_url

    with Mirror() as mirror:
        try:
            origins = mirror.fetch([name for name in params if is_url(name)])
            shelf: Shelf = LocalShelf(Path(output))
            if is_url(output):
                from casebook.publishing.remote import RemoteShelf

                shelf = RemoteShelf(mirror, output)
            found = [*(Path(name) for name in params if not is_url(name)), *origins]
            yield Places(found, shelf, origins, mirror.told)
        except CasebookError as error:
            raise error.retold(mirror.told) from error


def _plain(name: str) -> str:
    """A name without `file://`: such a file lies here."""
    return name.removeprefix("file://")
