"""A sheet to write on: a text stays a text, whatever it begins with. Rows count from 1, columns from 0."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from casebook.exporters.text import printable
from casebook.exporters.workbook.styles import NumberFormats, Styles
from casebook.formatting import Formatter

MOST_CHARACTERS = 32_767
_CUT = " … (cut: a cell holds no more)"
_YEARS_A_PAGE = 10


def cell_text(text: object) -> str:
    r"""What a cell can hold of a text: no control characters, no more than Excel takes.

    >>> cell_text("=1+1\x07"), len(cell_text("x" * 40_000)), cell_text("x" * 40_000)[-6:]
    ('=1+1', 32767, ' more)')
    """
    clean = printable(str(text)).replace("\t", " ")
    if _units(clean) <= MOST_CHARACTERS:
        return clean
    room = MOST_CHARACTERS - _units(_CUT)
    # Excel counts in UTF-16, where an emoji is two.
    kept = clean.encode("utf-16-le")[: 2 * room].decode("utf-16-le", "ignore")
    return kept + _CUT


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def column(index: int) -> str:
    """The letters of a column.

    >>> column(4), column(26)
    ('E', 'AA')
    """
    return str(xl_col_to_name(index))


class _Sheet(Worksheet):
    """A sheet that takes formulas as they are written: ours hold no function younger than the format.

    XlsxWriter would look for each of some thirty in each formula, which costs as much as all the rest.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")


class Page:
    """One sheet of the workbook."""

    def __init__(self, book: Workbook, name: str, styles: Styles, formats: NumberFormats) -> None:
        self.name = name
        self.sheet: Worksheet = book.add_worksheet(name, _Sheet)
        self.styles = styles
        self.formats = formats
        self.sheet.hide_gridlines(2)
        self._widths: dict[int, float] = {}
        self._heights: dict[int, float] = {}
        self._given_heights: dict[int, float] = {}
        # Without a password: against slips, not against the reader.
        self.sheet.protect(
            "",
            {"select_locked_cells": True, "format_columns": True, "format_rows": True, "autofilter": True},
        )

    def text(self, row: int, col: int, text: object, style: Format) -> None:
        """Write a text, never as a formula, a number or a link."""
        shown = cell_text(text)
        self._make_room(row, shown, style, self._widths.get(col, 9))
        if shown:
            self.sheet.write_string(row - 1, col, shown, style)
        else:
            self.sheet.write_blank(row - 1, col, None, style)

    def number(self, row: int, col: int, value: float, style: Format) -> None:
        """Write a number."""
        self.sheet.write_number(row - 1, col, float(value), style)

    def blank(self, row: int, first: int, last: int, style: Format) -> None:
        """Give cells a look without a content."""
        for col in range(first, last + 1):
            self.sheet.write_blank(row - 1, col, None, style)

    def formula(self, row: int, col: int, formula: str, value: Any, style: Format) -> None:
        """Write a formula with the value that a viewer shows before it is computed again."""
        if isinstance(value, float) and not math.isfinite(value):
            value = "#DIV/0!" if math.isinf(value) else "#NUM!"
        self.sheet.write_formula(row - 1, col, f"={formula}", style, value)

    def heading(self, title: str, about: str) -> None:
        """The sheet's title and what it is for, in the first two rows."""
        self.height(1, 26)
        self.text(1, 0, title, self.styles.get("title"))
        self.text(2, 0, about, self.styles.get("subtitle"))

    def heads(self, row: int, labels: Sequence[str], *, right_from: int = 10**6, right_to: int = 0) -> None:
        """The heads of a table; those of the columns with numbers stand right."""
        self.height(row, 24)
        for col, label in enumerate(labels):
            side = "right" if right_from <= col <= right_to else "left"
            beside = side == "left" and right_from < col
            self.text(row, col, label, self.styles.get("head", "beside" if beside else side))

    def widths(self, *widths: float) -> None:
        """Widths of the columns from A on, in characters."""
        for col, width in enumerate(widths):
            self.sheet.set_column(col, col, width)
            self._widths[col] = width

    def wide(self, row: int, first: int, last: int, text: str, style: Format) -> None:
        """A text across several columns."""
        self.sheet.merge_range(row - 1, first, row - 1, last, "", style)
        self.sheet.write_string(row - 1, first, cell_text(text), style)
        width = sum(self._widths.get(col, 9) for col in range(first, last + 1))
        self._make_room(row, cell_text(text), style, width)

    def height(self, row: int, points: float) -> None:
        """Give a row a height of its own."""
        self._given_heights[row] = points

    def _make_room(self, row: int, text: str, style: Format, width: float) -> None:
        """Remember how high a row has to be, for spreadsheets that do not find out by themselves."""
        size = float(style.font_size)
        lines = 1
        if style.text_wrap and text:
            # A column's width counts digits of 7 pixels; text takes about half its size a character.
            room = max(1, int(width * 7 / (size * 4 / 3 * 0.45)))
            lines = sum(max(1, len(textwrap.wrap(part, room))) for part in text[:4000].split("\n"))
        self._heights[row] = max(self._heights.get(row, 0), min(409, 4 + lines * size * 1.24))

    def finish(self) -> None:
        """Set the heights of all rows."""
        for row, points in (self._heights | self._given_heights).items():
            self.sheet.set_row(row - 1, points)

    def printing(
        self, setup: PrintSetup, *, repeat: int | None = None, years: int = 1, side: int = 1
    ) -> None:
        """Landscape, as wide as the page; long cases on several pages, with the first columns on each."""
        sheet = self.sheet
        sheet.set_landscape()
        sheet.set_paper(setup.paper)
        sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.7)
        wide = -(-years // _YEARS_A_PAGE)
        sheet.fit_to_pages(wide, 0)
        if repeat:
            sheet.repeat_rows(repeat - 1, repeat)
        if wide > 1:
            sheet.repeat_columns(0, side)
        sheet.set_header(setup.header)
        sheet.set_footer(setup.footer)


class PrintSetup:
    """Paper, header and footer of all sheets."""

    def __init__(self, client: str, title: str, confidentiality: str, paper: object, to: Formatter) -> None:
        self.paper = 1 if paper == "us-letter" else 9
        self.header = f"&L&8{_code(client, 90)}&R&8{_code(title, 90)}"
        number = to.say("Page {page} of {pages}", page="&P", pages="&N")
        self.footer = f"&L&8{_code(confidentiality, 90)}&C&8&A&R&8{number}"


def _code(text: str, most: int) -> str:
    """A text inside a header, where & begins a code, and digits after a size would belong to it."""
    shown = " ".join(cell_text(text).split())
    shown = shown if len(shown) <= most else shown[: most - 1] + "…"
    return " " * shown[:1].isdigit() + shown.replace("&", "&&")
