"""Reports beside the shell loop of papermill and nbconvert, on the same notebooks and clients.

Run it with `make bench`; `--reports 400` takes a larger batch as well, to see that cost and memory stay as
they are. nbconvert's webpdf needs Playwright with a browser of its own; the installed Chromium that prints
nbconvert's HTML does the same work. Processor time is what was really spent, also on a busy machine, and
counts every process, waited for or orphaned. Memory is that of the whole tree at its peak: what processes
share counts once (PSS).
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from casebook.execution import processes
from tests.bench.cells import cells_alone, through_engine
from tests.bench.simulation import ROOT

EXAMPLES = ("airline", "airline-three-years", "beer-community", "cola", "software")
"""What all sides make reports of: each type of case, plain and with ranges, with data and without."""

BATCH = 40
SETTLED = 200
"""Reports in a run that finds nothing to do."""

AIM_MEGABYTES = 400
LIMIT = 5.0
"""How many times the loop's processor time a report must save at least: less would be a step back."""

NAMES = {
    "loop": "papermill, nbconvert",
    "xargs": "the same, xargs -P 2",
    "batch": "casebook --jobs 2",
    "more": "casebook, a larger batch",
    "cold": "casebook, a cold start",
    "settled": "casebook, nothing to do",
}

LOOP = """
set -e
name=$(basename "$1" .yaml)
template=$(sed -n 's/^template: *//p' "$1")
{bin}/papermill -k python3 --no-progress-bar "templates/$template/template.ipynb" "loop/$name.ipynb" \\
  -f "$1" --cwd params
{bin}/jupyter nbconvert --log-level ERROR --to html "loop/$name.ipynb"
{chromium} --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
  --disable-background-networking --host-resolver-rules='MAP * ~NOTFOUND' --user-data-dir="$PWD/chromium-$$" \
  --print-to-pdf="loop/$name.pdf" "file://$PWD/loop/$name.html"
rm -rf "$PWD/chromium-$$"
"""


@dataclass(frozen=True)
class Cost:
    """What a run took."""

    reports: int
    seconds: float
    processor: float
    """Seconds of all processes, user and system."""
    memory: float
    """Megabytes at the peak."""

    @property
    def rate(self) -> float:
        """Reports a second."""
        return self.reports / self.seconds

    @property
    def each(self) -> float:
        """Seconds of processor time a report."""
        return self.processor / self.reports


def clients(folder: Path, count: int, *, same: bool = False) -> list[str]:
    """A project of so many clients: the examples over and over, each under another name unless `same`."""
    shutil.copytree(ROOT / "templates", folder / "templates")
    (folder / "params").mkdir()
    for name in ("data", "logos"):
        shutil.copytree(ROOT / "params" / name, folder / "params" / name)
    made = []
    for number in range(count):
        example = EXAMPLES[number % len(EXAMPLES)]
        text = (ROOT / "params" / f"{example}.yaml").read_text(encoding="utf-8")
        if not same:
            text = re.sub(r"(?m)^(  name: .*)$", rf"\1 {number:03d}", text, count=1)
        made.append(f"params/{number:03d}-{example}.yaml")
        (folder / made[-1]).write_text(text, encoding="utf-8")
    return made


def cost(command: Sequence[str], folder: Path, reports: int) -> Cost:
    """Run a command to its end, and to that of all it started."""
    before, begin = _spent(), time.perf_counter()
    peak, done = [0.0], threading.Event()
    watch = threading.Thread(target=_watch, args=(peak, done))
    watch.start()
    try:
        ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        taken = time.perf_counter() - begin
    finally:
        done.set()
        watch.join()
    if ended.returncode:
        raise SystemExit(f"{' '.join(command)[:200]} failed:\n{ended.stdout[-2000:]}{ended.stderr[-2000:]}")
    with suppress(ChildProcessError):  # what it left is ours now
        while True:
            os.waitpid(-1, 0)
    return Cost(reports, taken, _spent() - before, peak[0])


def _spent() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _watch(peak: list[float], done: threading.Event) -> None:
    while not done.wait(0.2):
        found = set()
        for process in processes.descendants(os.getpid()):
            with suppress(OSError):
                found.add(Path(f"/proc/{process}/smaps_rollup").read_text())
        # A process about to become another program (vfork) still has its parent's memory, to the last page:
        # a set counts it once.
        sizes = (int(text.split("Pss:")[1].split()[0]) for text in found if "Pss:" in text)
        peak[0] = max(peak[0], sum(sizes) * 1024 / 1e6)


def peers(folder: Path, parameters: Sequence[str]) -> tuple[Cost, Cost]:
    """The loop, one client after the other, and two at a time."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium is not None
    (folder / "loop").mkdir()
    script = LOOP.format(bin=shlex.quote(str(Path(sys.executable).parent)), chromium=shlex.quote(chromium))
    (folder / "one.sh").write_text(script)
    names = " ".join(map(shlex.quote, parameters))
    loop = f"for each in {names}; do sh one.sh $each || exit 1; done"
    abreast = f"printf '%s\\n' {names} | xargs -P 2 -n 1 sh one.sh"
    found = [cost(["sh", "-c", command], folder, len(parameters)) for command in (loop, abreast)]
    assert len(list((folder / "loop").glob("*.pdf"))) == len(parameters)
    return found[0], found[1]


def report(folder: Path, parameters: Sequence[str], *options: str) -> Cost:
    """`casebook report` on two cores."""
    command = [sys.executable, "-m", "casebook", "report", *parameters, "--jobs", "2", *options]
    return cost(command, folder, len(parameters))


def nothing_to_do(scratch: Path) -> Cost:
    """A run over many reports that are up to date: a few made, the others copies under other names."""
    folder = scratch / "settled"
    parameters = clients(folder, SETTLED, same=True)
    report(folder, parameters[: len(EXAMPLES)])
    for place, path in enumerate(parameters[len(EXAMPLES) :]):
        made, name = Path(parameters[place % len(EXAMPLES)]).stem, Path(path).stem
        shutil.copytree(folder / "output" / made, folder / "output" / name)
        (manifest,) = (folder / "output" / name).glob("*.manifest.json")
        manifest.write_text(manifest.read_text().replace(made, name))
        shutil.copystat(folder / "params" / f"{made}.yaml", folder / path)
    return report(folder, parameters)


def measure(scratch: Path, large: int) -> tuple[dict[str, Cost], float, float]:
    """Run all sides; gives their costs by name, and a report's processor time: cells alone, and in a fork."""
    few, many = clients(scratch / "few", len(EXAMPLES)), clients(scratch / "many", BATCH)
    cold = [report(scratch / "few", few[1:2], "--force") for _ in range(3)]
    found = {"batch": report(scratch / "many", many)}
    if large:
        found["more"] = report(scratch / "more", clients(scratch / "more", large))
    found |= {"cold": min(cold, key=lambda run: run.seconds), "settled": nothing_to_do(scratch)}
    paths = [scratch / "few" / path for path in few]
    alone, forked = cells_alone(paths), through_engine(paths)
    found["loop"], found["xargs"] = peers(scratch / "few", few)
    return found, alone, forked


def table(found: dict[str, Cost], alone: float, forked: float) -> None:
    """Print ratios, then what they are made of."""
    batch, loop, xargs = found["batch"], found["loop"], found["xargs"]
    load = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    print(f"Reports beside the loop of papermill, nbconvert --to html and Chromium for its PDF ({load})")
    for name, peer, aim in (("the loop", loop, 12), ("xargs -P 2", xargs, 8)):
        less = peer.each / batch.each
        print(f"  {batch.rate / peer.rate:6.1f} × the reports a second of {name} (aim: {aim}), ", end="")
        print(f"{less:.1f} × less processor time")
    print(f"  {forked / alone:6.2f} × the cells alone: fork, parameters, papermill, cells (aim: 1.35)")
    print(f"  {batch.each / alone:6.2f} × the cells alone: all of it, with PDF, page and workbook")
    if more := found.get("more"):
        print(f"  {more.each / batch.each:6.2f} × the cost of a report, ", end="")
        print(f"{more.memory / batch.memory:.2f} × the memory, in a batch of {more.reports} (aim: 1.05)")
    print(f"  {found['cold'].seconds:6.2f} s for one report from a cold start (aim: 2.5)")
    print(f"  {found['settled'].seconds:6.2f} s for {SETTLED} with nothing to do (aim: 0.5)")
    print(f"  {batch.memory:6.0f} MB at the peak (aim: {AIM_MEGABYTES})")
    print(f"  {'':26}{'reports':>10}{'a second':>11}{'processor s each':>19}{'peak MB':>10}{'seconds':>10}")
    for name, run in found.items():
        print(f"  {NAMES[name]:26}{run.reports:10}{run.rate:11.2f}{run.each:19.2f}", end="")
        print(f"{run.memory:10.0f}{run.seconds:10.1f}")
    print(f"  processor s of a report's cells: alone {alone:.2f}, in a fork of a batch {forked:.2f}")


def main() -> int:
    """Measure and print; 1 where an aim is missed by what does not depend on how busy the machine is."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--reports", type=int, default=0, help="make a batch of so many as well")
    large = options.parse_args().reports
    processes.adopt_orphans()
    with tempfile.TemporaryDirectory() as scratch:
        found, alone, forked = measure(Path(scratch), large)
    table(found, alone, forked)
    batch, loop = found["batch"], found["loop"]
    return 0 if loop.each / batch.each > LIMIT and batch.memory < AIM_MEGABYTES else 1


if __name__ == "__main__":
    sys.exit(main())
