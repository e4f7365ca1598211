"""What a finding is worth: the kinds of price, and what each rule asks to be worked out.

A rule says on which basis its finding is priced; `casebook.review.pricing` works the price out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from casebook.review.change import Change
from casebook.schema.value_kinds import Quantity

Kind = Literal["if right", "in the figure", "adverse", "break-even", "rests"]
"""
- if right: the net present value if the objection is right
- in the figure: what the objection takes away is not in the figure any more
- adverse: the net present value at the input's adverse 5th or 95th percentile
- break-even: what a value, a share or an amount must be for the net present value to be zero
- rests: the present value of the money that rests on it
"""

SHARE_OF_IT = "breaks even at {value} of it"
SHARE = "breaks even at {value}"
SHARE_OF_BENEFITS = "breaks even at {value} of the benefits"
"""What a share that breaks even is a share of, in words."""


@dataclass(frozen=True)
class Price:
    """What a finding is worth, in the measure of the headline."""

    kind: Kind
    words: str
    """As a reader meets it, in few words: `−$4.6 million`, `already in the figure`, `breaks even at 5%`."""
    amount: float | None = None
    """Money. For *if right* and *adverse* the change of the net present value, negative where it falls; for
    *in the figure* what was taken off, for *rests* what rests on it, and for *break-even* an amount of cost
    that breaks even, each positive."""
    net_present_value: float | None = None
    """What it then is, for *if right* and *adverse*."""
    value: Quantity | None = None
    """The value of the input at that percentile, or the value or share that breaks even; a factor on all
    years for an input by year."""
    unit: str | None = None
    """Of `value`."""

    @property
    def loss(self) -> float:
        """What is lost if the finding holds; 0 where it says nothing of that, or something is gained."""
        moves = self.kind in ("if right", "adverse") and self.amount is not None
        return max(0.0, -(self.amount or 0.0)) if moves else 0.0


@dataclass(frozen=True)
class AtWorst:
    """At the input's adverse percentile; without a range its break-even."""

    input: str


@dataclass(frozen=True)
class InputBreaksEven:
    """The value of an input at which the net present value is zero."""

    input: str


@dataclass(frozen=True)
class ShareBreaksEven:
    """The share of some lines at which the net present value is zero."""

    lines: frozenset[str]
    phrase: str = SHARE_OF_IT


@dataclass(frozen=True)
class CostBreaksEven:
    """The present value of further costs at which the net present value is zero."""


@dataclass(frozen=True)
class InTheFigure:
    """What is taken off already, as an amount or as the change that would give it back."""

    taken: Change | float


@dataclass(frozen=True)
class AtExpected:
    """The expected net present value, where another one leads."""


@dataclass(frozen=True)
class Rests:
    """No price but the money that rests on it."""


Basis = (
    Change | AtWorst | InputBreaksEven | ShareBreaksEven | CostBreaksEven | InTheFigure | AtExpected | Rests
)
"""What a price is worked out from; a change gives an *if right*."""
