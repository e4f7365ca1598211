"""Reports in object storage: a report is uploaded beside the last one, then put into its place there.

As on a disk, the manifest is the last to come among what is uploaded, and the last to be put into place; what
an interrupted run left complete is put into place by the next, the rest is removed. An object is put whole or
not at all. Storage has no locks: one run at a time may publish to a place.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from casebook.errors import CasebookError, Problem, PublishError
from casebook.publishing.folder import FAILED, STAGING, ClientFolder
from casebook.publishing.formats import FORMATS
from casebook.publishing.manifest import SUFFIX, Manifest, read_manifest
from casebook.storage import Mirror, filesystem, reason_of, storage_errors


class BucketStore:
    """Clients' folders under a URL; what belongs to a run lies in a mirror."""

    def __init__(self, mirror: Mirror, url: str) -> None:
        self._mirror, self.url = mirror, url.rstrip("/")
        self._path = mirror.path(url)
        self.storage = filesystem(url)
        self.base = self.storage._strip_protocol(self.url)
        self._there: dict[str, dict[str, int]] = {}

    def prepare(self, clients: Collection[str]) -> None:
        """List what is there, and get the manifests of some clients."""
        with storage_errors(self.url):
            self._learn(clients, self.storage.find(self.base, detail=True))

    def refresh(self, client: str) -> None:
        """List again what is there of a client."""
        with storage_errors(self.url):
            self._learn([client], self.storage.find(f"{self.base}/{client}", detail=True))

    def _learn(self, clients: Collection[str], listing: dict[str, dict]) -> None:
        wanted = {client: dict[str, int]() for client in clients}
        for name, about in listing.items():
            client, _, rest = name.removeprefix(f"{self.base}/").partition("/")
            if client in wanted and rest:
                wanted[client][rest] = about["size"]
        self._there.update(wanted)
        names = {
            f"{self.base}/{client}/{name}": self.place(client) / name
            for client in clients
            for name in wanted[client]
            if name.endswith(SUFFIX) and "/" not in name
        }
        got = self.storage.cat(list(names)) if names else {}
        for name, content in got.items():
            names[name].parent.mkdir(parents=True, exist_ok=True)
            names[name].write_bytes(content)

    def place(self, client: str) -> Path:
        """A client's folder, in the mirror."""
        return self._path / client

    def names(self, client: str) -> list[str]:
        """What is there of a client, by names from its folder."""
        return sorted(self._there.get(client, ()))

    def manifests(self, client: str) -> list[Manifest]:
        """The manifests of a client, if the last run on its folder has ended well."""
        names = self.names(client)
        if any(name.startswith(STAGING) or name.endswith(FAILED) for name in names):
            return []
        return self.published(client)

    def published(self, client: str) -> list[Manifest]:
        """The manifests of a client, however the last run ended."""
        kept = [name for name in self.names(client) if name.endswith(SUFFIX) and "/" not in name]
        found = (read_manifest(self.place(client) / name) for name in kept)
        return [manifest for manifest in found if manifest]

    def changed(self, client: str, manifest: Manifest) -> bool:
        """Whether a published file has another size than its manifest says, or is gone."""
        there = self._there.get(client, {})
        return any(there.get(name) != known["size"] for name, known in manifest.files.items())

    def way_to(self, client: str, parameters: Path) -> str:
        """A parameter file's name: a way from a bucket to a disk would tell of the disk."""
        return parameters.name

    def open(self, client: str, notify: Callable[[str], None] | None) -> ClientFolder:
        """The folder of a client, to publish in."""
        return BucketFolder(self, client)


class BucketFolder(ClientFolder):
    """The folder of one client's reports in object storage; reports are staged in a mirror."""

    def __init__(self, store: BucketStore, client: str) -> None:
        super().__init__(store.place(client))
        self._store, self._client, self._storage = store, client, store.storage
        self._base = f"{store.base}/{client}"
        self._resume()

    def publish(self, staging: Path, manifest: Manifest) -> list[str]:
        """Upload staged files and put them into place; gives the names of older ones taken away.

        Raises PublishError where that can't be: the last good report stays.
        """
        staged = f"{self._base}/{staging.name}"
        with self._writing():
            self._storage.pipe({f"{staged}/{name}": (staging / name).read_bytes() for name in manifest.files})
            self._storage.pipe_file(f"{staged}/{manifest.name}", manifest.content())
            return self._forward(staged, manifest)

    def keep_failed(self, staging: Path) -> Path | None:
        """Keep the executed copy of a failed run, if it was staged; gives its place."""
        kept = super().keep_failed(staging)
        if kept:
            try:
                self._storage.put_file(str(kept), f"{self._base}/{kept.name}")
            except Exception:
                return None
        return kept

    def _resume(self) -> None:
        """Finish what an interrupted run left complete, and remove the rest of it."""
        left: dict[str, list[str]] = {}
        for name in self._store.names(self._client):
            if name.startswith(STAGING):
                folder, _, rest = name.partition("/")
                left.setdefault(folder, []).append(rest)
        if not left:
            return
        with self._writing():
            for folder, names in left.items():
                staged = f"{self._base}/{folder}"
                for name in names:
                    if name.endswith(SUFFIX) and (manifest := self._read(f"{staged}/{name}")):
                        self._forward(staged, manifest)
                        break
                else:
                    self._remove(f"{staged}/{name}" for name in names)
        self._store.refresh(self._client)

    def _read(self, name: str) -> Manifest | None:
        place = self.path / PurePosixPath(name).name
        place.write_bytes(self._storage.cat_file(name))
        return read_manifest(place)

    def _forward(self, staged: str, manifest: Manifest) -> list[str]:
        """Put uploaded files into place, the manifest last; what is older goes."""
        files = list(manifest.files)
        self._storage.copy([f"{staged}/{it}" for it in files], [f"{self._base}/{it}" for it in files])
        there = set(self._store.names(self._client))
        before = self._store.published(self._client)
        older = {name for old in before for name in old.files}
        older |= {manifest.kind + ending for ending in FORMATS.values()}
        removed = sorted((older - set(files)) & there)
        manifests = {old.name for old in before} - {manifest.name}
        self._remove(
            f"{self._base}/{it}" for it in (*removed, *manifests, *(there & {manifest.kind + FAILED}))
        )
        self._storage.cp_file(f"{staged}/{manifest.name}", f"{self._base}/{manifest.name}")
        # The mark of a complete report goes first: what is left without it is not put into place again.
        self._remove([f"{staged}/{manifest.name}"])
        self._remove(f"{staged}/{it}" for it in files)
        return removed

    def _remove(self, names: Collection[str] | Iterator[str]) -> None:
        if names := list(names):
            with suppress(FileNotFoundError):
                self._storage.rm(names)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except CasebookError:
            raise
        except Exception as error:
            what = f"can't be written to: {reason_of(error)}"
            hint = "what was there stays until a report is complete; run it again"
            raise PublishError(str(Problem(str(self.path), what, hint))) from None
