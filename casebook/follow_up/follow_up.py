"""A case after approval: plan against actual so far, and where it is heading.

The approved case stays what it was; all this stands beside it. Where its record is kept, the plan is today's
model at the inputs that were approved, and what lies between the two is the change of the model. Money to
date is nominal. `casebook.follow_up.forecast` says how an actual is worked out where nothing was booked, and
how what is still to come is taken: to plan, or on trend. The simulation draws the inputs as for the plan.
What was booked, and an input where it was measured, no longer varies; all else keeps the ranges of the plan,
which are not narrowed by what was measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from casebook.analysis.analysis import sample_of
from casebook.analysis.sampling import CHUNK, Sample
from casebook.analysis.sensitivity import Swing
from casebook.analysis.simulation import DRAWS
from casebook.case.case import Case
from casebook.case.finance import Payback, payback_months, present_value, return_on_investment
from casebook.case.monthly import Flows, by_year
from casebook.follow_up.forecast import SO_FAR, TO_PLAN, Forecast, forecast_of
from casebook.follow_up.gates import GateStatus, gates_of
from casebook.follow_up.progress import Indicator, Progress, indicators_of, progress_of
from casebook.follow_up.ways_on import WayOn, ways_on
from casebook.formula.months import MONTHS
from casebook.formula.operations import Array

__all__ = ["OUTLOOKS", "SO_FAR", "TO_PLAN", "FollowUp", "OutcomeRange", "Outlook", "follow_up"]

OUTLOOKS = {TO_PLAN: "If the rest goes to plan", SO_FAR: "If the trend continues"}

_ROUNDING = 1e-9


@dataclass(frozen=True)
class OutcomeRange:
    """Where simulated outcomes lie."""

    p5: float
    p50: float
    p95: float
    chance_of_gain: float
    """Share of draws with a net present value above 0."""
    chance_above_plan: float
    """Share of draws above the approved net present value."""
    cumulative: Array
    """Running net total, undiscounted: 5th, 50th, 95th percentile now and at each year's end after it."""


@dataclass(frozen=True)
class Outlook:
    """Where the case ends, the months that are over as they were."""

    months: Flows
    """Money by line and month, at likely values."""
    net_present_value: float
    return_on_investment: float | None
    payback: Payback
    adds: dict[str, float]
    """What each line adds to the net present value: a cost less than nothing."""
    outcomes: OutcomeRange | None
    """None where no input has a range."""

    @property
    def flows(self) -> dict[str, Array]:
        """Money by line and year, from the start."""
        return {name: by_year(flow) for name, flow in self.months.items()}


@dataclass(frozen=True)
class FollowUp:
    """Plan against actual, and both outlooks."""

    forecast: Forecast
    lines: tuple[Progress, ...]
    """In the order of the ledger."""
    indicators: tuple[Indicator, ...]
    approved: float
    """The net present value that was approved."""
    planned: dict[str, float]
    """What each line adds to the planned one: today's model at the approved inputs."""
    outlooks: dict[str, Outlook]
    ways: dict[str, WayOn]
    """What is open now, by the key of the option: to stop, the ways of the parameter file, to go on."""
    gates: tuple[GateStatus, ...]

    @property
    def months(self) -> int:
        """Months that are over."""
        return self.forecast.actuals.months

    def to_date(self, side: str) -> tuple[float, float]:
        """Planned and actual money of one side to date."""
        rows = [each for each in self.lines if each.line.side == side]
        return sum(each.planned for each in rows), sum(each.actual for each in rows)

    @property
    def known_share(self) -> float:
        """Share of the planned money to date, of lines and months, that was booked or measured."""
        whole = sum(abs(piece.planned) for each in self.lines for piece in each.pieces)
        known = sum(abs(piece.planned) for each in self.lines for piece in each.known)
        return known / whole if whole else 0.0

    @property
    def unmeasured(self) -> list[Progress]:
        """Lines with money planned to date of which nothing is known."""
        return [each for each in self.lines if not each.known and each.planned]

    @property
    def plan(self) -> float:
        """The net present value of today's model at the approved inputs."""
        return sum(self.planned.values())

    def change(self, outlook: str, line: str) -> float:
        """By how much a line moves the net present value away from the planned one."""
        return self.outlooks[outlook].adds[line] - self.planned[line]


def follow_up(case: Case, influence: Sequence[Swing]) -> FollowUp | None:
    """The follow-up of a case; None without actuals. Raises CaseError for a line that the case has not.

    `influence` says of each input what more of it does to the result.
    """
    forecast = forecast_of(case)
    if forecast is None:
        return None
    approval, flows = forecast.approval, forecast.outlooks()
    sample = sample_of(case, approval.inputs(case) if approval else None)
    approved = approval.net_present_value if approval else case.returns.net_present_value
    ranges = {} if sample is None else _outcome_ranges(forecast, sample, approved)
    return FollowUp(
        forecast,
        progress_of(forecast, flows[TO_PLAN]),
        tuple(indicators_of(forecast, influence)),
        approved,
        _adds(forecast, forecast.plan),
        {name: _outlook(forecast, flows[name], ranges.get(name)) for name in OUTLOOKS},
        ways_on(forecast, flows),
        gates_of(forecast),
    )


def _outlook(forecast: Forecast, months: Flows, outcomes: OutcomeRange | None) -> Outlook:
    flows = {name: by_year(flow) for name, flow in months.items()}
    benefits, costs = (_total(forecast, flows, side) for side in ("benefit", "cost"))
    gained, spent = _worth(forecast, benefits), _worth(forecast, costs)
    return Outlook(
        months,
        gained - spent,
        return_on_investment(gained, spent),
        payback_months(benefits - costs),
        _adds(forecast, months),
        outcomes,
    )


def _adds(forecast: Forecast, months: Flows) -> dict[str, float]:
    """What each line adds to the net present value."""
    return {
        line.name: _sign(line.side) * _worth(forecast, by_year(months[line.name]))
        for line in forecast.case.ledger.counted
    }


def _worth(forecast: Forecast, flow: Array) -> float:
    return float(present_value(flow, forecast.discount_rate))


def _sign(side: str) -> int:
    return 1 if side == "benefit" else -1


def _total(forecast: Forecast, flows: Mapping[str, Array], side: str) -> Array:
    zero = np.zeros(forecast.case.years + 1)
    return sum((flows[line.name] for line in forecast.case.ledger.of(side)), zero)


def _outcome_ranges(forecast: Forecast, sample: Sample, approved: float) -> dict[str, OutcomeRange]:
    """Draw what still varies; the months that are over keep what was booked and measured."""
    worths: dict[str, list[Array]] = {name: [] for name in OUTLOOKS}
    totals: dict[str, list[Array]] = {name: [] for name in OUTLOOKS}
    now, year = 1 + forecast.actuals.months, 1 + forecast.actuals.months // MONTHS
    # As many numbers in memory as a simulation by year has.
    for values in sample.chunks(DRAWS, max(1, CHUNK // MONTHS)):
        rows = len(next(iter(values.values())))
        for name, flows in forecast.outlooks(values).items():
            net = np.broadcast_to(forecast.net(flows), (rows, 1 + MONTHS * forecast.case.years))
            flow = by_year(net)
            worths[name].append(present_value(flow, forecast.discount_rate))
            ends = np.cumsum(flow, axis=-1)[:, year:]
            totals[name].append(np.column_stack([net[:, :now].sum(axis=-1), ends]))
    return {
        name: _spread(np.concatenate(worths[name]), np.concatenate(totals[name]), approved)
        for name in OUTLOOKS
    }


def _spread(worth: Array, total: Array, approved: float) -> OutcomeRange:
    p5, p50, p95 = np.percentile(worth, [5, 50, 95]).tolist()
    slack = _ROUNDING * max(abs(approved), float(np.abs(worth).max()))
    return OutcomeRange(
        p5,
        p50,
        p95,
        chance_of_gain=float((worth > slack).mean()),
        chance_above_plan=float((worth > approved + slack).mean()),
        cumulative=np.percentile(total, [5, 50, 95], axis=0),
    )
