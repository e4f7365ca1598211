"""What a notebook shows, piece by piece: its cells without code, as their tags ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from casebook.exporters.outputs import Form, Text, forms, raw_forms
from casebook.exporters.pandoc import MARKDOWN
from casebook.exporters.prose import Cell
from casebook.exporters.text import printable

_ADDED = {"injected-parameters", "papermill-error-cell-tag"}
"""Tags of the cells that papermill puts in: an author's count of cells leaves them out."""

_WITHOUT_OUTPUT = {"remove-output", "parameters", "injected-parameters", "skip-execution"}
"""An output of a cell that was skipped is left over from an earlier run, on other values."""

Piece = tuple[Cell, Iterator[tuple[Text | None, Form]]]
"""Where it comes from, and the ways to show it, best first; each is worked out when it is asked for."""


def tags_of(cell: Mapping[str, Any]) -> set[str]:
    """A cell's tags, in the spelling with hyphens."""
    return {str(tag).replace("_", "-") for tag in cell.get("metadata", {}).get("tags") or ()}


def pieces(notebook: Mapping[str, Any]) -> Iterator[Piece]:
    """All that is shown, in order: each Markdown cell, raw cell and output."""
    number = 0
    for cell in notebook.get("cells", []):
        tags = tags_of(cell)
        number += not tags & _ADDED
        if "remove-cell" in tags:
            continue
        source = "".join(cell.get("source", ""))
        match cell.get("cell_type"):
            case "markdown":
                text = Text(MARKDOWN, printable(source))
                yield _origin(cell, number), iter([(text, lambda cleaner, read: cleaner.blocks(read))])
            case "raw":
                metadata = cell.get("metadata", {})
                media_type = metadata.get("format") or metadata.get("raw_mimetype") or ""
                yield _origin(cell, number), raw_forms(source, str(media_type))
            case "code" if not tags & _WITHOUT_OUTPUT:
                for output in _joined_streams(cell.get("outputs") or []):
                    yield _origin(cell, number), forms(output, cell, trusted="trusted" in tags)


def _joined_streams(outputs: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Parts of one stream that follow each other are one text, whatever pieces the kernel sent it in."""
    joined: list[Mapping[str, Any]] = []
    for output in outputs:
        last = joined[-1] if joined else {}
        if output.get("output_type") == "stream" == last.get("output_type") and output.get(
            "name"
        ) == last.get("name"):
            joined[-1] = {**last, "text": "".join(last.get("text", "")) + "".join(output.get("text", ""))}
        else:
            joined.append(output)
    return joined


def _origin(cell: Mapping[str, Any], number: int) -> Cell:
    """What the cleaner needs to know of a cell."""
    metadata = cell.get("metadata", {})
    prose = cell.get("cell_type") == "markdown"
    return Cell(
        number,
        cell.get("attachments") or {},
        (metadata.get("user_expressions") or []) if prose else None,
        printable(str(metadata.get("alt") or "")).strip(),
    )
