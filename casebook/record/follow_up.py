"""The follow-up in a record: plan against actual. Money to date is nominal; what does not exist is null."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from casebook.record.analysis import PercentilesRecord
from casebook.record.values import Share


@dataclass(frozen=True, kw_only=True)
class ActualRecord:
    """An amount as planned and as it was."""

    planned: float
    actual: float


@dataclass(frozen=True, kw_only=True)
class ToDateRecord:
    """The sums of the lines to date."""

    benefits: ActualRecord
    costs: ActualRecord
    net: ActualRecord


@dataclass(frozen=True, kw_only=True)
class PlanRecord:
    """Today's model at the inputs that were approved."""

    net_present_value: float
    adds: Mapping[str, float]
    """What each line adds to the net present value: a cost less than nothing."""


@dataclass(frozen=True, kw_only=True)
class ApprovedRecord:
    """What was approved, and the plan that follows from it."""

    record: str | None
    """The file of the approved record."""
    sha256: str | None
    net_present_value: float
    adds: Mapping[str, float] | None
    """As in `plan`, where a record of what was approved is kept."""
    plan: PlanRecord
    change_of_model: float
    """The plan's net present value less the approved one."""


@dataclass(frozen=True, kw_only=True)
class PieceRecord(ActualRecord):
    """A line's money at the start, or in some months in which nothing measured changes."""

    months: tuple[int, int]
    """From and to, counted from the case's start; both are 0 for what fell at the start."""
    source: str
    """What it is known from: booked, measured inputs, or the plan."""


@dataclass(frozen=True, kw_only=True)
class ProgressRecord(ActualRecord):
    """A line or an input to date, with what the parameter file gave of it; null where it gave nothing."""

    ratio: float | None
    """Actual as a multiple of plan, as far as something is known."""
    standing: str
    """How it stands against the plan, in words."""
    at_start: float | None
    periods: Mapping[str, float] | None
    source: str | None
    note: str | None


@dataclass(frozen=True, kw_only=True)
class LineProgressRecord(ProgressRecord):
    """A line to date, the start included."""

    name: str
    side: Literal["benefit", "cost"]
    months_late: float | None
    """For a benefit: how much earlier the plan had reached the same total; negative where it is ahead."""
    pieces: tuple[PieceRecord, ...]
    inputs: tuple[str, ...]
    """The measured inputs in its formula."""


@dataclass(frozen=True, kw_only=True)
class IndicatorRecord(ProgressRecord):
    """A measured input beside its plan: means over the months in which it was measured."""

    input: str
    more_is_better: bool | None
    """Null where the result does not depend on it."""


@dataclass(frozen=True, kw_only=True)
class PercentileRecord:
    """Where a simulated figure lies."""

    p5: float
    p50: float
    p95: float


@dataclass(frozen=True, kw_only=True)
class OutlookRangeRecord:
    """Where the simulated outcomes of an outlook lie."""

    net_present_value: PercentileRecord
    chance_of_gain: Share
    chance_above_plan: Share
    """Share of draws above the approved net present value."""
    cumulative: PercentilesRecord
    """The running net total, undiscounted: now, then at the end of each year that is still to end."""


@dataclass(frozen=True, kw_only=True)
class OutlookRecord:
    """Where the case ends, the months that are over as they were."""

    title: str
    net_present_value: float
    return_on_investment: float | None
    payback_months: float | None
    flows: Mapping[str, tuple[float, ...]]
    """Money by line, from the start on."""
    changes: Mapping[str, float]
    """What each line changes in the net present value."""
    simulation: OutlookRangeRecord | None
    """Null where no input has a range."""


@dataclass(frozen=True, kw_only=True)
class GateStatusRecord:
    """Where the gate of an option stands."""

    option: str
    """The option's key; its gate stands with it."""
    by: str
    """The month: `2027-06`."""
    state: str
    """Not due yet, met, missed, or due and not measured."""
    actual: float | None
    """What was last measured of its input before the gate."""


@dataclass(frozen=True, kw_only=True)
class WayOnRecord:
    """One way to go on from here; figures by outlook."""

    still_to_spend: Mapping[str, float]
    """Costs of the months that are left, undiscounted."""
    approve_now: Mapping[str, float]
    """Those of the months before its gate; all of them without one."""
    net_present_value: Mapping[str, float]
    """Of the whole case, from its start on."""


@dataclass(frozen=True, kw_only=True)
class FollowUpRecord:
    """Plan against actual by line and by input, and the outlooks."""

    start: str
    """The first month of year 1: `2026-01`."""
    through: str | None
    """The last month that is over; null where only the start is."""
    months: int
    to_date: ToDateRecord
    known_share: float
    """Share of the planned money to date that was booked or measured."""
    approved: ApprovedRecord
    lines: tuple[LineProgressRecord, ...]
    inputs: tuple[IndicatorRecord, ...]
    outlooks: Mapping[str, OutlookRecord]
    gates: tuple[GateStatusRecord, ...] = ()
    ways: Mapping[str, WayOnRecord] = field(default_factory=dict)
    """What is open now, by the key of the option: `nothing` is to stop, `whole` to go on."""
