"""The ways through the whole horizon that an option may take: their money at likely values and in each draw.

All ways draw the same quantiles. An input whose likely value a way changes keeps its range in proportion to
that value, within its bounds: each of its draws is multiplied by the new likely value over the old one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from casebook.analysis.delay import delayed, present_weights, spent_before
from casebook.analysis.sampling import Sample
from casebook.analysis.simulation import DRAWS, clean_values
from casebook.case.case import Case
from casebook.case.finance import net_flows, present_value
from casebook.errors import CaseError
from casebook.formula.operations import Array
from casebook.schema.options import WHOLE, Option
from casebook.schema.value_kinds import Quantity


@dataclass(frozen=True, eq=False)
class Act:
    """One way, by its money as long as nothing delays it; its own delay is added to any other."""

    key: str
    delay: int
    """In months."""
    cost: float
    """Paid when it is begun, whatever its own delay."""
    rate: float
    """The discount rate."""
    benefits: Array
    """At likely values, positive, shape (years + 1)."""
    costs: Array
    draws: tuple[Array, Array] | None
    """Benefits and costs of each draw, (draws, years + 1); None where no input has a range."""

    def plan(self, months: int = 0) -> float:
        """The net present value at likely values, begun so many months later."""
        if not self.delay + months:
            apart = present_value(self.benefits, self.rate) - present_value(self.costs, self.rate)
            return float(apart) - self.cost
        return float(self._worth(self.benefits, self.costs, months))

    def outcomes(self, months: int = 0) -> Array | None:
        """The net present value of each draw (draws,), begun so many months later."""
        return None if self.draws is None else self._worth(*self.draws, months)

    def spent(self, months: int = 0, *, before: int | None = None) -> float:
        """Undiscounted costs at likely values, begun so many months later: before a month, or all of them."""
        years = self.costs.size - 1
        end = 12 * years if before is None else before
        begun = self.cost if months <= end and months < 12 * years else 0.0
        return begun + spent_before(self.costs, self.delay + months, end)

    def costs_today(self, months: int = 0) -> float:
        """The present value of `spent`, over the whole horizon."""
        weights = present_weights(self.costs.size - 1, self.delay + months, self.rate)
        return float(self.costs @ weights) + self._cost_today(months)

    def net(self, months: int = 0) -> Array:
        """The net cash flow at likely values (years + 1), begun so many months later."""
        flow = delayed(net_flows(self.benefits, self.costs), self.delay + months)
        if months < 12 * (flow.size - 1):
            flow[months // 12] -= self.cost
        return flow

    def _worth(self, benefits: Array, costs: Array, months: int) -> Array:
        late, years = self.delay + months, costs.shape[-1] - 1
        if not late:
            worth = clean_values(present_value(benefits - costs, self.rate), present_value(costs, self.rate))
        else:
            weights = present_weights(years, late, self.rate)
            worth = clean_values((benefits - costs) @ weights, costs @ weights)
        return np.asarray(worth - self._cost_today(months))

    def _cost_today(self, months: int) -> float:
        """What is paid when it is begun so many months later, at the start; nothing after the horizon."""
        is_paid = months < 12 * (self.costs.size - 1)
        return self.cost * float((1 + self.rate) ** -(months / 12)) * is_paid


def acts_of(case: Case, sample: Sample | None) -> dict[str, Act]:
    """The whole, and each option of the file that is a way of its own, by key; the whole is last.

    Raises CaseError where an option changes an input that no counted line rests on, or where a draw has no
    finite value.
    """
    ways = {key: option for key, option in case.parameters.options.items() if option.is_way}
    for key, option in ways.items():
        _check_is_used(case, key, option)
    return {key: _act(case, sample, key, option) for key, option in (*ways.items(), (WHOLE, Option()))}


def _act(case: Case, sample: Sample | None, key: str, option: Option) -> Act:
    fixed = {name: np.atleast_1d(np.asarray(value, float)) for name, value in option.inputs.items()}
    benefits, costs = _with_money(case.ledger.totals(fixed or None), option)
    draws = None
    if sample is not None:
        chunks = [
            _with_money(case.ledger.totals(_moved(case, values, fixed)), option)
            for values in sample.chunks(DRAWS)
        ]
        shape = (DRAWS, case.years + 1)
        draws = _joined([each for each, _ in chunks], shape), _joined([each for _, each in chunks], shape)
        if not all(np.isfinite(each).all() for each in draws):
            raise CaseError(
                f"option '{key}': some draws of the inputs have no finite result\n"
                "  hint: look for a division by an input that the option changes"
            )
    return Act(key, option.delay, option.cost, case.discount_rate, benefits, costs, draws)


def _joined(chunks: list[Array], shape: tuple[int, int]) -> Array:
    """The chunks one below the other; one row alone stands for all draws."""
    return np.broadcast_to(np.concatenate(chunks), shape)


def _moved(case: Case, values: Mapping[str, Array], fixed: Mapping[str, Array]) -> dict[str, Array]:
    """The draws with each changed input's range moved to its new likely value."""
    moved = {
        name: _in_proportion(case, name, values[name], new) for name, new in fixed.items() if name in values
    }
    return {**fixed, **values, **moved}


def _in_proportion(case: Case, name: str, drawn: Array, new: Array) -> Array:
    likely: Quantity = case.parameters.inputs[name].value
    old = np.atleast_1d(np.asarray(likely, float))
    old, new = np.broadcast_arrays(old, new)
    with np.errstate(divide="ignore", invalid="ignore"):
        # From 0 there is no proportion to keep; the range then keeps its width.
        found = np.where(old == 0, drawn + new, drawn * (new / np.where(old == 0, 1.0, old)))
    bounds = case.parameters.template.inputs[name].bounds or (None, None)
    return found if bounds == (None, None) else np.clip(found, *bounds)


def _with_money(totals: tuple[Array, Array], option: Option) -> tuple[Array, Array]:
    """Benefits and costs with the option's money beside that of the case."""
    benefits, costs = totals
    if option.money:
        money = np.asarray(option.money)
        benefits, costs = benefits + np.maximum(money, 0), costs + np.maximum(-money, 0)
    return benefits, costs


def _check_is_used(case: Case, key: str, option: Option) -> None:
    used = case.ledger.inputs(risks=True)
    if unused := [name for name in option.inputs if name not in used]:
        labels = ", ".join(getattr(case.inputs, name).label for name in unused)
        raise CaseError(
            f"option '{key}' changes {labels}, which no counted line rests on\n"
            "  hint: take it out, or give the inputs that switch its line on"
        )
