"""What would be different about a case if an objection to it were right.

A change is applied to a case and gives another one, with the same inputs and formulas in it. Changes compose:
what several objections take away together is the worth of one case that has all of their changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from casebook.case.case import Case
from casebook.case.line import Line
from casebook.formula.expression import Expression, operation
from casebook.schema.value_kinds import Quantity


@dataclass(frozen=True, eq=False)  # formulas compare by making a formula
class Change:
    """What differs; lines and pools are named by their keys."""

    without: frozenset[str] = frozenset()
    """Lines that bring or cost nothing. Alternatives of theirs stay out all the same."""
    factors: Mapping[str, Expression] = field(default_factory=dict)
    """What a line's money a year, and its claims on pools, are multiplied by: in every draw, year by year."""
    released: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """The share of a line's money that becomes cash, by year; the start goes with year 1. What the line takes
    of a pool is taken all the same."""
    inputs: Mapping[str, Quantity] = field(default_factory=dict)
    """Inputs at a value that is certain."""
    uncapped: frozenset[str] = frozenset()
    """Pools that hold whatever is claimed of them."""
    years: int | None = None
    """A shorter horizon: later money does not count."""
    discount_rate: float | None = None
    as_so_far: bool = False
    """The rest goes as the months that are over went."""

    def __and__(self, other: Change) -> Change:
        """Both changes at once; where they disagree about an input or a rate, the later one holds."""
        shared = self.factors.keys() & other.factors.keys()
        both = {key: operation("*", self.factors[key], other.factors[key]) for key in shared}
        horizons = [years for years in (self.years, other.years) if years is not None]
        return Change(
            self.without | other.without,
            {**self.factors, **other.factors, **both},
            {**self.released, **other.released},
            {**self.inputs, **other.inputs},
            self.uncapped | other.uncapped,
            min(horizons, default=None),
            self.discount_rate if other.discount_rate is None else other.discount_rate,
            self.as_so_far or other.as_so_far,
        )

    def applied(self, case: Case) -> Case:
        """The case with its lines and pools changed, and its discount rate.

        Values of inputs are for whoever evaluates it, and so is the horizon.
        """
        if not (
            self.without or self.factors or self.released or self.uncapped or self.discount_rate is not None
        ):
            return case
        parameters = case.parameters
        if self.discount_rate is not None:
            parameters = replace(parameters, discount_rate=self.discount_rate)
        lines = tuple(self._line(line) for line in case.lines)
        return replace(case, parameters=parameters, lines=lines)

    def _line(self, line: Line) -> Line:
        claims = tuple(each for each in line.claims if each[0].key not in self.uncapped)
        start, annual = line.start, line.annual
        if line.key in self.released:
            share = self.released[line.key]
            start, annual = _times(start, share[0]), _times(annual, share)
        if line.key in self.without:
            start = _times(start, 0.0)
        factor = 0.0 if line.key in self.without else self.factors.get(line.key)
        if factor is not None:
            annual = _times(annual, factor)
            claims = tuple((pool, operation("*", claim, factor)) for pool, claim in claims)
        return replace(line, start=start, annual=annual, claims=claims)


def _times(amount: Expression | None, factor: Expression | Quantity) -> Expression | None:
    return None if amount is None else operation("*", amount, factor)
