"""How well a case is known: what its benefits rest on, and how far its outcome spreads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from casebook.analysis.analysis import Analysis
from casebook.analysis.evidence import by_value, by_variance
from casebook.analysis.simulation import Spread
from casebook.case.case import Case


@dataclass(frozen=True)
class Confidence:
    """How well a case is known with certain values and ranges of its inputs."""

    by_value: Mapping[str, float]
    """The share of the present value of benefits by the grade of the weakest input."""
    by_variance: Mapping[str, float] | None
    likely: float
    """The net present value at likely values."""
    net_present_value: Spread | None
    """None where no input has a range."""


def confidence_in(case: Case, analysis: Analysis) -> Confidence:
    """How well the case is known as it stands."""
    variance, simulation = analysis.variance, analysis.simulation
    return Confidence(
        by_value(case),
        by_variance(case, variance.shares) if variance else None,
        case.returns.net_present_value,
        simulation.net_present_value if simulation else None,
    )
