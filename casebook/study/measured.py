"""Inputs measured from data take the place of those that were given; and what the case said before."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from casebook.analysis.evidence import by_value, by_variance
from casebook.analysis.simulation import Spread
from casebook.case.case import Case
from casebook.errors import CaseError
from casebook.formula.expression import inputs_of
from casebook.parameters import InputValue

if TYPE_CHECKING:
    from casebook.study.study import Study

_DERIVED = ("ledger", "result", "analysis", "scenario_results", "findings")
"""What a case keeps once it was computed."""


@dataclass(frozen=True)
class Standing:
    """How well a case is known: what its benefits rest on, and how far its outcome spreads."""

    by_value: Mapping[str, float]
    """The share of the present value of benefits by the grade of the weakest input."""
    by_variance: Mapping[str, float] | None
    likely: float
    """The net present value at likely values."""
    net_present_value: Spread | None
    """None where no input has a range."""


def take(case: Case, name: str, given: InputValue) -> None:
    """Let a measured value stand for an input. Raises CaseError once a line or a pool uses the input."""
    used = {
        used: line.label
        for line in reversed(case.lines)
        for part in (*line.expressions, line.risk, *dict(line.claims).values(), line.touched)
        if part is not None
        for used in inputs_of(part)
    }
    used |= {used: f"pool '{pool.name}'" for pool in case.pools for used in inputs_of(pool.size)}
    used |= {node.name: f"line '{line.name}'" for line in case.left_out for node in line.missing}
    if case.is_settled:
        used.setdefault(name, "a view")
    if name in used:
        raise CaseError(
            f"{name} is measured after {used[name]} has used or shown it\n"
            "  hint: put case.measure() into a cell before the lines, and run the notebook again"
        )
    before = case.parameters.inputs
    declared = case.parameters.template.inputs
    values = {**before, name: given}
    ordered = {key: values[key] for key in declared if key in values}
    case.before.setdefault(name, before.get(name))
    case.parameters = replace(case.parameters, inputs=ordered)
    getattr(case.inputs, name).amount = given.value


def standing_before(case: Study) -> Standing | None:
    """How well it was known with the values that measured ones replaced.

    An input that had no value before keeps its measured one here. None where no input had one.
    """
    before = {name: value for name, value in case.before.items() if value is not None}
    if not before:
        return None
    earlier = copy.copy(case)
    for name in _DERIVED:
        earlier.__dict__.pop(name, None)
    inputs = {**case.parameters.inputs, **before}
    earlier.parameters = replace(case.parameters, inputs=inputs)
    with _amounts(case, before):
        return standing(earlier)


def standing(case: Study) -> Standing:
    """How well the case is known as it stands."""
    analysis = case.analysis
    variance = analysis.variance
    return Standing(
        by_value(case),
        by_variance(case, variance.shares) if variance else None,
        float(case.result.net_present_value),
        analysis.simulation.net_present_value if analysis.simulation else None,
    )


@contextlib.contextmanager
def _amounts(case: Case, values: Mapping[str, InputValue]) -> Iterator[None]:
    """Give inputs other likely values for a while. The lines' formulas hold the inputs themselves."""
    nodes = {name: getattr(case.inputs, name) for name in values}
    kept = {name: node.amount for name, node in nodes.items()}
    for name, node in nodes.items():
        node.amount = values[name].value
    try:
        yield
    finally:
        for name, node in nodes.items():
            node.amount = kept[name]
