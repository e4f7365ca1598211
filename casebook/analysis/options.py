"""The options of a case side by side: what each releases, what it is worth, and which one is recommended.

Recommended is the highest expected net present value. Options that are within two standard errors of it, of
the difference in the same draws, are as good; of those the one that commits the least money now is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from casebook.analysis.acts import Act, acts_of
from casebook.analysis.analysis import Analysis, sample_of
from casebook.analysis.first_step import Learning, learning_of
from casebook.analysis.information import standard_error
from casebook.analysis.simulation import DRAWS, SEED, spread_of
from casebook.case.case import Case
from casebook.case.finance import ROUNDINGS
from casebook.errors import CaseError
from casebook.formula.operations import Array
from casebook.schema.options import NOTHING, STANDARD, WHOLE, Option

_TIE = 2.0
"""Standard errors of a difference that are no difference."""


@dataclass(frozen=True, kw_only=True, eq=False)
class OptionResult:
    """An option with its figures, in the case's currency."""

    key: str
    option: Option
    """As the file describes it."""
    plan: float
    """The net present value at likely values; of a first step, if it goes on as planned."""
    expected: float
    """The mean of the simulated outcomes; the plan where no input has a range."""
    standard_error: float | None = None
    """Of `expected`; this and the next three are None without ranges."""
    p5: float | None = None
    p95: float | None = None
    chance_of_loss: float | None = None
    chance_beyond_cost: float | None = None
    """Of a first step, the chance of losing more than its cost: that of a loss once it has gone on."""
    approve_now: float
    """Undiscounted costs before its gate, or to the horizon's end without one; of a first step, its cost."""
    in_all: float
    """All undiscounted costs to the horizon's end; of a first step, if it goes on as planned."""
    present_value_of_costs: float
    """Of `in_all`."""
    deepest: float
    """The lowest point of the undiscounted running total by year, at likely values; 0 at most."""
    deepest_year: int | None
    """The year at whose end that is, 0 for the start; None where it is 0."""
    goes_on_with: str | None = None
    """Of a first step, the key of the way that is best after it at likely values."""
    learning: Learning | None = None
    """What a first step gains; None for other options, and without ranges."""
    outcomes: Array | None = field(default=None, repr=False)
    """The net present value of each draw."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options of a case, and which of them is recommended and which one asked for."""

    by_key: Mapping[str, OptionResult]
    """Nothing first, the whole last, those of the file between them in its order."""
    recommended: str
    tied: tuple[str, ...]
    """The options that are as good as the one with the highest expected value, that one among them."""
    decided: str
    reason: str | None
    """Why, as the file says it."""

    @property
    def is_overruled(self) -> bool:
        """Whether another option is asked for than the one that the figures recommend."""
        return self.decided != self.recommended

    @property
    def needs_reason(self) -> bool:
        """Whether the recommended option is overruled without a reason."""
        return self.is_overruled and not self.reason

    @property
    def steps(self) -> tuple[OptionResult, ...]:
        """The first steps."""
        return tuple(each for each in self.by_key.values() if each.option.is_step)

    @property
    def are_standard(self) -> bool:
        """Whether there are only the two that every case has."""
        return set(self.by_key) == set(STANDARD)


def options_of(case: Case, analysis: Analysis) -> Options:
    """The options of a case. Raises CaseError where one can't be computed, and says why."""
    described, simulation = case.parameters.options, analysis.simulation
    acts = analysis.acts or acts_of(case, None)
    outcomes = {key: act.outcomes() for key, act in analysis.acts.items()}
    if simulation is not None:
        outcomes |= {NOTHING: np.zeros(DRAWS), WHOLE: simulation.outcomes}
    found: dict[str, OptionResult] = {}
    for key in (NOTHING, *(key for key in described if key not in STANDARD), WHOLE):
        option = described.get(key, Option())
        if option.is_step:
            found[key] = _step(case, key, option, acts)
        elif key == NOTHING:
            found[key] = _nothing(option, outcomes.get(key))
        else:
            found[key] = _way(case, option, acts[key], outcomes.get(key))
    tied = _tied(found)
    decision = case.parameters.decision
    recommended = min(tied, key=lambda key: (found[key].approve_now, found[key].in_all, -found[key].expected))
    return Options(
        by_key=found,
        recommended=recommended,
        tied=tied,
        decided=decision.option or recommended,
        reason=decision.reason,
    )


def _nothing(option: Option, outcomes: Array | None) -> OptionResult:
    return OptionResult(
        key=NOTHING,
        option=option,
        plan=0.0,
        **_drawn(0.0, outcomes),
        approve_now=0.0,
        in_all=0.0,
        present_value_of_costs=0.0,
        **_deepest(np.zeros(1)),
    )


def _way(case: Case, option: Option, act: Act, outcomes: Array | None) -> OptionResult:
    """An option that runs through the whole horizon."""
    start, gate = case.parameters.start, option.gate
    judged = None if gate is None or start is None else gate.by.number - start.number
    return OptionResult(
        key=act.key,
        option=option,
        plan=act.plan(),
        **_drawn(act.plan(), outcomes),
        approve_now=act.spent(before=judged),
        in_all=act.spent(),
        present_value_of_costs=act.costs_today(),
        **_deepest(act.net()),
    )


def _step(case: Case, key: str, option: Option, acts: Mapping[str, Act]) -> OptionResult:
    """A first step, and what is open after it."""
    learning = learning_of(option, acts, _measured(case, key, option), nothing=NOTHING, key=key, seed=SEED)
    later = max(acts.values(), key=lambda act: act.plan(option.delay))
    plan = later.plan(option.delay) - option.cost
    flow = later.net(option.delay)
    flow[0] -= option.cost
    return OptionResult(
        key=key,
        option=option,
        plan=plan,
        **_drawn(plan, learning.outcomes if learning else None),
        chance_beyond_cost=_chance_beyond(learning.outcomes, option.cost) if learning else None,
        approve_now=option.cost,
        in_all=option.cost + later.spent(option.delay),
        present_value_of_costs=option.cost + later.costs_today(option.delay),
        **_deepest(flow),
        goes_on_with=later.key,
        learning=learning,
    )


def _measured(case: Case, key: str, option: Option) -> Array | None:
    """The draws of the input that a step measures; None where it has no range in year 1."""
    assert option.learns is not None
    name = option.learns.input
    if name not in case.ledger.inputs():
        raise CaseError(
            f"option '{key}' measures {getattr(case.inputs, name).label}, which no counted line rests on\n"
            "  hint: name an input of the figure under learns:, or give the inputs that switch its line on"
        )
    sample = sample_of(case)
    uncertain = next((each for each in sample.inputs if each.name == name), None) if sample else None
    if sample is None or uncertain is None or uncertain.varying_year != 0:
        return None
    return sample.column(name, DRAWS)


def _drawn(plan: float, outcomes: Array | None) -> dict[str, Any]:
    """The figures that rest on the draws; without them the plan stands for what is expected."""
    if outcomes is None:
        return {"expected": plan}
    spread = spread_of(outcomes)
    return {
        "expected": spread.mean,
        "standard_error": spread.standard_error,
        "p5": spread.p5,
        "p95": spread.p95,
        "chance_of_loss": float((outcomes < 0).mean()),
        "outcomes": outcomes,
    }


def _chance_beyond(outcomes: Array, cost: float) -> float:
    """The share of draws that lose more than the cost; a step that stops loses just that."""
    return float((outcomes < -cost - ROUNDINGS * abs(cost)).mean())


def _deepest(net: Array) -> dict[str, Any]:
    balance = np.cumsum(net)
    year = int(np.argmin(balance))
    deepest = min(float(balance[year]), 0.0)
    return {"deepest": deepest, "deepest_year": year if deepest < 0 else None}


def _tied(found: Mapping[str, OptionResult]) -> tuple[str, ...]:
    """The options that are as good as the one with the highest expected value."""
    best = max(found.values(), key=lambda each: each.expected)
    return tuple(
        key for key, each in found.items() if best.expected - each.expected <= _TIE * _error(best, each)
    )


def _error(one: OptionResult, other: OptionResult) -> float:
    """The standard error of the difference of two options in the same draws."""
    if one.outcomes is None or other.outcomes is None:
        return 0.0
    return standard_error(one.outcomes - other.outcomes)
