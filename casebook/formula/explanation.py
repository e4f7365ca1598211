"""A formula as a reader meets it: in words, in numbers, and its result.

The three forms have the same shape, so that each word can be held against its number with a calculator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from casebook.errors import CaseError
from casebook.formula.evaluation import evaluate
from casebook.formula.expression import Constant, Expression, Frame, Input, Operation, Step, Year, frame_of
from casebook.formula.figure import Figure
from casebook.formula.operations import Array
from casebook.formula.printing import figures, words, write
from casebook.formula.units import consistent, unit_of


@dataclass(frozen=True)
class Formula:
    """The three readings of one expression."""

    words: str
    numbers: str
    result: str


def explain(expression: Expression, frame: Frame) -> Formula:
    """Words, numbers and result of an expression, its conversions between units written out."""
    expression = consistent(expression)
    return Formula(words(expression), numbers(expression, frame), result(expression, frame))


def explain_step(step: Step, frame: Frame) -> Formula:
    """The same for a named step, whose result has the digits with which other formulas go on."""
    expression = consistent(step.expression)
    return Formula(words(expression), numbers(expression, frame), step_result(expression, frame))


def numbers(expression: Expression, frame: Frame) -> str:
    """The formula with the values of its inputs, all digits given: `22,000,000 × 10 %`."""
    return write(expression, lambda node: _figure(node, frame))


def result(expression: Expression, frame: Frame) -> str:
    """The value of the formula, one figure or one a year, rounded for display."""
    return figures(_finite_value(expression, frame), unit_of(expression), frame.formatter)


def step_result(expression: Expression, frame: Frame) -> str:
    """The value of a step that other formulas go on with: digits enough to check them on a calculator."""
    unit = unit_of(expression)
    values = _finite_value(expression, frame)
    if unit.startswith("currency"):
        # Cents are exact enough from a thousand up; below, they would not bear out what follows from them.
        rounded = [
            float(f"{value:.2f}" if abs(value) >= 1000 else f"{value:.6g}") for value in values.tolist()
        ]
    else:
        rounded = [float(f"{value:.8g}") for value in values.tolist()]
    return figures(rounded, unit, frame.formatter, exact=True)


def value(expression: Expression) -> Any:
    """The value as a `Figure`, or as a tuple of them where it changes by year."""
    frame = frame_of(expression)
    if frame is None:
        raise CaseError("an expression on constants alone belongs to no case")
    values = _finite_value(consistent(expression), frame)
    unit = unit_of(expression)
    made = tuple(Figure(number, frame.formatter.quantity(number, unit)) for number in values.tolist())
    return made[0] if len(made) == 1 else made


def _finite_value(expression: Expression, frame: Frame) -> Array:
    values = evaluate(expression, frame.years)
    if not np.isfinite(values).all():
        # Without its numbers: a step among them may be the one that has none.
        raise CaseError(
            f"'{words(expression)}' has no finite value\n"
            "  hint: look for a division by zero or a power that grows without end"
        )
    return values


def _figure(node: Expression, frame: Frame) -> str | None:
    if isinstance(node, Operation):
        return None
    if isinstance(node, Year):
        return "(1; 2; …)" if frame.years > 2 else "(1; 2)" if frame.years == 2 else "1"
    if isinstance(node, Input | Constant):
        if node.amount is None:
            return frame.formatter.say("not given")
        text = figures(np.atleast_1d(node.amount), node.unit, frame.formatter, exact=True)
    else:
        text = step_result(node, frame)
    return f"({text})" if ";" in text or text.startswith("−") else text
