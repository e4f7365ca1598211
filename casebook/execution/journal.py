"""The journal of a run: the executed copy at any moment, whatever becomes of the process that runs it.

A file of JSON lines: the notebook as it was before the first cell, then each cell as it ended.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode


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
    """The executed copy from a journal, up to the last cell that ended; None where nothing was begun."""
    try:
        lines = path.read_bytes().split(b"\n")[:-1]  # a line without its end was cut off
        notebook = nbformat.from_dict(json.loads(lines[0]))
    except (OSError, IndexError):
        return None
    for line in lines[1:]:
        entry = json.loads(line)
        notebook.cells[entry["index"]] = nbformat.from_dict(entry["cell"])
    return notebook
