"""A formula as a reader meets it: in words, in numbers, and its result.

The three forms have the same shape, so that each word can be held against its number with a calculator.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from casebook.errors import CaseError
from casebook.formatting import Formatter
from casebook.formula.evaluation import evaluate
from casebook.formula.expression import Constant, Expression, Input, Operation, Step, Year
from casebook.formula.operations import Array
from casebook.formula.printing import words, write
from casebook.formula.units import consistent, unit_of
from casebook.presentation.figure import Figure

_MOST_YEARS = 6  # longer lists by year show their ends only


@dataclass(frozen=True)
class Formula:
    """The three readings of one expression."""

    words: str
    numbers: str
    result: str


def explain(expression: Expression, to: Formatter, years: int) -> Formula:
    """Words, numbers and result of an expression, its conversions between units written out."""
    expression = consistent(expression)
    return Formula(words(expression, to), _numbers(expression, to, years), _result(expression, to, years))


def explain_step(step: Step, to: Formatter, years: int) -> Formula:
    """The same for a named step, whose result has the digits with which other formulas go on."""
    expression = consistent(step.expression)
    return Formula(words(expression, to), _numbers(expression, to, years), _exact(expression, to, years))


def figures(values: Array | Sequence[float], unit: str, to: Formatter, *, exact: bool = False) -> str:
    """One figure where all years are alike, otherwise one a year, separated by semicolons."""
    years = np.atleast_1d(np.asarray(values, dtype=np.float64)).tolist()
    if all(value == years[0] for value in years):
        years = years[:1]
    texts = [to.quantity(value, unit, exact=exact) for value in years]
    if len(texts) > _MOST_YEARS:
        texts = [*texts[:3], "…", texts[-1]]
    return "; ".join(texts)


@dataclass(frozen=True)
class Shown:
    """How the formulas of one case show themselves in a notebook's cell."""

    formatter: Formatter
    years: int

    def value(self, expression: Expression) -> Any:
        """The value as a `Figure`, or as a tuple of them where it changes by year."""
        values = _finite_value(consistent(expression), self.years)
        unit = unit_of(expression)
        figures_by_year = tuple(
            Figure(number, self.formatter.quantity(number, unit)) for number in values.tolist()
        )
        return figures_by_year[0] if len(figures_by_year) == 1 else figures_by_year

    def bundle(self, expression: Expression) -> dict[str, str]:
        """Words, numbers and result as a cell shows them; in prose the result alone."""
        formula = explain(expression, self.formatter, self.years)
        lines = [formula.words, f"= {formula.numbers}", f"= {formula.result}"]
        if isinstance(expression, Input):
            lines = [formula.words, f"= {formula.result}"]
        return {
            "text/plain": formula.result,
            "text/html": "<br>".join(html.escape(line) for line in lines),
        }


def _numbers(expression: Expression, to: Formatter, years: int) -> str:
    """The formula with the values of its inputs, all digits given: `22,000,000 × 10 %`."""
    return write(expression, lambda node: _figure(node, to, years), to)


def _result(expression: Expression, to: Formatter, years: int) -> str:
    """The value of the formula, one figure or one a year, rounded for display."""
    return figures(_finite_value(expression, years), unit_of(expression), to)


def _exact(expression: Expression, to: Formatter, years: int) -> str:
    """The value of a step that other formulas go on with: digits enough to check them on a calculator."""
    unit = unit_of(expression)
    values = _finite_value(expression, years)
    if unit.startswith("currency"):
        # Cents are exact enough from a thousand up; below, they would not bear out what follows from them.
        rounded = [
            float(f"{value:.2f}" if abs(value) >= 1000 else f"{value:.6g}") for value in values.tolist()
        ]
    else:
        rounded = [float(f"{value:.8g}") for value in values.tolist()]
    return figures(rounded, unit, to, exact=True)


def _finite_value(expression: Expression, years: int) -> Array:
    values = evaluate(expression, years)
    if not np.isfinite(values).all():
        # Without its numbers: a step among them may be the one that has none.
        raise CaseError(
            f"'{words(expression)}' has no finite value\n"
            "  hint: look for a division by zero or a power that grows without end"
        )
    return values


def _figure(node: Expression, to: Formatter, years: int) -> str | None:
    if isinstance(node, Operation):
        return None
    if isinstance(node, Year):
        return "(1; 2; …)" if years > 2 else "(1; 2)" if years == 2 else "1"
    if isinstance(node, Input | Constant):
        if node.amount is None:
            return to.say("not given")
        text = figures(np.atleast_1d(node.amount), node.unit, to, exact=True)
    else:
        text = _exact(node, to, years)
    return f"({text})" if ";" in text or text.startswith("−") else text
