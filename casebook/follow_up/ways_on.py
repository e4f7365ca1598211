"""What can still be done with a case under way: go on, change course, or stop; each with what it still costs.

The months that are over are the same in all of them. What was decided anew goes to plan from now on; the
rest goes to plan or on trend, as in the outlook of the case. Whoever stops spends and earns nothing from now
on, also where customers won before would have stayed: a lower bound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from casebook.case.finance import present_value
from casebook.case.monthly import Flows, Values, by_year
from casebook.follow_up.forecast import Forecast
from casebook.formula.months import MONTHS
from casebook.formula.operations import Array


@dataclass(frozen=True)
class WayOn:
    """One way to go on from here, with its figures by outlook: to plan and on trend."""

    still_to_spend: Mapping[str, float]
    """Costs of the months that are left, undiscounted."""
    net_present_value: Mapping[str, float]
    """Of the whole case, from its start on."""


def going_on(forecast: Forecast, outlooks: Mapping[str, Flows]) -> WayOn:
    """The case as it runs."""
    return _way(forecast, outlooks)


def stopping(forecast: Forecast, outlooks: Mapping[str, Flows]) -> WayOn:
    """Nothing spent and nothing earned from now on."""
    return _way(forecast, {name: _cut(forecast, flows) for name, flows in outlooks.items()})


def changing(
    forecast: Forecast, outlooks: Mapping[str, Flows], values: Values, money: Sequence[float] = ()
) -> WayOn:
    """Some inputs at other values from now on, and further money: now, then in each year of the case.

    `money` carries the sign of a cash flow; of a year's, what falls into the months that are left counts.
    """
    changed = forecast.outlooks(values, decided=values)
    ahead = {name: _joined(forecast, outlooks[name], flows) for name, flows in changed.items()}
    return _way(forecast, ahead, _extra(forecast, money))


def _way(forecast: Forecast, outlooks: Mapping[str, Flows], extra: Array | None = None) -> WayOn:
    ahead = slice(1 + forecast.actuals.months, None)
    extra = np.zeros(1 + MONTHS * forecast.case.years) if extra is None else extra
    spent, worth = {}, {}
    for name, flows in outlooks.items():
        costs = sum(flows[line.name][ahead].sum() for line in forecast.case.ledger.of("cost"))
        spent[name] = float(costs + np.maximum(-extra, 0).sum())
        net = by_year(forecast.net(flows) + extra)
        worth[name] = float(present_value(net, forecast.discount_rate))
    return WayOn(spent, worth)


def _cut(forecast: Forecast, flows: Flows) -> Flows:
    over = np.arange(1 + MONTHS * forecast.case.years) <= forecast.actuals.months
    return {name: np.where(over, flow, 0.0) for name, flow in flows.items()}


def _joined(forecast: Forecast, past: Flows, future: Flows) -> Flows:
    """The months that are over of one, and those that are left of the other."""
    over = np.arange(1 + MONTHS * forecast.case.years) <= forecast.actuals.months
    return {name: np.where(over, past[name], future[name]) for name in past}


def _extra(forecast: Forecast, money: Sequence[float]) -> Array:
    """Money by month, from now on."""
    flow = np.zeros(1 + MONTHS * forecast.case.years)
    if not len(money):
        return flow
    now, *years = money
    flow[1:] = np.repeat(np.asarray(years) / MONTHS, MONTHS)
    flow[: 1 + forecast.actuals.months] = 0.0
    flow[min(1 + forecast.actuals.months, len(flow) - 1)] += now
    return flow
