"""What the review would say of a parameter file: the template is run, and nothing is published."""

from __future__ import annotations

from typing import Any

from casebook.errors import CasebookError
from casebook.parameters import Parameters


def rehearse(parameters: Parameters) -> list[dict[str, Any]]:
    """The findings of the review, as in the record: rule, title, severity, finding, settle, answer.

    Raises ExecutionError where a cell fails, and CasebookError where the template gives no record.
    """
    from casebook.execution.running import run_notebook
    from casebook.views.view import RECORD_MIME

    assert parameters.path is not None
    folder = parameters.path.resolve().parent
    notebook = run_notebook(parameters.template.notebook, parameters.values, cwd=folder, engine="kernel")
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if RECORD_MIME in output.get("data", {}):
                findings: list[dict[str, Any]] = output["data"][RECORD_MIME]["review"]
                return findings
    raise CasebookError(
        f"{parameters.template.name}: no cell shows case.summary()\n  hint: it carries the record of the case"
    )
