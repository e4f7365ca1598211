"""Running a template: its parameters put in, its cells run, each output kept even where the run is killed."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import Any, Literal

from nbformat import NotebookNode
from papermill.exceptions import PapermillException
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from casebook.errors import ExecutionError, InputError
from casebook.execution.cells import number_of, refuse_errors
from casebook.execution.engine import CasebookEngine
from casebook.execution.journal import Journal, rebuild
from casebook.execution.preload import LEARN, PRELOAD
from casebook.execution.worker import progress
from casebook.schema.notebooks import read_notebook

__all__ = ["LEARN", "PRELOAD", "rebuild", "run_notebook"]


def run_notebook(
    template: Path,
    parameters: dict[str, Any],
    *,
    cwd: Path,
    engine: Literal["fork", "kernel"] = "fork",
    journal: Path | None = None,
) -> NotebookNode:
    """Run a template on parameters and give the executed notebook, without times, paths or random ids.

    With `engine="fork"` the cells run in this very process, which must be a task of `ForkPool`; elsewhere an
    ordinary kernel is started. Don't call it under `warnings.catch_warnings`: a cell's warnings are output.
    `journal` is a file that holds the executed copy at any moment, see `rebuild`.
    Raises ExecutionError ("templates/x/template.ipynb, cell 7: KeyError: 'uplift'"), also for an error as
    quiet as sys.exit(0). What a cell does to its process (os._exit, a segfault) ends the task instead.
    """
    # What goes wrong is said once, by whoever called; papermill's log would say it too.
    logging.getLogger("papermill").addHandler(logging.NullHandler())
    shown = os.path.relpath(template) if template.is_relative_to(Path.cwd()) else str(template)
    try:
        read_notebook(template)
    except InputError as error:
        raise ExecutionError(str(error)) from error
    try:
        notebook = _parameterized(template, parameters)
        manager = _Manager(notebook, Journal(journal.absolute() if journal else None, notebook), shown)
        with chdir(cwd), _own_umask():
            CasebookEngine.execute_managed_notebook(
                manager, notebook.metadata.kernelspec.name, engine=engine, record_timing=False
            )
    except ExecutionError as error:
        raise ExecutionError(f"{shown}, {error}") from error
    except (PapermillException, RuntimeError, OSError) as error:
        raise ExecutionError(f"{shown}: {error}") from error
    refuse_errors(notebook, shown)
    return notebook


@contextmanager
def _own_umask() -> Iterator[None]:
    """Take back what a cell does to the modes of new files: exports could not read their own again."""
    before = os.umask(0o077)
    os.umask(before)
    try:
        yield
    finally:
        os.umask(before)


def _parameterized(template: Path, parameters: dict[str, Any]) -> NotebookNode:
    """The notebook with its injected cell, as papermill makes it, without what differs from run to run."""
    notebook = load_notebook_node(str(template))
    if parameters:
        notebook = parameterize_notebook(notebook, parameters, engine_name="casebook")
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = "injected-parameters"
    return notebook


class _Manager:
    """What an engine tells of a run: which cell it is at, and each cell as it ends."""

    def __init__(self, notebook: NotebookNode, journal: Journal, shown: str) -> None:
        self.nb = notebook
        self._journal, self._shown = journal, shown

    def cell_start(self, cell: NotebookNode, cell_index: int) -> None:
        if cell.cell_type == "code":
            progress(f"{self._shown}, cell {number_of(self.nb, cell_index)}")

    def cell_exception(self, cell: NotebookNode, cell_index: int, exception: Exception) -> None:
        """The error stands in the cell."""

    def cell_complete(self, cell: NotebookNode, cell_index: int) -> None:
        self._journal.add(cell_index, self.nb.cells[cell_index])

    def autosave_cell(self) -> None:
        """The journal is what is saved."""
