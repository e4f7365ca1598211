"""Where clients' folders lie: what a batch asks of a folder of reports, on this machine."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Protocol

from casebook.publishing import fingerprint
from casebook.publishing.folder import ClientFolder, is_settled
from casebook.publishing.manifest import Manifest, manifests_in, path_from


class ReportStore(Protocol):
    """A place of reports, here or in object storage."""

    def prepare(self, clients: Collection[str]) -> None:
        """Learn what is there of some clients, before any of them is asked for."""

    def place(self, client: str) -> Path:
        """A client's folder."""

    def manifests(self, client: str) -> list[Manifest]:
        """The manifests of a client, if the last run on its folder has ended well."""

    def changed(self, client: str, manifest: Manifest) -> bool:
        """Whether a published file is otherwise than its manifest says, or gone."""

    def way_to(self, client: str, parameters: Path) -> str:
        """The way from a client's folder to a parameter file; its name alone where there is none."""

    def open(self, client: str, notify: Callable[[str], None] | None) -> ClientFolder:
        """The folder of a client, to publish in; `notify` gets a message before a wait. None: do not wait."""


class LocalStore:
    """A folder of clients' folders."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def prepare(self, clients: Collection[str]) -> None:
        """Nothing needs to be learnt beforehand."""

    def place(self, client: str) -> Path:
        """A client's folder."""
        return self._path / client

    def manifests(self, client: str) -> list[Manifest]:
        """The manifests of a client, if the last run on its folder has ended well."""
        return manifests_in(self.place(client)) if is_settled(self.place(client)) else []

    def changed(self, client: str, manifest: Manifest) -> bool:
        """Whether a published file is otherwise than its manifest says, or gone."""
        files = ((self.place(client) / name, known) for name, known in manifest.files.items())
        return any(fingerprint.difference(path, known) for path, known in files)

    def way_to(self, client: str, parameters: Path) -> str:
        """The way from a client's folder to a parameter file; its name alone where there is none."""
        return path_from(self.place(client), parameters)

    def open(self, client: str, notify: Callable[[str], None] | None) -> ClientFolder:
        """The folder of a client, to publish in."""
        return ClientFolder(self.place(client), notify=notify)
