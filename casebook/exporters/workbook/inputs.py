"""The sheet of inputs: the only cells to edit."""

from __future__ import annotations

from typing import Any

from .context import HEAD_ROW, Context
from .page import Page, column
from .plan import InputRow
from .styles import unit_words

SHEET = "Inputs"
VALUE = 3
"""Column of the value, or of the value in year 1."""

_GRADES = {"stated": "stated by the client", "benchmark": "published benchmark"}
_MOST = 1e18


def write(context: Context) -> None:
    """Write the sheet, and define the inputs' names."""
    plan = context.plan
    values = context.years if any(row.is_by_year for row in plan.inputs) else 1
    ranged = any(row.record.get("low") is not None for row in plan.inputs)
    about = "Change the yellow cells; every sheet follows. " + (
        "Low and high are the 5th and the 95th percentile, the value is the likeliest."
        if ranged
        else "All inputs are single points, without ranges."
    )
    page = context.page(SHEET, "Inputs", about)
    years = ["Value"] if values == 1 else ["Value, year 1", *(f"Year {n}" for n in range(2, values + 1))]
    more = ["Low", "High", "Distribution"] if ranged else []
    labels = ["Input", "Name in formulas", "Unit", *years, *more, "Grade", "Source", "Note"]
    page.heads(HEAD_ROW, labels, right_from=VALUE, right_to=VALUE + values - 1 + 2 * ranged)
    tail = [11, 11, 10] if ranged else []
    page.widths(32, 22, 22, *([13] * values), *tail, 13, 36, 40)
    page.sheet.freeze_panes(HEAD_ROW, 1)
    page.printing(context.setup, repeat=HEAD_ROW - 1, years=values, side=0)
    last = len(labels) - 1
    row = _discount_rate(context, page, last, values)
    for title, rows in plan.groups.items():
        context.section(page, row, title, last)
        for entry in rows:
            row += 1
            _input(context, page, row, entry, values, ranged)
        row += 2


def _discount_rate(context: Context, page: Page, last: int, values: int) -> int:
    row = HEAD_ROW + 1
    context.section(page, row, "Case", last)
    row += 1
    rate = float(context.record["discount_rate"])
    plain = context.styles.get("row")
    for col, text in enumerate(("Discount rate", "discount_rate", "share a year")):
        page.text(row, col, text, plain if col != 1 else context.styles.get("small", "row"))
    page.number(row, VALUE, rate, context.styles.get("edit", number=context.formats.given("share", [rate])))
    page.blank(row, VALUE + 1, last, plain)
    page.text(
        row,
        last,
        "The start is not discounted; each year is, at its end.",
        context.styles.get("row", "beside"),
    )
    _allow(page, row, VALUE, VALUE, "Discount rate", [-0.99, 1.0])
    context.book.define_name("discount_rate", f"={SHEET}!${column(VALUE)}${row}")
    return row + 2


def _input(context: Context, page: Page, row: int, entry: InputRow, values: int, ranged: bool) -> None:
    record, styles = entry.record, context.styles
    unit, label = str(record.get("unit") or ""), str(record.get("label") or entry.key)
    plain, small = styles.get("row"), styles.get("small", "row")
    page.text(row, 0, label, plain)
    page.text(row, 1, entry.name, small)
    page.text(row, 2, unit_words(unit, str(context.record["currency"])), plain)
    number = context.formats.given(unit, entry.values)
    look = styles.get("row", "computed", number=number) if entry.locked else styles.get("edit", number=number)
    for offset, value in enumerate(entry.values):
        page.number(row, VALUE + offset, value, look)
    end = VALUE + len(entry.values) - 1
    page.blank(row, end + 1, VALUE + values - 1, plain)
    if not entry.locked:
        _allow(page, row, VALUE, end, label, record.get("bounds"))
    col = VALUE + values
    if ranged:
        for key in ("low", "high"):
            _bound(context, page, row, col, record.get(key), unit)
            col += 1
        kind = str(record.get("distribution") or "")
        page.text(row, col, "PERT" if kind == "pert" else kind, styles.get("row", "beside"))
        col += 1
    grade = str(record.get("evidence") or "not stated")
    note = "\n".join(str(text) for text in (entry.locked, record.get("note")) if text)
    for text in (_GRADES.get(grade, grade), record.get("source") or "", note):
        page.text(row, col, text, styles.get("row", "beside"))
        col += 1
    cells = f"${column(VALUE)}${row}"
    cells += f":${column(end)}${row}" if entry.is_by_year else ""
    context.book.define_name(entry.name, f"={SHEET}!{cells}")


def _bound(context: Context, page: Page, row: int, col: int, value: Any, unit: str) -> None:
    if value is None:
        page.text(row, col, "", context.styles.get("row"))
    elif isinstance(value, list):
        text = "\n".join(context.formatter.quantity(part, unit, exact=True) for part in value)
        page.text(row, col, text, context.styles.get("row", "right"))
    else:
        number = context.formats.given(unit, [value])
        page.number(row, col, value, context.styles.get("row", number=number))


def _allow(page: Page, row: int, first: int, last: int, label: str, bounds: Any) -> None:
    """Refuse what the type of case refuses, and whatever is no number."""
    low, high = bounds or (None, None)
    named = [f"{value:g}" for value in (low, high) if value is not None]
    needed = (
        "a number is needed"
        if not named
        else f"a number from {named[0]} to {named[1]} is needed"
        if len(named) == 2
        else f"a number of {'at least' if low is not None else 'at most'} {named[0]} is needed"
    )
    page.sheet.data_validation(
        row - 1,
        first,
        row - 1,
        last,
        {
            "validate": "decimal",
            "criteria": "between",
            "minimum": -_MOST if low is None else low,
            "maximum": _MOST if high is None else high,
            "ignore_blank": False,
            "error_title": "Not this value",
            "error_message": f"{' '.join(label.split())[:120]}: {needed}.",
        },
    )
