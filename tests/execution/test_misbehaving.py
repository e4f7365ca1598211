# ruff: noqa: E501 - a cell stands in one line, as it is
"""A cell that misbehaves ends its own report, with the reason in words, and nothing else."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from casebook.execution.fork_pool import ForkPool
from casebook.execution.notebook_run import PRELOAD, rebuild
from casebook.execution.tasks import Limits
from tests.conftest import ROOT
from tests.execution import tasks

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="forks are for Linux"),
    pytest.mark.slow,  # tests/test_bad_clients.py has the plain ones among quick tests
]

DAEMON = """\
import os, subprocess, sys
subprocess.Popen([sys.executable, "-c", '''
import os, time
if os.fork(): os._exit(0)
os.setsid()
if os.fork(): os._exit(0)
open(MARK, "w").write(str(os.getpid()))
time.sleep(600)
'''], env={}).wait()
import pathlib, time
while not pathlib.Path(MARK).exists() or not pathlib.Path(MARK).read_text(): time.sleep(0.01)
"""

CELLS = {
    # name: what the last cell does, and what is said of it
    "leaves by sys.exit": ("import sys; sys.exit()", "cell 2: SystemExit: "),
    "leaves by sys.exit with a number": ("import sys; sys.exit(3)", "cell 2: SystemExit: 3"),
    "leaves by exit": ("exit()", "cell 2: SystemExit: the cell called exit() or quit()"),
    "leaves by quit": ("quit()", "cell 2: SystemExit: the cell called exit() or quit()"),
    "leaves by os._exit": ("import os; os._exit(0)", "cell 2: its process ended itself, with exit code 0"),
    "kills itself": (
        "import os; os.kill(os.getpid(), 9)",
        "cell 2: its process was ended by signal 9 (killed)",
    ),
    "ignores SIGTERM and gets it": (
        "import os, signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nos.kill(os.getpid(), 15)\n"
        "raise ValueError('goes on')",
        "cell 2: ValueError: goes on",
    ),
    "has a segmentation fault": (
        "import ctypes; ctypes.string_at(0)",
        "cell 2: its process was ended by signal 11 (segmentation fault)",
    ),
    "aborts": ("import os; os.abort()", "cell 2: its process was ended by signal 6 (aborted)"),
    "loops for ever": ("while True: pass", "cell 2: not finished within the deadline of 8 seconds"),
    "loops in C": ("import time; time.sleep(1000)", "cell 2: not finished within the deadline of 8 seconds"),
    "swallows every exception": (
        "import time\nwhile True:\n    try: time.sleep(1)\n    except BaseException: pass",
        "cell 2: not finished within the deadline of 8 seconds",
    ),
    "stops itself": (
        "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)",
        "cell 2: not finished within the deadline of 8 seconds",
    ),
    "prints without end": (
        "while True: print('x' * 1000)",
        "cell 2: OutputLimit: the cells wrote more than 1 MB of output",
    ),
    "prints without end and swallows exceptions": (
        "while True:\n    try: print('x' * 1000)\n    except Exception: pass",
        "cell 2: OutputLimit: the cells wrote more than 1 MB of output",
    ),
    "writes without end past Python": (
        "import os\nwhile True: os.write(1, b'x' * 1000)",
        "cell 2: it wrote more than 1 MB of output",
    ),
    "starts a child that writes without end": (
        "import subprocess; subprocess.run(['yes'])",
        "cell 2: it wrote more than 1 MB of output",
    ),
    "has a shell that writes without end": (
        "!yes",
        "cell 2: OutputLimit: the cells wrote more than 1 MB of output",
    ),
    "displays without end": (
        "while True: display({'text/plain': 'x' * 1000}, raw=True)",
        "cell 2: OutputLimit: the cells wrote more than 1 MB of output",
    ),
    "takes all memory": (
        "held = []\nwhile True: held.append(bytearray(10_000_000))",
        "cell 2: its processes used more than 600 MB of memory",
    ),
    "has children that take all memory": (
        'import subprocess, sys\ncode = \'held = bytearray(400_000_000); held[::4096] = b"x" * len(held[::4096]); '
        "import time; time.sleep(60)'\n"
        "both = [subprocess.Popen([sys.executable, '-c', code]) for _ in range(2)]\nboth[0].wait()",
        "cell 2: its processes used more than 600 MB of memory",
    ),
    "asks for input": (
        "input('?')",
        "cell 2: StdinNotImplementedError: raw_input was called, but this frontend does not support input requests.",
    ),
    "prints to a closed stream": (
        "import sys; sys.stdout.close(); print('x')",
        "cell 2: ValueError: I/O operation on closed file",
    ),
    "closes all its files": (
        "import os, time; os.closerange(0, 4096); time.sleep(600)",
        "cell 2: it closed the connection to its supervisor",
    ),
}

ENDLESS = {name for name, (_, said) in CELLS.items() if "deadline" in said}

HARMLESS = {
    "closes standard output": "import os, sys; sys.stdout.close(); os.close(1); os.close(2)",
    "forks and goes on in both": "import os; os.fork()",
    "forks, and the child fails": "import os\nif os.fork() == 0: raise ValueError",
    "leaves a thread running": "import threading, time; threading.Thread(target=time.sleep, args=(600,)).start()",
    "takes signals": "import signal\nfor n in (1, 2, 15): signal.signal(n, signal.SIG_IGN)",
    "goes to another folder": "import os; os.chdir('/')",
    "loses its folder": "import os, tempfile; d = tempfile.mkdtemp(); os.chdir(d); os.rmdir(d)",
    "leaves files behind": "import tempfile; tempfile.mkdtemp(); open(tempfile.mktemp(), 'w').write('x')",
    "leaves a process that left its session": DAEMON,
    "raises when Python ends": "import atexit; atexit.register(lambda: 1 / 0)",
    "forgets its surroundings": "import os; os.environ.clear()",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("misbehaving")


@pytest.fixture(scope="module")
def ends(folder) -> dict:
    """How each of them ended, all in one run beside good ones."""
    made = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("TMPDIR", str(folder))
        patch.setattr("tempfile.tempdir", str(folder))
        patch.chdir(folder)
        for deadline in (8, 200):  # as long as a loaded machine needs, for those that end by another reason
            limits = Limits(deadline=deadline, memory=600 << 20, output=1 << 20)
            with ForkPool("tests.execution.tasks:run", jobs=4, preload=PRELOAD[:2], limits=limits) as forks:
                for name, source in sources(folder).items():
                    if (name in ENDLESS) == (deadline == 8):
                        place = folder / name.replace(" ", "-") / "notebook.ipynb"
                        forks.submit(name, tasks.write(place, ["print('good')", source]))
                made |= dict(forks.completed())
    return made


def sources(folder: Path) -> dict[str, str]:
    """What the last cell of each notebook says."""
    made = {name: source for name, (source, _) in CELLS.items()} | HARMLESS | {"good": "1"}
    return {name: source.replace("MARK", repr(str(folder / "daemon"))) for name, source in made.items()}


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_fails_its_report_and_is_named(ends, name):
    said = str(ends[name].error)
    assert said.startswith(f"{name.replace(' ', '-')}/notebook.ipynb, {CELLS[name][1]}"), said


@pytest.mark.parametrize("name", CELLS)
def test_what_was_run_before_is_kept(ends, folder, name):
    assert ends[name].error
    kept = rebuild(folder / name.replace(" ", "-") / "notebook.journal")
    assert kept is not None
    assert kept.cells[0].outputs[0].text == "good\n"


@pytest.mark.parametrize("name", [*HARMLESS, "good"])
def test_a_strange_cell_harms_nothing(ends, name):
    assert ends[name].error is None
    assert ends[name].value.cells[0].outputs[0].text == "good\n"


def test_nothing_stays_behind(ends, folder):
    assert ends
    assert [
        path.name for path in folder.iterdir() if path.name.startswith(("casebook-", "task-", "tmp"))
    ] == []
    process = int((folder / "daemon").read_text())
    until = time.monotonic() + 5
    while Path(f"/proc/{process}").exists() and time.monotonic() < until:
        time.sleep(0.05)  # the system may take a moment to forget it
    assert not Path(f"/proc/{process}").exists()
    assert os.getpid() != process
