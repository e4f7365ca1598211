"""The stress notebooks, marked and run, and what to look for in what is made of them."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.exporters.stress import outputs, prose, tables


@dataclass(frozen=True)
class Stress:
    """A notebook and its marks."""

    notebook: NotebookNode
    """Executed."""
    texts: tuple[str, ...]
    """Marks that stand in a text."""
    images: tuple[str, ...]
    """Marks that stand in the words for an image."""


def written(folder: Path) -> Stress:
    """All Markdown; the files that it names are put into `folder`."""
    (folder / "pictures").mkdir()
    (folder / "pictures" / "a file.png").write_bytes(base64.b64decode(prose.PNG))
    (folder / "pictures" / "drawing.svg").write_text(prose.SVG)
    counter = count(1)
    cells = [new_markdown_cell(prose.marked(text, counter)) for text in prose.CELLS.values()]
    cells[list(prose.CELLS).index("images")].attachments = {"one.png": {"image/png": prose.PNG}}
    return _stress(cells)


def run(*parts: list[str]) -> Stress:
    """The cells of `parts`, executed by a kernel."""
    counter = count(1)
    cells = [new_code_cell(prose.marked(source, counter)) for part in parts for source in part]
    stress = _stress(cells)
    NotebookClient(stress.notebook, kernel_name="python3", timeout=120).execute()
    return stress


def shown() -> Stress:
    """All kinds of outputs but tables."""
    return run(
        outputs.STREAMS, outputs.TEXTS, outputs.PICTURES, list(outputs.REFUSED.values()), outputs.EMPTY
    )


def tabled() -> Stress:
    """All kinds of tables."""
    return run(tables.FRAMES, tables.STYLED, [tables.GREAT], tables.LARGE)


def _stress(cells: list[NotebookNode]) -> Stress:
    sources = "\n".join(cell.source for cell in cells)
    texts, images = (re.findall(rf"{letter}\d+{letter}", sources) for letter in "qi")
    return Stress(new_notebook(cells=cells), tuple(texts), tuple(images))
