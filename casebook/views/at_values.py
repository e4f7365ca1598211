"""Formulas side by side at several values of one input, such as a result at 1, 10 and 100 readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from casebook.errors import CaseError
from casebook.formula.evaluation import evaluate
from casebook.formula.expression import Expression, Input, as_expression
from casebook.formula.units import consistent, unit_of
from casebook.study.study import Study
from casebook.views.components import Component, Row, Table, left, right, row
from casebook.views.registers import explanations
from casebook.views.yearly import value_cell


def at_values(
    case: Study, node: Input, values: Sequence[float], expressions: Mapping[str, Any], caption: str, note: str
) -> Component:
    """Each formula that has all its other inputs, in the last year, with a column for each value of `node`.

    `expressions` maps a row's label to its formula, in any unit; other inputs keep their likely values.
    Where no formula can be computed, it gives the gap that `explanations` does. Raises CaseError without a
    value, or for one that is not finite.
    """
    at = np.asarray(values, dtype=np.float64)
    if at.ndim != 1 or not at.size or not np.isfinite(at).all():
        raise CaseError(f"values of {node.name} are {list(values)}; must be a list of finite numbers")
    formulas = {label: as_expression(expression) for label, expression in expressions.items()}
    given = {label: consistent(formula) for label, formula in formulas.items() if formula.given}
    if not given:
        return explanations(case, expressions, caption)
    heads = [right(case.formatter.quantity(value, node.unit)) for value in at.tolist()]
    rows = [_row(case, label, formula, node, at) for label, formula in given.items()]
    return Table([left(node.label, 2), *heads], rows, caption, note, whole=True)


def _row(case: Study, label: str, formula: Expression, node: Input, at: np.ndarray[Any, Any]) -> Row:
    by_year = evaluate(formula, case.years, {node.name: at[:, np.newaxis]})
    last = np.broadcast_to(by_year[..., -1], at.shape)
    unit = unit_of(formula)
    return row(label, *(value_cell(case.formatter, value, unit) for value in last.tolist()))
