"""A component as HTML, for JupyterLab and the page. Every string in it is text, and arrives as text."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path

from casebook.views.components import (
    Callout,
    Chart,
    Column,
    Component,
    Gap,
    Group,
    List,
    Paragraphs,
    Row,
    Table,
    Tile,
    Tiles,
)

_ASSETS = Path(__file__).parent.parent / "assets"

# HTML can't carry these, not even escaped.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")


def to_html(component: Component, *, standalone: bool = False) -> str:
    """The component as an HTML fragment; `standalone` puts its style before it, for JupyterLab.

    >>> to_html(Paragraphs(["1 < 2"]))
    '<div class="cb cb-text"><p>1 &lt; 2</p></div>'
    """
    html = _html(component)
    # JupyterLab would set what stands between two dollar signs as mathematics.
    return f'<style>{view_style()}</style><div class="mathjax_ignore">{html}</div>' if standalone else html


@cache
def view_style() -> str:
    """The style sheet of the views alone; it takes the colours of the theme that it stands in."""
    return (_ASSETS / "views.css").read_text(encoding="utf-8")


def _html(component: Component) -> str:
    match component:
        case Tiles(items):
            tiles = "".join(map(_tile, items))
            return f'<div class="cb cb-tiles" style="--count:{min(len(items), 5)}"><dl>{tiles}</dl></div>'
        case Table():
            return _table(component)
        case Chart():
            return _chart(component)
        case Callout(title, text, tone):
            return _box(title, text, tone)
        case Gap(title, text):
            return _box(title, text, "info")
        case Paragraphs(paragraphs):
            inner = "".join(f"<p>{_lines(paragraph)}</p>" for paragraph in paragraphs)
            return f'<div class="cb cb-text">{inner}</div>'
        case List(items, ordered):
            tag = "ol" if ordered else "ul"
            inner = "".join(f"<li>{_lines(item)}</li>" for item in items)
            return f'<{tag} class="cb cb-list">{inner}</{tag}>'
        case Group(items):
            return f'<div class="cb cb-group">{"".join(map(_html, items))}</div>'


def _plain(text: str) -> str:
    return escape(_UNPRINTABLE.sub("", text), quote=True)


def _lines(text: str) -> str:
    return _plain(text).replace("\n", "<br>")


def _note(text: str) -> str:
    return f'<p class="cb-note">{_lines(text)}</p>' if text else ""


def _box(title: str, text: str, tone: str) -> str:
    strong = f"<strong>{_lines(title)}</strong> " if title else ""
    return f'<div class="cb cb-callout cb-{tone}" role="note"><p>{strong}{_lines(text)}</p></div>'


def _tile(tile: Tile) -> str:
    basis = f'<dd class="cb-basis">{_lines(tile.basis)}</dd>' if tile.basis else ""
    value = f'<dt>{_lines(tile.label)}</dt><dd class="cb-value">{_lines(tile.value)}</dd>'
    return f'<div class="cb-tile">{value}{basis}</div>'


def _chart(chart: Chart) -> str:
    # As an image, the drawing can neither run a script nor fetch anything, whatever stands in it.
    data = base64.b64encode(chart.svg.encode("utf-8", "replace")).decode()
    caption = f"<figcaption>{_lines(chart.caption)}</figcaption>" if chart.caption else ""
    image = (
        f'<div class="cb-scroll" role="group" tabindex="0" aria-label="{_plain(chart.caption or "Chart")}">'
        f'<img alt="{_plain(chart.alt)}" src="data:image/svg+xml;base64,{data}"></div>'
    )
    return f'<figure class="cb cb-chart">{caption}{image}{_note(chart.note)}</figure>'


def _is_right(column: Column) -> bool:
    return column.align == "right"


def _columns(columns: Sequence[Column]) -> str:
    """Left columns share the width by their weights; right ones are as wide as their figures."""
    total = sum(column.weight for column in columns if not _is_right(column))
    return "".join(
        '<col class="cb-right">'
        if _is_right(column)
        else f'<col style="width:{100 * column.weight / total:.0f}%">'
        for column in columns
    )


def _narrowest(table: Table) -> float:
    """The width in rem under which a table scrolls instead of breaking its words into a ribbon."""
    width = 0.0
    for number, column in enumerate(table.columns):
        cells = [row.cells[number] for row in table.rows if number < len(row.cells)]
        longest = max(map(len, (column.label, *cells)))
        width += longest * 0.5 + 1 if _is_right(column) else 14 if longest > 60 else 9 if longest > 20 else 5
    return width


def _cell(text: str, column: Column) -> str:
    """A cell's text; in the columns that say so, its first line or its last one stands out."""
    first, *rest = text.split("\n")
    if not rest or not column.lines:
        return _lines(text)
    last = f"<br><strong>{_plain(rest.pop())}</strong>" if column.lines == "steps" else ""
    quiet = "<br>".join(map(_plain, rest))
    return _plain(first) + (f'<br><span class="cb-quiet">{quiet}</span>' if quiet else "") + last


def _naming(columns: Sequence[Column]) -> int:
    """The column whose cells say what their rows are about: the first of text, after one of bare numbers."""
    of_text = [number for number, column in enumerate(columns) if not _is_right(column)]
    return next((number for number in of_text if columns[number].label), of_text[0] if of_text else -1)


def _linked(html: str, row: Row) -> str:
    """The first line of a cell as a link, where its row leads anywhere."""
    first, line_break, rest = html.partition("<br>")
    return f'<a href="{_plain(row.target)}">{first}</a>{line_break}{rest}' if row.target else html


def _row(row: Row, columns: Sequence[Column]) -> str:
    if row.style == "heading":
        text = _lines(row.cells[0] if row.cells else "")
        return f'<tr class="cb-heading"><th scope="rowgroup" colspan="{len(columns)}">{text}</th></tr>'
    out, naming = [], _naming(columns)
    for number, column in enumerate(columns):
        cell = row.cells[number] if number < len(row.cells) else ""
        if number == naming and cell:
            out.append(f'<th scope="row">{_linked(_cell(cell, column), row)}</th>')
        else:
            kind = ' class="cb-right"' if _is_right(column) else ""
            out.append(f"<td{kind}>{_cell(cell, column)}</td>")
    return f'<tr class="cb-{row.style}">{"".join(out)}</tr>'


def _table(table: Table) -> str:
    columns = table.columns
    caption = f"<caption>{_lines(table.caption)}</caption>" if table.caption else ""
    heads = "".join(
        f'<th scope="col"{" class=cb-right" if _is_right(column) else ""}>{_lines(column.label)}</th>'
        if column.label
        else "<td></td>"  # a head without words heads nothing
        for column in columns
    )
    rows = "".join(_row(row, columns) for row in table.rows)
    wide = " cb-wide" if len(columns) > 8 or table.compact else ""
    return (
        f'<div class="cb cb-table{wide}">'
        f'<div class="cb-scroll" role="group" tabindex="0" aria-label="{_plain(table.caption or "Table")}">'
        f'<table style="min-width:{_narrowest(table):.0f}rem">{caption}'
        f"<colgroup>{_columns(columns)}</colgroup>"
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>{_note(table.note)}</div>"
    )
