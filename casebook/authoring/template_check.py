"""What is wrong with a template: its two files against each other, a run on its examples, and an export."""

from __future__ import annotations

import ast
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from casebook.authoring.notebook_source import Cell, inputs_used, names_set, read_cells, words
from casebook.errors import CasebookError, ExecutionError, InputError, Problem
from casebook.schema.input_declarations import PAID_HOURS, RELEASED_SHARE
from casebook.schema.notebooks import read_notebook
from casebook.schema.parameters import KEYS
from casebook.schema.templates import DECLARATIONS, Template, read_template
from casebook.schema.wording import closest, display, listed

_CONTINUE = "raises-exception"
_UNDECLARED = "no input is called"
_PICTURE_WITHOUT_WORDS = "![]("


def check_template(folder: Path) -> list[Problem]:
    """Everything found wrong, in the order in which a template is written; [] where it is ready.

    What stops the notebook at once (no parameters cell, inputs.yaml that can't be read) is reported without a
    run, and where a cell fails that later ones build on, nothing is said of those.
    """
    try:
        template = read_template(folder)
        cells = read_cells(template.notebook)
    except InputError as error:
        return list(error.problems)
    notebook = display(template.notebook)
    problems = [*_parameters(template, cells, notebook), *_names(template, cells, notebook)]
    if not any("parameters" in cell.tags for cell in cells):
        return problems
    try:
        executed = _run(template)
    except ExecutionError as error:
        return [*problems, Problem("", str(error))]
    known = {problem.where for problem in problems if problem.message.startswith(_UNDECLARED)}
    errors, is_complete = _errors(executed, notebook)
    problems += [error for error in errors if not (error.where in known and _UNDECLARED in error.message)]
    if is_complete:
        problems += _shown(executed, notebook)
    return problems if errors else [*problems, *_export(executed, notebook)]


def _parameters(template: Template, cells: list[Cell], notebook: str) -> Iterator[Problem]:
    """The cell that a parameter file's values go into."""
    tagged = [cell for cell in cells if "parameters" in cell.tags]
    if not tagged:
        hint = f"give the first code cell the tag parameters, and in it {listed(KEYS)}"
        yield Problem(notebook, "no cell has the tag parameters", hint)
        return
    first, where = tagged[0], f"{notebook}, cell {tagged[0].number}"
    missing = [name for name in KEYS if name not in names_set(first)]
    if missing:
        yield Problem(
            where, f"the parameters cell does not set {listed(missing)}", "set each on its own line"
        )
    if len(tagged) > 1:
        again = f"{notebook}, cell {tagged[1].number}"
        yield Problem(again, f"cell {first.number} already has the tag parameters", "take the tag away here")
    # A working copy is its own template, wherever it lies.
    named = (f'template = "{name}"' for name in (template.name, "."))
    if not any(line in first.source.replace("'", '"') for line in named):
        message = f"the parameters cell does not name this template, {template.name}"
        yield Problem(where, message, f'write template = "{template.name}"')


def _names(template: Template, cells: list[Cell], notebook: str) -> Iterator[Problem]:
    """Inputs that one of the two files has and the other has not."""
    code = [cell for cell in cells if "parameters" not in cell.tags]
    for use in inputs_used(code):
        if use.name not in template.inputs:
            match = closest(use.name, template.inputs)
            hint = f"did you mean '{match}'?" if match else f"declare it in {DECLARATIONS}"
            yield Problem(f"{notebook}, cell {use.cell}", f"{_UNDECLARED} '{use.name}'", hint)
    known = words(code)
    where = display(template.folder / DECLARATIONS)
    frees_capacity = any("freed capacity" in cell.source for cell in code)
    for name, declared in template.inputs.items():
        is_read_by_role = frees_capacity and declared.role in (PAID_HOURS, RELEASED_SHARE)
        if name not in known and not is_read_by_role:
            hint = "use it in a line or show it, or take it out"
            yield Problem(
                f"{where}:{template.lines.get(('inputs', name), 1)}",
                f"{name} is declared but never used",
                hint,
            )


def _run(template: Template) -> Any:
    """The notebook run on its examples, on and on where a cell fails: each failure is reported."""
    from casebook.execution.notebook_run import run_notebook

    content = read_notebook(template.notebook)
    for cell in content["cells"]:
        cell["metadata"]["tags"] = [*cell["metadata"].get("tags", []), _CONTINUE]
    with tempfile.TemporaryDirectory(prefix="casebook-") as folder:
        copy = Path(folder) / template.notebook.name
        copy.write_text(json.dumps(content), encoding="utf-8")
        return run_notebook(copy, {}, cwd=template.folder.resolve(), engine="kernel")


def _errors(executed: Any, notebook: str) -> tuple[list[Problem], bool]:
    """The cells that failed; False where it ends with one that others build on."""
    from casebook.execution.cells import number_of

    found = []
    for index, cell in enumerate(executed.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                message, _, hint = output.evalue.partition("\n  hint: ")
                where = f"{notebook}, cell {number_of(executed, index)}"
                found.append(Problem(where, f"{output.ename}: {message}", hint or None))
                if not _only_shows(cell.source):
                    return found, False
    return found, True


def _only_shows(source: str) -> bool:
    """Whether a cell is one expression that adds nothing to the case, such as a view."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return False
    if len(body) != 1 or not isinstance(body[0], ast.Expr):
        return False
    called = body[0].value.func if isinstance(body[0].value, ast.Call) else None
    return not (isinstance(called, ast.Attribute) and called.attr in ("cost", "benefit", "pool", "measure"))


def _shown(executed: Any, notebook: str) -> Iterator[Problem]:
    """Pictures without words, figures in prose that fail, and a summary that is missing."""
    from casebook.execution.cells import number_of
    from casebook.views.view import RECORD_MIME, VIEW_MIME

    outputs = [output for cell in executed.cells for output in cell.get("outputs", [])]
    for index, cell in enumerate(executed.cells):
        where = f"{notebook}, cell {number_of(executed, index)}"
        if any(_lacks_words(output, cell, VIEW_MIME) for output in cell.get("outputs", [])):
            hint = 'display(figure, metadata={"image/svg+xml": {"alt": "…"}}), or the cell\'s metadata: "alt"'
            yield Problem(where, "a picture has no alternative text", hint)
        if cell.cell_type == "markdown" and _PICTURE_WITHOUT_WORDS in cell.source:
            yield Problem(where, "a picture has no alternative text", "write ![what it shows](file)")
        for figure in cell.metadata.get("user_expressions", []):
            if figure["result"].get("status") == "error":
                error = f"{figure['result'].get('ename')}: {figure['result'].get('evalue')}".split("\n")[0]
                yield Problem(where, f"{{eval}}`{figure['expression']}` fails: {error}")
    if not any(RECORD_MIME in output.get("data", {}) for output in outputs):
        hint = "add a cell with case.summary(): it carries the record, without which no report is made"
        yield Problem(notebook, "no cell shows the summary", hint)


def _lacks_words(output: Any, cell: Any, view: str) -> bool:
    data = output.get("data", {})
    if view in data:
        return False
    own = output.get("metadata", {})
    pictures = [kind for kind in data if kind.startswith("image/")]
    alternatives = [
        own.get("alt"),
        cell.metadata.get("alt"),
        *(own.get(kind, {}).get("alt") for kind in pictures),
    ]
    return bool(pictures) and not any(alternatives)


def _export(executed: Any, notebook: str) -> Iterator[Problem]:
    """What a document could not show; sections without content are not a fault of a template on examples."""
    from casebook.exporters import export_warnings
    from casebook.exporters.empty_sections import LEFT_OUT
    from casebook.exporters.pdf import PDFExporter

    messages = [problem.message for problem in _shown(executed, notebook)]
    with export_warnings() as warnings:
        try:
            PDFExporter().from_notebook_node(executed)
        except CasebookError as error:
            if not messages:
                yield Problem(notebook, str(error))
            return
    if not messages:
        yield from (Problem(notebook, text) for text in warnings if not text.startswith(LEFT_OUT))
