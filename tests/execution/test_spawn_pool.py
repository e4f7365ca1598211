"""Tasks in fresh processes, as on systems where forks are unsafe; they run anywhere, so also here."""

from __future__ import annotations

import pytest

from casebook.execution.journal import rebuild
from casebook.execution.spawn_pool import SpawnPool
from casebook.execution.tasks import Limits
from tests.execution import tasks


def acts(jobs: int = 2, **options) -> SpawnPool:
    return SpawnPool("tests.execution.tasks:act", jobs=jobs, **options)


def test_each_task_gives_its_value_or_its_error():
    told = []
    with acts(on_progress=lambda key, doing: told.append((key, doing))) as spawns:
        spawns.submit("good", "value = 1")
        spawns.submit("bug", "1 / 0")
        spawns.submit("gone", "import os; os._exit(3)")
        spawns.submit("lambda", "value = lambda: 1")
        ends = dict(spawns.completed())
    assert ends["good"].value == 1
    assert str(ends["bug"].error) == "acting: ZeroDivisionError: division by zero"
    assert str(ends["gone"].error) == "acting: its process ended itself, with exit code 3"
    assert "pickle" in str(ends["lambda"].error)
    assert ("good", "acting") in told


@pytest.mark.slow
def test_a_deadline_ends_a_task():
    with acts(limits=Limits(deadline=15)) as spawns:
        spawns.submit("one", "time.sleep(600)")
        [(_, ended)] = spawns.completed()
    assert str(ended.error) == "acting: not finished within the deadline of 15 seconds"


def test_a_notebook_runs_on_a_kernel_of_its_own_up_to_its_error(tmp_path):
    path = tasks.write(tmp_path / "notebook.ipynb", ["print('good')", "1 / 0"])
    with SpawnPool("tests.execution.tasks:run", jobs=1) as spawns:
        spawns.submit("one", path, "kernel")
        [(_, ended)] = spawns.completed()
    assert str(ended.error) == f"{path}, cell 2: ZeroDivisionError: division by zero"
    kept = rebuild(path.with_suffix(".journal"))
    assert kept is not None
    assert kept.cells[0].outputs[0].text == "good\n"
