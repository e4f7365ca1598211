"""What the ranges of a case's inputs mean for its result, gathered once and shown everywhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from casebook.model.case import Case
from casebook.model.expression import Input
from casebook.model.finance import present_value
from casebook.model.information import Estimate, evpi, evppi
from casebook.model.operations import Array
from casebook.model.sampling import Sample
from casebook.model.sensitivity import (
    NetPresentValue,
    Swing,
    VarianceShares,
    break_even,
    tornado,
    variance_shares,
)
from casebook.model.simulation import DRAWS, SEED, Simulation, simulate
from casebook.model.uncertainty import Uncertain, Value

KEY_INPUTS = 10
"""Break-even values are sought for so many of the most influential inputs."""

_NUDGE = 0.2


@dataclass(frozen=True)
class BreakEven:
    """The value of one input at which the net present value is 0, all others likely."""

    name: str
    value: float | None
    """None where there is none within the input's bounds; a factor on all years for an input by year."""
    is_factor: bool

    likely: float
    """What `value` is compared with: the likely value, or 1 for a factor."""

    @property
    def room(self) -> float | None:
        """How far the input may move before nothing is gained, as a share of its likely value."""
        if self.value is None or self.likely == 0:
            return None
        return self.value / self.likely - 1


@dataclass(frozen=True)
class Information:
    """What it would be worth, at most, to know before deciding."""

    evpi: Estimate
    """To know everything."""
    inputs: dict[str, Estimate]
    """To know one input, by name."""

    @property
    def method(self) -> str:
        """How the values of single inputs were computed, in words."""
        return next(iter(self.inputs.values())).method


@dataclass(frozen=True)
class Analysis:
    """All that follows from moving the inputs of a case; the first four need ranges and are empty without."""

    simulation: Simulation | None
    tornado: tuple[Swing, ...]
    variance: VarianceShares | None
    information: Information | None
    break_even: tuple[BreakEven, ...]
    influence: tuple[Swing, ...]
    """Every input of the figure, the one that moves it most first: over its range, or by a fifth where it
    has none."""


def analyse(case: Case) -> Analysis:
    """Simulate the case and look at each of its inputs; the same parameters give the same figures."""
    nodes = [node for node in case.inputs if node.name in case.ledger.inputs()]
    ranged = tuple(_uncertain(case, node) for node in nodes if case.has_range(node.name))

    def npv(values: dict[str, Array]) -> Array:
        benefits, costs = case.ledger.totals(values)
        return np.atleast_1d(present_value(benefits - costs, case.discount_rate))

    swings = tornado(ranged, npv) if ranged else []
    nudged = [_nudged(case, node) for node in nodes if not case.has_range(node.name)]
    influence = sorted([*swings, *tornado(nudged, npv)], key=lambda swing: -swing.swing)
    key = [swing.name for swing in influence if swing.swing > 0][:KEY_INPUTS]
    found = tuple(_break_even(case, node, npv) for name in key for node in nodes if node.name == name)
    if not ranged:
        return Analysis(None, (), None, None, found, tuple(influence))
    names = {each.name for each in ranged}  # a correlated input may belong to a line that is off
    correlations = {pair: rho for pair, rho in case.parameters.correlations.items() if names.issuperset(pair)}
    sample = Sample(ranged, seed=SEED, correlations=correlations)
    simulation = simulate(case.ledger, sample, case.discount_rate, DRAWS)
    columns = {each.name: sample.column(each.name, DRAWS) for each in ranged}
    information = Information(
        evpi(simulation.outcomes),
        {name: evppi(column, simulation.outcomes) for name, column in columns.items()},
    )
    variance = variance_shares(columns, simulation.outcomes)
    return Analysis(simulation, tuple(swings), variance, information, found, tuple(influence))


def _uncertain(case: Case, node: Input) -> Uncertain:
    given = case.parameters.inputs[node.name]
    assert given.low is not None and given.high is not None and given.distribution is not None
    return Uncertain(node.name, given.value, given.low, given.high, given.distribution, _bounds(case, node))


def _bounds(case: Case, node: Input) -> tuple[float | None, float | None]:
    return case.parameters.template.inputs[node.name].bounds or (None, None)


def _nudged(case: Case, node: Input) -> Uncertain:
    """A single point moved by a fifth either way, as far as its bounds let it; year by year for a list."""
    likely = node.amount if node.amount is not None else 0.0
    least, greatest = _bounds(case, node)
    values = np.atleast_1d(np.asarray(likely, dtype=np.float64))
    ends = np.sort([values * (1 - _NUDGE), values * (1 + _NUDGE)], axis=0)
    ends = np.clip(
        ends, -np.inf if least is None else least, np.inf if greatest is None else greatest
    ).tolist()
    if isinstance(likely, tuple):
        return Uncertain(node.name, likely, tuple(ends[0]), tuple(ends[1]), "uniform")
    return Uncertain(node.name, likely, ends[0][0], ends[1][0], "uniform")


def _break_even(case: Case, node: Input, npv: NetPresentValue) -> BreakEven:
    likely = node.amount if node.amount is not None else 0.0
    is_factor = isinstance(likely, tuple)
    value = break_even(node.name, likely, _bounds(case, node), npv)
    return BreakEven(node.name, value, is_factor, 1.0 if isinstance(likely, tuple) else likely)
