"""Tables in prose and outputs, as pandoc reads them, laid out for paper: in parts where they are too wide."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casebook.exporters.cell_style import parse_style
from casebook.exporters.pandoc import Node, text_of
from casebook.exporters.pdf_table_layout import Spec, cell_of, lay_out, needs

_SMALLEST = 6.0
"""Type that is smaller than this can't be read: a table that would need it is set in parts."""

_SIZE_OF_PARTS = 7.6
_HEADS_AT_MOST = 0.4
"""The share of the width that repeated row headers may take."""

_NUMBER = re.compile(r"[-−+]?\W{0,3}\d[\d.,'\u00a0\u202f ]*\W{0,3}([a-zA-Z]{1,3})?\Z")
_MISSING = {"NaN", "nan", "NaT", "None", "<NA>", "–", "-", "—"}
_ALIGNS = {"AlignRight": "right", "AlignCenter": "center", "AlignLeft": "left"}


Row = list[dict[str, Any]]


@dataclass(frozen=True)
class Part:
    """A table, or some columns of one, for layout.typ."""

    spec: Spec
    slots: list[list[Node]]
    """What its cells hold beside plain text, by slot."""


def parts_of(content: Sequence[Any], pages: Mapping[str, float]) -> list[Part]:
    """The layout of a table: one too wide for a page comes in several parts, with the row headers in each."""
    _, caption, columns, head, bodies, foot = content
    aligns = column_aligns(content)
    slots: list[list[Node]] = []
    header = list(_rows(head[1], aligns, slots))
    rows = [row for body in bodies for row in _rows((*body[2], *body[3]), aligns, slots)]
    notes = list(_rows(foot[1], aligns, slots))
    spec: Spec = {
        "caption": text_of(caption[1]).strip(),
        "note": "",
        "header": [row for row in header if any(cell["text"] or "slot" in cell for cell in row)],
        "rows": [{"style": _style(row, len(columns)), "cells": row} for row in rows]
        + [{"style": "detail" if len(row) == 1 else "plain", "cells": row} for row in notes],
    }
    whole = _fit(spec, aligns, pages)
    heads = max([1, *(body[1] for body in bodies)])
    if whole["size"] >= _SMALLEST or len(columns) <= heads + 1:
        return [Part(whole, slots)]
    shares = list(_shares(whole, aligns, heads, pages["width"] / _SIZE_OF_PARTS))
    upright = {**pages, "turned_width": pages["width"]}
    tables = []
    for number, chosen in enumerate(shares, start=1):
        spec, own = _pick_columns(whole, chosen, slots)
        spec["note"] = f"{number} / {len(shares)}" if len(shares) > 1 else ""
        tables.append(Part(_fit(spec, [aligns[n] for n in chosen], upright, largest=_SIZE_OF_PARTS), own))
    return tables


def column_aligns(content: Sequence[Any]) -> list[str]:
    """How each column of a pandoc table stands; a column of figures stands right unless told otherwise."""
    texts: list[list[str]] = [[] for _ in content[2]]
    own: list[set[str]] = [set() for _ in content[2]]
    for body in content[4]:
        for cells in cells_by_column((*body[2], *body[3])):
            for column, (_, align, _, wide, blocks) in cells:
                if wide == 1 and column < len(texts):
                    texts[column].append(text_of(blocks).strip())
                    own[column].add(align["t"])
    aligns = []
    for (align, _), column_texts, declared in zip(content[2], texts, own, strict=True):
        given = [text for text in column_texts if text and text not in _MISSING]
        figures = bool(given) and all(_NUMBER.match(text) for text in given)
        # What all cells say of themselves, as a style sheet does, is said of the column.
        known = declared.pop() if len(declared) == 1 else ""
        aligns.append(_ALIGNS.get(align["t"]) or _ALIGNS.get(known) or ("right" if figures else "left"))
    return aligns


def aligned_headers(header: list[Any]) -> list[Any]:
    """Rows of headers that stand as their columns do: pandas would set all of them right."""
    for _, cells in header:
        for cell in cells:
            if cell[3] == 1:
                cell[1] = {"t": "AlignDefault"}
    return header


def cells_by_column(rows: Sequence[Any]) -> Iterator[list[tuple[int, Any]]]:
    """Each row's cells with the column that each begins in: cells that span rows push those below aside."""
    taken: dict[int, int] = {}
    for _, cells in rows:
        out, column = [], 0
        for cell in cells:
            while taken.get(column, 0):
                column += 1
            out.append((column, cell))
            for n in range(column, column + cell[3]):
                taken[n] = cell[2]
            column += cell[3]
        taken = {column: left - 1 for column, left in taken.items() if left > 1}
        yield out


def _rows(rows: Sequence[Any], aligns: Sequence[str], slots: list[list[Node]]) -> Iterator[Row]:
    for cells in cells_by_column(rows):
        yield [_cell(column, given, aligns, slots) for column, given in cells]


def _cell(
    column: int, given: Sequence[Any], aligns: Sequence[str], slots: list[list[Node]]
) -> dict[str, Any]:
    attributes, own, high, wide, blocks = given
    align = _ALIGNS.get(own["t"]) or (aligns[min(column, len(aligns) - 1)] if wide == 1 else "left")
    style = parse_style(dict(attributes[2]).get("style", ""))
    cell = cell_of(text_of(blocks).strip(), align, column, colspan=wide, rowspan=high)
    shown = {key: getattr(style, key) for key in ("fill", "ink", "bold", "italic", "bar")}
    cell.update({key: value for key, value in shown.items() if value})
    if not is_plain(blocks):
        cell["slot"] = len(slots)
        slots.append(blocks)
    return cell


def is_plain(blocks: Sequence[Node]) -> bool:
    """Whether a cell holds a text without any markup."""
    if not blocks:
        return True
    if len(blocks) > 1 or blocks[0]["t"] not in ("Plain", "Para"):
        return False
    return all(node["t"] in ("Str", "Space", "SoftBreak") for node in blocks[0]["c"])


def _style(row: Sequence[Mapping[str, Any]], columns: int) -> str:
    """A row of one cell over all columns is the heading of those below it."""
    alone = len(row) == 1 and row[0]["colspan"] == columns > 1 and row[0]["rowspan"] == 1
    return "heading" if alone and len(row[0]["text"]) < 80 and "slot" not in row[0] else "plain"


def _fit(spec: Spec, aligns: Sequence[str], pages: Mapping[str, float], *, largest: float = math.inf) -> Spec:
    weights = [min(max(width, 2.0), 24.0) for width in needs(spec, aligns).natural]
    return lay_out(spec, aligns, weights, pages, largest=largest)


def _shares(whole: Spec, aligns: Sequence[str], heads: int, room: float) -> Iterator[list[int]]:
    """The columns of each part: the row headers, and as many others as fit, evenly."""
    widths = needs(whole, aligns).tight
    while heads and sum(widths[:heads]) > _HEADS_AT_MOST * room:
        heads -= 1
    fixed, left = list(range(heads)), room - sum(widths[:heads])
    count = max(1, -(-sum(widths[heads:]) // left))
    most = min(left, sum(widths[heads:]) / count + max(widths[heads:]))
    chosen: list[int] = []
    for number in range(heads, len(aligns)):
        if chosen and sum(widths[n] for n in (*chosen, number)) > most:
            yield fixed + chosen
            chosen = []
        chosen.append(number)
    yield fixed + chosen


def _pick_columns(
    spec: Spec, columns: Sequence[int], slots: list[list[Node]]
) -> tuple[Spec, list[list[Node]]]:
    """The table with some of its columns: a cell that spans others, too, is cut to those that stay."""
    own: list[list[Node]] = []

    def pick(cells: Iterable[Mapping[str, Any]]) -> Row:
        out = []
        for cell in cells:
            kept = [
                n for n, at in enumerate(columns) if cell["column"] <= at < cell["column"] + cell["colspan"]
            ]
            if kept:
                new = {**cell, "column": kept[0], "colspan": len(kept)}
                if "slot" in cell:
                    own.append(slots[cell["slot"]])
                    new["slot"] = len(own) - 1
                out.append(new)
        return out

    rows = [{**row, "cells": pick(row["cells"])} for row in spec["rows"]]
    return {**spec, "header": [pick(row) for row in spec["header"]], "rows": rows}, own
