"""Formulas over the simulated draws, such as the chance of reaching a threshold, beside likely values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from casebook.analysis.analysis import sample_of
from casebook.analysis.simulation import DRAWS
from casebook.errors import CaseError
from casebook.formula.evaluation import evaluate
from casebook.formula.expression import Expression, Operation, Step, as_expression
from casebook.formula.operations import Array
from casebook.formula.units import consistent, unit_of
from casebook.study.study import Study
from casebook.views.components import Component, Row, Table, gap, left, right, row
from casebook.views.registers import explanations

CONDITIONS = ("<", "<=", ">", ">=", "==", "!=", "and", "or", "not")
"""Operations whose result is yes or no."""


def simulated(case: Study, expressions: Mapping[str, Any], caption: str, note: str) -> Component:
    """Each formula at likely values, on average over the draws, and where nine of ten draws lie.

    A condition has the share of draws in which it holds. A formula that changes by year is shown for the
    last one. The draws are those of the case; inputs that no counted line rests on keep their likely values.
    Raises CaseError where a draw has no finite value.
    """
    formulas = {label: as_expression(expression) for label, expression in expressions.items()}
    given = {label: consistent(formula) for label, formula in formulas.items() if formula.given}
    if not given:
        return explanations(case, expressions, caption)
    say, sample = case.formatter.say, sample_of(case)
    if sample is None:
        return gap(caption or say("Without ranges"), say("No input has a low and a high value."))
    draws = sample.values(0, DRAWS)
    heads = [say("Likely"), say("On average"), say("Nine of ten outcomes")]
    return Table(
        [left("", 2), *map(right, heads)],
        [_row(case, label, formula, draws) for label, formula in given.items()],
        caption,
        note,
        whole=True,
    )


def _row(case: Study, label: str, formula: Expression, draws: Mapping[str, Array]) -> Row:
    to, say = case.formatter, case.formatter.say
    by_year = evaluate(formula, case.years)
    likely = float(by_year[-1])
    with np.errstate(all="ignore"):  # what is not finite is refused here
        values = evaluate(formula, case.years, dict(draws))[..., -1].astype(float)
    if not np.isfinite([likely, *values.ravel()]).all():
        raise CaseError(
            f"'{label}' has no finite value in some draws\n"
            "  hint: look for a division by an input whose range reaches zero"
        )
    if (by_year != likely).any():
        label = f"{label} ({say('year {year}', year=case.years)})"
    mean = float(values.mean())
    if _is_condition(formula):
        return row(label, say("yes") if likely else say("no"), case.chance(mean), "")
    unit = unit_of(formula)
    low, high = np.percentile(values, [5, 95]).tolist()
    span = say("{low} to {high}", low=to.quantity(low, unit), high=to.quantity(high, unit))
    return row(label, to.quantity(likely, unit), to.quantity(mean, unit), span)


def _is_condition(formula: Expression) -> bool:
    while isinstance(formula, Step):
        formula = formula.expression
    return isinstance(formula, Operation) and formula.name in CONDITIONS
