"""Formulas that are no lines: in words and numbers, by year, at several values of an input, over the draws.

Each view takes formulas by their labels, in any unit, and leaves out those that lack one of their inputs;
where none is left, it says what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from casebook.analysis.analysis import sample_of
from casebook.analysis.simulation import DRAWS
from casebook.errors import CaseError
from casebook.formatting import Formatter
from casebook.formatting.sentences import lower_first
from casebook.formula.evaluation import evaluate
from casebook.formula.expression import Expression, Input, Operation, Step, as_expression, inputs_of
from casebook.formula.operations import Array
from casebook.formula.units import consistent, unit_of
from casebook.presentation.formulas import Formula, explain
from casebook.study.study import Study
from casebook.views.cash_flow import YEARS_A_TABLE, year_head
from casebook.views.components import Component, Gap, Row, Table, gap, group, left, right, row

CONDITIONS = ("<", "<=", ">", ">=", "==", "!=", "and", "or", "not")
"""Operations whose result is yes or no."""

NO_VALUE = "–"
"""What stands where a formula has no finite value, such as a cost per contact without contacts."""

Expressions = Mapping[str, Any]


def explanations(case: Study, expressions: Expressions, caption: str) -> Gap | Table:
    """Each formula in words, in numbers, and its result, such as a check."""
    say, given = case.formatter.say, _given(expressions)
    if not given:
        return not_given(case, expressions.values(), caption)
    rows = [
        row(label, three_readings(explain(formula, case.formatter, case.years)))
        for label, formula in given.items()
    ]
    heads = [left(say("Step"), 0.8), left(say("Calculation"), 2.6, lines="steps")]
    return Table(heads, rows, caption=caption)


def by_year(case: Study, expressions: Expressions, caption: str, note: str) -> Component:
    """Each formula at likely values with a column for each year; long cases in several tables."""
    given = _in_units(expressions)
    if not given:
        return not_given(case, expressions.values(), caption)
    tables = []
    for first in range(0, case.years, YEARS_A_TABLE):
        shown = range(first, min(first + YEARS_A_TABLE, case.years))
        heads = [right(year_head(case.formatter, year + 1)) for year in shown]
        rows = [
            row(label, *_cells(case, formula, evaluate(formula, case.years), shown))
            for label, formula in given.items()
        ]
        last = shown[-1] + 1 == case.years
        tables.append(Table([left("", 2), *heads], rows, caption, note if last else "", whole=True))
    return group(tables)


def _cells(case: Study, formula: Expression, values: Array, shown: range) -> list[str]:
    unit, every = unit_of(formula), np.broadcast_to(values, case.years)
    return [_value(case.formatter, float(every[year]), unit) for year in shown]


def at_values(
    case: Study, node: Input, values: Sequence[float], expressions: Expressions, caption: str, note: str
) -> Component:
    """Each formula in the last year with a column for each value of one input, all others likely.

    Raises CaseError without a value, or for one that is not finite.
    """
    at = np.asarray(values, dtype=np.float64)
    if at.ndim != 1 or not at.size or not np.isfinite(at).all():
        raise CaseError(f"values of {node.name} are {list(values)}; must be a list of finite numbers")
    given = _in_units(expressions)
    if not given:
        return not_given(case, expressions.values(), caption)
    heads = [right(case.formatter.quantity(value, node.unit)) for value in at.tolist()]
    rows = []
    for label, formula in given.items():
        by_draw = evaluate(formula, case.years, {node.name: at[:, np.newaxis]})
        last = np.broadcast_to(by_draw[..., -1], at.shape).tolist()
        unit = unit_of(formula)
        rows.append(row(label, *(_value(case.formatter, value, unit) for value in last)))
    return Table([left(node.label, 2), *heads], rows, caption, note, whole=True)


def simulated(case: Study, expressions: Expressions, caption: str, note: str) -> Component:
    """Each formula at likely values, on average over the draws, and where nine of ten draws lie.

    A condition has the share of draws in which it holds. A formula that changes by year is shown for the
    last one. The draws are those of the case; inputs that no counted line rests on keep their likely values.
    Raises CaseError where a draw has no finite value.
    """
    given = _in_units(expressions)
    if not given:
        return not_given(case, expressions.values(), caption)
    say, sample = case.formatter.say, sample_of(case)
    if sample is None:
        return gap(caption or say("Without ranges"), say("No input has a low and a high value."))
    draws = sample.values(0, DRAWS)
    heads = [say("Likely"), say("On average"), say("Nine of ten outcomes")]
    return Table(
        [left("", 2), *map(right, heads)],
        [_simulated_row(case, label, formula, draws) for label, formula in given.items()],
        caption,
        note,
        whole=True,
    )


def _simulated_row(case: Study, label: str, formula: Expression, draws: Mapping[str, Array]) -> Row:
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


def _given(expressions: Expressions) -> dict[str, Expression]:
    """The formulas that have all their inputs."""
    formulas = {label: as_expression(each) for label, each in expressions.items()}
    return {label: formula for label, formula in formulas.items() if formula.given}


def _in_units(expressions: Expressions) -> dict[str, Expression]:
    """The same with their conversions written out."""
    return {label: consistent(formula) for label, formula in _given(expressions).items()}


def not_given(case: Study, expressions: Iterable[Any], caption: str) -> Gap:
    """Which inputs these formulas lack."""
    nodes = (node for each in expressions for node in inputs_of(as_expression(each)).values())
    missing = {node.name: node for node in nodes if not node.given}
    say = case.formatter.say
    return gap(caption or say("Step"), say("Not given: {inputs}", inputs=labels_of(case, missing.values())))


def labels_of(case: Study, inputs: Iterable[Input]) -> str:
    """Inputs by their labels, in a sentence."""
    return ", ".join(lower_first(node.label, case.formatter.language) for node in inputs)


def three_readings(formula: Formula) -> str:
    """A formula in words, in numbers, and its result, below each other."""
    readings = [formula.words, formula.numbers, formula.result]
    return "\n= ".join(dict.fromkeys(readings))  # a single input is its own result


def _value(to: Formatter, value: float, unit: str) -> str:
    return to.quantity(value, unit) if np.isfinite(value) else NO_VALUE
