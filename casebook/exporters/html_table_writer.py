"""Tables of a page: each header says what it heads, and a wide table scrolls in a box of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from casebook.exporters.cell_style import parse_style
from casebook.exporters.pandoc import Node, text_of
from casebook.exporters.prose_tables import cells_by_column, column_aligns, is_plain


def table_nodes(table: Node) -> list[Node]:
    """The table as HTML in a box that the keyboard reaches; anything but plain text is left to pandoc."""
    _, caption, _, head, bodies, foot = table["c"]
    aligns = column_aligns(table["c"])
    label = text_of(caption[1]).strip()
    pieces: list[str | list[Node]] = [
        f'<div class="scroll" role="group" tabindex="0" aria-label="{escape(label or "Table")}">\n<table>'
    ]
    if label:
        pieces += ["<caption>", caption[1], "</caption>"]
    if any(cell[4] for _, cells in head[1] for cell in cells):
        pieces += ["<thead>", *_rows(head[1], aligns, len(aligns), "col"), "</thead>"]
    for body in bodies:
        pieces += ["<tbody>", *_rows((*body[2], *body[3]), aligns, body[1], "row"), "</tbody>"]
    if foot[1]:
        pieces += ["<tfoot>", *_rows(foot[1], aligns, 0, "row"), "</tfoot>"]
    return _merge_html([*pieces, "</table>\n</div>"])


def _rows(rows: Sequence[Any], aligns: Sequence[str], heads: int, scope: str) -> Iterator[str | list[Node]]:
    for cells in cells_by_column(rows):
        yield "\n<tr>"
        for column, (attributes, own, high, wide, blocks) in cells:
            header = column < heads and bool(blocks)
            tag = "th" if header else "td"
            align = own["t"].removeprefix("Align").lower()
            if align == "default":
                align = aligns[column] if wide == 1 and column < len(aligns) else ""
            style = parse_style(dict(attributes[2]).get("style", "")).css
            if align not in ("", "left"):
                style = ";".join(part for part in (style, f"text-align:{align}") if part)
            yield _opening(tag, scope if header else "", high, wide, style)
            yield escape(text_of(blocks), quote=False) if is_plain(blocks) else blocks
            yield f"</{tag}>"
        yield "</tr>"


def _opening(tag: str, scope: str, high: int, wide: int, style: str) -> str:
    group = "group" if scope and (wide if scope == "col" else high) > 1 else ""
    given = (
        scope and f' scope="{scope}{group}"',
        high > 1 and f' rowspan="{high}"',
        wide > 1 and f' colspan="{wide}"',
        style and f' style="{style}"',
    )
    return f"<{tag}{''.join(part for part in given if part)}>"


def _merge_html(pieces: Sequence[str | list[Node]]) -> list[Node]:
    nodes: list[Node] = []
    text: list[str] = []
    for piece in pieces:
        if isinstance(piece, str):
            text.append(piece)
        else:
            nodes += [{"t": "RawBlock", "c": ["html", "".join(text)]}, *piece]
            text = []
    return [*nodes, {"t": "RawBlock", "c": ["html", "".join(text)]}]
