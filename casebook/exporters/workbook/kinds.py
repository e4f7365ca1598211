"""The sheet of kinds: benefits by kind and costs by category, and freed capacity in hours and people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from casebook.case.finance import present_value
from casebook.case.line import FREED_CAPACITY, KINDS
from casebook.exporters.workbook.context import Context
from casebook.exporters.workbook.lines import LINES
from casebook.exporters.workbook.page import Page, column
from casebook.exporters.workbook.sheet_plan import FIRST_ROW, START, Section
from casebook.formatting.sentences import upper_first
from casebook.formula.operations import Array
from casebook.schema.input_declarations import PAID_HOURS, RELEASED_SHARE

SHEET = "Kinds"

_A_YEAR = {"hours/week": "*365/7", "hours/month": "*12", "hours/year": ""}


@dataclass(frozen=True)
class Row:
    """A row by year: its formulas, `{c}` standing for the column, with the value of each."""

    label: str
    formula: str
    values: Sequence[float]
    """From the start on, or from year 1 where there is nothing at the start."""
    number: str
    words: str = ""
    is_money: bool = True


def write(context: Context) -> None:
    """Write the sheet."""
    say = context.say
    about = say("The same lines added up, in {currency}; hours and people.", currency=context.record.currency)
    page = context.year_page(SHEET, about, ["", "", ""], [say("How it is computed")])
    page.widths(3, 40, 3, *([14] * (context.years + 1)), 15, 56)
    row, freed = FIRST_ROW, 0
    for section, titles in zip(
        context.plan.sections, ("Benefits by kind", "Costs by category"), strict=False
    ):
        context.section(page, row, say(titles), context.last + 2)
        for kind, each in _by_kind(context, section):
            row += 1
            freed = row if kind == FREED_CAPACITY else freed
            _write(context, page, row, each)
        row += 2
    if freed:
        _freed(context, page, row, freed)


def _by_kind(context: Context, section: Section) -> list[tuple[str, Row]]:
    """Each kind or category of a section with its sum, kinds in their own order."""
    lines, first, last = context.ref(LINES), section.heading + 1, section.total - 1
    kinds = dict.fromkeys(line.record.kind or line.record.category or "" for line in section.lines)
    rows = []
    for kind in sorted(kinds, key=lambda each: KINDS.index(each) if each in KINDS else 0):
        mine = [line for line in section.lines if kind == (line.record.kind or line.record.category or "")]
        values = np.sum([[line.start_value, *line.values] for line in mine], axis=0).tolist()
        criterion = context.say(kind).replace('"', '""')
        formula = f'SUMIF({lines}$C${first}:$C${last},"{criterion}",{lines}{{c}}${first}:{{c}}${last})'
        words = context.say("The lines of this kind on the sheet “{sheet}”.", sheet=context.say(LINES))
        rows.append((kind, Row(upper_first(context.say(kind)), formula, values, _money(context), words)))
    return rows


def _freed(context: Context, page: Page, row: int, freed: int) -> None:
    """Hours and people behind freed capacity, and the case without what does not become cash."""
    say = context.say
    context.section(page, row, say("Freed capacity"), context.last + 2)
    hours = _hours(context)
    for each in hours:
        row += 1
        _write(context, page, row, each)
    if hours:
        row = _people(context, page, row - len(hours) + 1, row)
    lines = [line for line in context.plan.sections[0].lines if line.record.kind == FREED_CAPACITY]
    money = np.sum([[line.start_value, *line.values] for line in lines], axis=0)
    row = _released(context, page, row, freed, money)
    words = say("Net present value less the present value of freed capacity.")
    _net(context, page, row + 1, say("Net present value without freed capacity"), freed, money, words)


def _released(context: Context, page: Page, row: int, freed: int, money: Array) -> int:
    """The case at the released share, where one is given; the start has the share of year 1."""
    say, released = context.say, context.plan.with_role(RELEASED_SHARE)
    if released is None:
        return row
    shares = [released[2][0], *released[2]]
    words = say("Share of it for which positions are given up or left open; the start as year 1.")
    share = Row(say("Released share"), released[0], shares, context.formats.share, words, is_money=False)
    _write(context, page, row + 1, share)
    kept = money * (1 - np.array(shares))
    formula = f"{{c}}${freed}*(1-{{c}}{row + 1})"
    words = say("Freed capacity × (1 − released share).")
    _write(context, page, row + 2, Row(say("Not released"), formula, kept.tolist(), _money(context), words))
    words = say("Net present value less the present value of what is not released.")
    _net(context, page, row + 3, say("Net present value, as released"), row + 2, kept, words)
    return row + 3


def _hours(context: Context) -> list[Row]:
    """The hours of each line that states them."""
    words = context.say("Working time behind the line, as far as it counts.")
    return [
        Row(
            context.say("{line}, hours", line=line.record.id),
            line.hours,
            line.hour_values,
            "#,##0",
            words,
            is_money=False,
        )
        for line in context.plan.sections[0].lines
        if line.hours
    ]


def _people(context: Context, page: Page, first: int, last: int) -> int:
    """The sum of the hours, and what it is in employees, where it is known what one is paid for."""
    say = context.say
    hours = np.sum([row.values for row in _hours(context)], axis=0)
    row = last + 1
    total = Row(say("Hours"), f"SUM({{c}}{first}:{{c}}{last})", hours.tolist(), "#,##0", is_money=False)
    _write(context, page, row, total)
    paid = context.plan.with_role(PAID_HOURS)
    people = context.record.freed_capacity and context.record.freed_capacity.full_time_equivalents
    if paid and people and paid[1] in _A_YEAR:
        row += 1
        formula = f"{{c}}{row - 1}/({paid[0]}{_A_YEAR[paid[1]]})"
        words = say("Hours ÷ paid hours a year.")
        label = say("Full-time equivalents")
        _write(context, page, row, Row(label, formula, people, "#,##0.0", words, is_money=False))
    return row


def _write(context: Context, page: Page, row: int, each: Row) -> None:
    styles = context.styles
    look = styles.get("row", number=each.number)
    for col in range(3):
        page.text(row, col, each.label if col == 1 else "", styles.get("row"))
    begin = 0 if len(each.values) > context.years else 1
    page.blank(row, START, context.last + 1, styles.get("row"))
    for period, value in enumerate(each.values, start=begin):
        formula = context.in_year(each.formula, max(period, 1), elsewhere=True)
        if each.is_money:
            formula = each.formula.replace("{c}", column(START + period))
        page.formula(row, START + period, formula, float(value), look)
    if each.is_money:
        first, last = column(START), column(context.last)
        worth = float(present_value(np.asarray(each.values), context.record.discount_rate))
        formula = f"SUMPRODUCT({first}{row}:{last}{row},(1+discount_rate)^-periods)"
        page.formula(row, context.last + 1, formula, worth, look)
    page.text(row, context.last + 2, each.words, styles.get("row", "small", "beside"))


def _net(context: Context, page: Page, row: int, label: str, less: int, money: Array, words: str) -> None:
    """The net present value less the present value of a row."""
    styles, last = context.styles, column(context.last + 1)
    for col in range(context.last + 1):
        page.text(row, col, label if col == 1 else "", styles.get("total"))
    worth = float(present_value(money, context.record.discount_rate))
    value = context.record.result.net_present_value - worth
    look = styles.get("total", number=_money(context))
    page.formula(row, context.last + 1, f"net_present_value-{last}{less}", value, look)
    page.text(row, context.last + 2, words, styles.get("total", "small", "beside", bold=False))


def _money(context: Context) -> str:
    flows = context.record.cash_flow
    return context.formats.money([*flows.benefits, *flows.costs])
