"""The options of a case in its record: the ways to go, what each releases, and what it is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from casebook.record.analysis import EstimateRecord
from casebook.record.values import Amount, Share


@dataclass(frozen=True, kw_only=True)
class GateRecord:
    """When an option is judged, by what, and by whom."""

    by: str
    """The month, as 2027-06."""
    figure: str | None
    """The label of an input, the name of a KPI, or a text."""
    input: str | None = None
    """The input that it is, where it is one."""
    at_least: str | float | None
    """A number in the input's unit, or a text."""
    at_most: str | float | None
    owner: str | None


@dataclass(frozen=True, kw_only=True)
class LearningRecord:
    """What a first step teaches, and what that gains."""

    input: str
    within: float
    """Nine times in ten the measurement is no farther than this from the truth, in the input's unit."""
    gross: EstimateRecord
    """What the knowledge is worth before the step's cost and delay; never below 0."""
    net: EstimateRecord
    """The step's expected net present value less that of the best option without it."""
    instead_of: str
    """The key of that option."""
    goes_on: Share
    """The share of draws in which one goes on after it."""


@dataclass(frozen=True, kw_only=True)
class OptionRecord:
    """A way to go; what rests on draws is null where no input has a range."""

    key: str
    name: str
    note: str | None = None
    values: Mapping[str, Amount] = field(default_factory=dict)
    """Inputs that differ from the case."""
    money: tuple[float, ...] = ()
    """Further net cash flow: the start, then each year."""
    cost: float
    """Paid when it begins."""
    delay: int
    """Months by which everything but the cost is later."""
    approve_now: float
    """Undiscounted costs before its gate; of a first step, its cost."""
    in_all: float
    """Undiscounted costs to the horizon's end."""
    present_value_of_costs: float
    """Of `in_all`; of a first step, if it goes on as planned."""
    deepest: float
    """The lowest point of the undiscounted running total by year; 0 at most."""
    deepest_year: int | None
    """0 is the start."""
    net_present_value: float
    """At likely values; of a first step, if it goes on as planned."""
    expected_net_present_value: float
    standard_error: float | None
    p5: float | None
    p95: float | None
    probability_of_loss: Share | None
    probability_beyond_cost: Share | None = None
    """Of a first step, of losing more than its cost."""
    stop: str | None = None
    gate: GateRecord | None = None
    goes_on_with: str | None = None
    """Of a first step, the key of the way that is best after it at likely values."""
    learning: LearningRecord | None = None
