"""Time that a case frees: what it is in people, and what the case is worth where only a part of it is cash.

Time turns into cash where positions are given up or left open. The figure counts all of it, and says so; a
case at another share is the same case with the lines of that kind times the share, from the same formulas.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from casebook.analysis.analysis import sample_of
from casebook.analysis.simulation import DRAWS
from casebook.case.case import Case
from casebook.case.finance import present_value
from casebook.case.line import FREED_CAPACITY, Line
from casebook.formula.evaluation import evaluate
from casebook.formula.expression import Constant, Expression, Input, operation
from casebook.formula.operations import Array
from casebook.formula.units import in_unit
from casebook.schema.input_declarations import PAID_HOURS, RELEASED_SHARE


@dataclass(frozen=True)
class FreedTime:
    """A counted line of freed capacity, by year from year 1 on."""

    line: Line
    money: Array
    hours: Array | None
    """None where the line does not state them."""


@dataclass(frozen=True)
class Release:
    """The net present value with a share of the freed capacity counted."""

    share: Array
    """One a year."""
    net_present_value: float
    expected_net_present_value: float | None
    """The mean over the draws; None without ranges."""
    risk_adjusted_net_present_value: float


@dataclass(frozen=True)
class FreedCapacity:
    """The time that a case frees."""

    lines: tuple[FreedTime, ...]
    paid_hours: Array | None
    """Hours a year that an employee is paid for, by year; None where no input says so."""
    released_share: Array | None
    """The share that becomes cash, by year; None where it is not stated."""
    counted: Release
    """All of it, as in the figure."""
    released: Release | None
    """At the released share."""
    without: Release

    @property
    def hours(self) -> Array | None:
        """Of all lines that state them."""
        stated = [each.hours for each in self.lines if each.hours is not None]
        return np.sum(stated, axis=0) if stated else None

    @property
    def full_time_equivalents(self) -> Array | None:
        """The same in employees."""
        return self.in_people(self.hours)

    def in_people(self, hours: Array | None) -> Array | None:
        """Hours a year as full-time equivalents; None where one of the two is not known.

        19,500 hours a year are 10 employees who are paid for 1,950.
        """
        return None if hours is None or self.paid_hours is None else hours / self.paid_hours


def freed_capacity_of(case: Case) -> FreedCapacity | None:
    """The time that the counted benefits free; None where none is of that kind."""
    lines = [line for line in case.ledger.of("benefit") if line.kind == FREED_CAPACITY]
    if not lines:
        return None
    share, mean = released_share(case), _mean_flows(case)
    return FreedCapacity(
        lines=tuple(FreedTime(line, line.flow(case.years)[1:], _by_year(case, line.hours)) for line in lines),
        paid_hours=_paid_hours(case),
        released_share=share,
        counted=_release(case, np.ones(case.years), mean),
        released=None if share is None else _release(case, share, mean),
        without=_release(case, np.zeros(case.years), mean),
    )


def released_share(case: Case) -> Array | None:
    """The share of freed time that becomes cash, by year, at its likely value; None where none is given."""
    return _by_year(case, _with_role(case, RELEASED_SHARE))


def at_share(case: Case, share: Array) -> Case:
    """The same case with so much of its freed capacity counted; the start goes with year 1.

    `share` has one number a year. What such a line takes of a pool is taken all the same.
    """
    annual = Constant(tuple(np.asarray(share, dtype=float).tolist()), unit="share")
    start = Constant(float(share[0]), unit="share")
    lines = tuple(
        replace(line, start=_times(line.start, start), annual=_times(line.annual, annual))
        if line.kind == FREED_CAPACITY
        else line
        for line in case.lines
    )
    return replace(case, lines=lines)


def _release(case: Case, share: Array, mean: tuple[Array, Array] | None) -> Release:
    altered = case if (share == 1).all() else at_share(case, share)
    returns = altered.returns
    assert returns.risk_adjusted is not None
    expected = None
    if mean is not None:
        net, freed = mean
        kept = freed * (1 - np.concatenate((share[:1], share)))
        expected = float(present_value(net - kept, case.discount_rate))
    return Release(
        share=share,
        net_present_value=returns.net_present_value,
        expected_net_present_value=expected,
        risk_adjusted_net_present_value=returns.risk_adjusted.net_present_value,
    )


def _mean_flows(case: Case) -> tuple[Array, Array] | None:
    """Net cash flow and freed capacity by period, each the mean over the draws; None without ranges.

    Present values are linear in the money, so that one round of draws gives them at every share.
    """
    sample = sample_of(case)
    if sample is None:
        return None
    net, freed = np.zeros(case.years + 1), np.zeros(case.years + 1)
    for values in sample.chunks(DRAWS):
        rows = len(next(iter(values.values())))
        for line, at_start, amount in case.ledger.amounts(values):
            period = slice(0, 1) if at_start else slice(1, None)
            mean = np.broadcast_to(amount, (rows, amount.shape[-1])).sum(axis=0) / DRAWS
            net[period] += mean if line.side == "benefit" else -mean
            if line.kind == FREED_CAPACITY:
                freed[period] += mean
    return net, freed


def _times(amount: Expression | None, share: Constant) -> Expression | None:
    return None if amount is None else operation("*", amount, share)


def _with_role(case: Case, role: str) -> Input | None:
    """The first given input of that role."""
    declared = case.parameters.template.inputs
    return next((node for node in case.inputs if declared[node.name].role == role and node.given), None)


def _paid_hours(case: Case) -> Array | None:
    node = _with_role(case, PAID_HOURS)
    hours = None if node is None else _by_year(case, in_unit(node, "hours/year", what=node.label))
    return hours if hours is not None and (hours > 0).all() else None


def _by_year(case: Case, expression: Expression | None) -> Array | None:
    if expression is None:
        return None
    return np.array(np.broadcast_to(evaluate(expression, case.years), case.years))
