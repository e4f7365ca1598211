"""The cells of reports alone, in one warm process: less than that no report can cost.

Beside it, the same cells as a report runs them: each notebook in a fork, through papermill's engine.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from casebook.schema.parameters import Parameters
from casebook.schema.reader import read_parameters
from tests.bench.simulation import ROOT


def cells_alone(paths: Sequence[Path]) -> float:
    """Seconds of processor time a notebook: IPython runs the cells and shows what they give, nothing more."""
    command = [sys.executable, "-m", "tests.bench.cells", *map(str, paths)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return float(done.stdout.split()[-1])


def through_engine(paths: Sequence[Path]) -> float:
    """Seconds of processor time a notebook in a fork of its own, from reading the parameters to the end."""
    from casebook.execution import preload
    from casebook.execution.fork_pool import ForkPool
    from casebook.report import PRELOAD

    spent = []
    with ForkPool("tests.bench.cells:in_fork", jobs=1, preload=(*preload.PRELOAD, *PRELOAD)) as forks:
        for turn in range(3):
            for path in paths:
                forks.submit(f"{turn} {path}", path)
        for key, end in forks.completed():
            if end.error:
                raise end.error
            if not key.startswith("0 "):  # in the first round modules are learnt
                spent.append(end.value)
    return sum(spent) / len(spent)


def in_fork(path: Path) -> float:
    """What a report's task does before it exports; gives the seconds of processor time."""
    from casebook.execution.notebook_run import run_notebook

    begin = sum(os.times()[:2])
    parameters = read_parameters(path, overrides={})
    run_notebook(parameters.template.notebook, parameters.values, cwd=path.parent)
    return sum(os.times()[:2]) - begin


def _run_alone(shell: Any, parameters: Parameters, folder: Path) -> None:
    from IPython.utils.capture import capture_output
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    notebook = parameterize_notebook(
        load_notebook_node(str(parameters.template.notebook)), parameters.values, engine_name="casebook"
    )
    shell.reset(new_session=False)
    os.chdir(folder)
    for cell in notebook.cells:
        if cell.cell_type == "code" and "skip-execution" not in cell.metadata.get("tags", []):
            with capture_output():
                shell.run_cell(cell.source, store_history=False).raise_error()


def main(paths: Sequence[Path]) -> None:
    """Run all in this process, twice to get warm, and print what a notebook took in the best round."""
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    shell.history_manager.enabled = False
    given = [(read_parameters(path, overrides={}), path.parent) for path in paths]
    rounds = []
    for _ in range(4):
        begin = time.process_time()
        for parameters, folder in given:
            _run_alone(shell, parameters, folder)
        rounds.append(time.process_time() - begin)
    print(min(rounds) / len(given))


if __name__ == "__main__":
    main([Path(each) for each in sys.argv[1:]])
