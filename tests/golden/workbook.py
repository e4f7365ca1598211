"""What a workbook means: its sheets, names and rows, and the formulas of each row, relative to their cell.

Of a long run of rows with the same formulas only the first and the last are told, and the sum of each
column's amounts: the grid on which rates are sought has some hundred.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import column_index_from_string, get_column_letter

from tests.golden.transcript import Entry, entry, number

LONG = 12
_REFERENCE = re.compile(r"(?<![\w$.])(\$?)([A-Z]{1,3})(\$?)(\d+)(?![\w(.])")

_AMOUNT = re.compile(r"(?<![\w.])\d+\.\d+(?:[eE][+-]?\d+)?")
"""What a formula holds as a number of its own."""


def relative(formula: str, row: int, column: int) -> str:
    """A formula with its references told from its own cell, as R1C1 has them: R2C[-1].

    >>> relative("=C4*rate+$D$2", 5, 4)
    '=R[-1]C[-1]*rate+R2C4'
    """

    def told(found: re.Match[str]) -> str:
        fixed, letters, pinned, line = found.groups()
        across, down = column_index_from_string(letters), int(line)
        there = f"R{down}" if pinned else f"R[{down - row}]" if down != row else "R"
        return there + (f"C{across}" if fixed else f"C[{across - column}]" if across != column else "C")

    return "".join(
        part if part.startswith('"') else _REFERENCE.sub(told, part)
        for part in re.split(r'("[^"]*")', formula.replace("#", "♯"))
    )


def _cell(value: Any) -> Entry:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Entry("", "#", (number(value),))
    return entry("", "" if value is None else str(value))


def _rows(formulas: Any, values: Any) -> Iterator[list[Entry]]:
    """Give each row that holds something: what it shows, then what its cells compute, alike ones together."""
    for written, shown in zip(formulas.iter_rows(), values.iter_rows(), strict=True):
        cells = [_cell(cell.value) for cell in shown]
        if not any(cell.words for cell in cells):
            continue
        words = " | ".join(cell.words for cell in cells).rstrip(" |")
        found = [Entry("row", words, tuple(figure for cell in cells for figure in cell.figures))]
        computed = [
            (cell.column, relative(getattr(cell.value, "text", cell.value), cell.row, cell.column))
            for cell in written
            if cell.data_type == "f"
        ]
        for formula, run in groupby(computed, lambda each: each[1]):
            letters = [get_column_letter(column) for column, _ in run]
            amounts = tuple(number(float(amount)) for amount in _AMOUNT.findall(formula))
            found.append(Entry("formula", f"{' '.join(letters)} {_AMOUNT.sub('#', formula)}", amounts))
        yield found


def _sums(rows: list[list[Entry]]) -> Entry:
    """The middle of a long run as one entry: how many rows, and what each column's amounts add up to."""
    columns = zip(*(row[0].figures for row in rows), strict=True)
    sums = tuple(number(sum(abs(float(figure)) for figure in column)) for column in columns)
    return Entry("rows", f"{len(rows)} more of these; sums of amounts{' #' * len(sums)}", sums)


def entries(path: Path) -> list[Entry]:
    """The entries of a workbook."""
    book, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    found = [Entry("name", f"{name} {area.attr_text}") for name, area in sorted(book.defined_names.items())]
    for sheet in book.worksheets:
        charts, checks = len(sheet._charts), len(sheet.data_validations.dataValidation)
        found.append(Entry("sheet", sheet.title))
        found.append(Entry("holds", f"{charts} charts, cells with a rule for what may be entered: {checks}"))
        for _, run in groupby(_rows(sheet, values[sheet.title]), lambda row: [each.key for each in row]):
            rows = list(run)
            long = len(rows) > LONG and rows[0][1:]
            found += [each for row in (rows[:1] if long else rows) for each in row]
            found += [_sums(rows[1:-1]), *rows[-1]] if long else []
    return found
