"""The driver's end: reports go to the workers of a cluster a few at a time, and come back as they end.

dask begins a task again when its worker is lost. How often is counted here, by what workers say when they
begin: dask's own count holds tasks that only waited on a worker, and is the same for all who use a scheduler.
"""

from __future__ import annotations

import queue
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

from casebook.cluster.connection import connect, refused_workers
from casebook.cluster.transfer import TaskBundle, WorkerResult, pack, unpack_result
from casebook.cluster.versions import local_environment
from casebook.cluster.worker import TOPIC, end, run
from casebook.errors import CasebookError, ExecutionError
from casebook.execution.tasks import Limits, TaskResult
from casebook.publishing.folder import cant_write
from casebook.report import CheckedParameters
from casebook.signals import defer_signals

MAX_ATTEMPTS = 3
"""How often a report is begun at most: once, and again after each of two lost workers."""
WORKER_TIMEOUT = 60.0
"""Seconds without any worker after which the reports under way are given up."""
_POLL_SECONDS = 1.0
"""Seconds between two looks at the cluster."""


@dataclass
class _Task:
    """A report that is out."""

    staging: Path
    bundle: TaskBundle | None = None
    top: Path = Path()
    """The driver's folder that holds all that the bundle does."""
    future: Any = None
    begun: list[str] = field(default_factory=list)
    """The workers that began it, in their order."""
    killed: int = 0
    """How often dask gave it up."""


class Cluster:
    """Runs reports on the workers of a scheduler; a context manager, and an executor of `make_reports`.

    `notify` gets a message for each worker that is refused. Raises InputError where there is no scheduler
    at the address, or no worker that can be used.
    """

    def __init__(self, address: str, *, limits: Limits, notify: Callable[[str], None]) -> None:
        self._address, self._limits, self._notify = address, limits, notify
        self._batch = uuid.uuid4().hex
        self._tasks: dict[str, _Task] = {}
        self._events: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._over: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._threads: dict[str, int] = {}
        self._refused: set[str] = set()
        self._last_check = self._last_workers = 0.0
        self._gone = ""

    def __enter__(self) -> Self:
        self._client = connect(self._address, self._notify)
        # Not in dask's own thread: a result that never comes would keep the program from ending.
        with defer_signals():
            threading.Thread(target=self._fetch, daemon=True).start()
        try:
            self._refused = set(refused_workers(self._client, self._address, self._notify))
            self._client.subscribe_topic(TOPIC.format(batch=self._batch), self._on_begun)
            self._check_scheduler()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        # Its futures go with it; a scheduler that is gone is not waited for.
        self._client.close(timeout=2)

    @property
    def jobs(self) -> int:
        """The threads of all workers that can be used."""
        return max(1, sum(self._threads.values()))

    def submit(
        self,
        key: str,
        path: Path,
        overrides: Mapping[str, str],
        formats: Sequence[str],
        staging: Path,
        engine: Literal["fork", "kernel"],
        checked: CheckedParameters,
    ) -> None:
        """Send the order of one report, as `stage_report` takes it."""
        self._tasks[key] = task = _Task(staging)
        try:
            order = (path, overrides, formats, engine)
            task.bundle, task.top = pack(self._batch, key, order, local_environment(), checked)
        except CasebookError as error:
            self._events.put((key, error))
        else:
            self._send(key, task)

    def completed(self) -> Iterator[tuple[str, TaskResult]]:
        """Give key and end of each report as they end; the files lie in its staging folder."""
        while self._tasks:
            try:
                key, event = self._events.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                self._check_scheduler()
                continue
            if ended := self._ended(key, event):
                del self._tasks[key]
                yield key, ended
            self._check_scheduler()

    def cancel(self) -> None:
        """Forget the reports that are out, and end those under way on their workers."""
        self._tasks.clear()
        if not self._gone:
            _ask(self._client, end, self._batch)

    def _send(self, key: str, task: _Task) -> None:
        """Ask for a task; it is heard of in the queue."""
        if self._gone:
            self._events.put((key, ExecutionError(self._gone)))
            return
        workers = [worker for worker in self._threads if worker not in self._refused]
        only = workers if self._refused else None
        name = f"casebook-{key}-{uuid.uuid4().hex}"
        try:
            task.future = self._client.submit(
                run, task.bundle, self._limits, key=name, pure=False, workers=only
            )
            task.future.add_done_callback(lambda future: self._over.put((key, future)))
        except Exception as error:  # the client has lost its scheduler
            self._events.put((key, error))

    def _fetch(self) -> None:
        """Bring the results of futures that are over; runs in a thread of its own."""
        while True:
            key, future = self._over.get()
            self._events.put((key, _result(future)))

    def _on_begun(self, event: tuple[float, Mapping[str, str]]) -> None:
        """Called by the client's own thread."""
        self._events.put((event[1]["key"], event[1]["worker"]))

    def _ended(self, key: str, event: Any) -> TaskResult | None:
        """What became of a report by what was heard of it; None where it is not over."""
        task = self._tasks.get(key)
        if task is None:  # it has ended, and this came late
            return None
        if isinstance(event, CasebookError):
            return TaskResult(error=event)
        if isinstance(event, str):
            task.begun.append(event)
            return self._lost(task) if len(task.begun) > MAX_ATTEMPTS else None
        if isinstance(event, WorkerResult):
            return self._delivered(key, task, event)
        return self._failed(key, task, event)

    def _delivered(self, key: str, task: _Task, result: WorkerResult) -> TaskResult | None:
        if result.refused:
            self._refuse(result.worker, result.refused)
            self._send(key, task)
            return None
        try:
            return unpack_result(result, task.staging, task.top)
        except OSError as error:
            return TaskResult(error=cant_write(task.staging.parent, error), seconds=result.ended.seconds)
        except CasebookError as error:
            return TaskResult(error=error, seconds=result.ended.seconds)

    def _failed(self, key: str, task: _Task, error: Exception) -> TaskResult | None:
        """After an error that is not of the report itself."""
        from distributed.scheduler import KilledWorker

        self._check_scheduler(now=True)
        if isinstance(error, KilledWorker):
            task.killed += 1
            if max(task.killed, len(task.begun)) >= MAX_ATTEMPTS:
                return self._lost(task)
            self._send(key, task)
            return None
        if self._gone:
            return TaskResult(error=ExecutionError(self._gone))
        return TaskResult(error=ExecutionError(f"its worker failed: {type(error).__name__}: {error}"))

    def _lost(self, task: _Task) -> TaskResult:
        """The end of a report under which too many workers were lost."""
        task.future.cancel()
        workers = ", ".join(task.begun[:MAX_ATTEMPTS])
        where = f": {workers}" if workers else ""
        what = f"its worker was lost {MAX_ATTEMPTS} times in a row{where}"
        return TaskResult(
            error=ExecutionError(f"{what}\n  hint: its log says why; memory is the usual cause")
        )

    def _refuse(self, worker: str, why: str) -> None:
        if worker not in self._refused:
            self._refused.add(worker)
            self._threads.pop(worker, None)
            self._notify(f"worker {worker} is refused: {why}")

    def _check_scheduler(self, *, now: bool = False) -> None:
        """See whether the scheduler is there, and who works for it; give up what can't end."""
        if self._gone or (not now and time.monotonic() - self._last_check < _POLL_SECONDS):
            return
        self._last_check = time.monotonic()
        threads = _ask(self._client, None)
        if threads is None:
            self._give_up(f"the scheduler at {self._address} was lost\n  hint: run it again when it is back")
            return
        self._threads = {worker: count for worker, count in threads.items() if worker not in self._refused}
        if self._threads:
            self._last_workers = self._last_check
        elif self._last_check - self._last_workers > WORKER_TIMEOUT:
            self._give_up(
                f"the scheduler at {self._address} has had no worker for {WORKER_TIMEOUT:.0f} seconds"
            )

    def _give_up(self, why: str) -> None:
        self._gone = why
        for key in list(self._tasks):
            self._events.put((key, ExecutionError(why)))


def _result(future: Any) -> Any:
    """What a future gives, or the error that it ended with."""
    try:
        return future.result()
    except BaseException as error:
        return error
    finally:
        future.release()


def _ask(client: Any, function: Callable[..., Any] | None, *arguments: Any) -> Any:
    """The threads of each worker, or what each gives for a function; None where the scheduler is gone."""
    if client.status != "running":
        return None
    try:
        return client.run(function, *arguments, on_error="ignore") if function else client.nthreads()
    except Exception:
        return None
