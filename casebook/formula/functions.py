"""The functions that a notebook writes formulas with, beside the operators."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from casebook.errors import CaseError
from casebook.formula.expression import Computed, Constant, Expression, as_expression, operation


def minimum(first: Any, *others: Any) -> Expression:
    """The smallest of its arguments, year by year."""
    return functools.reduce(lambda a, b: operation("minimum", a, b), others, as_expression(first))


def maximum(first: Any, *others: Any) -> Expression:
    """The largest of its arguments, year by year."""
    return functools.reduce(lambda a, b: operation("maximum", a, b), others, as_expression(first))


def any_of(first: Any, *others: Any) -> Expression:
    """The first of several ways to know a figure whose inputs all have a value; where none is, the first.

    `spend = any_of(x.spend, x.orders * x.order_value)` takes the client's own figure where there is one. In
    a line's `when` it switches the line on whichever way is given.
    """
    ways = [as_expression(way) for way in (first, *others)]
    return next((way for way in ways if way.given), ways[0])


def where(condition: Any, yes: Any, no: Any) -> Expression:
    """`yes` where the condition holds, otherwise `no`, year by year."""
    return operation("where", condition, yes, no)


def cumulative(inflow: Any, *, keep: Any = 1, arrives: str = "through the year") -> Expression:
    """The running total of a yearly inflow, of which a share `keep` stays from one year to the next.

    It stands at endₜ = keepₜ × endₜ₋₁ + inflowₜ at the end of year t, with end₀ = 0. What `arrives` "through
    the year" is there for half of its first year on average, so the year's value, which earns, is
    keepₜ × endₜ₋₁ + inflowₜ ÷ 2. What arrives "at the start" of the year counts in full: endₜ.

    With customers/year it gives customers. Ramp and causal share act on the inflow: they belong inside. A
    plain sum of what came in so far, with nothing halved, is `np.cumsum(flow)`.
    """
    operations = {"through the year": "cumulative_average", "at the start": "cumulative"}
    if arrives not in operations:
        raise CaseError(f"cumulative(arrives={arrives!r}): write one of {', '.join(map(repr, operations))}")
    return operation(operations[arrives], inflow, keep)


def compound(first: Any, growth: Any) -> Expression:
    """An amount that grows each year: value₁ = first and valueₜ = valueₜ₋₁ × (1 + growthₜ).

    `growth` is a share, or a share/year; its entry for year 1 plays no part.
    """
    return operation("compound", first, growth)


def previous(value: Any, *, first: Any) -> Expression:
    """Last year's value: `first` in year 1, then valueₜ₋₁. It has the unit of `value`."""
    return operation("previous", value, first)


def exp(value: Any) -> Expression:
    """e to the power of its argument."""
    return operation("exp", value)


def log(value: Any) -> Expression:
    """The natural logarithm."""
    return operation("log", value)


def sqrt(value: Any) -> Expression:
    """The square root."""
    return operation("sqrt", value)


def floor(value: Any) -> Expression:
    """The next whole number below."""
    return operation("floor", value)


def ceil(value: Any) -> Expression:
    """The next whole number above."""
    return operation("ceil", value)


def constant(
    value: Any, unit: str = "number", label: str | None = None, *, currency: str | None = None
) -> Expression:
    """A number (or a list by year) that has a unit, such as `constant(1, "agents")`.

    Money needs its currency, `constant(8.01, "currency/contact", currency="USD")`, and stands in no case of
    another one: what differs by client is better an input.
    """
    node = as_expression(value)
    if not isinstance(node, Constant):
        raise CaseError("constant() takes a number or a list by year")
    is_money = "currency" in re.findall("[a-z]+", unit) and np.any(node.amount)
    if is_money and currency is None:
        raise CaseError(
            f"constant({value}, '{unit}') is money without its currency\n"
            f"  hint: write constant({value}, '{unit}', currency='USD'), or make it an input"
        )
    return Constant(node.amount, unit=unit, label=label, currency=currency if is_money else None)


def computed(label: str, *, unit: str = "number") -> Callable[[Callable[..., float]], Callable[..., Any]]:
    """Let a Python function of plain numbers stand in formulas.

    Called with numbers alone the function gives its number; called with an expression it becomes a step that
    is evaluated but can't be taken apart, and outputs mark it as computed.
    """

    def decorate(function: Callable[..., float]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*arguments: Any) -> Any:
            if not any(isinstance(argument, Expression) for argument in arguments):
                return function(*arguments)
            operands = tuple(as_expression(argument) for argument in arguments)
            return Computed(function, label=label, unit=unit, operands=operands)

        return call

    return decorate
