"""One report: check the parameters, run the notebook, export; staged in a folder, from which it is published.

It is the work of one task: it takes and gives what can travel between processes, and holds nothing after.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from casebook.errors import CasebookError, ExecutionError, ExportError
from casebook.execution import worker
from casebook.exporters import export_warnings
from casebook.publishing import fingerprint
from casebook.publishing.folder import FAILED, FULL, cant_write, sync, write_new
from casebook.publishing.formats import FORMATS
from casebook.publishing.manifest import Sources, Summary
from casebook.schema.parameters import Parameters
from casebook.schema.reader import read_parameters
from casebook.schema.wording import display

if TYPE_CHECKING:
    from casebook.record.types import Record

JOURNAL = ".journal"
"""Ending of the file that holds the executed copy while a report is made."""

PRELOAD = ("casebook.report", "casebook.exporters.exports:prepare")
"""What a process that makes reports does well to import, or to call, beforehand."""


@dataclass(frozen=True)
class StagedReport:
    """A report that lies complete in its staging folder, on disk."""

    kind: str
    """The template's name, and the stem of the files."""
    files: Mapping[str, fingerprint.File]
    """By name; documents first, then notebook and record."""
    sources: Sources
    summary: Summary
    """The case in a line."""
    seconds: dict[str, float]
    """Time by stage."""
    warnings: list[str]
    """What could not be shown as written."""


@dataclass(frozen=True)
class CheckedParameters:
    """A right parameter file, read once for all that is made of it."""

    file: fingerprint.File
    """Fingerprint from before reading, so that an edit in between triggers a rebuild."""
    parameters: Parameters


def stage_report(
    path: Path,
    overrides: Mapping[str, str],
    formats: Sequence[str],
    staging: Path,
    engine: Literal["fork", "kernel"],
    checked: CheckedParameters | None = None,
) -> StagedReport:
    """Make the report of one parameter file in a folder that is there and empty.

    `checked` is what the check of the batch read; the file is read again only where it has changed since.
    Raises InputError before a cell runs, and other CasebookErrors where a cell or an exporter fails; then, or
    where this process is killed, `stage_failed` finds what was executed.
    """
    seconds: dict[str, float] = {}
    with _timed(seconds, "check"):
        parameters, sources = sources_of(path, overrides, checked)
    kind = parameters.template.name
    try:
        with _timed(seconds, "run"):
            notebook = _executed(parameters, path, staging / f"{kind}{JOURNAL}", engine)
        with export_warnings() as export_texts:
            record, names = _export(notebook, kind, formats, path, staging, seconds)
        _refuse_changes(sources, path, parameters)
        with _timed(seconds, "write"):
            files = {name: on_disk(staging / name) for name in names}
    except OSError as error:
        raise _refusal(error, staging) from error
    except ExecutionError as error:
        if isinstance(cause := error.__cause__, OSError) and cause.errno in FULL:
            raise _refusal(cause, staging) from error
        raise
    warnings = list(dict.fromkeys([*export_texts, *_of_data(record)]))
    return StagedReport(kind, files, sources, _summary(record), seconds, warnings)


def _refusal(error: OSError, staging: Path) -> CasebookError:
    """The error of a file that can't be read or written: of the output, the temporary folder, or another."""
    temporary = Path(tempfile.gettempdir())
    named = Path(str(error.filename)) if error.filename else None
    if named is None and error.errno in FULL:  # of a write the system does not say where
        named = min((staging, temporary), key=lambda folder: shutil.disk_usage(folder).free)
    if named is None or named.is_relative_to(staging):
        return cant_write(staging.parent, error)
    if named.is_relative_to(temporary):
        from casebook.execution import scratch

        return scratch.refusal(error)
    return ExportError(f"{display(named)} can't be used: {error.strerror}")


def check(path: Path, overrides: Mapping[str, str]) -> CheckedParameters:
    """The parameters in a file, with its fingerprint. Raises InputError where they are wrong."""
    file = fingerprint.file(path) if path.is_file() else None
    parameters = read_parameters(path, overrides=overrides)
    return CheckedParameters(file or fingerprint.file(path), parameters)


def sources_of(
    path: Path, overrides: Mapping[str, str], checked: CheckedParameters | None = None
) -> tuple[Parameters, Sources]:
    """The parameters in a file, and what a report of them is made of, before anything is made of it.

    Raises InputError where the parameters are wrong, ExecutionError where a source can't be read.
    """
    if checked is None or fingerprint.difference(path, checked.file):
        checked = check(path, overrides)
    return checked.parameters, _sources(checked.parameters, path, checked.file)


def stage_failed(staging: Path) -> None:
    """Stage the executed copy of a run that ended early, however it ended, as `<type>.failed.ipynb`."""
    from casebook.execution.notebook_run import rebuild

    for journal in staging.glob(f"*{JOURNAL}"):
        notebook = rebuild(journal)
        if notebook:
            copy = journal.with_name(journal.name.removesuffix(JOURNAL) + FAILED)
            try:
                write_new(copy, _bytes(notebook))
            except OSError:  # as on a full disk: half a copy is none
                copy.unlink(missing_ok=True)


@contextlib.contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    begin = time.perf_counter()
    yield
    seconds[stage] = time.perf_counter() - begin


def _sources(parameters: Parameters, path: Path, given: fingerprint.File) -> Sources:
    base, template = path.parent, parameters.template
    named = [file for source in parameters.data.values() for file in source.paths]
    if parameters.client.logo:
        named.append(parameters.client.logo)
    if parameters.approved:
        named.append(base / parameters.approved.record)
    patterns = [source.shown for source in parameters.data.values() if set(source.shown) & set("*?[")]
    folders = [str(parameters.document["fonts"])] if parameters.document.get("fonts") else []
    named += [base / folder / name for folder in folders for name in fingerprint.files_in(base / folder)]
    try:
        return Sources(
            parameters=given,
            template=str(parameters.values["template"]),
            template_files={
                name: fingerprint.file(template.folder / name)
                for name in fingerprint.files_in(template.folder)
            },
            files={Path(os.path.relpath(file, base)).as_posix(): fingerprint.file(file) for file in named},
            patterns=patterns,
            folders=folders,
            unhashed=[
                f"{source.name} ({source.shown})"
                for source in parameters.data.values()
                if source.kind == "server"
            ],
        )
    except OSError as error:
        raise ExecutionError(f"{error.filename} can't be read: {error.strerror}") from error


def _refuse_changes(sources: Sources, path: Path, parameters: Parameters) -> None:
    """A report follows from one state of its sources, not from two."""
    watched = {path: sources.parameters}
    watched |= {parameters.template.folder / name: known for name, known in sources.template_files.items()}
    watched |= {path.parent / name: known for name, known in sources.files.items()}
    for file, known in watched.items():
        fault = fingerprint.difference(file, known)
        if fault:
            raise ExecutionError(f"{file} {fault} while the report was made\n  hint: run it again")


def _executed(
    parameters: Parameters, path: Path, journal: Path, engine: Literal["fork", "kernel"]
) -> dict[str, Any]:
    """The executed notebook, with what only the file itself can tell: its text, in the record."""
    from casebook.execution.notebook_run import run_notebook
    from casebook.views.view import RECORD_MIME

    notebook = run_notebook(
        parameters.template.notebook, parameters.values, cwd=path.parent, engine=engine, journal=journal
    )
    for cell in notebook.cells:
        for shown in cell.get("outputs", []):
            if RECORD_MIME in shown.get("data", {}):
                shown.data[RECORD_MIME]["parameters"]["text"] = parameters.text
    return notebook


def _export(
    notebook: dict[str, Any],
    kind: str,
    formats: Sequence[str],
    path: Path,
    staging: Path,
    seconds: dict[str, float],
) -> tuple[Record, list[str]]:
    """Write all files of a report; gives its record and their names."""
    from nbformat import v4

    from casebook.exporters.exports import Exports
    from casebook.exporters.record import record_text

    worker.progress(f"{display(path)}: export")  # what goes wrong now is no cell's fault
    # What is exported is the notebook as it is published: a notebook file sorts its keys.
    content = _bytes(notebook)
    write_new(staging / f"{kind}.ipynb", content)
    notebook = v4.reads(content.decode())
    exports, names = Exports(notebook, path.parent), []
    record = exports.record
    worker.progress(f"{display(path)}: reading its fonts")
    exports.read_fonts()
    for name in formats:
        names.append(f"{kind}{FORMATS[name]}")
        worker.progress(f"{display(path)}: export to {name}")
        with _timed(seconds, name):
            write_new(staging / names[-1], _exported(exports, name))
    write_new(staging / f"{kind}.json", record_text(record).encode())
    return record, [*names, f"{kind}.ipynb", f"{kind}.json"]


def _exported(exports: Any, name: str) -> bytes:
    """The file of a format. Raises ExportError, which names it."""
    try:
        content: bytes = exports.file(name)
        return content
    except ExportError as error:
        raise ExportError(f"export to {name}: {error}") from error


def _bytes(notebook: Any) -> bytes:
    from nbformat import v4

    return f"{v4.writes(notebook)}\n".encode("utf-8", "replace")


def on_disk(path: Path) -> fingerprint.File:
    """The fingerprint of a file that has come to the disk."""
    sync(path)
    return fingerprint.file(path)


def _of_data(record: Record) -> list[str]:
    """What the review finds in the client's data and nobody has answered, for whoever runs the report."""
    from casebook.review.review import DATA_RULE

    return [each.finding for each in record.review if each.rule == DATA_RULE and each.is_open]


def _summary(record: Record) -> Summary:
    """A case in a line, its figures as numbers and as its reader would write them."""
    from casebook.formatting import Formatter

    to = Formatter(record.currency, record.locale)
    result, nothing = record.result, "–"
    expected, roi = result.expected_net_present_value, result.return_on_investment
    return {
        "client": record.client.name,
        "case": record.title or record.template.name,
        "currency": record.currency,
        "expected_net_present_value": expected,
        "net_present_value": result.net_present_value,
        "return_on_investment": roi,
        "shown": {
            "expected_net_present_value": nothing if expected is None else to.money_about(expected),
            "net_present_value": to.money_about(result.net_present_value),
            "return_on_investment": nothing if roi is None else to.share(roi),
        },
    }
