"""What a worker does with a bundle: the report is made in a fork of a server, as in a local batch.

Each thread of a worker has a pool of its own while it is at work; it is kept from task to task, and ended
with the batch.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from casebook.cluster.transfer import TaskBundle, WorkerResult, unpack
from casebook.cluster.versions import environment_mismatch
from casebook.errors import CasebookError, ExecutionError
from casebook.execution import preload
from casebook.execution.tasks import Limits, TaskPool, TaskResult, pool_class
from casebook.report import PRELOAD, StagedReport, stage_report

TASK = "casebook.cluster.worker:stage"
TOPIC = "casebook-{batch}"
"""Where workers report to the driver which report they begin."""


def run(bundle: TaskBundle, limits: Limits) -> WorkerResult:
    """The task on a worker: make one report, and give its files."""
    from distributed import get_worker

    worker = get_worker()
    refused = environment_mismatch(bundle.environment)
    if refused:
        return WorkerResult(worker.address, TaskResult(), refused=refused)
    worker.log_event(TOPIC.format(batch=bundle.batch), {"key": bundle.key, "worker": worker.address})
    # What a worker that is killed leaves in its own folder, the next one removes.
    with tempfile.TemporaryDirectory(dir=worker.local_directory, prefix="report-") as folder:
        root, staging = Path(folder, "tree"), Path(folder, "staging")
        try:
            staging.mkdir()
            unpack(bundle, root)
            with _pools.one(bundle.batch, limits) as pool:
                pool.submit(bundle.key, replace(bundle, files={}), root, staging)
                ((_, ended),) = pool.completed()
        except CasebookError as error:
            ended = TaskResult(error=error)
        paths = staging.iterdir() if ended.error else (staging / name for name in ended.value.files)
        files = {path.name: path.read_bytes() for path in paths}
        return WorkerResult(worker.address, ended, str(root), files)


def stage(bundle: TaskBundle, root: Path, staging: Path) -> StagedReport:
    """Make a report of a bundle that is laid out in a folder; runs in a fork of the server."""
    os.chdir(root / bundle.here)
    epoch = bundle.environment["SOURCE_DATE_EPOCH"]
    os.environ.pop("SOURCE_DATE_EPOCH", None)
    if epoch is not None:
        os.environ["SOURCE_DATE_EPOCH"] = epoch
    path = Path(bundle.given) if bundle.given else root / bundle.parameters
    return stage_report(path, bundle.overrides, bundle.formats, staging, bundle.engine)


def check_environment(expected: Mapping[str, Any]) -> str:
    """What is otherwise on this worker than the driver asks for."""
    return environment_mismatch(expected)


def end(batch: str) -> None:
    """End what this worker still does for a batch, and its pools."""
    _pools.end(batch)


class _Pools:
    """The pools of a worker process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[tuple[str, Limits, TaskPool]] = []
        self._at_work: list[tuple[str, TaskPool]] = []
        self._ended: set[str] = set()
        """Batches that are over: a report of theirs that was still queued must not begin."""

    @contextmanager
    def one(self, batch: str, limits: Limits) -> Iterator[TaskPool]:
        """A pool for one task: an idle one of the batch, or a new one."""
        with self._lock:
            if batch in self._ended:
                raise ExecutionError("its batch was stopped")
            chosen = next((it for it in self._idle if it[:2] == (batch, limits)), None)
            if chosen:
                self._idle.remove(chosen)
            pool = chosen[2] if chosen else _pool(limits)
            self._at_work.append((batch, pool))
        try:
            yield pool
        except BaseException:
            pool.cancel()
            raise
        finally:
            with self._lock:
                # It is not there any more where the batch was ended meanwhile.
                if (batch, pool) in self._at_work:
                    self._at_work.remove((batch, pool))
                    self._idle.append((batch, limits, pool))
                    pool = None  # type: ignore[assignment]
            if pool:
                pool.cancel()

    def end(self, batch: str) -> None:
        with self._lock:
            self._ended.add(batch)
            busy = [pool for of, pool in self._at_work if of == batch]
            idle = [pool for of, _, pool in self._idle if of == batch]
            self._at_work = [it for it in self._at_work if it[0] != batch]
            self._idle = [it for it in self._idle if it[0] != batch]
        for pool in busy:
            pool.interrupt()
        for pool in idle:
            pool.cancel()


def _pool(limits: Limits) -> TaskPool:
    modules = (*preload.PRELOAD, *PRELOAD, "casebook.cluster.worker")
    return pool_class()(TASK, jobs=1, preload=modules, learn=preload.LEARN, limits=limits)


_pools = _Pools()
