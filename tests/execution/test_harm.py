"""Whatever one task does to its helper or to the tasks beside it: the others are done, and it alone fails."""

from __future__ import annotations

import sys

import pytest

from casebook.execution import fork_pool
from casebook.execution.fork_pool import ForkPool
from casebook.execution.tasks import Limits
from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks are for Linux")

OTHERS = """\
import os, pathlib
helper = os.getppid()
children = pathlib.Path(f"/proc/{helper}/task/{helper}/children").read_text().split()
others = [process for process in map(int, children) if process != os.getpid()]
"""


@pytest.fixture(autouse=True)
def surroundings(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(fork_pool, "_GRACE", 2.0)


def ends_beside(bad: str, **limits) -> dict:
    """How five good tasks ended, and a bad one that begins after the first."""
    with ForkPool("tests.execution.tasks:act", jobs=3, limits=Limits(**limits)) as forks:
        for number in range(5):
            forks.submit(str(number), f"time.sleep(0.5); value = {number}")
            if not number:
                forks.submit("bad", bad)
        return dict(forks.completed())


def assert_others_are_done(ends: dict) -> None:
    assert {key: (ended.value, ended.error) for key, ended in ends.items() if key != "bad"} == {
        str(number): (number, None) for number in range(5)
    }


HINDERING = {
    "stops its helper": """\
import os, signal
os.kill(os.getppid(), signal.SIGSTOP)
time.sleep(600)
""",
    "stops its helper again and again": """\
import os, signal
while True:
    os.kill(os.getppid(), signal.SIGSTOP)
    time.sleep(0.01)
""",
    "keeps its helper waiting for the rest of a message": """\
from casebook.execution import worker
import os, struct
os.write(worker.current().line.fileno(), struct.pack("!i", 1 << 30))
time.sleep(600)
""",
    "sends its helper what is no message": """\
from casebook.execution import worker
worker.current().line.send_bytes(b"no pickle")
time.sleep(600)
""",
    "sends its helper what only it knows": """\
from casebook.execution import worker
import sys, types
sys.modules["own"] = own = types.ModuleType("own")
exec("class Odd: __module__ = 'own'", own.__dict__)
worker.current().line.send(("ended", (own.Odd(), None)))
time.sleep(600)
""",
}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if n else ()) for n, name in enumerate(HINDERING)]
)
def test_a_task_that_hinders_its_helper_fails_alone(name):
    ends = ends_beside(HINDERING[name], deadline=6)
    assert_others_are_done(ends)
    assert ("closed the connection" if "sends" in name else "not finished within the deadline of 6") in str(
        ends["bad"].error
    )


@pytest.mark.parametrize("number", ["SIGKILL", pytest.param("SIGSTOP", marks=pytest.mark.slow)])
def test_a_task_that_ends_or_stops_those_beside_it_harms_none(number):
    bad = f"{OTHERS}import signal\nfor other in others: os.kill(other, signal.{number})\nvalue = len(others)"
    ends = ends_beside(bad, deadline=6)
    assert_others_are_done(ends)
    assert ends["bad"].value >= 1, "it had somebody beside it"


def test_a_task_is_not_charged_what_it_shares_with_its_helper():
    limits = Limits(memory=260 << 20)
    take = "held = bytearray(b'x') * ({} << 20)\n".format
    code = {
        "modest": take(20) + "time.sleep(1.5); value = 1",
        "greedy": take(300) + "time.sleep(60)",
        "greedy with children": take(100)
        + "import os; os.fork(); old = held\n"
        + take(100)
        + "time.sleep(60)",
        # What it shares with children of its own counts once: 100 MB, and not 400.
        "sharing": (
            take(100)
            + "import os\nif not (os.fork() and os.fork() and os.fork()): time.sleep(1.5); os._exit(0)\n"
            "time.sleep(2); value = 1"
        ),
    }
    with ForkPool(
        "tests.execution.tasks:act", jobs=2, preload=["tests.execution.tasks:hold"], limits=limits
    ) as forks:
        for name, source in code.items():
            forks.submit(name, source)
        ends = dict(forks.completed())
    assert (ends["modest"].value, ends["modest"].error) == (1, None)
    assert (ends["sharing"].value, ends["sharing"].error) == (1, None)
    assert "used more than 260 MB of memory" in str(ends["greedy"].error)
    assert "used more than 260 MB of memory" in str(ends["greedy with children"].error)


def test_a_temporary_folder_that_takes_no_files_is_told_as_such(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "gone"))
    with pytest.raises(Exception, match=r"the folder for temporary files, .*gone, can't be written to"):
        ends_beside("value = 1")
