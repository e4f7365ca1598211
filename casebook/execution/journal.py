"""The journal of a run: the executed copy at any moment, whatever becomes of the process that runs it.

A file of JSON lines: the notebook as it was before the first cell, then each cell as it ended.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypedDict

import nbformat
from nbformat import NotebookNode

from casebook.schema.notebooks import NotebookFile
from casebook.schema.typed_json import parse

_MOST_BYTES = 400 << 20
"""Eight times what the cells of a report may give: escaped, it takes up to six times its room."""


class _Entry(TypedDict):
    """A line of a journal after the first."""

    index: int
    cell: Mapping[str, Any]


class Journal:
    """Writes a journal; without a path it writes nothing."""

    def __init__(self, path: Path | None, notebook: NotebookNode) -> None:
        self._path = path
        if path:
            path.write_bytes(b"")
        self._write(notebook)

    def add(self, index: int, cell: NotebookNode) -> None:
        """Keep a cell as it is now."""
        self._write({"index": index, "cell": cell})

    def _write(self, content: Any) -> None:
        if self._path:
            with self._path.open("ab") as file:
                file.write(json.dumps(content, ensure_ascii=False).encode("utf-8", "replace") + b"\n")


def rebuild(path: Path) -> NotebookNode | None:
    """The executed copy from a journal, up to the last cell that ended; None where it holds no notebook.

    Cells ran in the process that wrote it, and may have spoilt it: what can't be read ends it.
    """
    try:
        if not path.is_file() or path.stat().st_size > _MOST_BYTES:
            return None
        lines = path.read_bytes().split(b"\n")[:-1]  # a line without its end was cut off
        notebook = _notebook(json.loads(lines[0]))
    except (OSError, LookupError, ValueError, RecursionError):
        return None
    for line in lines[1:]:
        try:
            entry = json.loads(line)
            parse(entry, _Entry)
            notebook.cells[entry["index"]] = _cell(entry["cell"])
        except (LookupError, ValueError, RecursionError):
            break
    return notebook


def _notebook(content: Any) -> NotebookNode:
    """A notebook of a journal. Raises ValueError where it is none."""
    parse(content, NotebookFile)
    notebook = nbformat.from_dict(content)
    try:
        nbformat.validate(notebook)
    except Exception as error:  # it fails in as many ways as a notebook can be wrong
        raise ValueError(str(error)) from None
    return notebook


def _cell(content: Mapping[str, Any]) -> NotebookNode:
    """A cell of a journal. Raises ValueError where it is none."""
    about = {"metadata": {"kernelspec": {"name": "", "display_name": ""}}, "nbformat": 4, "nbformat_minor": 5}
    return _notebook({"cells": [content], **about}).cells[0]
