"""A run of a parameter file's template for what its record says, with nothing published."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from casebook.errors import CasebookError
from casebook.schema.parameters import Parameters


def rehearse(parameters: Parameters) -> list[dict[str, Any]]:
    """The findings of the review, as in the record: rule, title, severity, finding, settle, answer.

    Raises CasebookError as `run_record` does.
    """
    findings: list[dict[str, Any]] = run_record(parameters)["review"]
    return findings


def run_record(parameters: Parameters, *, without: Collection[str] = ()) -> dict[str, Any]:
    """The record of a case, its parameter file's text in it; `without` leaves sections of the file out.

    Raises ExecutionError where a cell fails, and CasebookError where the template gives no record.
    """
    from casebook.execution.notebook_run import run_notebook
    from casebook.exporters.record import find_record

    assert parameters.path is not None
    folder = parameters.path.resolve().parent
    values = {name: value for name, value in parameters.values.items() if name not in without}
    notebook = run_notebook(parameters.template.notebook, values, cwd=folder, engine="kernel")
    record = find_record(notebook)
    if record is None:
        raise CasebookError(
            f"{parameters.template.name}: no cell shows case.summary()\n"
            "  hint: it carries the record of the case"
        )
    record["parameters"]["text"] = parameters.text
    return record
