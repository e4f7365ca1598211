"""The gates of the options once a case is under way: which are due, and which were met or missed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from casebook.follow_up.forecast import Forecast
from casebook.schema.gates import Gate

GateState = Literal["not due yet", "met", "missed", "due, not measured"]


@dataclass(frozen=True)
class GateStatus:
    """Where a gate stands."""

    option: str
    """The key of its option."""
    gate: Gate
    state: GateState
    actual: float | None
    """What was last measured of its input before the gate, in the input's unit; None where nothing was."""


def gates_of(forecast: Forecast) -> tuple[GateStatus, ...]:
    """The gates of all options, in the order of the file.

    A gate is due once all months before its own are over. It is judged by its input as last measured until
    then; one on another figure, or without a target, is judged by people.
    """
    described = forecast.case.parameters.options.items()
    return tuple(_status(forecast, key, option.gate) for key, option in described if option.gate is not None)


def _status(forecast: Forecast, option: str, gate: Gate) -> GateStatus:
    actuals = forecast.actuals
    offset = gate.by.number - actuals.start.number
    measured = actuals.inputs.get(gate.figure or "")
    known = [value for period, value in measured.periods if period.first < offset] if measured else []
    actual = known[-1] if known else None
    if actuals.months < offset:
        return GateStatus(option, gate, "not due yet", actual)
    return GateStatus(option, gate, _judged(gate, actual), actual)


def _judged(gate: Gate, actual: float | None) -> GateState:
    least, most = (each if isinstance(each, float | int) else None for each in (gate.at_least, gate.at_most))
    if actual is None or (least is None and most is None):
        return "due, not measured"
    is_met = (least is None or actual >= least) and (most is None or actual <= most)
    return "met" if is_met else "missed"
