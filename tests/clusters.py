"""A Dask cluster of processes on this machine, as a firm would start it on several."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

READY = 60.0
"""Seconds that a process may take to start on a machine at work."""


class Processes:
    """A scheduler and its workers; their logs lie in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = ""
        self.scheduler: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []

    def start_scheduler(self, *more: str) -> None:
        place = self.folder / "scheduler.json"
        place.unlink(missing_ok=True)
        options = ("--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(place), *more)
        self.scheduler = self._start("scheduler", *options)
        until = time.monotonic() + READY
        while not self.address:
            assert self.scheduler.poll() is None, self.log("scheduler")
            assert time.monotonic() < until, self.log("scheduler")
            with contextlib.suppress(OSError, ValueError):
                self.address = json.loads(place.read_text())["address"]
            time.sleep(0.05)

    def start_worker(
        self, *options: str, threads: int = 1, env: dict[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        place = ("--local-directory", str(self.folder), "--nthreads", str(threads), "--host", "127.0.0.1")
        worker = self._start("worker", self.address, *place, *options, env=env)
        self.workers.append(worker)
        return worker

    def wait(self, workers: int) -> None:
        """Until so many workers are there."""
        until = time.monotonic() + READY
        while self.log("scheduler").count("Register worker") < workers:
            assert time.monotonic() < until, self.log("scheduler")
            time.sleep(0.05)

    def log(self, part: str) -> str:
        return "".join(path.read_text("utf-8", "replace") for path in self.folder.glob(f"{part}-*.log"))

    def _start(self, part: str, *options: str, env: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        number = len(list(self.folder.glob(f"{part}-*.log")))
        with (self.folder / f"{part}-{number}.log").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.dask_{part}", *options, "--no-dashboard"],
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **(env or {})},
                stdout=log,
                stderr=log,
            )

    def end(self) -> None:
        processes = [
            psutil.Process(it.pid) for it in (self.scheduler, *self.workers) if it and it.poll() is None
        ]
        family = [each for process in processes for each in (*process.children(recursive=True), process)]
        for process in reversed(family):
            with contextlib.suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(family, timeout=20)


@contextlib.contextmanager
def cluster(folder: Path, *, workers: int = 2, scheduler: Sequence[str] = ()) -> Iterator[Processes]:
    """A scheduler and workers without a nanny: one that is killed does not come back."""
    folder.mkdir(exist_ok=True)
    processes = Processes(folder)
    try:
        processes.start_scheduler(*scheduler)
        for _ in range(workers):
            processes.start_worker("--no-nanny")
        processes.wait(workers)
        yield processes
    finally:
        processes.end()
