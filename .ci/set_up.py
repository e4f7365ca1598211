"""Set up .venv with casebook and what it needs: pip brings uv, uv brings all else; where uv can't, pip does.

    python3 .ci/set_up.py                 make .venv afresh on this Python, with all that the tests need
    .venv/bin/python .ci/set_up.py lab    add an extra of pyproject.toml to it

It needs the standard library alone, is never silent for long, and tells a failure in one message: what failed
on which Python, and what to do. All that pip and uv said is in .venv/set-up.log.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

VENV = Path(".venv")
PYTHON = str(VENV / "bin/python")
PINS = "--constraint=constraints.txt"
PIP = [PYTHON, "-m", "pip", "install", PINS, "--no-input", "--disable-pip-version-check", "--retries=2"]
PIP += ["--progress-bar=off"]
UV = [PYTHON, "-m", "uv", "pip", "install", PINS, f"--python={PYTHON}", "--only-binary=:all:"]

# What is imported once is kept as bytecode; the first report would spend those seconds in silence.
IMPORTED = """\
from importlib import import_module
from casebook import report
from casebook.execution import preload
for name in (*preload.PRELOAD, *report.PRELOAD):
    import_module(name.partition(":")[0])
"""

SILENCE = 4.0
"""Seconds after which it says again what it is at."""
VERSION = ".".join(map(str, sys.version_info[:3]))
ANOTHER = "name another Python, as in: make report PYTHON=python3.12"
FULL = "the disk is full"
OFFLINE = "the package index can't be reached"
REASONS = (
    # What a tool says; what that means; what to do. {0} is the package or folder that it names.
    (
        r"No space left on device|Disk quota exceeded",
        FULL,
        "make room: it takes up to 2 GB, and there are {1}",
    ),
    (
        r"NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError|Failed to fetch|timed out"
        r"|[Cc]onnection (refused|broken|reset)|name resolution|Name or service not known",
        OFFLINE,
        "check the network, HTTPS_PROXY, and the index that `.venv/bin/pip config list` names",
    ),
    (
        r"requirement (?P<pip>[\w.-]+)\S* \(from versions: none\)|(?P<uv>[\w.-]+) was not found in the",
        "the package index has no {0}",
        "check the index that `.venv/bin/pip config list` names",
    ),
    (
        r"(Cannot install|satisfies the requirement) (?P<pip>[\w.-]+)"
        r"|(?P<wheel>[\w.-]+)==\S+ has no (usable )?wheels|no version of (?P<uv>[\w.-]+)==",
        "the package index has no {0} of the version in constraints.txt for Python {2}",
        ANOTHER,
    ),
    (r"Failed building wheel for (?P<pip>[\w.-]+)", "{0} can't be built on Python {2}", ANOTHER),
    (
        r"Permission denied: '(?P<python>[^']+)|`(?P<uv>[^`]+)`: Permission denied",
        "{0} can't be written to",
        "check who owns it",
    ),
)


class StepError(Exception):
    """A step failed: what that means, and what to do, by what its tool said."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.meaning, self.hint = "a step failed", f"it said:\n{said.strip()[-1500:]}"
        for pattern, meaning, hint in REASONS:
            if found := re.search(pattern, said):
                package = next(filter(None, found.groupdict().values()), "")
                self.meaning, self.hint = (it.format(package, room(), VERSION) for it in (meaning, hint))
                return


def tell(text: str) -> None:
    """Say something to the person at the keyboard; standard output is for what a report says."""
    print(text, file=sys.stderr, flush=True)


def room() -> str:
    """How much room there is on the disks that set-up writes to."""
    found = {}
    for name in (str(Path.cwd()), "~/.cache", os.environ.get("TMPDIR", "/tmp")):
        with contextlib.suppress(OSError, RuntimeError):
            place = Path(name).expanduser()
            found.setdefault(place.stat().st_dev, f"{shutil.disk_usage(place).free >> 20} MB at {place}")
    return ", ".join(found.values())


def run(step: str, command: list[str]) -> None:
    """Run a tool, and say now and then what it is at; raises StepError where it fails."""
    tell(f"  {step} …")
    begin = time.monotonic()
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    said = None
    while said is None:
        try:
            said, _ = process.communicate(timeout=SILENCE)
        except subprocess.TimeoutExpired as waiting:
            last = (waiting.output or b"").decode(errors="replace").strip().rpartition("\n")[-1]
            tell(f"    {time.monotonic() - begin:.0f} s  {last.strip()[:100]}".rstrip())
    text = said.decode(errors="replace")
    with contextlib.suppress(OSError), (VENV / "set-up.log").open("a", encoding="utf-8") as file:
        file.write(f"{' '.join(command)}\n{text}\n")
    if process.returncode:
        raise StepError(text)


def make_environment() -> None:
    """Make .venv afresh: it then holds what is declared, and nothing else."""
    if not importlib.util.find_spec("ensurepip"):
        raise SystemExit(
            f"{sys.executable} (Python {VERSION}) can't make an environment: it has no module ensurepip\n"
            f"  hint: on Debian and Ubuntu, apt-get install python3-venv; or {ANOTHER}"
        )
    run("making an empty environment", [sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)])
    # By itself, since venv keeps to itself what goes wrong in it.
    run("putting pip into it", [PYTHON, "-Im", "ensurepip", "--upgrade", "--default-pip"])


def share_index() -> None:
    """Let uv use the index that pip is told to use: it reads no configuration of pip's."""
    listed = subprocess.run([PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True)
    if found := re.findall(r"\.index-url='(.+)'$", listed.stdout, re.MULTILINE):
        os.environ.setdefault("UV_DEFAULT_INDEX", found[-1])


def install(extra: str) -> None:
    """Install casebook and what it needs, by uv where that can be."""
    share_index()
    chosen = ["--editable", f".[{extra}]"]
    by_uv = (
        ("fetching uv", [*PIP, "--only-binary=uv", "uv"], {FULL, OFFLINE}),
        ("fetching and installing the packages", [*UV, *chosen], {FULL}),
    )
    for step, command, fatal in by_uv:
        try:
            run(step, command)
        except StepError as error:
            if error.meaning in fatal:
                raise
            tell(f"  not by uv: {error.meaning}")
            break
    else:
        return
    run("fetching and installing the packages by pip, which takes a minute or two", [*PIP, *chosen])


def main() -> None:
    """Make .venv, or add an extra to it."""
    begin = time.monotonic()
    try:
        if extra := "".join(sys.argv[1:]):
            tell(f"Adding {extra} to {VENV}")
        else:
            tell(f"Setting up {VENV} with Python {VERSION}")
            make_environment()
        install(extra or "test")
        if not extra:
            run("compiling what a report imports", [PYTHON, "-c", IMPORTED])
    except StepError as error:
        raise SystemExit(
            f"casebook can't be set up: {error.meaning}\n  hint: {error.hint}\n"
            f"  all that was said is in {VENV}/set-up.log"
        ) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    tell(f"Ready in {time.monotonic() - begin:.0f} s")


if __name__ == "__main__":
    main()
