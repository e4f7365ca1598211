"""A template run on parameters: the executed notebook, the journal, and many kernels at once."""

from __future__ import annotations

import sys

import nbformat
import pytest

from casebook.execution.fork_pool import ForkPool
from casebook.execution.journal import Journal, rebuild
from casebook.execution.notebook_run import PRELOAD
from tests.conftest import ROOT
from tests.execution import tasks

linux = pytest.mark.skipif(sys.platform != "linux", reason="forks are for Linux")


@pytest.fixture(scope="module")
def forks():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        with ForkPool("tests.execution.tasks:run", jobs=16, preload=PRELOAD[:2]) as made:
            yield made


@linux
def test_the_executed_notebook_is_the_same_every_time(forks, tmp_path):
    cells = ["#tags: parameters\na = 1", "import warnings; warnings.warn('x'); a"]
    for number in range(3):
        path = tasks.write(tmp_path / str(number) / "n.ipynb", cells)  # each run has a journal of its own
        forks.submit(str(number), path, "fork", None, {"a": 2})
    made = {nbformat.writes(ended.value) for _, ended in forks.completed()}
    [text] = made
    notebook = nbformat.reads(text, as_version=4)
    assert [cell.id for cell in notebook.cells] == ["cell-0", "injected-parameters", "cell-1"]
    assert notebook.cells[2].outputs[-1].data["text/plain"] == "2"
    assert str(tmp_path) not in text
    kept = rebuild(path.with_suffix(".journal"))
    assert kept is not None
    assert kept.cells == notebook.cells


@linux
def test_what_other_programs_print_stands_where_it_was_printed(forks, tmp_path):
    cells = [
        "import os, subprocess",
        "print('a'); subprocess.run(['echo', 'b']); print('c'); os.write(1, b'd\\n'); print('e')",
        "subprocess.run('echo f; echo g >&2', shell=True); print('h'); display('i')\n"
        "subprocess.run(['echo', 'j']);",
    ]
    forks.submit("one", tasks.write(tmp_path / "n.ipynb", cells))
    [(_, ended)] = forks.completed()
    _, first, second = (cell.outputs for cell in ended.value.cells)
    assert [output.text for output in first] == ["a\nb\nc\nd\ne\n"]
    said = [output.get("text") or output.data["text/plain"] for output in second]
    assert said == ["f\nh\n", "g\n", "'i'", "j\n"]


@linux
@pytest.mark.parametrize("engine", ["fork", "kernel"])
def test_warnings_and_tracebacks_tell_no_path_of_this_machine(forks, tmp_path, engine):
    cells = [
        "import warnings; warnings.warn('mine')",
        "import json, traceback, yaml",
        "try: json.loads('{')\nexcept ValueError: traceback.print_exc()",
        "warnings.warn_explicit('theirs', UserWarning, yaml.__file__, 7)",
        "#tags: raises-exception\njson.loads('{')",
    ]
    forks.submit("one", tasks.write(tmp_path / "n.ipynb", cells), engine)
    [(_, ended)] = forks.completed()
    outputs = [output for cell in ended.value.cells for output in cell.outputs]
    told = [output.text for output in outputs[:-1]] + ["\n".join(outputs[-1].traceback)]
    assert told[0].startswith("cell:1: UserWarning: mine")
    assert 'File "json/decoder.py"' in told[1]
    assert told[2].startswith("yaml/__init__.py:7: UserWarning: theirs")
    assert "json/decoder.py:" in told[3]
    assert not [text for text in told if str(tmp_path) in text or "/python3" in text or "~/" in text]


@pytest.mark.slow
@linux
def test_ninety_six_notebooks_on_sixteen_kernels_at_a_time_all_run(forks, tmp_path):
    for number in range(96):
        forks.submit(
            str(number), tasks.write(tmp_path / str(number) / "n.ipynb", [f"{number} + 1"]), "kernel"
        )
    ends = dict(forks.completed())
    assert [ended.error for ended in ends.values() if ended.error] == []
    texts = {key: ended.value.cells[0].outputs[0].data["text/plain"] for key, ended in ends.items()}
    assert texts == {str(number): str(number + 1) for number in range(96)}


@pytest.mark.slow
@linux
def test_a_home_that_cannot_be_written_to_does_no_harm(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("HOME", str(tmp_path / "file" / "home"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    path = tasks.write(tmp_path / "n.ipynb", ["import matplotlib.pyplot as plt; plt.plot([1]);"])
    with ForkPool("tests.execution.tasks:run", jobs=1, preload=PRELOAD) as made:
        made.submit("one", path)
        [(_, ended)] = made.completed()
    assert ended.error is None
    assert "image/png" in ended.value.cells[0].outputs[-1].data


def test_a_journal_that_was_cut_off_gives_what_is_whole(tmp_path):
    cells = [nbformat.v4.new_code_cell(str(number)) for number in range(3)]
    kernel = {"name": "python3", "display_name": "Python 3"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    path = tmp_path / "journal"
    assert rebuild(path) is None
    journal = Journal(path, notebook)
    assert rebuild(path) == notebook
    for index in range(2):
        cell = nbformat.from_dict({**notebook.cells[index], "execution_count": index + 1})
        journal.add(index, cell)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        kept = rebuild(path)
        counts = [cell.execution_count for cell in kept.cells] if kept else None
        assert counts == [None, [None] * 3, [1, None, None], [1, 2, None]][whole[:length].count(b"\n")]
