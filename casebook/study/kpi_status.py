"""The KPIs of a case: target, actual and status as the client states them, or as they follow from the case.

What a KPI watches, an input or a line, gives it its target: the plan of the year in which the KPI is due.
Where the file has actuals, it gives the KPI its actual and its status too, so that none can contradict the
figures.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from casebook.case.line import LeftOut, Line
from casebook.errors import CaseError
from casebook.follow_up.follow_up import FollowUp
from casebook.follow_up.status import UNKNOWN
from casebook.formatting import Formatter
from casebook.formula.expression import Input
from casebook.formula.months import MONTHS
from casebook.presentation.periods import period_words
from casebook.record.types import KpiRecord
from casebook.schema.periods import period_of
from casebook.schema.reference_keys import find
from casebook.schema.story import Kpi
from casebook.schema.wording import closest, listed

if TYPE_CHECKING:
    from casebook.study.study import Study


def kpis_of(case: Study) -> list[KpiRecord]:
    """The KPIs of the story. Raises CaseError where one watches what the case does not have."""
    return [_kpi(case, kpi) for kpi in case.parameters.story.kpis]


def _kpi(case: Study, kpi: Kpi) -> KpiRecord:
    due = period_words(case.formatter, kpi.by) if kpi.by else None
    stated = KpiRecord(
        key=kpi.key,
        name=kpi.name,
        watches=None,
        baseline=kpi.baseline,
        target=kpi.target,
        by=due,
        source=kpi.source,
        actual=kpi.actual,
        status=kpi.standing,
    )
    return stated if kpi.watches is None else _following(case, kpi, kpi.watches, stated)


def _following(case: Study, kpi: Kpi, watched: str, stated: KpiRecord) -> KpiRecord:
    """The same with what follows from the input or line that it watches."""
    node = next((node for node in case.inputs if node.name == watched), None)
    year = _year_due(case, kpi)
    if node is not None:
        label, target = node.label, _planned_input(case, node, year)
        actual, status = _observed_input(case, node)
    else:
        line = _line(case, kpi, watched)
        label, target = line.name, _planned_line(case, line, year)
        actual, status = _observed_line(case, line)
    due = stated.by or case.formatter.say("Year {year}", year=year)
    return replace(stated, watches=label, target=target, by=due, actual=actual, status=status)


def _line(case: Study, kpi: Kpi, watched: str) -> Line | LeftOut:
    lines: list[Line | LeftOut] = [*case.ledger.counted, *case.ledger.beside, *case.ledger.left_out]
    line = find(watched, lines)
    if line is None:
        names = [*(node.name for node in case.inputs), *(each.key for each in lines)]
        match = closest(watched, names)
        hint = f"did you mean '{match}'?" if match else f"the lines are {listed(each.key for each in lines)}"
        message = f"KPI '{kpi.name}' watches {watched!r}, which is neither an input nor a line"
        raise CaseError(f"{message}\n  hint: {hint}")
    return line


def _year_due(case: Study, kpi: Kpi) -> int:
    """The year of the case in which a KPI is due: the last one where it names no period in it."""
    start = case.parameters.start
    due = period_of(kpi.by, start) if kpi.by and start else None
    return min(max(1 + (due.end - 1) // MONTHS, 1), case.years) if due else case.years


def _planned_input(case: Study, node: Input, year: int) -> str | None:
    """An input as one observes it: times the ramp that scales it, as approved where a record is kept."""
    if not node.given:
        return None
    if case.followed_up is not None:
        planned = float(case.followed_up.forecast.planned_input(node.name)[MONTHS * year - 1])
    else:
        planned = _of_year(node, year)
        if ramp := case.parameters.template.inputs[node.name].scaled_by:
            planned *= _of_year(getattr(case.inputs, ramp), year)
    return _amount(case.formatter, planned, node.unit)


def _amount(to: Formatter, value: float, unit: str) -> str:
    """A figure with its unit: 6,400 contacts a month, $250 a customer."""
    figure = to.quantity(value, unit)
    words = to.unit_words(unit).removeprefix(to.currency).strip()
    return f"{figure} {words}".strip()


def _of_year(node: Input, year: int) -> float:
    values = np.atleast_1d(np.asarray(node.amount, dtype=np.float64))
    return float(values[min(year, len(values)) - 1])


def _planned_line(case: Study, line: Line | LeftOut, year: int) -> str | None:
    if isinstance(line, LeftOut):
        return None
    followed = case.followed_up
    if followed is not None and line.name in followed.forecast.plan:
        months = followed.forecast.plan[line.name]
        planned = float(months[1 + MONTHS * (year - 1) : 1 + MONTHS * year].sum())
    else:
        planned = float(line.flow(case.years)[year])
    return case.formatter.say("{money} a year", money=case.formatter.money_short(planned))


def _observed_input(case: Study, node: Input) -> tuple[str | None, str | None]:
    followed: FollowUp | None = case.followed_up
    seen = next((each for each in followed.indicators if each.name == node.name), None) if followed else None
    if seen is None:
        return None, None
    return _amount(case.formatter, seen.actual, node.unit), seen.standing


def _observed_line(case: Study, line: Line | LeftOut) -> tuple[str | None, str | None]:
    followed: FollowUp | None = case.followed_up
    seen = next((each for each in followed.lines if each.line is line), None) if followed else None
    if seen is None or not seen.known or seen.standing == UNKNOWN:
        return None, None
    money = case.formatter.money_short(seen.actual)
    return case.formatter.say("{money} to date", money=money), seen.standing
