"""What a cluster costs a report, and what a hundred workers would give; run it with `make bench`.

The same 100 clients are made, twice in turns, by a local batch with two processes and by two workers of a
scheduler on this machine; the difference, by report, is what the way there and back costs. A model then
spreads the measured reports over 100 workers (list scheduling, in the order of the files); what the driver
and the scheduler do for a report they do one after another, which bounds the rate whatever workers there are.
"""

from __future__ import annotations

import heapq
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from tests.clusters import Processes, cluster
from tests.small_cases import clients, results_of, world

CLIENTS, WORKERS, ROUNDS, AIM = 100, 100, 2, 0.05
FORMATS = ("--format", "html,xlsx", "--json", "--force")
NETWORK = 100e6
"""Bytes a second between driver, scheduler and workers that the model assumes: a gigabit line."""


def batch(folder: Path, *arguments: str) -> tuple[float, float, list[float]]:
    """Make all reports; gives seconds from the first to the last, the driver's CPU seconds, each report's."""
    command = [sys.executable, "-m", "casebook", "report", *clients(folder), *FORMATS, *arguments]
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    watched, used, ends, lines = psutil.Process(process.pid), [0.0], [], []
    assert process.stdout
    for line in process.stdout:
        ends.append(time.perf_counter())
        lines.append(line)
        times = watched.cpu_times()
        used.append(times.user + times.system)
    assert process.wait() == 0
    seconds = [each["seconds"]["in all"] for each in results_of("".join(lines)).values()]
    return ends[-1] - ends[0], used[-1] - used[1], seconds


def carried(folder: Path) -> tuple[int, int]:
    """Bytes of a report's order and of its files."""
    from casebook.cluster.transfer import pack
    from casebook.cluster.versions import local_environment

    before = Path.cwd()
    os.chdir(folder)
    try:
        bundle, _ = pack(
            "batch", "client", (Path(clients(folder)[0]), {}, ("html", "xlsx"), "fork"), local_environment()
        )
    finally:
        os.chdir(before)
    first = next((folder / "output").iterdir())
    return len(pickle.dumps(bundle)), sum(path.stat().st_size for path in first.iterdir())


def spread(seconds: Sequence[float], workers: int, gap: float) -> float:
    """Seconds until the last report ends, where a driver hands one out every `gap` seconds at most."""
    free = [0.0] * workers
    last = 0.0
    for number, spent in enumerate(seconds):
        end = max(heapq.heappop(free), number * gap) + spent
        heapq.heappush(free, end)
        last = max(last, end)
    return last


def scheduler_seconds(processes: Processes) -> float:
    assert processes.scheduler
    times = psutil.Process(processes.scheduler.pid).cpu_times()
    return times.user + times.system


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = world(Path(name), [f"client-{number:03}" for number in range(CLIENTS)])
        local, remote = [], []
        with cluster(folder / "cluster") as processes:
            before = scheduler_seconds(processes)
            for _ in range(ROUNDS):  # in turns, since a machine has its moods
                local.append(batch(folder, "--jobs", "2"))
                remote.append(batch(folder, "--scheduler", processes.address))
            scheduler = (scheduler_seconds(processes) - before) / CLIENTS / ROUNDS
        here, there = min(local)[0], min(remote)[0]
        _, driver, seconds = min(remote)
        order, files = carried(folder)
    print(
        f"{CLIENTS} small reports (page and workbook), two at a time; the better of {ROUNDS} rounds in turns"
    )
    print(f"  local batch      {here:6.1f} s  {here / CLIENTS * 1000:6.0f} ms a report")
    more, cost = there / here - 1, (there - here) / CLIENTS * 1000
    print(f"  two workers      {there:6.1f} s  {there / CLIENTS * 1000:6.0f} ms a report")
    print(f"  overhead         {more:6.1%}  {cost:6.0f} ms a report (aim: under {AIM:.0%})")
    simulate(seconds, driver / CLIENTS, scheduler, order + files)


def simulate(seconds: list[float], driver: float, scheduler: float, carried: int) -> None:
    """Print what a hundred workers would give with the measured costs, and what would limit them."""
    line = 2 * carried / NETWORK  # through the scheduler: there and on
    costs = {"driver": driver, "scheduler": scheduler, "transfer": line}
    print(f"a hundred workers, modelled for {CLIENTS * 100} such reports; costs a report, one after another:")
    for name, cost in costs.items():
        print(f"  {name:<16} {cost * 1000:6.1f} ms, so at most {1 / cost:6.0f} reports a second")
    gap, many = max(costs.values()), seconds * 100
    for label, each in (("as small as these", many), ("ten times as long", [10 * it for it in many])):
        ideal, whole = sum(each) / WORKERS, spread(each, WORKERS, gap)
        used = sum(each) / WORKERS / whole
        bound = max(costs, key=lambda name: costs[name])
        limit = bound if gap * len(each) > ideal else "workers"
        if max(each) > max(ideal, gap * len(each)):
            limit = "largest client"
        print(
            f"  {label}: {len(each) / whole:6.1f} reports a second, {used:4.0%} of the workers used, "
            f"largest client {max(each):.1f} s; the limit is the {limit}"
        )


if __name__ == "__main__":
    main()
