"""How a case goes: month by month as far as it was measured, and from there on in two ways.

The plan is the formula of each line by month (`casebook.formula.months`), fitted so that twelve months come
to the year. A month that is over counts with what was booked on the line; without that with the line's
formula at the inputs as measured, fitted like the plan; without those as planned. What is still to come runs

- to plan: at the inputs of the plan, or
- on trend: each measured input, and each booked line, stays in the proportion to its plan that it had so
  far (an input within its bounds), unless next to nothing was due so far.

These are the two estimates at completion of earned-value management.

An input that a ramp scales (`scaled_by`) is planned and observed as their product. In the formulas, which
multiply by the ramp, it stands as what was observed ÷ the ramp as it was.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from casebook.case.case import Case
from casebook.case.line import Line
from casebook.case.monthly import Fit, Flows, Values, fit, money_by_month
from casebook.case.scaling import line_inputs
from casebook.errors import CaseError
from casebook.follow_up.approval import Approval, approval_of
from casebook.formula.expression import inputs_of
from casebook.formula.months import MONTHS, spread
from casebook.formula.operations import Array
from casebook.schema.actuals import Actuals, Measured
from casebook.schema.reference_keys import find
from casebook.schema.scaling import conflict

LEAST = 0.05
"""Where less than this share of its average plan was due, nothing is extrapolated from it."""

TO_PLAN, SO_FAR = "to_plan", "as_so_far"

_NOTHING: Values = {}


@dataclass(frozen=True)
class MonthSpan:
    """Months of one year in which nothing that was measured changes."""

    first: int
    end: int
    """The month after its last."""

    @property
    def indices(self) -> slice:
        """Where they stand in `Flows`, which begin with the start."""
        return slice(1 + self.first, 1 + self.end)


@dataclass(frozen=True)
class Forecast:
    """The forecast of one case with its actuals. Money is nominal."""

    case: Case
    actuals: Actuals
    approval: Approval | None = None
    """What was approved, where a record of it is kept: the plan is then today's model at those inputs."""

    @property
    def discount_rate(self) -> float:
        """A year's, of the approved case."""
        return self.approval.discount_rate if self.approval else float(self.case.discount_rate)

    @cached_property
    def plan_inputs(self) -> Values:
        """Inputs that were approved at another value than the case has today."""
        return self.approval.values(self.case) if self.approval else {}

    @cached_property
    def spans(self) -> list[MonthSpan]:
        """The months that are over, in order."""
        every = [*self.actuals.inputs.values(), *self.actuals.lines.values()]
        cuts = {0, self.actuals.months, *range(0, self.actuals.months, MONTHS)}
        cuts |= {
            cut for measured in every for period, _ in measured.periods for cut in (period.first, period.end)
        }
        ordered = sorted(cuts)
        return [MonthSpan(first, end) for first, end in pairwise(ordered)]

    @cached_property
    def plan(self) -> Flows:
        """Each line's money as planned, at likely values."""
        return self._planned(self.plan_inputs)[0]

    @cached_property
    def measured(self) -> dict[str, Array]:
        """Each measured input by month, NaN where it was not measured."""
        found = {}
        for name, each in self.actuals.inputs.items():
            found[name] = np.full(MONTHS * self.case.years, np.nan)
            for period, value in each.periods:
                found[name][period.first : period.end] = value
        return found

    @cached_property
    def booked(self) -> dict[str, Array]:
        """What was booked on each line by month, without the start; NaN where nothing was.

        The money of a period lies in its months as the plan does, or evenly where the plan has no say.
        """
        found = {}
        for name, each in self.actuals.lines.items():
            found[name] = np.full(MONTHS * self.case.years, np.nan)
            for period, money in each.periods:
                weights = self.plan[name][1 + period.first : 1 + period.end]
                weights = weights if (weights > 0).all() else np.ones(period.months)
                found[name][period.first : period.end] = money * weights / weights.sum()
        return found

    @cached_property
    def input_ratios(self) -> dict[str, float | None]:
        """What was measured of an input over what was planned for the same months; None for too little."""
        return {name: _ratio(known, self.planned_input(name)) for name, known in self.measured.items()}

    @cached_property
    def line_ratios(self) -> dict[str, float | None]:
        """What was booked on a line over what was planned for the same months; None for too little."""
        return {name: _ratio(known, self.plan[name][1:]) for name, known in self.booked.items()}

    def planned_input(self, name: str) -> Array:
        """What is planned of an input in each month, at likely values: times the ramp that scales it."""
        plan = self._planned_input(name, self.plan_inputs) * self._planned_scale(name, self.plan_inputs)
        return np.broadcast_to(plan, MONTHS * self.case.years)

    def outlooks(self, values: Values = _NOTHING, *, decided: Collection[str] = ()) -> dict[str, Flows]:
        """Each line's money to plan and on trend: the months that are over as they were, then either way.

        `values` replaces planned inputs; what was measured or booked stays. Inputs that are `decided` anew
        go to plan from now on, whatever the trend of the others.
        """
        values = {**self.plan_inputs, **values}
        plan, fitted = self._planned(values)
        started = self._started(plan, values)
        found = {}
        for outlook in (TO_PLAN, SO_FAR):
            so_far = outlook == SO_FAR
            paths = {name: self._path(name, values, so_far and name not in decided) for name in self.measured}
            flows = fitted.applied(money_by_month(self.case.ledger, {**values, **paths})) if paths else plan
            found[outlook] = {
                name: self._with_booked(name, flow, plan[name], started[name], so_far)
                for name, flow in flows.items()
            }
        return found

    def net(self, flows: Flows) -> Array:
        """Benefits less costs, by month."""
        benefits, costs = (
            sum((flows[line.name] for line in self.case.ledger.of(side)), np.zeros(1))
            for side in ("benefit", "cost")
        )
        return benefits - costs

    def source_of(self, line: Line, span: MonthSpan) -> str:
        """What a line's money of some months is known from: booked, measured (inputs), or the plan."""
        if _is_known(self.booked, line.name, span):
            return "booked"
        names = inputs_of(line.annual) if line.annual is not None else ()
        return "measured" if any(_is_known(self.measured, name, span) for name in names) else "plan"

    def started_from(self, line: Line) -> str:
        """What a line's money at the start is known from."""
        booked = self.actuals.lines.get(line.name)
        if booked is not None and booked.at_start is not None:
            return "booked"
        names = inputs_of(line.start) if line.start is not None else ()
        return "measured" if any(name in self._inputs_at_start for name in names) else "plan"

    @cached_property
    def _inputs_at_start(self) -> dict[str, Array]:
        every = self.actuals.inputs.items()
        return {name: np.array([each.at_start]) for name, each in every if each.at_start is not None}

    def _planned(self, values: Values) -> tuple[Flows, Fit]:
        flows = money_by_month(self.case.ledger, values)
        fitted = fit(self.case.ledger, flows, values)
        return fitted.applied(flows), fitted

    def _started(self, plan: Flows, values: Values) -> Flows:
        """Each line's money at the start, shape (...)."""
        started = {name: flow[..., 0] for name, flow in plan.items()}
        if self._inputs_at_start:
            for line, at_start, amount in self.case.ledger.amounts({**values, **self._inputs_at_start}):
                if at_start:
                    started[line.name] = amount[..., 0]
        booked = {name: each.at_start for name, each in self.actuals.lines.items()}
        return started | {name: np.array(money) for name, money in booked.items() if money is not None}

    def _with_booked(self, name: str, flow: Array, plan: Array, started: Array, so_far: bool) -> Array:
        """A line's money by its inputs, with what was booked and what follows from that in its place."""
        lead = np.broadcast_shapes(flow.shape[:-1], started.shape)
        flow = np.broadcast_to(flow, (*lead, flow.shape[-1])).copy()
        flow[..., 0] = started
        if name in self.booked:
            ratio, ahead = self.line_ratios[name], slice(1 + self.actuals.months, None)
            if so_far and ratio is not None:
                flow[..., ahead] = plan[..., ahead] * ratio
            flow[..., 1:] = np.where(np.isnan(self.booked[name]), flow[..., 1:], self.booked[name])
        return flow

    def _planned_input(self, name: str, values: Values) -> Array:
        """An input as planned, by month or one number."""
        given = values.get(name)
        if given is None:
            given = np.atleast_1d(np.asarray(getattr(self.case.inputs, name).amount, dtype=np.float64))
        return spread(given, self.case.years)

    def _planned_scale(self, name: str, values: Values) -> Array:
        ramp = self.case.parameters.template.inputs[name].scaled_by
        return np.ones(1) if ramp is None else self._planned_input(ramp, values)

    def _path(self, name: str, values: Values, so_far: bool) -> Array:
        """A measured input as the formulas take it, by month: as measured, then to plan or on trend."""
        declared, plan = self.case.parameters.template.inputs[name], self._planned_input(name, values)
        observed, ratio = self.measured[name], self.input_ratios[name] if so_far else None
        planned_scale = scale = self._planned_scale(name, values)
        if declared.scaled_by in self.measured:
            scale = self._path(declared.scaled_by, values, so_far)
        if ratio is not None:
            ahead = plan * planned_scale * ratio
            ahead = np.clip(ahead, *declared.bounds) if declared.bounds not in (None, (None, None)) else ahead
            is_ahead = np.arange(observed.shape[-1]) >= self.actuals.months
            observed = np.where(is_ahead, ahead, observed)
        observed, scale, plan = np.broadcast_arrays(observed, scale, plan)
        return np.divide(observed, scale, out=plan.copy(), where=~np.isnan(observed) & (scale != 0))


def forecast_of(case: Case) -> Forecast | None:
    """The forecast of a case; None without actuals.

    Raises CaseError for actuals of what is no counted line, has no planned value or can't be observed, and
    for a negative cost.
    """
    actuals = case.parameters.actuals
    if actuals is None:
        return None
    actuals = replace(actuals, lines=_by_line(actuals, case.ledger.counted))
    declared = case.parameters.template.inputs
    known = list(line_inputs(case.ledger.counted, declared))
    for name in actuals.inputs:
        if not getattr(case.inputs, name).given:
            raise CaseError(
                f"actuals.inputs measures {name}, which has no planned value\n  hint: give it under inputs:"
            )
        ramp = declared[name].scaled_by
        if ramp is not None and (found := conflict(name, ramp, known)):
            raise CaseError(f"actuals.inputs measures what can't be observed: {found[0]}\n  hint: {found[1]}")
    return Forecast(case, actuals, approval_of(case.parameters))


def _by_line(actuals: Actuals, counted: Sequence[Line]) -> dict[str, Measured]:
    """What was booked by the name of the line, which a parameter file calls by key or name."""
    found: dict[str, Measured] = {}
    for reference, booked in actuals.lines.items():
        line = find(reference, counted)
        if line is None:
            names = [name for each in counted for name in (each.name, each.key)]
            close = difflib.get_close_matches(reference, names, n=1)
            listed = ", ".join(each.name for each in counted)
            hint = f"did you mean '{close[0]}'?" if close else f"the lines are: {listed}"
            raise CaseError(
                f"actuals.lines names '{reference}', which is not a line of the figure\n  hint: {hint}"
            )
        if line.name in found:
            raise CaseError(f"actuals.lines names {line.label} twice, by its name and by its key")
        least = min([value for _, value in booked.periods] + [booked.at_start or 0.0])
        if line.side == "cost" and least < 0:
            raise CaseError(f"actuals.lines: {line.label} has {least:,.2f}; costs are positive")
        found[line.name] = booked
    return found


def _is_known(every: Mapping[str, Array], name: str, span: MonthSpan) -> bool:
    return name in every and not np.isnan(every[name][span.first])


def _ratio(known: Array, plan: Array) -> float | None:
    """Actual over plan; None where next to nothing was planned, from which nothing follows for the rest."""
    months = ~np.isnan(known)
    planned = float(plan[months].sum())
    if not planned or abs(planned) < LEAST * months.sum() * float(np.abs(plan).mean()):
        return None
    return float(known[months].sum()) / planned
