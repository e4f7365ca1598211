"""The sheet "Plan and actual": each line to date, and what takes the net present value to each outlook.

Differences, totals, ratios and what each outlook comes to are formulas on the sheet itself; what each line
changes is a value of the report.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from casebook.exporters.workbook.context import Context
from casebook.exporters.workbook.page import Page, column
from casebook.follow_up.follow_up import OUTLOOKS
from casebook.record.follow_up import FollowUpRecord, LineProgressRecord, OutlookRecord

FOLLOW_UP = "Plan and actual"

_SIDES = (("benefit", "Benefits"), ("cost", "Costs"))
_FIRST = 5


def write_follow_up(context: Context) -> None:
    """Write the sheet; the record has a follow-up."""
    follow_up = context.record.follow_up
    assert follow_up is not None
    say = context.say
    if follow_up.through:
        about = say(
            "The case as approved, and what was booked or measured from {start} through {end}.",
            start=follow_up.start,
            end=follow_up.through,
        )
    else:
        about = say("The case as approved, and what was booked at the start.")
    page = context.page(FOLLOW_UP, say("Plan against actual"), about)
    page.printing(context.setup)
    page.widths(46, 18, 18, 18, 14, 22, 22, 22)
    outlooks = [follow_up.outlooks[name] for name in OUTLOOKS]
    heads = [say("Line"), say("Plan to date"), say("Actual to date"), say("Difference")]
    heads += [say("Actual ÷ plan"), say("Status"), *(say(each.title) for each in outlooks)]
    page.heads(_FIRST - 1, heads, right_from=1, right_to=4)
    page.sheet.freeze_panes(_FIRST - 1, 1)
    amounts = [money for line in follow_up.lines for money in (line.planned, line.actual)]
    money, row, totals = context.formats.money(amounts), _FIRST, []
    for side, title in _SIDES:
        lines = [line for line in follow_up.lines if line.side == side]
        for line in lines:
            _line(context, page, row, line, outlooks, money)
            row += 1
        _total(context, page, row, say(title), lines, outlooks, money)
        totals.append(row)
        row += 1
    parts = [*totals, *range(row, row + _approved(context, page, row, follow_up, money))]
    row += len(parts) - len(totals)
    _net(context, page, row, totals, parts, follow_up, outlooks, money)
    row += 2
    note = say(
        "Outlooks: the changes of the net present value by line are values of the report; with what was "
        "approved they come to the last row."
    )
    page.wide(row, 0, 7, note, context.styles.get("small"))


def _line(
    context: Context,
    page: Page,
    row: int,
    line: LineProgressRecord,
    outlooks: Sequence[OutlookRecord],
    money: str,
) -> None:
    style, figure = context.styles.get("row"), context.styles.get("row", number=money)
    page.text(row, 0, line.name, style)
    page.number(row, 1, line.planned, figure)
    page.number(row, 2, line.actual, figure)
    _compare(context, page, row, line.planned, line.actual, money)
    page.text(row, 5, context.say(line.standing), context.styles.get("row", "beside"))
    for col, outlook in enumerate(outlooks, start=6):
        page.number(row, col, outlook.changes[line.name], figure)


def _compare(context: Context, page: Page, row: int, planned: float, actual: float, money: str) -> None:
    difference = context.styles.get("row", number=money)
    page.formula(row, 3, f"C{row}-B{row}", actual - planned, difference)
    share = context.styles.get("row", number=context.formats.share)
    ratio: Any = actual / planned if planned else "–"
    page.formula(row, 4, f'IF(B{row}=0,"–",C{row}/B{row})', ratio, share)


def _total(
    context: Context,
    page: Page,
    row: int,
    title: str,
    lines: Sequence[LineProgressRecord],
    outlooks: Sequence[OutlookRecord],
    money: str,
) -> None:
    bold = context.styles.get("row", bold=True, number=money)
    page.text(row, 0, title, context.styles.get("row", bold=True))
    columns: list[tuple[int, list[float]]] = [
        (1, [line.planned for line in lines]),
        (2, [line.actual for line in lines]),
    ]
    columns += [(6 + n, [each.changes[line.name] for line in lines]) for n, each in enumerate(outlooks)]
    for col, values in columns:
        letter = column(col)
        formula = f"SUM({letter}{row - len(lines)}:{letter}{row - 1})" if lines else "0"
        page.formula(row, col, formula, sum(values), bold)
    page.blank(row, 5, 5, bold)
    planned, actual = sum(columns[0][1]), sum(columns[1][1])
    _compare(context, page, row, planned, actual, money)


def _approved(context: Context, page: Page, row: int, follow_up: FollowUpRecord, money: str) -> int:
    """Write what the changes start from; gives the number of rows."""
    approved, say = follow_up.approved, context.say
    rows = [(say("Approved net present value"), approved.net_present_value)]
    if approved.record:
        rows.append((say("Change of the model"), approved.change_of_model))
    figure = context.styles.get("row", number=money)
    for offset, (title, amount) in enumerate(rows):
        page.text(row + offset, 0, title, context.styles.get("row"))
        page.blank(row + offset, 1, 5, figure)
        for col in (6, 7):
            page.number(row + offset, col, amount, figure)
    return len(rows)


def _net(
    context: Context,
    page: Page,
    row: int,
    totals: Sequence[int],
    parts: Sequence[int],
    follow_up: FollowUpRecord,
    outlooks: Sequence[OutlookRecord],
    money: str,
) -> None:
    bold, net = context.styles.get("row", bold=True, number=money), follow_up.to_date.net
    page.text(row, 0, context.say("Net to date; net present value"), context.styles.get("row", bold=True))
    for col, amount in ((1, net.planned), (2, net.actual)):
        letter = column(col)
        page.formula(row, col, f"{letter}{totals[0]}-{letter}{totals[1]}", amount, bold)
    page.formula(row, 3, f"C{row}-B{row}", net.actual - net.planned, bold)
    page.blank(row, 4, 5, bold)
    for col, outlook in enumerate(outlooks, start=6):
        formula = "+".join(f"{column(col)}{part}" for part in parts)
        page.formula(row, col, formula, outlook.net_present_value, bold)
