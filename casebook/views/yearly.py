"""Formulas side by side with a column for each year, such as volumes and unit costs before and after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from casebook.formatting import Formatter
from casebook.formula.evaluation import evaluate
from casebook.formula.expression import Expression, as_expression
from casebook.formula.units import consistent, unit_of
from casebook.study.study import Study
from casebook.views.cash_flow import YEARS_A_TABLE, year_head
from casebook.views.components import Component, Row, Table, group, left, right, row
from casebook.views.registers import explanations

NO_VALUE = "–"
"""What stands where a formula has no finite value, such as a cost per contact without contacts."""


def by_year(case: Study, expressions: Mapping[str, Any], caption: str, note: str) -> Component:
    """Each formula that has all its inputs, at likely values; long cases in several tables.

    `expressions` maps a row's label to its formula, in any unit. Where no formula has all its inputs, it
    gives the gap that `explanations` does.
    """
    formulas = {label: as_expression(expression) for label, expression in expressions.items()}
    given = {label: consistent(formula) for label, formula in formulas.items() if formula.given}
    if not given:
        return explanations(case, expressions, caption)
    tables = []
    for first in range(0, case.years, YEARS_A_TABLE):
        shown = range(first, min(first + YEARS_A_TABLE, case.years))
        heads = [right(year_head(case.formatter, year + 1)) for year in shown]
        rows = [_row(case, label, formula, shown) for label, formula in given.items()]
        last = shown[-1] + 1 == case.years
        tables.append(Table([left("", 2), *heads], rows, caption, note if last else "", whole=True))
    return group(tables)


def _row(case: Study, label: str, formula: Expression, shown: range) -> Row:
    values = np.broadcast_to(evaluate(formula, case.years), case.years)
    unit = unit_of(formula)
    return row(label, *(value_cell(case.formatter, float(values[year]), unit) for year in shown))


def value_cell(to: Formatter, value: float, unit: str) -> str:
    """A value as its unit asks; a dash where it is not finite."""
    return to.quantity(value, unit) if np.isfinite(value) else NO_VALUE
