"""A case after approval: plan against actual so far, and where it is heading.

The approved case stays what it was; all this stands beside it. Money to date is nominal.
`casebook.model.course` says how an actual is worked out where nothing was booked, and how what is still to
come is taken: to plan, or as so far. The simulation draws the inputs as for the plan. What was booked, and an
input where it was measured, no longer varies; all else keeps the ranges of the plan, which are not narrowed
by what was measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from casebook.model.analysis import sample_of
from casebook.model.case import Case
from casebook.model.course import Course, Flows, course_of
from casebook.model.finance import Payback, payback_months, present_value, return_on_investment
from casebook.model.operations import Array
from casebook.model.progress import Indicator, Progress, indicators_of, progress_of
from casebook.model.sampling import Sample
from casebook.model.sensitivity import Swing
from casebook.model.simulation import DRAWS

TO_PLAN, SO_FAR = "to_plan", "as_so_far"
OUTLOOKS = {TO_PLAN: "If the rest goes to plan", SO_FAR: "If the rest goes as so far"}

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Ends:
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

    flows: Flows
    """Money by line and year, at likely values."""
    net_present_value: float
    return_on_investment: float | None
    payback: Payback
    present_values: dict[str, float]
    """By line, positive."""
    ends: Ends | None
    """None where no input has a range."""


@dataclass(frozen=True)
class FollowUp:
    """Plan against actual, and both outlooks."""

    course: Course
    lines: tuple[Progress, ...]
    """In the order of the ledger."""
    indicators: tuple[Indicator, ...]
    approved: dict[str, float]
    """Present value of each line as approved."""
    outlooks: dict[str, Outlook]

    @property
    def months(self) -> int:
        """Months that are over."""
        return self.course.actuals.months

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

    def change(self, outlook: str, line: str) -> float:
        """By how much a line moves the net present value away from the approved one."""
        sign = 1 if next(each.line.side for each in self.lines if each.line.name == line) == "benefit" else -1
        return sign * (self.outlooks[outlook].present_values[line] - self.approved[line])


def follow_up(case: Case, influence: Sequence[Swing]) -> FollowUp | None:
    """The follow-up of a case; None without actuals. Raises CaseError for a line that the case has not.

    `influence` says of each input what more of it does to the result.
    """
    course = course_of(case)
    if course is None:
        return None
    planned, elapsed, sample = course.planned(), course.elapsed(), sample_of(case)
    approved = {name: float(present_value(flow, case.discount_rate)) for name, flow in planned.items()}
    return FollowUp(
        course,
        progress_of(course, planned),
        tuple(indicators_of(course, influence)),
        approved,
        {name: _outlook(course, sample, elapsed, so_far=name == SO_FAR) for name in OUTLOOKS},
    )


def _outlook(course: Course, sample: Sample | None, elapsed: Flows, *, so_far: bool) -> Outlook:
    case = course.case
    remaining = course.remaining(so_far=so_far)
    flows = {name: elapsed[name] + remaining[name] for name in elapsed}
    benefits, costs = (_total(course, flows, side) for side in ("benefit", "cost"))
    values = {name: float(present_value(flow, case.discount_rate)) for name, flow in flows.items()}
    worth, spent = (float(present_value(each, case.discount_rate)) for each in (benefits - costs, costs))
    return Outlook(
        flows,
        worth,
        return_on_investment(float(present_value(benefits, case.discount_rate)), spent),
        payback_months(benefits - costs),
        values,
        None if sample is None else _ends(course, sample, so_far=so_far),
    )


def _total(course: Course, flows: Flows, side: str) -> Array:
    zero = np.zeros(course.case.years + 1)
    return sum((flows[line.name] for line in course.case.ledger.of(side)), zero)


def _net(course: Course, flows: Flows) -> Array:
    return _total(course, flows, "benefit") - _total(course, flows, "cost")


def _ends(course: Course, sample: Sample, *, so_far: bool) -> Ends:
    """Draw what still varies; the months that are over keep what was booked and measured."""
    case, worths, totals = course.case, [], []
    approved = float(case.result.net_present_value)
    for values in sample.chunks(DRAWS):
        over = _net(course, course.elapsed(values))
        net = over + _net(course, course.remaining(values, so_far=so_far))
        rows = len(next(iter(values.values())))
        worths.append(np.broadcast_to(present_value(net, case.discount_rate), rows))
        now = np.broadcast_to(over.sum(axis=-1), rows)
        ends = np.broadcast_to(np.cumsum(net, axis=-1), (rows, case.years + 1))
        totals.append(np.column_stack([now, ends[:, 1 + course.actuals.months // 12 :]]))
    worth, total = np.concatenate(worths), np.concatenate(totals)
    p5, p50, p95 = np.percentile(worth, [5, 50, 95]).tolist()
    slack = _ROUNDING * max(abs(approved), float(np.abs(worth).max()))
    return Ends(
        p5,
        p50,
        p95,
        chance_of_gain=float((worth > slack).mean()),
        chance_above_plan=float((worth > approved + slack).mean()),
        cumulative=np.percentile(total, [5, 50, 95], axis=0),
    )
