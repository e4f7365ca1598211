"""How a case goes: month by month as far as it was measured, and from there on in two ways.

The plan spreads each year's money evenly over its months. A month that is over counts with what was booked on
the line; without that with the line's formula at the inputs as measured; without those as planned. What is
still to come runs

- to plan: at the inputs of the plan, or
- as so far: each measured input, and each booked line, stays in the proportion to its plan that it had so far
  (an input within its bounds), unless next to nothing was due so far. These are the two estimates at
  completion of earned-value management.

Formulas that look back at earlier years (`cumulative`) see a year's months at their average.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from casebook.errors import CaseError
from casebook.model.case import Case
from casebook.model.expression import inputs_of
from casebook.model.line import Line
from casebook.model.operations import Array
from casebook.parameters.actuals import Actuals, Measured

LEAST = 0.05
"""Where less than this share of its average plan was due, nothing is extrapolated from it."""

Flows = dict[str, Array]
"""Money by the name of the line, positive, shape (..., years + 1): the start, then each year."""

_NOTHING: dict[str, Array] = {}


@dataclass(frozen=True)
class Stretch:
    """Months of one year in which nothing that was measured changes."""

    first: int
    end: int
    """The month after its last."""

    @property
    def year(self) -> int:
        """0 for the first year."""
        return self.first // 12

    @property
    def share(self) -> float:
        """Of a year."""
        return (self.end - self.first) / 12


@dataclass(frozen=True)
class Course:
    """The course of one case with its actuals. Money is nominal; `values` are draws, as in `Ledger`."""

    case: Case
    actuals: Actuals

    @cached_property
    def stretches(self) -> list[Stretch]:
        """The months that are over, in order."""
        every = [*self.actuals.inputs.values(), *self.actuals.lines.values()]
        cuts = {0, self.actuals.months, *range(0, self.actuals.months, 12)}
        cuts |= {
            cut for measured in every for period, _ in measured.periods for cut in (period.first, period.end)
        }
        ordered = sorted(cuts)
        return [Stretch(first, end) for first, end in pairwise(ordered)]

    @cached_property
    def input_ratios(self) -> dict[str, float | None]:
        """What was measured of an input over what was planned for the same months; None for too little."""
        return {name: self._input_ratio(name) for name in self.actuals.inputs}

    @cached_property
    def line_ratios(self) -> dict[str, float | None]:
        """What was booked on a line over what was planned for the same months; None for too little."""
        planned = self.planned()
        return {name: self._line_ratio(name, planned[name]) for name in self.actuals.lines}

    def planned(self, values: Mapping[str, Array] | None = None) -> Flows:
        """Each line's money as approved."""
        return self._by_line(values or _NOTHING)

    def elapsed(self, values: Mapping[str, Array] | None = None) -> Flows:
        """Each line's money so far: the start and the months that are over, by year."""
        flows = self.started(values)
        for stretch, money in self.by_stretch(values):
            flows = {name: _added(flow, stretch.year + 1, money[name]) for name, flow in flows.items()}
        return flows

    def started(self, values: Mapping[str, Array] | None = None) -> Flows:
        """Each line's money at the start, and nothing after it."""
        given = {
            name: np.array([measured.at_start])
            for name, measured in self.actuals.inputs.items()
            if measured.at_start is not None
        }
        flows = self._by_line({**(values or _NOTHING), **given})
        for name, flow in flows.items():
            flow[..., 1:] = 0
            booked = self.actuals.lines.get(name)
            if booked is not None and booked.at_start is not None:
                flow[..., 0] = booked.at_start
        return flows

    def by_stretch(self, values: Mapping[str, Array] | None = None) -> Iterator[tuple[Stretch, Flows]]:
        """Each line's money in each of the stretches that are over, without years: shape (...)."""
        values = values or _NOTHING
        averages = self._averages(values, so_far=False)
        for stretch in self.stretches:
            at = self._at(averages, stretch.year, self._measured_in(stretch, values))
            money = {}
            for name, flow in self._by_line({**values, **at}).items():
                booked = self.booked_in(name, stretch)
                money[name] = np.asarray(
                    flow[..., stretch.year + 1] * stretch.share if booked is None else booked
                )
            yield stretch, money

    def remaining(self, values: Mapping[str, Array] | None = None, *, so_far: bool) -> Flows:
        """Each line's money still to come, by year: as so far, or to plan."""
        values = values or _NOTHING
        year, over = divmod(self.actuals.months, 12)
        averages = self._averages(values, so_far=so_far)
        after = self._by_line({**values, **averages})
        ahead = {name: self._ahead(name, values, so_far) for name in averages}
        now = self._by_line({**values, **self._at(averages, year, ahead)}) if over else after
        planned = self._by_line(values) if so_far else after
        shares = np.concatenate([np.zeros(year + 1), np.ones(self.case.years - year)])
        if over:
            shares[year + 1] = 1 - over / 12
        flows = {}
        for name, later in after.items():
            ratio = self.line_ratios.get(name) if so_far else None
            if ratio is not None:
                flows[name] = planned[name] * shares * ratio
                continue
            money = later * shares
            if over:
                money[..., year + 1] = now[name][..., year + 1] * shares[year + 1]
            flows[name] = money
        return flows

    def booked_in(self, name: str, stretch: Stretch) -> float | None:
        """What was booked on a line in some months, its period's money spread evenly; None for nothing."""
        found = self._covering(self.actuals.lines.get(name), stretch)
        return None if found is None else found[0] * (stretch.end - stretch.first) / found[1]

    def measured_in(self, name: str, stretch: Stretch) -> float | None:
        """An input's value as measured in some months; None where it was not."""
        found = self._covering(self.actuals.inputs.get(name), stretch)
        return None if found is None else found[0]

    def source_of(self, line: Line, stretch: Stretch) -> str:
        """What a line's money of some months is known from: booked, measured (inputs), or the plan."""
        if self.booked_in(line.name, stretch) is not None:
            return "booked"
        names = inputs_of(line.annual) if line.annual is not None else ()
        return "measured" if any(self.measured_in(name, stretch) is not None for name in names) else "plan"

    def started_from(self, line: Line) -> str:
        """What a line's money at the start is known from."""
        booked = self.actuals.lines.get(line.name)
        if booked is not None and booked.at_start is not None:
            return "booked"
        names = inputs_of(line.start) if line.start is not None else ()
        at_start = (self.actuals.inputs[name].at_start for name in names if name in self.actuals.inputs)
        return "measured" if any(value is not None for value in at_start) else "plan"

    def _covering(self, measured: Measured | None, stretch: Stretch) -> tuple[float, int] | None:
        """The value of the period that a stretch is part of, and the months of that period."""
        for period, value in measured.periods if measured else ():
            if period.first <= stretch.first and stretch.end <= period.end:
                return value, period.months
        return None

    def _by_line(self, values: Mapping[str, Array]) -> Flows:
        years = self.case.years
        flows: Flows = {line.name: np.zeros(years + 1) for line in self.case.ledger.counted}
        for line, at_start, amount in self.case.ledger.amounts(values):
            where = slice(0, 1) if at_start else slice(1, None)
            flow = np.broadcast_to(flows[line.name], (*amount.shape[:-1], years + 1)).copy()
            # A measured input varies by year; what falls at the start does not.
            flow[..., where] = amount[..., :1] if at_start else amount
            flows[line.name] = flow
        if not all(np.isfinite(flow).all() for flow in flows.values()):
            raise CaseError(
                "the follow-up has no finite value\n"
                "  hint: look for a division by an input that was measured as zero"
            )
        return flows

    def _plan(self, name: str, values: Mapping[str, Array]) -> Array:
        """An input's planned values, shape (..., years)."""
        given = values.get(name)
        if given is None:
            given = np.atleast_1d(np.asarray(getattr(self.case.inputs, name).amount, dtype=np.float64))
        return np.broadcast_to(given, (*given.shape[:-1], self.case.years))

    def _ahead(self, name: str, values: Mapping[str, Array], so_far: bool) -> Array:
        """An input's values in the months to come, shape (..., years)."""
        plan, ratio = self._plan(name, values), self.input_ratios[name]
        if not so_far or ratio is None:
            return plan
        bounds = self.case.parameters.template.inputs[name].bounds or (None, None)
        return plan * ratio if bounds == (None, None) else np.clip(plan * ratio, *bounds)

    def _averages(self, values: Mapping[str, Array], *, so_far: bool) -> dict[str, Array]:
        """Each measured input's average by year, over months past and to come."""
        averages = {}
        year, over = divmod(self.actuals.months, 12)
        for name in self.actuals.inputs:
            plan, path = self._plan(name, values), self._ahead(name, values, so_far).copy()
            path[..., :year] = 0
            if over:
                path[..., year] *= 1 - over / 12
            for stretch in self.stretches:
                value = self.measured_in(name, stretch)
                path[..., stretch.year] += (
                    plan[..., stretch.year] if value is None else value
                ) * stretch.share
            averages[name] = path
        return averages

    def _measured_in(self, stretch: Stretch, values: Mapping[str, Array]) -> dict[str, Array]:
        """Each measured input in some months, otherwise as planned; shape (..., years)."""
        found = {}
        for name in self.actuals.inputs:
            plan, value = self._plan(name, values), self.measured_in(name, stretch)
            found[name] = plan if value is None else np.full(plan.shape, value)
        return found

    def _at(self, averages: Mapping[str, Array], year: int, now: Mapping[str, Array]) -> dict[str, Array]:
        """The averages by year, but in one year what holds in some of its months."""
        changed = {}
        for name, path in averages.items():
            changed[name] = path.copy()
            changed[name][..., year] = now[name][..., year]
        return changed

    def _input_ratio(self, name: str) -> float | None:
        plan, measured = self._plan(name, _NOTHING), self.actuals.inputs[name]
        found = [(self._covering(measured, stretch), stretch) for stretch in self.stretches]
        return _ratio([(known[0] * each.share, each) for known, each in found if known], plan)

    def _line_ratio(self, name: str, planned: Array) -> float | None:
        pairs = [(self.booked_in(name, stretch), stretch) for stretch in self.stretches]
        return _ratio([(booked, each) for booked, each in pairs if booked is not None], planned[1:])


def course_of(case: Case) -> Course | None:
    """The course of a case; None without actuals.

    Raises CaseError for actuals of what is no counted line or has no planned value, and for a negative cost.
    """
    actuals = case.parameters.actuals
    if actuals is None:
        return None
    counted = {line.name: line for line in case.ledger.counted}
    for name, measured in actuals.lines.items():
        if name not in counted:
            close = difflib.get_close_matches(name, counted, n=1)
            hint = f"did you mean '{close[0]}'?" if close else f"the lines are: {', '.join(counted)}"
            raise CaseError(f"actuals.lines names '{name}', which is no line of the figure\n  hint: {hint}")
        least = min([value for _, value in measured.periods] + [measured.at_start or 0.0])
        if counted[name].side == "cost" and least < 0:
            raise CaseError(f"actuals.lines: {counted[name].label} has {least:,.2f}; costs are positive")
    for name in actuals.inputs:
        if not getattr(case.inputs, name).given:
            raise CaseError(
                f"actuals.inputs measures {name}, which has no planned value\n  hint: give it under inputs:"
            )
    return Course(case, actuals)


def _ratio(known: list[tuple[float, Stretch]], plan: Array) -> float | None:
    """Actual over plan; None where next to nothing was planned, from which nothing follows for the rest."""
    planned = float(sum(plan[stretch.year] * stretch.share for _, stretch in known))
    length = sum(stretch.share for _, stretch in known)
    if not planned or abs(planned) < LEAST * length * float(np.abs(plan).mean()):
        return None
    return sum(actual for actual, _ in known) / planned


def _added(flow: Array, place: int, money: Array) -> Array:
    total = np.broadcast_to(flow, (*np.broadcast_shapes(flow.shape[:-1], money.shape), flow.shape[-1])).copy()
    total[..., place] += money
    return total
