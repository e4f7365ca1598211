"""The sheet of inputs: the only cells to edit."""

from __future__ import annotations

from casebook.exporters.workbook.context import HEAD_ROW, Context
from casebook.exporters.workbook.page import Page, column
from casebook.exporters.workbook.sheet_plan import InputRow
from casebook.record.values import Amount
from casebook.views.registers import share_of

SHEET = "Inputs"
VALUE = 3
"""Column of the value, or of the value in year 1."""

_GRADES = {"stated": "stated by the client", "benchmark": "published benchmark"}
_MOST = 1e18


def write(context: Context) -> None:
    """Write the sheet, and define the inputs' names."""
    plan = context.plan
    values = context.years if any(row.is_by_year for row in plan.inputs) else 1
    ranged = any(row.record.low is not None for row in plan.inputs)
    say = context.say
    about = say("Change the yellow cells; every sheet follows.") + " "
    if ranged:
        about += say("Low and high are the 5th and the 95th percentile, the value is the likeliest.")
    else:
        about += say("All inputs are single points, without ranges.")
    page = context.page(SHEET, say(SHEET), about)
    years = [say("Value")]
    if values > 1:
        years = [say("Value, year 1"), *(say("Year {year}", year=n) for n in range(2, values + 1))]
    more = [say("Low"), say("High"), say("Distribution")] if ranged else []
    labels = [say("Input"), say("Name in formulas"), say("Unit"), *years, *more]
    labels += [say("Grade"), say("Source"), say("Note")]
    page.heads(HEAD_ROW, labels, right_from=VALUE, right_to=VALUE + values - 1 + 2 * ranged)
    tail = [11, 11, 10] if ranged else []
    page.widths(32, 22, 22, *([13] * values), *tail, 13, 36, 40)
    page.sheet.freeze_panes(HEAD_ROW, 1)
    page.printing(context.setup, repeat=HEAD_ROW - 1, years=values, side=0)
    last = len(labels) - 1
    row = _discount_rate(context, page, last, values)
    for group, rows in plan.groups.items():
        title = say(group) if group else say("Not part of a line")
        context.section(page, row, title[:1].upper() + title[1:], last)
        for entry in rows:
            row += 1
            _input(context, page, row, entry, values, ranged)
        row += 2


def _discount_rate(context: Context, page: Page, last: int, values: int) -> int:
    row = HEAD_ROW + 1
    say, label = context.say, context.say("Discount rate")
    context.section(page, row, say("Case"), last)
    row += 1
    rate = context.record.discount_rate
    plain = context.styles.get("row")
    unit = context.formatter.unit_words("share/year", share="%")
    for col, text in enumerate((label, "discount_rate", unit)):
        page.text(row, col, text, plain if col != 1 else context.styles.get("small", "row"))
    page.number(row, VALUE, rate, context.styles.get("edit", number=context.formats.given("share", [rate])))
    page.blank(row, VALUE + 1, last, plain)
    page.text(
        row,
        last,
        say("The start is not discounted; each year is, at its end."),
        context.styles.get("row", "beside"),
    )
    _allow(context, page, row, VALUE, VALUE, label, (-0.99, 1.0))
    context.book.define_name("discount_rate", f"={context.ref(SHEET)}${column(VALUE)}${row}")
    return row + 2


def _input(context: Context, page: Page, row: int, entry: InputRow, values: int, ranged: bool) -> None:
    record, styles = entry.record, context.styles
    unit, label = record.unit, record.label
    plain, small = styles.get("row"), styles.get("small", "row")
    page.text(row, 0, label, plain)
    page.text(row, 1, entry.name, small)
    page.text(row, 2, context.formatter.unit_words(unit, share="%"), plain)
    number = context.formats.given(unit, entry.values)
    look = styles.get("row", "computed", number=number) if entry.locked else styles.get("edit", number=number)
    for offset, value in enumerate(entry.values):
        page.number(row, VALUE + offset, value, look)
    end = VALUE + len(entry.values) - 1
    page.blank(row, end + 1, VALUE + values - 1, plain)
    if not entry.locked:
        _allow(context, page, row, VALUE, end, label, record.bounds)
    col = VALUE + values
    if ranged:
        for bound in (record.low, record.high):
            _bound(context, page, row, col, bound, unit)
            col += 1
        kind = record.distribution or ""
        page.text(row, col, "PERT" if kind == "pert" else context.say(kind), styles.get("row", "beside"))
        col += 1
    grade = record.evidence or "not stated"
    lock = context.formatter.translate(entry.locked or "")
    whole = share_of(context.formatter, record.whole)
    note = "\n".join(str(text) for text in (lock, record.note, whole) if text)
    for text in (context.say(_GRADES.get(grade, grade)), record.source or "", note):
        page.text(row, col, text, styles.get("row", "beside"))
        col += 1
    cells = f"${column(VALUE)}${row}"
    cells += f":${column(end)}${row}" if entry.is_by_year else ""
    context.book.define_name(entry.name, f"={context.ref(SHEET)}{cells}")


def _bound(context: Context, page: Page, row: int, col: int, value: Amount | None, unit: str) -> None:
    if value is None:
        page.text(row, col, "", context.styles.get("row"))
    elif isinstance(value, tuple):
        text = "\n".join(context.formatter.quantity(part, unit, exact=True) for part in value)
        page.text(row, col, text, context.styles.get("row", "right"))
    else:
        number = context.formats.given(unit, [value])
        page.number(row, col, value, context.styles.get("row", number=number))


def _allow(
    context: Context,
    page: Page,
    row: int,
    first: int,
    last: int,
    label: str,
    bounds: tuple[float | None, float | None] | None,
) -> None:
    """Refuse what the type of case refuses, and whatever is not a number."""
    low, high = bounds or (None, None)
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
            "error_title": context.say("Invalid value"),
            "error_message": f"{' '.join(label.split())[:120]}: {_needed(context, low, high)}",
        },
    )


def _needed(context: Context, low: float | None, high: float | None) -> str:
    say, number = context.say, context.formatter.number
    if low is not None and high is not None:
        return say("must be between {low} and {high}.", low=number(low), high=number(high))
    if low is not None:
        return say("must be at least {low}.", low=number(low))
    if high is not None:
        return say("must be at most {high}.", high=number(high))
    return say("must be a number.")
