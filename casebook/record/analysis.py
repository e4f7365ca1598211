"""The parts of a record that say how sure the case is: ranges, scenarios, objections, evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from casebook.record.values import Amount, Share


@dataclass(frozen=True, kw_only=True)
class SpreadRecord:
    """Where the simulated outcomes of a figure lie."""

    mean: float
    p5: float
    p50: float
    p95: float
    standard_error: float
    """Monte Carlo error of the mean."""


@dataclass(frozen=True, kw_only=True)
class PaybackRecord:
    """Where the simulated paybacks lie, in months; null where payback is not reached."""

    mean: float | None
    p5: float | None
    p50: float | None
    p95: float | None
    standard_error: float | None
    reached: Share
    """Share of draws in which it is reached."""


@dataclass(frozen=True, kw_only=True)
class PercentilesRecord:
    """A series of which each entry is a percentile over the draws."""

    p5: tuple[float, ...]
    p50: tuple[float, ...]
    p95: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class SwingRecord:
    """What one input's range does to the net present value, all other inputs being likely."""

    input: str
    label: str
    low: Amount
    high: Amount
    at_low: float
    """Net present value with the input at `low`."""
    at_high: float


@dataclass(frozen=True, kw_only=True)
class VarianceRecord:
    """How much of the spread of the net present value goes with each input."""

    method: str
    shares: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class EstimateRecord:
    """A figure from random draws, and how far chance may have moved it."""

    value: float
    standard_error: float


@dataclass(frozen=True, kw_only=True)
class InformationRecord:
    """What it would be worth, at most, to know inputs before deciding."""

    evpi: EstimateRecord
    """To know all of them."""
    inputs: Mapping[str, EstimateRecord]
    """To know one of them."""
    method: str


@dataclass(frozen=True, kw_only=True)
class SimulationRecord:
    """The outcomes of many draws of all uncertain inputs at once, and what moves them."""

    draws: int
    seed: int
    probability_of_loss: Share
    probability_of_plan: Share | None = None
    """Of the net present value at likely values, or more; records of 0.1 have neither this nor the next."""
    present_value_of_costs: float | None = None
    """Its mean."""
    net_present_value: SpreadRecord
    return_on_investment: SpreadRecord | None
    payback_months: PaybackRecord
    cumulative: PercentilesRecord
    """The running net total, undiscounted, from the start on."""
    tornado: tuple[SwingRecord, ...]
    """The largest swing first."""
    variance: VarianceRecord
    value_of_information: InformationRecord


@dataclass(frozen=True, kw_only=True)
class BreakEvenRecord:
    """The value of one input at which the net present value is 0, all others likely."""

    input: str
    label: str
    unit: str
    likely: Amount | None
    value: float | None
    """Null where there is none within the input's bounds."""
    factor: bool
    """Whether `value` is a factor on the values by year."""
    at_target_return: float | None = None
    """The same for the return on investment that is asked for."""


@dataclass(frozen=True, kw_only=True)
class PriceRecord:
    """What a finding is worth, in the measure of the headline."""

    kind: Literal["if right", "in the figure", "adverse", "break-even", "rests"]
    """The net present value if it is right; what was taken off already; the net present value at an input's
    adverse percentile; what breaks even; the present value of the money that rests on it."""
    words: str
    """As a reader meets it."""
    amount: float | None
    """Money: the change of the net present value (if right, adverse; negative where it falls), or what was
    taken off, rests on it, or breaks even as a cost."""
    open_amount: float | None
    """What is left of it where an answer covers a part."""
    net_present_value: float | None
    """What it then is."""
    value: Amount | None
    """Of an input at that percentile; or what breaks even, for an input by year a factor."""
    unit: str | None
    """Of `value`."""


@dataclass(frozen=True, kw_only=True)
class FindingRecord:
    """What a sceptical reader would object to."""

    rule: str
    title: str
    severity: str
    about: str | None
    """The line or input it is about; null for the case as a whole."""
    finding: str
    settle: str
    """What would settle it."""
    answer: str | None
    """What the parameter file says to it."""
    covers: Share | None = None
    """How much of it the answer settles; null without an answer, and in older records, where it is all."""
    owner: str | None = None
    """Who settles what is open."""
    by: str | None = None
    """By when: a date, month, quarter or year."""
    price: PriceRecord | None = None
    """What it is worth; older records have none."""

    @property
    def is_open(self) -> bool:
        """Whether any of it is left to settle."""
        return not self.answer or (self.covers is not None and self.covers < 1)


@dataclass(frozen=True, kw_only=True)
class JointPriceRecord:
    """What several open findings come to if all are right: one case with all their changes."""

    rules: tuple[str, ...]
    net_present_value: float
    amount: float
    """The change of the net present value, without what is answered."""


@dataclass(frozen=True, kw_only=True)
class MeasurementRecord:
    """How an input was measured from the client's data."""

    label: str
    source: str
    value: float
    low: float
    """The 5th percentile of what is known about the value."""
    high: float
    n: int
    """What the value is an average over: rows, groups or people, as `method` says."""
    method: str
    caveats: tuple[str, ...]
    rows_read: int
    rows_used: int
    set_aside: Mapping[str, int]
    """Rows that were read and not used, by the reason."""
    findings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RangeRecord:
    """A value with its 5th and 95th percentile."""

    value: Amount
    low: Amount | None
    high: Amount | None


@dataclass(frozen=True, kw_only=True)
class OutcomeRecord:
    """A figure at likely values, with its spread where inputs have ranges."""

    likely: float
    mean: float | None = None
    p5: float | None = None
    p50: float | None = None
    p95: float | None = None
    standard_error: float | None = None


@dataclass(frozen=True, kw_only=True)
class BeforeRecord:
    """How well the case was known before inputs were measured."""

    inputs: Mapping[str, RangeRecord]
    by_value: Mapping[str, float]
    by_variance: Mapping[str, float] | None
    net_present_value: OutcomeRecord


@dataclass(frozen=True, kw_only=True)
class EvidenceRecord:
    """What the benefits rest on, by the grade of the weakest input."""

    by_value: Mapping[str, float]
    """Shares of the present value of benefits."""
    by_variance: Mapping[str, float] | None
    before: BeforeRecord | None
    """Null where nothing was measured, or nothing stood there before."""
