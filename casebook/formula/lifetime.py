"""Customer lifetime value as a formula."""

from __future__ import annotations

from typing import Any

from casebook.errors import CaseError
from casebook.formula.evaluation import evaluate
from casebook.formula.expression import Expression, as_expression, inputs_of
from casebook.formula.functions import constant, where
from casebook.formula.units import unit_of


def lifetime_value(
    margin: Any,
    retention: Any,
    *,
    discount_rate: Any,
    growth: Any = 0,
    years: int | None = None,
    is_new: bool = False,
) -> Expression:
    """The present value of what a customer will bring, in money a customer.

    With q = (1 + growth) × retention ÷ (1 + discount rate), an existing customer is worth
    margin × (q + q² + … + qⁿ), each year's margin at its end, over a horizon of n `years`; without one,
    margin × q ÷ (1 − q), which exists where q is below 1. A new customer (`is_new`) also brings a margin
    at once. The cost of winning the customer is not deducted.

    `margin` is money a customer a year, the shares are fractions or inputs. Raises CaseError for a horizon
    below a year, and without a horizon where q is 1 or more at the likely values.

    >>> evaluate(lifetime_value(100, 0.8, discount_rate=0.1), 1).round(2).tolist()
    [266.67]
    >>> evaluate(lifetime_value(100, 0.8, discount_rate=0.1, years=3), 1).round(2).tolist()
    [164.09]
    >>> evaluate(lifetime_value(100, 0.8, discount_rate=0.1, is_new=True), 1).round(2).tolist()
    [366.67]
    """
    if years is not None and (not isinstance(years, int) or years < 1):
        raise CaseError(f"lifetime_value: years is {years!r}; must be a whole number from 1 on, or None")
    passed_on = (1 + _once(growth)) * _once(retention) / (1 + _once(discount_rate))
    passed_on = passed_on.named("What a year of margin leaves for the next, discounted")
    if years is None:
        if passed_on.given and any(share >= 1 for share in _by_year(passed_on)):
            raise CaseError(
                "lifetime_value: growth and retention outrun the discount rate, so that there is no limit\n"
                "  hint: give a horizon, as in years=5"
            )
        multiple = passed_on / (1 - passed_on)
    else:
        # A geometric series; where each of its terms is 1, its sum is their number.
        series = passed_on * (1 - passed_on**years) / where(passed_on == 1, 1, 1 - passed_on)
        multiple = where(passed_on == 1, years, series)
    return _once(margin) * ((1 + multiple) if is_new else multiple)


def _once(value: Any) -> Expression:
    """A yearly figure as that of one year; any other as it stands."""
    expression = as_expression(value)
    return expression * constant(1, "year", "year") if unit_of(expression).endswith("/year") else expression


def _by_year(expression: Expression) -> tuple[float, ...]:
    if not inputs_of(expression):
        return tuple(evaluate(expression, 1).tolist())
    value = expression.value
    return value if isinstance(value, tuple) else (value,)
