"""Freed capacity as tables: the hours and people behind the money, and the case with a part of it in cash."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from casebook.analysis.freed_capacity import FreedCapacity, FreedTime, Release
from casebook.case.finance import present_value
from casebook.formatting import Formatter
from casebook.formula.operations import Array
from casebook.presentation.formulas import figures
from casebook.study.study import Study
from casebook.views.cash_flow import YEARS_A_TABLE, year_head
from casebook.views.components import Component, Gap, Row, RowStyle, Table, gap, group, left, right, row


def freed_capacity(case: Study) -> Component:
    """The time that benefits free, by line and year, and the net present value without it."""
    freed = case.freed_capacity
    if freed is None:
        return _none(case.formatter)
    by_line = [] if freed.hours is None else _by_line(case, freed)
    return group([*by_line, _net_present_values(case, freed)])


def _none(to: Formatter) -> Gap:
    return gap(to.say("No freed capacity"), to.say("No counted benefit is time that is freed."), quiet=True)


def _by_line(case: Study, freed: FreedCapacity) -> list[Table]:
    """Money, hours and full-time equivalents of each line that states them; long cases in several tables."""
    to, say = case.formatter, case.formatter.say
    tables = []
    for first in range(0, case.years, YEARS_A_TABLE):
        shown = range(first, min(first + YEARS_A_TABLE, case.years))
        rows = [each for line in freed.lines for each in _line_rows(to, freed, line, shown)]
        if len(freed.lines) > 1:
            money = np.sum([line.money for line in freed.lines], axis=0)
            rows.append(_money_row(to, freed, "", say("Freed capacity"), money, shown, style="subtotal"))
            rows += _time_rows(to, freed, freed.hours, shown)
        heads = [right(year_head(to, year + 1)) for year in shown]
        last = shown[-1] + 1 == case.years
        note = _note(case, freed) if last else ""
        columns = [left("", 0.12), left(to.currency), *heads]
        tables.append(Table(columns, rows, _caption(case, freed), note, whole=True))
    return tables


def _line_rows(to: Formatter, freed: FreedCapacity, line: FreedTime, shown: range) -> list[Row]:
    money = _money_row(to, freed, line.line.id, line.line.name, line.money, shown)
    return [money, *_time_rows(to, freed, line.hours, shown)]


def _money_row(
    to: Formatter,
    freed: FreedCapacity,
    id: str,
    name: str,
    money: Array,
    shown: range,
    *,
    style: RowStyle = "plain",
) -> Row:
    places = to.places([value for line in freed.lines for value in line.money])
    cells = [to.amount(float(money[year]), places) for year in shown]
    return row(id, name, *cells, style=style)


def _time_rows(to: Formatter, freed: FreedCapacity, hours: Array | None, shown: range) -> list[Row]:
    """Hours, and people where it is known what one of them works; nothing where the hours are not known."""
    if hours is None:
        return []
    rows = [row("", to.say("Hours"), *(to.amount(float(hours[year]), 0) for year in shown), style="detail")]
    people = freed.in_people(hours)
    if people is not None:
        cells = [to.amount(float(people[year]), 1) for year in shown]
        rows.append(row("", to.say("Full-time equivalents"), *cells, style="detail"))
    return rows


def _caption(case: Study, freed: FreedCapacity) -> str:
    to, people = case.formatter, freed.full_time_equivalents
    if people is None:
        return to.say("Freed capacity by year")
    return to.say(
        "Freed capacity: {people} full-time equivalents in year {year}",
        people=to.amount(float(people[-1]), 1),
        year=case.years,
    )


def _note(case: Study, freed: FreedCapacity) -> str:
    """What an employee works, and which lines do not say what time stands behind them."""
    to, notes = case.formatter, []
    if freed.paid_hours is not None:
        paid = figures(freed.paid_hours, "number", to)
        notes.append(to.say("Full-time equivalents: {hours} paid hours a year each.", hours=paid))
    unstated = [line.line.id for line in freed.lines if line.hours is None]
    if unstated:
        notes.append(to.say("Hours are not stated for {lines}.", lines=", ".join(unstated)))
    return " ".join(notes)


def _net_present_values(case: Study, freed: FreedCapacity) -> Table:
    """The case with all of its freed capacity, with the part that becomes cash, and with none of it."""
    say = case.formatter.say
    releases = {say("All of it"): freed.counted, say("As released"): freed.released}
    shown = {name: each for name, each in {**releases, say("None of it"): freed.without}.items() if each}
    return Table(
        [left(say("Freed capacity counted"), 2), *map(right, shown)],
        [row(label, *cells) for label, cells in _figures(case, freed, list(shown.values()))],
        caption=say(
            "Without freed capacity the net present value is {money}",
            money=case.formatter.money_short(freed.without.net_present_value),
        ),
        note=say(
            "{currency}. Freed time is cash only as far as positions are given up or left open. The figures "
            "of the case count all of it.",
            currency=case.currency,
        ),
        whole=True,
    )


def _figures(
    case: Study, freed: FreedCapacity, releases: Sequence[Release]
) -> Iterator[tuple[str, list[str]]]:
    """Each figure by its name, with a cell for each share of the freed capacity."""
    to, say = case.formatter, case.formatter.say
    money = np.sum([line.line.flow(case.years) for line in freed.lines], axis=0)
    worth = [
        float(present_value(money * np.concatenate((each.share[:1], each.share)), case.discount_rate))
        for each in releases
    ]
    amounts: dict[str, Sequence[float | None]] = {
        say("Freed capacity, present value"): worth,
        say("Net present value"): [each.net_present_value for each in releases],
        say("Expected net present value"): [each.expected_net_present_value for each in releases],
    }
    if case.ledger.is_risky:
        adjusted = [each.risk_adjusted_net_present_value for each in releases]
        amounts[say("Net present value, risk-adjusted")] = adjusted
    yield say("Share counted"), [figures(each.share, "share", to) for each in releases]
    for name, values in amounts.items():
        if known := [to.amount(value, 0) for value in values if value is not None]:
            yield name, known
