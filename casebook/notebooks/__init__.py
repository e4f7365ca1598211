"""The package's own notebooks: pages that are no case of one client, by the same engine and exporters."""

from __future__ import annotations

import importlib
import logging
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from casebook.errors import ExecutionError, InputError, Problem

FORMATS = {
    "pdf": ("casebook.exporters.pdf", "PDFExporter"),
    "html": ("casebook.exporters.html", "HTMLExporter"),
}
"""What a page is made in: module and class of the exporter."""


def make_pages(
    notebook: str, values: Mapping[str, Any], *, title: str, folder: Path, texts: Mapping[str, str]
) -> tuple[list[Path], list[str]]:
    """Run a notebook of the package on some values, and write its pages into a folder.

    They are called as the notebook is; `texts` are further files, written with them. All of them appear at
    once, or none. Gives the files, and what could not be shown as written. Raises ExecutionError where a cell
    fails, ExportError where the page can't be set, InputError where the folder can't be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".staging-", dir=folder) as staging:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                executed = _executed(notebook, values)
                executed.metadata["title"] = title
                _export(executed, Path(staging), notebook)
            for name, text in texts.items():
                (Path(staging) / name).write_text(text, encoding="utf-8")
            names = [*(f"{notebook}.{ending}" for ending in FORMATS), *texts]
            for name in names:
                (Path(staging) / name).replace(folder / name)
    except OSError as error:
        hint = "name another folder with --output"
        raise InputError([Problem(str(folder), f"can't be written to: {error.strerror}", hint)]) from error
    return [folder / name for name in names], _said(caught)


def _executed(name: str, values: Mapping[str, Any]) -> Any:
    import papermill
    from papermill.exceptions import PapermillException

    logging.getLogger("papermill").addHandler(logging.NullHandler())
    path = Path(__file__).with_name(f"{name}.ipynb")
    try:
        return papermill.execute_notebook(
            str(path),
            None,
            parameters=dict(values),
            engine_name="casebook",
            cwd=str(Path.cwd()),
            progress_bar=False,
        )
    except (PapermillException, RuntimeError) as error:
        raise ExecutionError(f"the page's notebook {path.name} failed: {_last_line(error)}") from error


def _last_line(error: BaseException) -> str:
    """What papermill's error says of the cell's own: its name and words."""
    name, words = getattr(error, "ename", None), getattr(error, "evalue", None)
    return f"{name}: {words}" if name else str(error).strip().splitlines()[-1]


def _export(notebook: Any, staging: Path, name: str) -> None:
    for ending, (module, exporter) in FORMATS.items():
        body, _ = getattr(importlib.import_module(module), exporter)().from_notebook_node(notebook)
        content = body if isinstance(body, bytes) else body.encode()
        (staging / f"{name}.{ending}").write_bytes(content)


def _said(caught: Sequence[warnings.WarningMessage]) -> list[str]:
    from casebook.exporters import ExportWarning

    said = [str(item.message) for item in caught if issubclass(item.category, ExportWarning)]
    return list(dict.fromkeys(said))
