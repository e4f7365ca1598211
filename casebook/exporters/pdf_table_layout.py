"""How a table is laid out on paper: widths of columns, size of type, upright or turned."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from casebook.views.components import Table

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
"""Longer words are broken anywhere; layout.typ has the same number. A line may also end after a hyphen."""

_WORD = re.compile(r"[^\s-]+-*")
_LONG = re.compile(rf"[^\s-]{{{_LONGEST_WORD}}}")


class _Advances(dict[str, float]):
    """The width of each character in em, worked out when it is first met."""

    def __missing__(self, character: str) -> float:
        if character in _NARROW:
            width = 0.3
        elif character in _SLIM:
            width = 0.46
        elif character in _WIDE or ord(character) >= 0x2E80:
            width = 1.0
        else:
            width = 0.72 if character.isupper() else 0.65 if character.isdigit() else 0.61
        return self.setdefault(character, width)


_ADVANCES = _Advances()


def width_of(text: str) -> float:
    """The width of the longest line of `text`, in em."""
    return max(sum(map(_ADVANCES.__getitem__, line)) for line in text.split("\n"))


@lru_cache(maxsize=16384)
def _word_width(text: str) -> float:
    return max((width_of(word[:_LONGEST_WORD]) for word in _WORD.findall(text)), default=0.0)


def table_spec(table: Table, pages: Mapping[str, float]) -> Spec:
    """The layout of a table; `pages` has the widths and the height that a page offers, in points."""
    columns = table.columns
    rows = []
    for row in table.rows:
        texts = list(row.cells)[: len(columns)]
        if row.style == "heading":
            cells = [cell_of(texts[0] if texts else "", "left", 0, colspan=len(columns))]
        else:
            texts += [""] * (len(columns) - len(texts))
            cells = [cell_of(text, columns[n].align, n) for n, text in enumerate(texts)]
            if row.target:
                cells[0]["link"] = row.target
            for cell, column in zip(cells, columns, strict=True):
                cell["lines"] = column.lines
        rows.append({"style": row.style, "cells": cells})
    header = [[cell_of(column.label, column.align, n) for n, column in enumerate(columns)]]
    spec = {"caption": table.caption, "note": table.note, "header": header, "rows": rows}
    aligns, weights = [column.align for column in columns], [column.weight for column in columns]
    largest = _SIZES[_COMPACT] if table.compact else _SIZES[0]
    return lay_out(spec, aligns, weights, pages, largest=largest, whole=table.whole)


def cell_of(text: str, align: str, column: int, *, colspan: int = 1, rowspan: int = 1) -> dict[str, Any]:
    """A cell as layout.typ reads it; `column` is where it begins."""
    return {"text": text, "align": align, "column": column, "colspan": colspan, "rowspan": rowspan}


def texts_of(rows: Iterable[Sequence[Mapping[str, Any]]], count: int) -> list[list[str]]:
    """The texts that stand in each column alone."""
    texts: list[list[str]] = [[] for _ in range(count)]
    for cells in rows:
        for cell in cells:
            if cell["colspan"] == 1 and cell["column"] < count:
                texts[cell["column"]].append(cell["text"])
    return texts


@dataclass(frozen=True)
class Needs:
    """What the columns of a table ask for, in em."""

    natural: list[float]
    """No line is broken."""
    easy: list[float]
    """Lines are broken, but no column is a ribbon."""
    tight: list[float]
    """Lines are broken wherever a word ends; figures and long words never are."""


def needs(spec: Spec, aligns: Sequence[str]) -> Needs:
    """The widths that a table's columns need."""
    heads = texts_of(spec["header"], len(aligns))
    bodies = texts_of((row["cells"] for row in spec["rows"]), len(aligns))
    natural, easy, tight = [], [], []
    for align, head, body in zip(aligns, heads, bodies, strict=True):
        widest = max(map(width_of, (*head, *body)), default=0.0) + _INSET
        longest = max(map(_word_width, (*head, *body)), default=0.0) + _INSET
        if align == "right":  # figures stay on their line; what is said above them may take several
            longest = max(longest, max(map(width_of, body), default=0.0) + _INSET)
        natural.append(widest)
        easy.append(max(longest, min(widest, 9.5), 0.0 if align == "right" else min(widest / 4, 15)))
        tight.append(longest)
    return Needs(natural, easy, tight)


def lay_out(
    spec: Spec,
    aligns: Sequence[str],
    weights: Sequence[float],
    pages: Mapping[str, float],
    *,
    largest: float = math.inf,
    whole: bool = False,
) -> Spec:
    """`spec` with its size of type (in points, at most `largest`), its page, widths and breaks.

    A table that is read as a `whole`, such as money by year, goes over the page only where it has to.
    """
    wanted = needs(spec, aligns)
    figures = [align == "right" for align in aligns]
    if whole:  # the names of its lines stay on their line where smaller type makes room for them
        one_line = (size for size in _SIZES[:5] if sum(wanted.natural) * size <= pages["width"])
        largest = min(largest, next(one_line, math.inf))
    size, turned = _size(sum(wanted.easy), sum(wanted.tight), pages, largest)
    width = pages["turned_width" if turned else "width"] / size
    # Figures and what is said above them stand on one line, if that leaves the words enough.
    own = [n if f else t for n, t, f in zip(wanted.natural, wanted.tight, figures, strict=True)]
    roomy = sum(own) <= width
    fixed = [f and sum(wanted.tight) <= width for f in figures]
    widths = _widths(own if roomy else wanted.tight, wanted.natural, wanted.tight, fixed, weights, width)
    # Where every column is fixed, all share the slack: a table is as wide as the text.
    open_up = all(fixed) or not roomy
    spec["columns"] = [
        "auto" if f and not open_up else round(max(w, 0.1), 2) for f, w in zip(fixed, widths, strict=True)
    ]
    rows = [row["cells"] for row in spec["rows"]]
    spec["long_words"] = any(_LONG.search(cell["text"]) for row in (*spec["header"], *rows) for cell in row)
    spec["size"] = size
    spec["turned"] = turned
    heights = [_lines(row, widths) * 1.32 + 0.9 for row in rows]
    spec["breaks"] = sum(heights, 4.0) * size > (0.9 if whole else 0.45) * pages["height"]
    spec["cells_break"] = max(heights, default=0.0) * size > 0.3 * pages["height"]
    return spec


def _size(easy: float, tight: float, pages: Mapping[str, float], largest: float) -> tuple[float, bool]:
    """The size of type in points, and whether the table stands on a turned page."""
    for turned, tried, need in (
        (False, _SIZES, easy),
        (True, _SIZES, easy),
        (False, _SIZES[-3:], tight),
        (True, (*_SIZES, *_SMALL_SIZES), tight),
    ):
        for size in tried:
            if size <= largest and need * size <= pages["turned_width" if turned else "width"]:
                return size, turned
    return _SMALL_SIZES[-1], True


def _widths(
    own: Sequence[float],
    natural: Sequence[float],
    words: Sequence[float],
    fixed: Sequence[bool],
    weights: Sequence[float],
    width: float,
) -> list[float]:
    """Widths in em: fixed columns have their own; text shares the rest by weight.

    A column gets no more than its longest line while another one has to break its lines, and no less than
    its longest word.
    """
    widths = [mine if f else 0.0 for mine, f in zip(own, fixed, strict=True)]
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
    for cell in cells:
        room = sum(widths[cell["column"] : cell["column"] + cell["colspan"]]) - _INSET
        lines = cell["text"].split("\n")
        count = max(count, sum(max(1, math.ceil(width_of(line) / max(room, 1.0))) for line in lines))
    return count
