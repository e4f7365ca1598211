"""A line of a case: a cost or a benefit, what it rests on, and its money by year."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from casebook.errors import CaseError
from casebook.model.evaluation import evaluate
from casebook.model.expression import Array, Expression, Input, Step, inputs_of, walk
from casebook.model.printing import words

KINDS = ("margin", "cash saving", "avoided cost", "freed capacity")
"""What a benefit is to the profit and loss account."""

CATEGORIES = ("people", "technology", "start-up", "training", "content", "change", "other")
"""What a cost is spent on."""


@dataclass(frozen=True)
class Pool:
    """An amount that several benefits draw on, such as all contacts of a year.

    `size` is the whole amount; what the lines claim of it is recorded in the same unit.
    """

    name: str
    size: Expression


@dataclass(frozen=True)
class Line:
    """One cost or benefit. Amounts are positive for both sides; only cash flow carries sign."""

    id: str
    side: Literal["benefit", "cost"]
    name: str
    kind: str | None
    """For a benefit, one of `KINDS`."""
    category: str | None
    """For a cost, one of `CATEGORIES`."""
    start: Expression | None
    """Money at the start, undiscounted, in currency."""
    annual: Expression | None
    """Money a year, ramp and causal share included, in currency/year."""
    risk: float
    """Share by which the risk-adjusted case lowers a benefit or raises a cost."""
    ramp: Expression | None = None
    causal_share: Expression | None = None
    pool: Pool | None = None
    claim: Expression | None = None
    touched: Expression | None = None
    alternative_to: str | None = None
    not_in_figure: str | None = None
    """Why the line is shown beside the figure and not counted in it; None where it counts."""
    note: str | None = None

    @property
    def label(self) -> str:
        """The line as a message names it: `Benefit 'Loyal customers spend more'`."""
        return f"{self.side.capitalize()} '{self.name}'"

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The formulas of its money, start first."""
        return tuple(part for part in (self.start, self.annual) if part is not None)

    @property
    def inputs(self) -> dict[str, Input]:
        """The inputs that its money rests on, by name."""
        return {name: node for part in self.expressions for name, node in inputs_of(part).items()}

    @property
    def steps(self) -> list[Step]:
        """The named steps in its formulas, in the order in which they are needed."""
        return [node for part in self.expressions for node in walk(part) if isinstance(node, Step)]

    def flow(self, years: int, *, risk_adjusted: bool = False) -> Array:
        """Its money, positive, with shape (years + 1): the start, then each year's end.

        Raises CaseError where a figure is not finite, a start changes by year, or a cost is negative.
        """
        money = np.zeros(years + 1)
        for part, where in ((self.start, slice(0, 1)), (self.annual, slice(1, None))):
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
        factor = 1.0
        if risk_adjusted:
            factor = 1 - self.risk if self.side == "benefit" else 1 + self.risk
        return money * factor


@dataclass(frozen=True)
class LeftOut:
    """A line that is not counted, for want of its optional inputs."""

    side: Literal["benefit", "cost"]
    name: str
    missing: tuple[Input, ...]
    note: str | None = None


@dataclass(frozen=True)
class Lines:
    """All lines of a case, in the order in which the notebook defines them."""

    counted: list[Line] = field(default_factory=list)
    beside: list[Line] = field(default_factory=list)
    """Computed and shown, but not in the figure."""
    left_out: list[LeftOut] = field(default_factory=list)

    def names(self) -> list[str]:
        """The names of all lines."""
        lines: list[Line | LeftOut] = [*self.counted, *self.beside, *self.left_out]
        return [line.name for line in lines]

    def of(self, side: str) -> list[Line]:
        """The counted lines of one side."""
        return [line for line in self.counted if line.side == side]


def one_of(value: Any, allowed: tuple[str, ...], what: str) -> str:
    """The value where it is allowed, otherwise CaseError with what is allowed."""
    if value in allowed:
        return str(value)
    raise CaseError(f"{what} is {value!r}; one of these is needed: {', '.join(allowed)}")
