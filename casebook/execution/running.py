"""Running a template: its parameters put in, its cells run, every output kept even where the run is killed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

import nbformat
from nbformat import NotebookNode

from casebook.errors import ExecutionError

PRELOAD = ("casebook.execution.running",)
"""What `Forks` should have ready for tasks that call `run_notebook`."""


def run_notebook(
    template: Path,
    parameters: dict[str, Any],
    *,
    cwd: Path,
    engine: Literal["fork", "kernel"] = "fork",
    journal: Path | None = None,
) -> NotebookNode:
    """Run a template on parameters and give the executed notebook, without times, paths or random ids.

    With `engine="fork"` the cells run in this very process, which must be a task of `Forks`; elsewhere an ordinary
    kernel is started. Don't call it under `warnings.catch_warnings`: a cell's warnings are its output.
    `journal` is a file that holds the executed copy at any moment, see `rebuild`.
    Raises ExecutionError ("templates/x/template.ipynb, cell 7: KeyError: 'uplift'"), also for an error as quiet as
    sys.exit(0); what a cell does to its process (os._exit, a segfault, memory) ends the task instead.
    """
    import tempfile

    from papermill import execute_notebook
    from papermill.exceptions import PapermillException, PapermillExecutionError

    shown = os.path.relpath(template) if template.is_relative_to(Path.cwd()) else str(template)
    with tempfile.TemporaryDirectory() as folder:
        executed = Path(folder) / "executed.ipynb"
        try:
            execute_notebook(
                str(template),
                str(executed),
                parameters=parameters,
                engine_name="casebook",
                cwd=str(cwd.resolve()),
                progress_bar=False,
            )
        except PapermillExecutionError:
            pass
        except ExecutionError as error:
            raise ExecutionError(f"{shown}, {error}") from error
        except (PapermillException, RuntimeError, OSError) as error:
            raise ExecutionError(f"{shown}: {error}") from error
        finally:
            if journal and executed.exists():
                journal.write_bytes(executed.read_bytes())
        notebook = nbformat.read(executed, as_version=4)
    for cell in notebook.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
    notebook.metadata.pop("papermill", None)
    refuse_errors(notebook, shown)
    return notebook


def rebuild(journal: Path) -> NotebookNode | None:
    """The executed copy from a journal, up to the last cell that ended; None where nothing was begun."""
    return nbformat.read(journal, as_version=4) if journal.exists() else None


def refuse_errors(notebook: NotebookNode, shown: str) -> None:
    """Raise ExecutionError for the first error in a cell, be it as quiet as sys.exit(0)."""
    from casebook.execution.engine import number_of

    for index, cell in enumerate(notebook.cells):
        allowed = {"raises-exception", "raises_exception"} & set(cell.metadata.get("tags", []))
        for output in cell.get("outputs", []):
            if output.output_type == "error" and not allowed:
                where = f"{shown}, cell {number_of(notebook, index)}"
                raise ExecutionError(f"{where}: {output.ename}: {output.evalue}")
