"""The package's own notebooks: pages that are not the case of one client, made as a report is."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casebook.errors import InputError, Problem

FORMATS = ("pdf", "html")


def make_pages(
    notebook: str, values: Mapping[str, Any], *, title: str, folder: Path, texts: Mapping[str, str]
) -> tuple[list[Path], list[str]]:
    """Run a notebook of the package on some values, and write its pages into a folder.

    They are called as the notebook is; `texts` are further files, written with them. All of them appear at
    once, or none. Gives the files, and what could not be shown as written. Raises ExecutionError where a cell
    fails, ExportError where the page can't be set, InputError where the folder can't be written to.
    """
    from casebook.execution.notebook_run import run_notebook
    from casebook.exporters import export_warnings
    from casebook.exporters.exports import Exports

    executed = run_notebook(Path(__file__).with_name(f"{notebook}.ipynb"), dict(values), cwd=Path.cwd())
    executed.metadata["title"] = title
    with export_warnings() as warnings:
        exports = Exports(executed, Path.cwd())
        contents = {f"{notebook}.{name}": exports.file(name) for name in FORMATS}
    contents |= {name: text.encode() for name, text in texts.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".staging-", dir=folder) as staging:
            for name, content in contents.items():
                (Path(staging) / name).write_bytes(content)
            for name in contents:
                (Path(staging) / name).replace(folder / name)
    except OSError as error:
        hint = "name another folder with --output"
        raise InputError([Problem(str(folder), f"can't be written to: {error.strerror}", hint)]) from error
    return [folder / name for name in contents], warnings
