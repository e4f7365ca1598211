"""A view: what one cell of a notebook shows, as data that each output sets in its own way.

The data are plain text in a small vocabulary (tiles, table, chart, callout, gap, text, list, group); nothing
in them is markup, so nothing that a client writes can become any.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from casebook.formatting import Formatter
from casebook.record.types import Record
from casebook.views.render import to_html, to_text

VIEW_MIME = "application/vnd.casebook.view+json"
RECORD_MIME = "application/vnd.casebook.record+json"


@dataclass(frozen=True)
class View:
    """One MIME bundle for JupyterLab, the page and the PDF. `record` travels with the summary."""

    data: dict[str, Any]
    record: Record | None = None

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle: dict[str, Any] = {
            VIEW_MIME: self.data,
            "text/html": to_html(self.data, standalone=True),
            "text/plain": to_text(self.data),
        }
        return bundle if self.record is None else {**bundle, RECORD_MIME: self.record.to_json()}

    def __repr__(self) -> str:
        return to_text(self.data)


def table(
    columns: Sequence[dict[str, Any]],
    rows: Iterable[dict[str, Any]],
    *,
    caption: str | None = None,
    note: str | None = None,
    compact: bool = False,
    whole: bool = False,
) -> dict[str, Any]:
    """The data of a table; columns by `left` and `right`, rows by `row`.

    `compact` is for long registers; `whole` for what is read as one and should stand on one page.
    """
    shown = {"view": "table", "caption": caption, "columns": list(columns), "rows": list(rows), "note": note}
    return {**shown, **({"compact": True} if compact else {}), **({"whole": True} if whole else {})}


def left(label: str, weight: float = 1, *, lines: str = "") -> dict[str, Any]:
    """A column of text; `weight` is its width beside the other columns of text.

    `lines` says how the lines of a cell differ: in `lead` the first stands out from the rest, in `steps`
    the last one is the result.
    """
    return {"label": label, "align": "left", "weight": weight, "lines": lines}


def right(label: str) -> dict[str, Any]:
    """A column of figures, as wide as they are."""
    return {"label": label, "align": "right", "weight": 0}


def row(*cells: str, style: str = "plain") -> dict[str, Any]:
    """A row; `style` is plain, heading, subtotal, total or detail."""
    return {"cells": list(cells), "style": style}


def callout(title: str, text: str, *, tone: str = "info") -> dict[str, Any]:
    """A boxed remark, its title set before its text; `tone` is info or warning."""
    return {"view": "callout", "tone": tone, "title": f"{title}.", "text": text}


def gap(title: str, text: str, *, quiet: bool = False) -> dict[str, Any]:
    """Says to the analyst why there is nothing to show; documents leave its section out, with a warning.

    `quiet` is for what most cases rightly have not: no warning.
    """
    return {"view": "gap", "title": f"{title}.", "text": text, **({"quiet": True} if quiet else {})}


def year_head(to: Formatter, year: int) -> str:
    """The head of a year's column; year 0 is the start."""
    return to.say("Year {year}", year=year) if year else to.say("Start")


def group(items: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Several views as one."""
    return {"view": "group", "items": list(items)}
