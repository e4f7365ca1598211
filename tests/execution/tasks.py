"""What the tests of this room run in forks: this module is imported by the helper.

What runs notebooks is imported where one is run: most tests have none, and start a helper in no time.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casebook.execution.worker import progress

if TYPE_CHECKING:
    from nbformat import NotebookNode


def write(path: Path, cells: Sequence[str]) -> Path:
    """Write a notebook; a cell may begin with `#tags: a, b`, and one that begins with `Text:` is prose."""
    import nbformat

    notebook = nbformat.v4.new_notebook()
    notebook.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "Python 3"}
    for number, source in enumerate(cells):
        make = nbformat.v4.new_markdown_cell if source.startswith("Text:") else nbformat.v4.new_code_cell
        first, _, rest = source.partition("\n")
        tags = first.removeprefix("#tags:").split(",") if first.startswith("#tags:") else []
        cell = make(
            rest if tags else source, metadata={"tags": [tag.strip() for tag in tags]} if tags else {}
        )
        cell.id = f"cell-{number}"
        notebook.cells.append(cell)
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


def run(path: Path, engine: str = "fork", cwd: Path | None = None, parameters: Any = None) -> NotebookNode:
    """Run a notebook with a journal beside it."""
    from casebook.execution.notebook_run import run_notebook

    return run_notebook(
        path, parameters or {}, cwd=cwd or path.parent, engine=engine, journal=path.with_suffix(".journal")
    )


def act(source: str) -> Any:
    """Run a statement as the whole task; gives what it names `value`."""
    progress("acting")
    names: dict[str, Any] = {"time": time, "progress": progress}
    exec(source, names)
    return names.get("value")


HELD: list[bytearray] = []


def hold() -> None:
    """Have the helper hold much memory, which every fork shares with it."""
    HELD.append(bytearray(b"x") * (200 << 20))
