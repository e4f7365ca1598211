"""One report: check the parameters, run the notebook, export, publish."""

from __future__ import annotations

import contextlib
import importlib
import json
import logging
import os
import shutil
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from casebook.errors import CasebookError, ExecutionError, InputError, Problem
from casebook.parameters import Parameters, read_parameters

EXPORTERS = {
    "pdf": ("casebook.exporters.pdf", "PDFExporter", "pdf"),
    "html": ("casebook.exporters.html", "HTMLExporter", "html"),
    "xlsx": ("casebook.exporters.xlsx", "XLSXExporter", "xlsx"),
    "brief": ("casebook.exporters.pdf", "BriefExporter", "brief.pdf"),
}
"""What a report can be exported to: module and class of the exporter, and the ending of its file. The
executed notebook and the record are always published."""

FORMATS = ("pdf", "html", "xlsx")
"""What is made where nothing else is asked for."""

WHAT_IF = "-what-if"


@dataclass
class Report:
    """A published report."""

    client: str
    """Name of the parameter file without its ending, and of the folder under `output`."""
    files: list[Path]
    seconds: dict[str, float] = field(default_factory=dict)
    """Time spent by stage: check, run, each format, publish."""
    warnings: list[str] = field(default_factory=list)
    """What could not be shown as written."""


def make_report(
    path: Path,
    *,
    output: Path,
    formats: Sequence[str] = FORMATS,
    overrides: Mapping[str, str] | None = None,
) -> Report:
    """Make the report of one parameter file and publish it under `output/<client>/`.

    With `overrides` it goes to `output/<client>-what-if/`. Raises InputError before a kernel starts, and
    CasebookError where a cell or an exporter fails: the last good report stays, and the executed copy is
    kept as `<type>.failed.ipynb`.
    """
    seconds: dict[str, float] = {}
    with _timed(seconds, "check"):
        parameters = read_parameters(path, overrides=overrides or {})
    client = path.stem + (WHAT_IF if overrides else "")
    kind = parameters.template.name
    folder = output / client
    try:
        folder.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".staging-", dir=folder))
    except OSError as error:
        raise InputError(
            [
                Problem(
                    str(folder), f"can't be written to: {error.strerror}", "name another folder with --output"
                )
            ]
        ) from error
    try:
        executed = staging / f"{kind}.ipynb"
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                _run(parameters, path, executed, seconds)
                _export(executed, kind, formats, path.parent, seconds)
            except CasebookError as error:
                raise _kept(error, executed, folder, kind) from error
        with _timed(seconds, "publish"):
            files, removed = _publish(staging, folder, kind, formats)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    said = [str(item.message) for item in caught if _is_ours(item)]
    if removed:
        said.append(f"removed {', '.join(removed)}, which this run did not make again")
    return Report(client, files, seconds, list(dict.fromkeys(said)))


@contextlib.contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    begin = time.perf_counter()
    yield
    seconds[stage] = time.perf_counter() - begin


def _is_ours(item: warnings.WarningMessage) -> bool:
    from casebook.exporters import ExportWarning

    return issubclass(item.category, ExportWarning)


def _run(parameters: Parameters, path: Path, executed: Path, seconds: dict[str, float]) -> None:
    """Execute the template through papermill, and complete what only the file itself can tell."""
    import nbformat
    import papermill
    from papermill.exceptions import PapermillException, PapermillExecutionError

    # What goes wrong is said once, by whoever called; papermill's log would say it too.
    logging.getLogger("papermill").addHandler(logging.NullHandler())

    template = parameters.template.notebook
    shown = os.path.relpath(template) if template.is_relative_to(Path.cwd()) else str(template)
    with _timed(seconds, "run"):
        try:
            papermill.execute_notebook(
                str(template),
                str(executed),
                parameters=parameters.values,
                engine_name="casebook",
                cwd=str(path.parent.resolve()),
                progress_bar=False,
            )
        except PapermillExecutionError:
            pass  # the error stands in the executed notebook, where it is looked for in any case
        except ExecutionError as error:
            raise ExecutionError(f"{shown}, {error}") from error
        except (PapermillException, RuntimeError, OSError) as error:
            raise ExecutionError(f"{shown}: {error}") from error
        notebook = nbformat.read(executed, as_version=4)
        _refuse_errors(notebook, shown)
    _complete(notebook, parameters)
    nbformat.write(notebook, executed)


def _refuse_errors(notebook: Any, shown: str) -> None:
    """Raise ExecutionError for the first error in a cell, be it as quiet as sys.exit(0)."""
    from casebook.execution.cells import number_of

    for index, cell in enumerate(notebook.cells):
        allowed = {"raises-exception", "raises_exception"} & set(cell.metadata.get("tags", []))
        for output in cell.get("outputs", []):
            if output.output_type == "error" and not allowed:
                where = f"{shown}, cell {number_of(notebook, index)}"
                raise ExecutionError(f"{where}: {output.ename}: {output.evalue}")


def _complete(notebook: Any, parameters: Parameters) -> None:
    """Put the parameter file's own text into the record, and take times and paths out of the notebook."""
    from casebook.views.view import RECORD_MIME

    for cell in notebook.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        for shown in cell.get("outputs", []):
            if RECORD_MIME in shown.get("data", {}):
                shown.data[RECORD_MIME]["parameters"]["text"] = parameters.text
    notebook.metadata.pop("papermill", None)


def _export(executed: Path, kind: str, formats: Sequence[str], base: Path, seconds: dict[str, float]) -> None:
    import nbformat

    from casebook.exporters.record import read_record

    notebook = nbformat.read(executed, as_version=4)
    record = json.dumps(read_record(notebook), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    executed.with_name(f"{kind}.json").write_text(record, encoding="utf-8")
    for name in formats:
        module, exporter, ending = EXPORTERS[name]
        with _timed(seconds, name):
            made = getattr(importlib.import_module(module), exporter)(folder=str(base))
            body, _ = made.from_notebook_node(notebook)
            content = body if isinstance(body, bytes) else body.encode()
            executed.with_name(f"{kind}.{ending}").write_bytes(content)


def _publish(staging: Path, folder: Path, kind: str, formats: Sequence[str]) -> tuple[list[Path], list[str]]:
    """Move the staged files into place; gives them, and the names of older ones that were taken away."""
    endings = [EXPORTERS[name][2] for name in formats]
    names = [f"{kind}.{ending}" for ending in (*endings, "ipynb", "json")]
    for name in names:
        (staging / name).replace(folder / name)
    stale = [ending for *_, ending in EXPORTERS.values() if ending not in endings]
    (folder / f"{kind}.failed.ipynb").unlink(missing_ok=True)
    # An older document beside newer ones could give another figure for the same case.
    old = [folder / f"{kind}.{ending}" for ending in stale]
    removed = [path.name for path in old if path.exists()]
    for path in old:
        path.unlink(missing_ok=True)
    return [folder / name for name in names], removed


def _kept(error: CasebookError, executed: Path, folder: Path, kind: str) -> CasebookError:
    """The same error with a hint at the executed copy, which is kept beside the last good report."""
    if not executed.exists():
        return error
    copy = folder / f"{kind}.failed.ipynb"
    executed.replace(copy)
    return type(error)(f"{error}\n  hint: the executed copy is kept at {copy}")
