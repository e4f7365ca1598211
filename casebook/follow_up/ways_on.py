"""What can still be done with a case under way: go on, change course, or stop; each with what it still costs.

The months that are over are the same in all of them. What an option of the parameter file changes goes to
plan from now on; the rest goes to plan or on trend, as in the outlook of the case. Whoever stops spends and
earns nothing from now on, also where customers won before would have stayed: a lower bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from casebook.case.finance import present_value
from casebook.case.monthly import Flows, by_year
from casebook.follow_up.forecast import Forecast
from casebook.formula.months import MONTHS
from casebook.formula.operations import Array
from casebook.schema.options import NOTHING, WHOLE, Option


@dataclass(frozen=True)
class WayOn:
    """One way to go on from here, with its figures by outlook: to plan and on trend."""

    still_to_spend: Mapping[str, float]
    """Costs of the months that are left, undiscounted."""
    approve_now: Mapping[str, float]
    """Those of the months before its gate; all of them without one."""
    net_present_value: Mapping[str, float]
    """Of the whole case, from its start on."""


def ways_on(forecast: Forecast, outlooks: Mapping[str, Flows]) -> dict[str, WayOn]:
    """By the key of the option: to stop, the ways of the parameter file, and to go on; no first steps."""
    described = forecast.case.parameters.options
    stopped = {name: _cut(forecast, flows) for name, flows in outlooks.items()}
    changed = {
        key: _changed(forecast, outlooks, option) for key, option in described.items() if option.is_way
    }
    whole = described.get(WHOLE, Option())
    return {NOTHING: _way(forecast, stopped, Option()), **changed, WHOLE: _way(forecast, outlooks, whole)}


def _changed(forecast: Forecast, outlooks: Mapping[str, Flows], option: Option) -> WayOn:
    """Inputs at other values once its delay is over, its cost now, its money in the months that are left."""
    values = {name: np.atleast_1d(np.asarray(value, float)) for name, value in option.inputs.items()}
    changed = forecast.outlooks(values, decided=values)
    until = forecast.actuals.months + option.delay
    ahead = {name: _joined(outlooks[name], flows, until=until) for name, flows in changed.items()}
    return _way(forecast, ahead, option)


def _way(forecast: Forecast, outlooks: Mapping[str, Flows], option: Option) -> WayOn:
    first, extra = 1 + forecast.actuals.months, _extra(forecast, option)
    gate = len(extra) if option.gate is None else 1 + option.gate.by.number - forecast.actuals.start.number
    spent, now, worth = {}, {}, {}
    for name, flows in outlooks.items():
        costs = sum((flows[line.name] for line in forecast.case.ledger.of("cost")), np.zeros(len(extra)))
        costs = costs + np.maximum(-extra, 0)
        spent[name], now[name] = float(costs[first:].sum()), float(costs[first : max(gate, first)].sum())
        net = by_year(forecast.net(flows) + extra)
        worth[name] = float(present_value(net, forecast.discount_rate))
    return WayOn(spent, now, worth)


def _cut(forecast: Forecast, flows: Flows) -> Flows:
    nothing = {name: np.zeros_like(flow) for name, flow in flows.items()}
    return _joined(flows, nothing, until=forecast.actuals.months)


def _joined(past: Flows, future: Flows, *, until: int) -> Flows:
    """The months up to one of the first, and those after it of the second; the start is of the first."""
    return {
        name: np.where(np.arange(flow.shape[-1]) <= until, past[name], flow) for name, flow in future.items()
    }


def _extra(forecast: Forecast, option: Option) -> Array:
    """Money by month beside the case's: its cost and the money of its start next month, then by year."""
    flow = np.zeros(1 + MONTHS * forecast.case.years)
    first = 1 + forecast.actuals.months
    if first == len(flow):
        return flow
    start, *years = option.money or [0.0] * (1 + forecast.case.years)
    flow[1:] = np.repeat(np.asarray(years) / MONTHS, MONTHS)
    flow[:first] = 0.0
    flow[first] += start - option.cost
    return flow
