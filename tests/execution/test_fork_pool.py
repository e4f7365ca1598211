"""Tasks in forks: results, errors, limits, and what happens when the helper or the caller is killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from casebook.errors import ExecutionError, InputError
from casebook.execution.fork_pool import ForkPool
from casebook.execution.tasks import Limits
from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks are for Linux")


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch) -> Path:
    """A folder of the test's own for everything temporary."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def acts(jobs: int = 2, **options) -> ForkPool:
    return ForkPool("tests.execution.tasks:act", jobs=jobs, **options)


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def soon(claim, seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while not claim() and time.monotonic() < until:
        time.sleep(0.02)
    return claim()


def test_each_task_gives_its_value_as_it_ends():
    with acts() as forks:
        forks.submit("slow", "time.sleep(0.5); value = 'a'")
        forks.submit("quick", "value = 'b'")
        assert [(key, ended.value) for key, ended in forks.completed()] == [("quick", "b"), ("slow", "a")]


def test_tasks_run_in_processes_of_their_own_and_at_most_jobs_at_a_time():
    source = (
        "import os; begin = time.monotonic(); time.sleep(0.2); value = os.getpid(), begin, time.monotonic()"
    )
    with acts(jobs=2) as forks:
        for number in range(6):
            forks.submit(str(number), source)
        values = [ended.value for _, ended in forks.completed()]
    assert len({process for process, *_ in values}) == 6
    for _, begin, _ in values:
        assert sum(b <= begin < e for _, b, e in values) <= 2


def test_an_error_of_ours_comes_back_whole():
    source = (
        "from casebook.errors import InputError, Problem\n"
        "raise InputError([Problem('a:1', 'is wrong', 'right')])"
    )
    with acts() as forks:
        forks.submit("input", source)
        forks.submit("bug", "1 / 0")
        ends = dict(forks.completed())
    assert isinstance(ends["input"].error, InputError)
    assert ends["input"].error.problems[0].hint == "right"
    assert str(ends["input"].error) == "a:1: is wrong\n  hint: right"
    assert ends["input"].error.exit_code == 2
    assert str(ends["bug"].error) == "acting: ZeroDivisionError: division by zero"
    assert "Traceback" in ends["bug"].error.__notes__[0]


def test_a_value_that_cannot_be_sent_is_an_error():
    with acts() as forks:
        forks.submit("one", "value = lambda: 1")
        [(_, ended)] = forks.completed()
    assert "pickle" in str(ended.error)


def test_progress_is_told_as_it_comes():
    told = []
    with acts(on_progress=lambda key, doing: told.append((key, doing))) as forks:
        forks.submit("one", "progress('first'); progress('second')")
        list(forks.completed())
    assert told == [("one", "acting"), ("one", "first"), ("one", "second")]


def test_forks_take_more_tasks_after_a_round():
    with acts() as forks:
        for number in range(3):
            forks.submit(str(number), f"value = {number}")
            assert [ended.value for _, ended in forks.completed()] == [number]


def test_a_deadline_is_for_the_task_and_all_its_processes():
    source = "import subprocess; subprocess.Popen(['sleep', '600'], start_new_session=True); time.sleep(600)"
    with acts(limits=Limits(deadline=0.5)) as forks:
        forks.submit("one", source)
        [(_, ended)] = forks.completed()
    assert str(ended.error) == "acting: not finished within the deadline of 0.5 seconds"
    assert 0.5 <= ended.seconds < 5


def test_a_killed_helper_is_replaced_and_its_tasks_are_run_again(place):
    mark = place / "helper"
    source = (
        f"import os, pathlib; pathlib.Path({str(mark)!r}).write_text(str(os.getppid()))\n"
        "time.sleep(1); value = 1"
    )
    with acts() as forks:
        forks.submit("a", source)
        forks.submit("b", "time.sleep(1); value = 2")
        killer = subprocess.Popen(
            [
                sys.executable,
                "-c",
                f"import os, time, pathlib\np = pathlib.Path({str(mark)!r})\n"
                "while not (p.exists() and p.read_text()): time.sleep(0.01)\nos.kill(int(p.read_text()), 9)",
            ]
        )
        ends = dict(forks.completed())
        killer.wait()
    assert {key: (ended.value, ended.error) for key, ended in ends.items()} == {
        "a": (1, None),
        "b": (2, None),
    }


def test_a_task_that_kills_its_helper_fails_alone():
    with acts(jobs=3) as forks:
        for number in range(5):
            forks.submit(str(number), f"time.sleep(0.3); value = {number}")
        forks.submit("bad", "import os; os.kill(os.getppid(), 9); time.sleep(600)")
        ends = dict(forks.completed())
    assert str(ends.pop("bad").error) == "the process that runs it was lost: ended by signal 9"
    assert {key: ended.value for key, ended in ends.items()} == {str(n): n for n in range(5)}


@pytest.mark.parametrize("helper", ["at rest", "talking", "frozen"])
def test_cancelling_ends_everything_under_way(place, helper):
    """Also what a cell started in a session of its own, with an empty environment."""
    mark = place / "child"
    source = (
        "import os, subprocess, pathlib\n"
        "child = subprocess.Popen(['sleep', '600'], start_new_session=True, env={})\n"
        f"pathlib.Path({str(mark)!r}).write_text(f'{{child.pid}} {{os.getppid()}}')\n"
        "progress('begun'); time.sleep(600)"
    )

    class StopError(Exception):
        pass

    def stop(key: str, doing: str) -> None:
        if doing == "begun":
            if helper == "frozen":
                os.kill(int(mark.read_text().split()[1]), signal.SIGSTOP)
            raise StopError

    forks = acts(on_progress=stop)
    with pytest.raises(StopError), forks:
        forks.submit("other", "while True: progress('still')" if helper == "talking" else "time.sleep(600)")
        forks.submit("one", source)
        list(forks.completed())
    assert not any(is_alive(int(process)) for process in mark.read_text().split())
    assert [path.name for path in place.iterdir()] == ["child"]
    assert list(forks.completed()) == []


def test_an_interrupt_ends_everything_under_way(place):
    mark = place / "child"
    source = (
        "import subprocess, pathlib\n"
        "child = subprocess.Popen(['sleep', '600'], start_new_session=True, env={})\n"
        f"pathlib.Path({str(mark)!r}).write_text(str(child.pid)); progress('begun'); time.sleep(600)"
    )
    forks = acts(on_progress=lambda key, doing: forks.interrupt() if doing == "begun" else None)
    with forks:
        forks.submit("one", source)
        [(_, ended)] = forks.completed()
    assert str(ended.error) == "it was stopped"
    assert not is_alive(int(mark.read_text()))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_when_the_caller_is_killed_nothing_stays(place, number):
    mark = place / "marks"
    mark.mkdir()
    source = (
        "import os, subprocess, pathlib\n"
        "child = subprocess.Popen(['sleep', '600'], start_new_session=True, env={})\n"
        f"folder = pathlib.Path({str(mark)!r})\n"
        "for process in (os.getpid(), os.getppid(), child.pid): (folder / str(process)).touch()\n"
        "time.sleep(600)"
    )
    program = (
        "from casebook.execution.fork_pool import ForkPool\n"
        f"with ForkPool('tests.execution.tasks:act', jobs=1) as forks:\n    forks.submit('one', {source!r})\n"
        "    list(forks.completed())"
    )
    caller = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT)
    assert soon(lambda: len(list(mark.iterdir())) == 3, 60)
    caller.send_signal(number)
    caller.wait()
    assert soon(lambda: not any(is_alive(int(path.name)) for path in mark.iterdir()))
    assert soon(lambda: [path.name for path in place.iterdir()] == ["marks"])


def test_a_helper_that_cannot_start_says_why():
    with acts(preload=["no_such_module"]) as forks:
        forks.submit("one", "value = 1")
        with pytest.raises(
            ExecutionError, match=r"the process that runs notebooks can't start: ModuleNotFoundError"
        ):
            list(forks.completed())


@pytest.mark.slow
def test_the_helper_has_one_thread_when_all_is_imported():
    from casebook.execution.notebook_run import PRELOAD

    source = "import os, pathlib; value = len(list(pathlib.Path(f'/proc/{os.getppid()}/task').iterdir()))"
    with acts(preload=(*PRELOAD, "casebook.views", "pandas", "matplotlib.pyplot", "scipy.stats")) as forks:
        forks.submit("one", source)
        [(_, ended)] = forks.completed()
    assert ended.value == 1


def test_random_numbers_differ_between_tasks():
    source = "import random, numpy; value = random.random(), numpy.random.rand()"
    with acts(preload=["numpy"]) as forks:
        for number in range(3):
            forks.submit(str(number), source)
        values = [ended.value for _, ended in forks.completed()]
    assert len({first for first, _ in values}) == len({second for _, second in values}) == 3


def test_a_task_leaves_no_temporary_file(place):
    with acts() as forks:
        forks.submit("one", "import tempfile; value = tempfile.mkdtemp()")
        [(_, ended)] = forks.completed()
        assert Path(ended.value).is_relative_to(place)
        assert not Path(ended.value).exists()
    assert list(place.iterdir()) == []
    assert os.environ["TMPDIR"] == str(place)


def test_the_helper_learns_what_tasks_import():
    source = "import sys; value = 'colorsys' in sys.modules; import colorsys"
    with acts(learn=["colorsys"]) as forks:
        values = []
        for _ in range(3):
            forks.submit("one", source)
            values += [ended.value for _, ended in forks.completed()]
    assert values == [False, True, True]


def test_the_helper_imports_the_very_package_that_runs(place):
    """Also where that is not the one installed, and no path in the environment leads to it."""
    copy = place / "elsewhere"
    shutil.copytree(
        ROOT / "casebook", copy / "casebook", ignore=shutil.ignore_patterns("__pycache__", "assets")
    )
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from casebook.execution.fork_pool import ForkPool\n"
        "with ForkPool('casebook.execution.fork_server:find', jobs=1) as forks:\n"
        "    forks.submit('one', 'casebook:__file__')\n"
        "    print(*[ended.value for _, ended in forks.completed()])\n"
    )
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", code, copy], cwd=place, env=env, capture_output=True, text=True
    )
    assert done.stdout.strip() == str(copy / "casebook/__init__.py"), done.stderr
