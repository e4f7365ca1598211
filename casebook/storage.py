"""Files in object storage (`s3://…`), fetched into a local folder where they lie as they do there.

All else works on paths: a parameter file comes with what it refers to, each in its place. fsspec knows the
kinds of storage; credentials are its own affair, and come from the environment alone.
"""

from __future__ import annotations

import logging
import os
import posixpath
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from casebook.errors import CasebookError, InputError, Problem
from casebook.schema.yaml_source import read_yaml
from casebook.signals import defer_signals

_MAGIC = set("*[")
_KNOWN = {
    "NoCredentialsError": "no credentials were found; set them in the environment",
    "FileNotFoundError": "there is no such bucket or object",
    "PermissionError": "access is refused",
    "EndpointConnectionError": "the storage does not answer",
    "ConnectTimeoutError": "the storage does not answer",
    "ConnectionClosedError": "the connection was cut",
}


def is_url(text: str) -> bool:
    """Whether a file is named by a URL."""
    return "://" in text


def filesystem(url: str) -> Any:
    """The file system of a URL, as fsspec has it. Raises InputError where there is none."""
    scheme = url.partition("://")[0]
    hint = "install it: pip install 'casebook[s3]'" if scheme == "s3" else None
    try:
        import fsspec

        # What goes wrong is said once, in a user's words; so asyncio says nothing of a line that is cut.
        logging.getLogger("asyncio").setLevel(logging.CRITICAL + 1)
        # The threads that it starts leave signals to the main one.
        with defer_signals():
            return fsspec.filesystem(scheme, use_listings_cache=False)
    except (ImportError, ValueError):
        what = f"files at {scheme}:// can't be reached: the package that it needs is not installed"
        raise InputError([Problem(f"{scheme}://", what, hint)]) from None


def reason_of(error: Exception) -> str:
    """What went wrong with a storage, in words that repeat nothing of how it was addressed."""
    return next((_KNOWN[it.__name__] for it in type(error).__mro__ if it.__name__ in _KNOWN), "") or (
        f"{type(error).__name__}"
    )


class Mirror:
    """A temporary folder that holds what was fetched; a context manager."""

    def __enter__(self) -> Self:
        self.root = Path(tempfile.mkdtemp(prefix="casebook-mirror-")).resolve()
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.root, ignore_errors=True)

    def path(self, url: str) -> Path:
        """The place of a URL here. Raises InputError where it is none to be used."""
        scheme, _, rest = url.partition("://")
        host, _, _ = rest.partition("/")
        if not re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme) or ".." in rest.split("/") or not host:
            raise InputError(
                [Problem(f"{scheme}://", "this is not the URL of a file", "such as s3://bucket/a.yaml")]
            )
        # Neither is repeated: it may be a secret.
        if "@" in host or "?" in rest:
            what = "a URL must not contain a user, password or key; they come from the environment"
            raise InputError([Problem(f"{scheme}://…", what, "take out what comes before @ and after ?")])
        return self.root / scheme / rest.rstrip("/")

    def url(self, path: Path) -> str:
        """The URL of a place here."""
        scheme, *rest = path.relative_to(self.root).parts
        return f"{scheme}://{'/'.join(rest)}"

    def with_urls(self, text: str) -> str:
        """A text for a user: with URLs in place of paths here."""
        for start in (str(self.root), os.path.relpath(self.root)):
            text = re.sub(re.escape(start) + r"/([a-z][a-z0-9+.-]*)/", r"\1://", text)
        return text

    def fetch(self, urls: Sequence[str]) -> dict[Path, str]:
        """Fetch parameter files with what they refer to; gives the URL of each by its place here.

        A URL may be a pattern. What is not there is left to whoever reads it. Raises InputError where the
        storage can't be read.
        """
        found = {self.path(url): url for given in urls for url in self._matching(given)}
        for path, url in found.items():
            self._get(url, path)
        for path, url in found.items():
            if path.is_file():
                for name in self._references(url, read_yaml(path.read_bytes()).value):
                    self._get(name, self.path(name))
        return found

    def _matching(self, url: str) -> list[str]:
        self.path(url)
        if not set(url) & _MAGIC:
            return [url]
        with storage_errors(url):
            found = [f"{url.partition('://')[0]}://{it}" for it in sorted(filesystem(url).glob(url))]
        if not found:
            raise InputError([Problem(url, "no file matches it")])
        return found

    def _get(self, url: str, path: Path) -> None:
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.part")
        with storage_errors(url):
            try:
                filesystem(url).get_file(url, str(part))
                part.replace(path)
            except FileNotFoundError:
                part.unlink(missing_ok=True)

    def _references(self, url: str, values: object) -> Iterator[str]:
        """The URLs of all that a parameter file refers to."""
        if not isinstance(values, dict):
            return
        base = url.rpartition("/")[0]
        yield from self._template(base, values.get("template"))
        sections = {key: value for key, value in values.items() if isinstance(value, dict)}
        sources = sections.get("data", {}).values()
        named = [source.get("path") if isinstance(source, dict) else source for source in sources]
        approved = sections.get("actuals", {}).get("approved")
        named = [*named, approved.get("record") if isinstance(approved, dict) else None]
        for name in (*named, sections.get("client", {}).get("logo")):
            place = _joined(base, name)
            if place and set(place) & _MAGIC:
                with storage_errors(url):
                    yield from self._all(filesystem(place).glob(place), place)
            elif place:
                yield place
        if fonts := _joined(base, sections.get("document", {}).get("fonts")):
            yield from self._within(fonts)

    def _template(self, base: str, name: object) -> Iterator[str]:
        """The files of the template of a name, where the nearest `templates/` above has it."""
        if not isinstance(name, str):
            return
        if "/" in name or name.startswith("."):
            if place := _joined(base, name):
                yield from self._within(place)
            return
        folder = base
        while folder.count("/") >= 2:
            root = f"{folder}/templates"
            with storage_errors(root):
                there = self.path(root).is_dir() or filesystem(root).exists(root)
            if there:
                self.path(root).mkdir(parents=True, exist_ok=True)
                yield from self._within(f"{root}/{name}")
                return
            folder = folder.rpartition("/")[0]

    def _within(self, folder: str) -> list[str]:
        with storage_errors(folder):
            return self._all(filesystem(folder).find(folder), folder)

    @staticmethod
    def _all(names: Sequence[str], like: str) -> list[str]:
        return [f"{like.partition('://')[0]}://{name}" for name in sorted(names)]


@contextmanager
def storage_errors(url: str) -> Iterator[None]:
    """Say of a storage that fails what a user can act on; raises InputError."""
    try:
        yield
    except CasebookError:
        raise
    except Exception as error:
        raise InputError([Problem(url, f"can't be read: {reason_of(error)}")]) from None


def _joined(base: str, name: object) -> str | None:
    """The URL of a relative path; None where it is none, or leaves the bucket."""
    if not isinstance(name, str) or not name or name.startswith(("/", "~")) or is_url(name):
        return None
    scheme, _, place = base.partition("://")
    joined = posixpath.normpath(f"{place}/{name}")
    return None if joined.startswith("..") or "/" not in joined else f"{scheme}://{joined}"


Origins = Mapping[Path, str]
"""The URLs of parameter files that were fetched, by their places in a mirror."""
