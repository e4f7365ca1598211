"""How a table is laid out on paper: widths of columns, size of type, upright or turned."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .pandoc import Node, text_of

Spec = dict[str, Any]
"""A table as layout.typ reads it."""

# Advance widths of Inter in em, semi-bold and with tabular digits, rounded up.
_NARROW = set("iljI.,:;'!| ·\u00a0\u202f")
_SLIM = set('tfr()[]{}-"/\\')
_WIDE = set("mwMW@%—…")

_SIZES = (9.3, 9.0, 8.5, 8.0, 7.6, 7.2, 6.9)
_SMALL_SIZES = (6.5, 6.0, 5.5, 5.0, 4.5, 4.0, 3.5, 3.0)
_COMPACT = 3
"""A register starts at this one of the sizes."""
_INSET = 0.96
_LONGEST_WORD = 18
"""Longer words are broken anywhere; layout.typ has the same number."""

_LONG = re.compile(rf"\S{{{_LONGEST_WORD}}}")

_NUMBER = re.compile(r"[-−+]?\W{0,3}\d[\d.,'\u00a0\u202f ]*\W{0,3}([a-zA-Z]{1,3})?\Z")


def width_of(text: str) -> float:
    """The width of the longest line of `text`, in em."""
    return max((sum(map(_advance, line)) for line in text.split("\n")), default=0.0)


def _advance(character: str) -> float:
    if character in _NARROW:
        return 0.3
    if character in _SLIM:
        return 0.46
    if character in _WIDE or ord(character) >= 0x2E80:
        return 1.0
    return 0.72 if character.isupper() else 0.65 if character.isdigit() else 0.61


def _word_width(text: str) -> float:
    return max((width_of(word[:_LONGEST_WORD]) for word in text.split()), default=0.0)


def of_view(view: Mapping[str, Any], pages: Mapping[str, float]) -> Spec:
    """The layout of a table view; `pages` has the widths and the height that a page offers, in points."""
    columns = view["columns"]
    aligns = ["right" if column.get("align") == "right" else "left" for column in columns]
    rows = []
    for row in view["rows"]:
        style = row.get("style", "plain")
        texts = [str(cell) for cell in row["cells"]][: len(columns)]
        if style == "heading":
            cells = [_cell(texts[0] if texts else "", "left", colspan=len(columns))]
        else:
            texts += [""] * (len(columns) - len(texts))
            cells = [_cell(text, align) for text, align in zip(texts, aligns, strict=True)]
            for cell, column in zip(cells, columns, strict=True):
                cell["lines"] = str(column.get("lines") or "")
        rows.append({"style": style, "cells": cells})
    header = [[_cell(str(c["label"]), a) for c, a in zip(columns, aligns, strict=True)]]
    weights = [float(column.get("weight") or 1) for column in columns]
    spec: Spec = {"caption": str(view.get("caption") or ""), "note": str(view.get("note") or "")}
    spec["whole"] = bool(view.get("whole"))
    sizes = _SIZES[_COMPACT:] if view.get("compact") else _SIZES
    return _laid_out({**spec, "header": header, "rows": rows}, aligns, weights, pages, sizes)


def _cell(text: str, align: str, *, colspan: int = 1, rowspan: int = 1) -> dict[str, Any]:
    return {"text": text, "align": align, "colspan": colspan, "rowspan": rowspan}


def of_pandoc(content: Sequence[Any], pages: Mapping[str, float]) -> tuple[Spec, list[list[Node]]]:
    """The layout of a table in prose, and the cells that have more than plain text, by slot."""
    _, caption, columns, head, bodies, foot = content
    aligns = column_aligns(content)
    slots: list[list[Node]] = []
    header = [_cells(row, aligns, slots) for row in head[1]]
    rows = [row for body in bodies for row in (*body[2], *body[3])] + foot[1]
    spec: Spec = {
        "caption": text_of(caption[1]).strip(),
        "note": "",
        "header": [row for row in header if any(cell["text"] or "slot" in cell for cell in row)],
        "rows": [{"style": "plain", "cells": _cells(row, aligns, slots)} for row in rows],
    }
    weights = []
    for number in range(len(columns)):
        texts = [text for text in _column_texts(spec, number) if text]
        longest = max(map(width_of, texts), default=1.0)
        weights.append(min(max(longest, 2.0), 24.0))
    return _laid_out(spec, aligns, weights, pages), slots


def column_aligns(content: Sequence[Any]) -> list[str]:
    """How each column of a pandoc table stands; a column of figures stands right unless told otherwise."""
    columns, bodies = content[2], content[4]
    aligns = []
    for number, (align, _) in enumerate(columns):
        known = {"AlignRight": "right", "AlignCenter": "center", "AlignLeft": "left"}.get(align["t"])
        texts = [
            text_of(row[1][number][4]).strip()
            for body in bodies
            for row in (*body[2], *body[3])
            if number < len(row[1])
        ]
        texts = [text for text in texts if text and text not in ("NaN", "nan", "–", "-", "—")]
        figures = bool(texts) and all(_NUMBER.match(text) for text in texts)
        aligns.append(known or ("right" if figures else "left"))
    return aligns


def _cells(row: Sequence[Any], aligns: Sequence[str], slots: list[list[Node]]) -> list[dict[str, Any]]:
    cells, column = [], 0
    for _, own, high, wide, blocks in row[1]:
        align = aligns[min(column, len(aligns) - 1)]
        if own["t"] != "AlignDefault" and wide > 1:
            align = {"AlignRight": "right", "AlignCenter": "center"}.get(own["t"], "left")
        cell = _cell(text_of(blocks).strip(), align, colspan=wide, rowspan=high)
        if not _is_plain(blocks):
            cell["slot"] = len(slots)
            slots.append(blocks)
        cells.append(cell)
        column += wide
    return cells


def _is_plain(blocks: Sequence[Node]) -> bool:
    if not blocks:
        return True
    if len(blocks) > 1 or blocks[0]["t"] not in ("Plain", "Para"):
        return False
    return all(node["t"] in ("Str", "Space", "SoftBreak") for node in blocks[0]["c"])


def _column_texts(spec: Spec, number: int) -> list[str]:
    texts = []
    for cells in (*spec["header"], *(row["cells"] for row in spec["rows"])):
        if number < len(cells) and all(cell["colspan"] == 1 for cell in cells):
            texts.append(cells[number]["text"])
    return texts


def _laid_out(
    spec: Spec,
    aligns: Sequence[str],
    weights: Sequence[float],
    pages: Mapping[str, float],
    sizes: Sequence[float] = _SIZES,
) -> Spec:
    texts = [_column_texts(spec, number) for number in range(len(aligns))]
    natural = [max(map(width_of, column), default=0.0) + _INSET for column in texts]
    words = [max(map(_word_width, column), default=0.0) + _INSET for column in texts]
    fixed = [align == "right" for align in aligns]
    # A column of sentences needs more room than its longest word, or it becomes a ribbon.
    easy = [
        n if f else max(w, min(n, 9.5), min(n / 4, 15)) for n, w, f in zip(natural, words, fixed, strict=True)
    ]
    tight = [n if f else w for n, w, f in zip(natural, words, fixed, strict=True)]
    size, turned = _size(sum(easy), sum(tight), pages, sizes)
    width = pages["turned_width" if turned else "width"] / size
    widths = _widths(natural, words, fixed, weights, width)
    # Where every column is fixed, all share the slack: a table is as wide as the text.
    open_up = all(fixed)
    spec["columns"] = [
        "auto" if f and not open_up else round(max(w, 0.1), 2) for f, w in zip(fixed, widths, strict=True)
    ]
    spec["long_words"] = any(_LONG.search(text) for column in texts for text in column)
    spec["size"] = size
    spec["turned"] = turned
    heights = [_lines(row["cells"], widths) * 1.32 + 0.9 for row in spec["rows"]]
    # What is read as one, such as money by year, goes over the page only where it has to.
    most = 0.9 if spec.pop("whole", False) else 0.36
    spec["breaks"] = sum(heights, 4.0) * size > most * pages["height"]
    spec["cells_break"] = max(heights, default=0.0) * size > 0.3 * pages["height"]
    return spec


def _size(
    easy: float, tight: float, pages: Mapping[str, float], sizes: Sequence[float]
) -> tuple[float, bool]:
    """The size of type in points, and whether the table stands on a turned page."""
    for turned, tried, need in (
        (False, sizes, easy),
        (True, sizes, easy),
        (False, _SIZES[-3:], tight),
        (True, (*sizes, *_SMALL_SIZES), tight),
    ):
        for size in tried:
            if need * size <= pages["turned_width" if turned else "width"]:
                return size, turned
    return _SMALL_SIZES[-1], True


def _widths(
    natural: Sequence[float],
    words: Sequence[float],
    fixed: Sequence[bool],
    weights: Sequence[float],
    width: float,
) -> list[float]:
    """Widths in em: figures take what they need; text shares the rest by weight.

    A column gets no more than its longest line while another one has to break its lines, and no less than
    its longest word.
    """
    widths = [n if f else 0.0 for n, f in zip(natural, fixed, strict=True)]
    left = max(width - sum(widths), 1.0)
    still = {n for n, f in enumerate(fixed) if not f}
    for limits, binds in ((words, float.__lt__), (natural, float.__gt__)):
        while still:
            shares = _shares(still, weights, left)
            bound = {n for n in still if binds(shares[n], limits[n])}
            if not bound or bound == still:
                break
            for n in bound:
                widths[n] = limits[n]
                left = max(left - limits[n], 1.0)
            still -= bound
    for n, share in _shares(still, weights, left).items():
        widths[n] = max(share, 0.5)
    return widths


def _shares(columns: Iterable[int], weights: Sequence[float], width: float) -> dict[int, float]:
    columns = list(columns)
    total = sum(weights[n] for n in columns)
    return {n: width * weights[n] / total for n in columns}


def _lines(cells: Sequence[Mapping[str, Any]], widths: Sequence[float]) -> int:
    count = 1
    for number, cell in enumerate(cells):
        room = sum(widths[number : number + cell["colspan"]]) - _INSET
        lines = cell["text"].split("\n")
        count = max(count, sum(max(1, math.ceil(width_of(line) / max(room, 1.0))) for line in lines))
    return count
