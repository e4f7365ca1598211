"""Tables of an output read without pandoc, which needs seconds for some thousand cells."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from casebook.exporters.pandoc import Node, words
from casebook.exporters.prose_tables import cells_by_column

_EMPTY: list[Any] = ["", [], []]
_DEFAULT = {"t": "AlignDefault"}
_ALIGNS = {"left": "AlignLeft", "center": "AlignCenter", "right": "AlignRight"}

# As nh3 writes it: names in lower case, values in double quotes, every tag closed but those of no content.
_TOKEN = re.compile(r"<(/?)(\w+)([^>]*)>([^<]*)")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_TEXT_ALIGN = re.compile(r"text-align:(left|center|right)")
_WIDEST = 2000
_PARTS = {"thead", "tbody", "tfoot"}


def read_table(html: str) -> list[Node] | None:
    """The blocks of sanitised HTML that is one table of plain texts, and perhaps words around it; else None.

    >>> [node["t"] for node in read_table("<div><table><tr><td>1</td></tr></table>a note</div>")]
    ['Table', 'Plain']
    >>> read_table("<p>no table</p>"), read_table("<table><tr><td><b>1</b></td></tr></table>")
    (None, None)
    """
    before, opening, rest = html.partition("<table")
    body, closing, after = rest.partition("</table>")
    around = [re.sub(r"</?div[^>]*>", "", text) for text in (before, after)]
    if not opening or not closing or any("<" in text for text in around):
        return None
    table = _read(body)
    if table is None:
        return None
    lead, tail = ([{"t": "Plain", "c": words(text)}] if text else [] for text in map(_words, around))
    return [*lead, table, *tail]


def _words(html: str) -> str:
    return " ".join(unescape(html).split())


def _read(body: str) -> Node | None:
    rows: dict[str, list[list[Any]]] = {part: [] for part in _PARTS}
    caption, part, heads = "", "tbody", 0
    open_cell = ""
    for closing, tag, attributes, text in _TOKEN.findall("<table" + body):
        if tag in _PARTS and not open_cell:
            part = "tbody" if closing else tag
        elif tag == "tr" and not open_cell:
            if not closing:
                given = dict(_ATTRIBUTE.findall(attributes))
                rows[part].append([_attributes(given), []])
        elif tag in ("td", "th") and closing:
            open_cell = ""
        elif tag in ("td", "th") and not open_cell and rows[part]:
            cells = rows[part][-1][1]
            if part == "tbody" and tag == "th" and len(rows[part]) == 1 and heads == len(cells):
                heads += 1
            cells.append(_cell(dict(_ATTRIBUTE.findall(attributes)), _words(text)))
            open_cell, text = tag, ""
        elif tag == "caption":
            caption, text = caption or _words(text), ""
        elif tag not in ("table", "colgroup", "col") or open_cell:
            return None
        if text.strip():  # outside of any cell, as after a forgotten tag
            return None
    return _table(caption, rows, heads) if any(rows.values()) else None


def _attributes(given: dict[str, str]) -> list[Any]:
    return ["", [], [["style", unescape(given["style"])]]] if given.get("style") else _EMPTY


def _cell(given: dict[str, str], text: str) -> list[Any]:
    aligned = _TEXT_ALIGN.search(given.get("style", ""))
    align = _ALIGNS.get(aligned[1] if aligned else given.get("align", ""))
    spans = (int(given.get(name, "1")) for name in ("rowspan", "colspan"))
    blocks = [{"t": "Plain", "c": words(text)}] if text else []
    return [_attributes(given), {"t": align} if align else _DEFAULT, *spans, blocks]


def _table(caption: str, rows: dict[str, list[list[Any]]], heads: int) -> Node | None:
    head, body, foot = (rows[part] for part in ("thead", "tbody", "tfoot"))
    if not head and body and heads and len(body) > 1 and heads == len(body[0][1]):
        head, body, heads = body[:1], body[1:], 0  # a first row of headers alone
    for part in (head, body, foot):
        for left, row in zip(range(len(part), 0, -1), part, strict=True):
            for cell in row[1]:
                cell[2] = min(cell[2], left)
    places = [each for part in (head, body, foot) for cells in cells_by_column(part) for each in cells]
    width = max((column + cell[3] for column, cell in places), default=0)
    if not width or width > _WIDEST:
        return None
    columns = [[_DEFAULT, {"t": "ColWidthDefault"}] for _ in range(width)]
    blocks = [{"t": "Plain", "c": words(caption)}] if caption else []
    bodies = [[_EMPTY, heads, [], body]]
    return {"t": "Table", "c": [_EMPTY, [None, blocks], columns, [_EMPTY, head], bodies, [_EMPTY, foot]]}
