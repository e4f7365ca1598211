"""A run of a parameter file's template for what its record says, with nothing published."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from casebook.errors import CasebookError
from casebook.record.analysis import FindingRecord
from casebook.record.types import Record
from casebook.schema.parameters import Parameters


def review_findings(parameters: Parameters) -> tuple[FindingRecord, ...]:
    """The findings of the review. Raises CasebookError as `run_record` does."""
    return run_record(parameters).review


def run_record(parameters: Parameters, *, without: Collection[str] = ()) -> Record:
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
    return replace(record, parameters=replace(record.parameters, text=parameters.text))
