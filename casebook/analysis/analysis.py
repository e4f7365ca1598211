"""What the ranges of a case's inputs mean for its result, gathered once and shown everywhere."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from casebook.analysis.acts import Act, acts_of
from casebook.analysis.distributions import Uncertain
from casebook.analysis.information import Estimate, evpi, evppi
from casebook.analysis.sampling import Sample
from casebook.analysis.sensitivity import (
    NetPresentValue,
    Swing,
    VarianceShares,
    break_even,
    tornado,
    variance_shares,
)
from casebook.analysis.simulation import DRAWS, SEED, Simulation, present_values, simulate
from casebook.case.case import Case
from casebook.errors import CaseError
from casebook.formula.expression import Computed, Input, inputs_of, walk
from casebook.formula.operations import Array
from casebook.schema.inputs import InputValue

KEY_INPUTS = 10
"""Break-even values are sought for so many of the most influential inputs."""

_NUDGES = (0.2, 0.1, 0.05)


@dataclass(frozen=True)
class BreakEven:
    """The value of one input at which the net present value is 0, all others likely."""

    name: str
    value: float | None
    """None where there is none within the input's bounds; a factor on all years for an input by year."""
    is_factor: bool

    likely: float
    """What `value` is compared with: the likely value, or 1 for a factor."""

    at_target: float | None = None
    """The same for the return on investment that is asked for; None where none is."""

    @property
    def headroom(self) -> float | None:
        """How far the input may move before nothing is gained, as a share of its likely value."""
        if self.value is None or self.likely == 0:
            return None
        return self.value / self.likely - 1


@dataclass(frozen=True)
class Information:
    """What it would be worth, at most, to know before deciding between the options of the case."""

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
    acts: Mapping[str, Act]
    """The ways through the whole horizon by key, the whole last; empty where the file has no others."""
    influence: tuple[Swing, ...]
    """Every input of the figure, the one that moves it most first: over its range, or by a fifth where it
    has none."""


def analyse(case: Case) -> Analysis:
    """Simulate the case and look at each of its inputs; the same parameters give the same figures."""
    nodes = [node for node in case.inputs if node.name in case.ledger.inputs()]
    ranged = _ranged(case, nodes, case.parameters.inputs)

    npv = _present_values_of(case)
    swings = tornado(ranged, npv) if ranged else []
    nudged = [swing for node in nodes if not case.has_range(node.name) for swing in _nudged(case, node, npv)]
    influence = sorted([*swings, *nudged], key=lambda swing: -swing.swing)
    key = [swing.name for swing in influence if swing.swing > 0][:KEY_INPUTS]
    found = tuple(item for name in key if (item := break_even_of(case, name)) is not None)
    options = case.parameters.options.values()
    has_others = any(option.is_step or option.is_way for option in options)
    sample = _sample(case, ranged) if ranged else None
    acts = acts_of(case, sample) if has_others else {}
    if sample is None:
        return Analysis(None, (), None, None, found, acts, tuple(influence))
    simulation = simulate(case.ledger, sample, case.discount_rate, DRAWS)
    outcomes = [each for act in acts.values() if (each := act.outcomes()) is not None]
    open_acts = np.stack(outcomes) if outcomes else simulation.outcomes
    columns = {each.name: sample.column(each.name, DRAWS) for each in ranged}
    information = Information(
        evpi(open_acts),
        {name: evppi(column, open_acts) for name, column in columns.items()},
    )
    variance = variance_shares(columns, simulation.outcomes)
    return Analysis(simulation, tuple(swings), variance, information, found, acts, tuple(influence))


def break_even_of(case: Case, name: str) -> BreakEven | None:
    """What an input must be for the net present value to be 0, all others likely.

    None where it can't be sought: the input goes into a Python function, and breaks even nowhere near.
    """
    node, npv, at_target = getattr(case.inputs, name), _present_values_of(case), _at_target(case)
    if name in _opaque(case):
        return _near(case, node, npv, at_target)
    return _break_even(case, node, npv, at_target)


def _present_values_of(case: Case) -> NetPresentValue:
    """The net present value as a function of values of some inputs."""

    def npv(values: dict[str, Array]) -> Array:
        benefits, costs = case.ledger.totals(values)
        with np.errstate(invalid="ignore"):
            return np.atleast_1d(present_values(benefits - costs, case.discount_rate))

    return npv


def sample_of(case: Case, inputs: Mapping[str, InputValue] | None = None) -> Sample | None:
    """The draws of all uncertain inputs that the figure rests on; None where there are none.

    `inputs` are their values and ranges, where they are others than the case has.
    """
    names = case.ledger.inputs()
    nodes = [node for node in case.inputs if node.name in names]
    ranged = _ranged(case, nodes, case.parameters.inputs if inputs is None else inputs)
    return _sample(case, ranged) if ranged else None


def _sample(case: Case, ranged: tuple[Uncertain, ...]) -> Sample:
    names = {each.name for each in ranged}  # a correlated input may belong to a line that is off
    correlations = {pair: rho for pair, rho in case.parameters.correlations.items() if names.issuperset(pair)}
    return Sample(ranged, seed=SEED, correlations=correlations)


def _ranged(case: Case, nodes: Iterable[Input], inputs: Mapping[str, InputValue]) -> tuple[Uncertain, ...]:
    given = [(node, inputs[node.name]) for node in nodes if node.name in inputs]
    return tuple(_uncertain(case, node, value) for node, value in given if value.varies)


def _uncertain(case: Case, node: Input, given: InputValue) -> Uncertain:
    assert given.low is not None and given.high is not None and given.distribution is not None
    return Uncertain(node.name, given.value, given.low, given.high, given.distribution, _bounds(case, node))


def _bounds(case: Case, node: Input) -> tuple[float | None, float | None]:
    return case.parameters.template.inputs[node.name].bounds or (None, None)


def _nudged(case: Case, node: Input, npv: NetPresentValue) -> list[Swing]:
    """What a single point does when it is moved by a fifth either way, as far as its bounds let it.

    By less where the case can't be computed there; empty where it can't be moved at all.
    """
    for share in _NUDGES:
        with contextlib.suppress(CaseError):
            return tornado([_around(case, node, share)], npv)
    return []


def _around(case: Case, node: Input, share: float) -> Uncertain:
    """The input between so much less and so much more of it."""
    least, greatest = _bounds(case, node)
    likely = np.atleast_1d(np.asarray(node.amount, dtype=np.float64))
    ends = np.sort([likely * (1 - share), likely * (1 + share)], axis=0)
    low, high = np.clip(ends, least, greatest).tolist()
    if isinstance(node.amount, tuple):
        return Uncertain(node.name, node.amount, tuple(low), tuple(high), "uniform")
    return Uncertain(node.name, node.amount or 0.0, low[0], high[0], "uniform")


def _at_target(case: Case) -> NetPresentValue | None:
    """By how much the net present value exceeds the one that the target return asks for; None without one."""
    target = case.parameters.target_return
    if target is None:
        return None

    def excess(values: dict[str, Array]) -> Array:
        benefits, costs = case.ledger.totals(values)
        with np.errstate(invalid="ignore"):
            return np.atleast_1d(present_values(benefits - (1 + target) * costs, case.discount_rate))

    return excess


def _break_even(
    case: Case, node: Input, npv: NetPresentValue, at_target: NetPresentValue | None
) -> BreakEven:
    likely = node.amount if node.amount is not None else 0.0
    value, target = (
        None if sought is None else break_even(node.name, likely, _bounds(case, node), sought)
        for sought in (npv, at_target)
    )
    is_factor = isinstance(likely, tuple)
    return BreakEven(node.name, value, is_factor, 1.0 if isinstance(likely, tuple) else likely, target)


def _opaque(case: Case) -> set[str]:
    """The inputs that a Python function of the notebook is called with."""
    parts = [part for line in case.ledger.counted for part in (line.start, line.counted) if part is not None]
    computed = (node for part in parts for node in walk(part) if isinstance(node, Computed))
    return {name for node in computed for name in inputs_of(node)}


def _near(
    case: Case, node: Input, npv: NetPresentValue, at_target: NetPresentValue | None
) -> BreakEven | None:
    """The break-even of such an input between half and twice its likely value, if it is there.

    Far from it the function may be undefined, or take for ever.
    """
    likely = np.atleast_1d(np.asarray(node.amount, dtype=np.float64))
    year = int(np.argmax(likely != 0))

    def near(result: NetPresentValue) -> NetPresentValue:
        def results(values: dict[str, Array]) -> Array:
            column = values[node.name]
            factor = column[:, year] / likely[year]
            inside = (factor >= 0.5) & (factor <= 2)
            found = np.full(len(column), np.nan)
            if inside.any():
                found[inside] = result({node.name: column[inside]})
            return found

        return results

    with contextlib.suppress(CaseError):
        found = _break_even(case, node, near(npv), None if at_target is None else near(at_target))
        return None if found.value is None else found
    return None
