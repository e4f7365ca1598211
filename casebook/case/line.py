"""A line of a case: a cost or a benefit, what it rests on, and its money by year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from casebook.errors import CaseError
from casebook.formula.evaluation import evaluate
from casebook.formula.expression import Expression, Input, Step, inputs_of, walk
from casebook.formula.operations import Array
from casebook.formula.printing import words

FREED_CAPACITY = "freed capacity"
"""The kind of a benefit that is time, and money only where positions are given up or left open."""

KINDS = ("margin", "cash saving", "avoided cost", FREED_CAPACITY)
"""What a benefit is to the profit and loss account."""

CATEGORIES = ("people", "technology", "start-up", "training", "content", "change", "other")
"""What a cost is spent on."""


@dataclass(frozen=True, eq=False)
class Pool:
    """What a benefit is taken from, such as the contacts of a year: no more can be taken than there is.

    `size` is the whole amount; what the lines claim of it is recorded in the same unit.
    """

    key: str
    name: str
    size: Expression


@dataclass(frozen=True, eq=False)  # formulas compare by making a formula
class Line:
    """One cost or benefit. Amounts are positive for both sides; only cash flow carries sign."""

    side: Literal["benefit", "cost"]
    key: str
    """What refers to the line, whatever its name is: unique in a case."""
    name: str
    kind: str | None
    """For a benefit, one of `KINDS`."""
    category: str | None
    """For a cost, one of `CATEGORIES`."""
    start: Expression | None
    """Money at the start, undiscounted, in currency."""
    annual: Expression | None
    """Money a year, ramp and causal share included, in currency/year."""
    risk: Expression
    """Share of an amount's size by which the risk-adjusted case lowers a benefit or raises a cost."""
    ramp: Expression | None = None
    causal_share: Expression | None = None
    claims: tuple[tuple[Pool, Expression], ...] = ()
    """The pools that the line draws on, each with what it takes of it, in the pool's unit."""
    touched: Expression | None = None
    hours: Expression | None = None
    """Of freed capacity, the working time behind it in hours/year, ramp and causal share included; the ledger
    keeps it within its pools."""
    alternative_to: str | None = None
    """Key or name of the other line."""
    not_in_figure: str | None = None
    """Why the line is shown beside the figure and not counted in it; None where it counts."""
    note: str | None = None
    id: str = "–"
    """B1, C2 …, given to counted lines when the ledger is settled."""
    counted: Expression | None = None
    """`annual` as it counts: within its pools. The ledger sets it."""

    @property
    def label(self) -> str:
        """The line as a message names it: `Benefit 'Loyal customers spend more'`."""
        return f"{self.side.capitalize()} '{self.name}'"

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The formulas of its money as the notebook wrote them, start first."""
        return tuple(part for part in (self.start, self.annual) if part is not None)

    @property
    def inputs(self) -> dict[str, Input]:
        """The inputs that its own formulas name."""
        return {name: node for part in self.expressions for name, node in inputs_of(part).items()}

    @property
    def steps(self) -> list[Step]:
        """The named steps in its formulas as they count, in the order in which they are needed."""
        annual = self.annual if self.counted is None else self.counted
        parts = (part for part in (self.start, annual, self.risk, self.hours) if part is not None)
        return [node for part in parts for node in walk(part) if isinstance(node, Step)]

    def is_risky(self, years: int) -> bool:
        """Whether the risk-adjusted case changes it, at likely values."""
        return bool((evaluate(self.risk, years) > 0).any())

    def risk_adjusted(self, money: Array, years: int, values: Mapping[str, Array] | None = None) -> Array:
        """Its money in the risk-adjusted case: a benefit less, a cost plus, its risk times the size of it.

        An amount below zero goes down too (−100 at a risk of 20 % is −120), so that no risk makes a case
        better.
        """
        part = evaluate(self.risk, years, values) * np.abs(money)
        return money - part if self.side == "benefit" else money + part

    def flow(self, years: int) -> Array:
        """Its money at likely values, positive, with shape (years + 1): the start, then each year's end.

        Raises CaseError where a figure is not finite, a start changes by year, or a cost is negative.
        """
        money = np.zeros(years + 1)
        annual = self.annual if self.counted is None else self.counted
        for part, where in ((self.start, slice(0, 1)), (annual, slice(1, None))):
            if part is None:
                continue
            values = evaluate(part, years)
            if not np.isfinite(values).all():
                raise CaseError(
                    f"{self.label} has no finite value: '{words(part)}'\n"
                    "  hint: look for a division by zero or a power that grows without end"
                )
            if part is self.start and values.size > 1:
                raise CaseError(f"{self.label}: an amount at the start can't change by year")
            money[where] = values
        if self.side == "cost" and (money < 0).any():
            raise CaseError(
                f"{self.label} is negative ({money.min():,.2f}); costs are positive\n"
                "  hint: a saving is a benefit with kind 'cash saving' or 'avoided cost'"
            )
        return money


@dataclass(frozen=True, eq=False)
class LeftOut:
    """A line that is not counted, for want of its optional inputs."""

    side: Literal["benefit", "cost"]
    key: str
    name: str
    missing: tuple[Input, ...]
    note: str | None = None


def one_of(value: Any, allowed: tuple[str, ...], what: str) -> str:
    """The value where it is allowed, otherwise CaseError with what is allowed."""
    if value in allowed:
        return str(value)
    raise CaseError(f"{what} is {value!r}; must be one of {', '.join(allowed)}")
