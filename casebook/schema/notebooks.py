"""A template's notebook file, checked once for all who read it: its cells, their sources and tags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired, TypedDict

from casebook.errors import InputError, Problem
from casebook.schema.typed_json import parse
from casebook.schema.untrusted_json import read_json
from casebook.schema.wording import display

MOST_BYTES = 50_000_000
"""Of a notebook that was saved with its outputs."""


def _format(value: int) -> str | None:
    return None if value == 4 else "4, the format of notebooks since 2015"


class CellMetadata(TypedDict):
    """What is said of a cell."""

    tags: NotRequired[Sequence[str]]


class NotebookCell(TypedDict):
    """A cell as it stands in the file."""

    cell_type: Literal["code", "markdown", "raw"]
    source: str | Sequence[str]
    metadata: CellMetadata
    outputs: NotRequired[Sequence[Mapping[str, Any]]]
    attachments: NotRequired[Mapping[str, Mapping[str, Any]]]


class KernelSpec(TypedDict):
    """The kernel that runs a notebook."""

    name: str


class NotebookMetadata(TypedDict):
    """What is said of a notebook."""

    kernelspec: KernelSpec


class NotebookFile(TypedDict):
    """What a reader of a notebook may rely on."""

    cells: Sequence[NotebookCell]
    metadata: NotebookMetadata
    nbformat: Annotated[int, _format]


def read_notebook(path: Path) -> dict[str, Any]:
    """The content of a notebook's file, a NotebookFile. Raises InputError where it is none."""
    content: dict[str, Any] = read_json(path, most=MOST_BYTES, kind="a notebook")
    try:
        parse(content, NotebookFile)
    except ValueError as error:
        raise InputError([Problem(display(path), f"the file is not a notebook: {error}")]) from None
    return content


def source_of(cell: Mapping[str, Any]) -> str:
    """A cell's source: the file may hold it by lines."""
    return "".join(cell["source"])


def tags_of(cell: Mapping[str, Any]) -> list[str]:
    """A cell's tags."""
    return list(cell["metadata"].get("tags", []))
