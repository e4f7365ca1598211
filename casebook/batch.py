"""Many reports: what is up to date is left alone, the rest is checked, made by an executor, and published.

The executor is a seam: local forks, or a cluster. A report that fails harms no other.
"""

from __future__ import annotations

import os
import traceback
import unicodedata
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from casebook.errors import CasebookError, ExecutionError, InputError, Problem
from casebook.publishing import fingerprint
from casebook.publishing.folder import ClientFolder, FolderBusyError
from casebook.publishing.manifest import Manifest, checked, differences
from casebook.publishing.store import ReportStore
from casebook.schema.wording import display, printable
from casebook.signals import defer_signals

if TYPE_CHECKING:
    from casebook.report import CheckedParameters

WHAT_IF = "-what-if"

QUEUE_DEPTH = 2
"""Tasks submitted per worker: one that runs, and one that waits."""

TASK = "casebook.report:stage_report"
"""What an executor runs: it gives a StagedReport, and leaves its files in the folder that it was told."""


class Completion(Protocol):
    """How a task ended: with a value or with an error."""

    @property
    def value(self) -> Any:
        """A StagedReport."""

    @property
    def error(self) -> CasebookError | None:
        """Why there is no value."""

    @property
    def seconds(self) -> float:
        """From its start to its end."""


class Executor(Protocol):
    """Runs TASK, several at a time, each apart from the others."""

    @property
    def jobs(self) -> int:
        """How many it can run at a time, just now."""

    def submit(self, key: str, *arguments: Any) -> None:
        """Ask for a task: TASK is called with these arguments."""

    def completed(self) -> Iterator[tuple[str, Completion]]:
        """Give key and end of each task as they end; more may be submitted meanwhile."""

    def cancel(self) -> None:
        """Forget the tasks that wait, and end those under way."""


@dataclass(frozen=True)
class Request:
    """What is asked of a batch."""

    output: ReportStore
    """Where the clients' folders lie."""
    formats: Sequence[str]
    overrides: Mapping[str, str] = field(default_factory=dict)
    engine: Literal["fork", "kernel"] = "fork"
    force: bool = False
    "Remake reports that are up to date."
    origins: Mapping[Path, str] = field(default_factory=dict)
    """The URLs of parameter files that were fetched."""


@dataclass(frozen=True)
class BuildResult:
    """What became of one report."""

    parameters: Path
    client: str
    """Name of the client's folder."""
    status: Literal["done", "up to date", "failed"]
    files: Sequence[Path] = ()
    """What is published now."""
    summary: Mapping[str, Any] = field(default_factory=dict)
    """The case in a line, see `Manifest.summary`."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """Time by stage, and `in all`."""
    warnings: Sequence[str] = ()
    error: CasebookError | None = None


@dataclass
class _Build:
    """A report that is being made."""

    parameters: Path
    client: str
    folder: ClientFolder
    staging: Path


def make_reports(
    paths: Sequence[Path],
    request: Request,
    *,
    start: Callable[[], AbstractContextManager[Executor]],
    notify: Callable[[str], None],
) -> Generator[BuildResult]:
    """Make the reports of parameter files, and give what became of each as soon as it is known.

    `start` gives the executor; it is called only where something is to be made. `notify` gets a message
    before each wait. Closing the iterator early ends what is under way; what is published is whole.
    """
    clients, refused = _clients(paths, request)
    yield from refused
    request.output.prepare(set(clients.values()))
    todo: list[Path] = []
    for path in clients:
        found = None if request.force else _up_to_date(path, clients[path], request)
        if found:
            yield found
        else:
            todo.append(path)
    if not todo:
        return
    with start() as executor:
        # While the executor gets ready: the mistakes of all files, before any of them is run.
        ready: dict[Path, CheckedParameters] = {}
        for path in todo:
            try:
                with _own(path):
                    ready[path] = _check(path, request, ready.values())
            except CasebookError as error:
                yield BuildResult(path, clients[path], "failed", error=error)
        yield from _Batch(request, clients, ready, executor, notify).make()


class _Batch:
    """The reports under way, by client."""

    def __init__(
        self,
        request: Request,
        clients: Mapping[Path, str],
        ready: Mapping[Path, CheckedParameters],
        executor: Executor,
        notify: Callable[[str], None],
    ) -> None:
        self.request = request
        self.clients = clients
        self.ready = ready
        self.executor = executor
        self.notify = notify
        self.work: dict[str, _Build] = {}
        self.busy: list[Path] = []
        """Whose folder another run had when they were first tried."""
        self.environment = fingerprint.environment()

    def make(self) -> Iterator[BuildResult]:
        try:
            yield from self._make(iter(self.ready), None)
            # One by one, with nothing under way: a run that waited with folders of its own could wait forever
            # for one that waits for these.
            for path in self.busy:
                yield from self._make(iter([path]), self.notify)
        finally:
            self.executor.cancel()
            for work in self.work.values():
                work.folder.discard(work.staging)
                work.folder.release()

    def _make(self, waiting: Iterator[Path], notify: Callable[[str], None] | None) -> Iterator[BuildResult]:
        yield from self._fill(waiting, notify)
        while self.work:
            for client, end in self.executor.completed():
                yield self._end(client, end)
                yield from self._fill(waiting, notify)

    def _fill(self, waiting: Iterator[Path], notify: Callable[[str], None] | None) -> Iterator[BuildResult]:
        """Hand over reports until enough are under way; gives those that need no making after all."""
        while len(self.work) < QUEUE_DEPTH * self.executor.jobs and (path := next(waiting, None)):
            try:
                with _own(path):
                    outcome = self._begin(path, notify)
            except FolderBusyError:
                self.busy.append(path)
                continue
            except CasebookError as error:
                outcome = BuildResult(path, self.clients[path], "failed", error=error)
            if outcome:
                yield outcome

    def _begin(self, path: Path, notify: Callable[[str], None] | None) -> BuildResult | None:
        client, request = self.clients[path], self.request
        folder = request.output.open(client, notify)
        try:
            # Another run may have made it meanwhile, or one that was killed have left it complete.
            found = None if request.force else _up_to_date(path, client, request)
            if found:
                folder.release()
                return found
            with defer_signals():
                staging = folder.stage()
                self.work[client] = _Build(path, client, folder, staging)
        except BaseException:
            folder.release()
            raise
        arguments = (dict(request.overrides), tuple(request.formats), staging, request.engine)
        self.executor.submit(client, path, *arguments, self.ready[path])
        return None

    def _end(self, client: str, end: Completion) -> BuildResult:
        work = self.work[client]
        with defer_signals():
            try:
                with _own(work.parameters):
                    return self._published(work, end)
            except CasebookError as error:
                spent = {"in all": end.seconds}
                return BuildResult(work.parameters, client, "failed", error=error, seconds=spent)
            finally:
                work.folder.discard(work.staging)
                work.folder.release()
                del self.work[client]

    def _published(self, work: _Build, end: Completion) -> BuildResult:
        if end.error:
            raise _kept(work, end.error)
        staged, path, folder = end.value, work.parameters, work.folder.path
        try:
            # A cell can change what its process does, so what it gives is foreign, too.
            manifest = checked(
                Manifest(
                    client=work.client,
                    kind=staged.kind,
                    parameters=self._way_to(work),
                    sources=staged.sources,
                    overrides=self.request.overrides,
                    formats=self.request.formats,
                    environment=self.environment,
                    files=staged.files,
                    summary=staged.summary,
                    seconds={**staged.seconds, "in all": end.seconds},
                )
            )
            for name, known in manifest.files.items():
                if wrong := fingerprint.difference(work.staging / name, known):
                    raise ValueError(f"{name} {wrong}")
            texts = [str(text) for text in staged.warnings]
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            what = "its process did not return a report"
            hint = "look for a cell that changes other modules"
            raise ExecutionError(f"{what}: {error}\n  hint: {hint}") from error
        removed = work.folder.publish(work.staging, manifest)
        if removed:
            texts.append(f"removed {', '.join(removed)}, which this run did not produce")
        return _outcome(path, "done", manifest, folder, seconds=manifest.seconds, warnings=texts)

    def _way_to(self, work: _Build) -> str:
        """How the manifest names the parameter file."""
        origin = self.request.origins.get(work.parameters)
        return origin or self.request.output.way_to(work.client, work.parameters)


def _kept(work: _Build, error: CasebookError) -> CasebookError:
    """The same error, with a hint at the executed copy, which is kept beside the last good report."""
    from casebook.report import stage_failed

    stage_failed(work.staging)
    copy = work.folder.keep_failed(work.staging)
    return type(error)(f"{error}\n  hint: the executed copy is kept at {copy}") if copy else error


@contextmanager
def _own(path: Path) -> Iterator[None]:
    """Whatever goes wrong with one report is that report's error, and ends no other."""
    try:
        yield
    except CasebookError as error:
        raise error.named(display(path)) from error
    except Exception as error:
        wrapped = ExecutionError(f"{display(path)}: {type(error).__name__}: {error}")
        wrapped.add_note(traceback.format_exc())
        raise wrapped from error


def _outcome(
    path: Path, status: Literal["done", "up to date"], manifest: Manifest, folder: Path, **more: Any
) -> BuildResult:
    files = [folder / name for name in manifest.files]
    return BuildResult(path, manifest.client, status, files, manifest.summary, **more)


def _up_to_date(path: Path, client: str, request: Request) -> BuildResult | None:
    """The published report of a parameter file, if it still follows from all that it was made of."""
    try:
        for manifest in request.output.manifests(client):
            wanted = (dict(request.overrides), sorted(request.formats))
            published = (dict(manifest.overrides), sorted(manifest.formats))
            if (
                manifest.client != client
                or published != wanted
                or manifest.sources.unhashed
                or request.output.changed(client, manifest)
            ):
                continue
            if not next(differences(manifest, path), None):
                return _outcome(path, "up to date", manifest, request.output.place(client))
    except (OSError, ValueError):  # what can't be looked at is made again
        pass
    return None


def _clients(paths: Sequence[Path], request: Request) -> tuple[dict[Path, str], list[BuildResult]]:
    """The name of each client's folder by its parameter file, and those that can't have one of their own."""
    ending = WHAT_IF if request.overrides else ""
    named = {os.path.realpath(path): path for path in reversed(paths)}
    clients = {path: path.stem + ending for path in paths if named[os.path.realpath(path)] is path}
    refused = []

    def refuse(path: Path, message: str, hint: str) -> None:
        error = InputError([Problem(printable(str(path), 200), message, hint)])
        refused.append(BuildResult(path, clients.pop(path), "failed", error=error))

    for path, client in list(clients.items()):
        # What a terminal or a manifest can't show, and what leads out of the folder for reports.
        if not client.isprintable() or client in (".", ".."):
            refuse(path, "its report's folder can't have this name", "rename it, as in acme.yaml")
    # Acme and acme are one folder on many file systems, as are two ways to write é.
    sharing: dict[str, list[Path]] = {}
    for path, client in clients.items():
        sharing.setdefault(unicodedata.normalize("NFC", client).casefold(), []).append(path)
    for group in sharing.values():
        for path in group if len(group) > 1 else ():
            others = ", ".join(str(other) for other in group if other is not path)
            message = f"its report would go to the same folder as that of {others}"
            refuse(path, message, "give the files names of their own")
    return clients, refused


def _check(path: Path, request: Request, sound: Collection[CheckedParameters]) -> CheckedParameters:
    """Raise InputError where a report could not be made; the notebooks of `sound` were looked at before."""
    from casebook import report
    from casebook.schema.notebooks import read_notebook

    checked = report.check(path, request.overrides)
    notebook = checked.parameters.template.notebook
    if all(other.parameters.template.notebook != notebook for other in sound):
        read_notebook(notebook)
    return checked
