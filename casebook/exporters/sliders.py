"""Which inputs a reader can move on the page, and how far."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from casebook.exporters.locked_inputs import Dependencies
from casebook.formula.operations import Array
from casebook.record.formulas import RecordedCase, rebuild
from casebook.record.types import InputRecord, Record

MOST = 8
"""So many sliders at once leave a reader the overview."""

_SWING = 0.2  # either way, for an input without a range of its own
_POSITIONS = 100  # a slider has at least so many, in steps of 1, 2 or 5


@dataclass(frozen=True)
class Slider:
    """One input that can be moved: its value, or a factor on its values by year."""

    name: str
    label: str
    unit: str
    evidence: str | None
    by_year: tuple[float, ...] | None
    """The likely values, where they are given by year: what is moved is a factor on all of them."""
    likely: float
    """The likely value; 1 for a factor."""
    low: float
    high: float
    """Where the slider ends."""
    bounds: tuple[float | None, float | None]
    """What may be typed."""
    step: float

    @property
    def positions(self) -> tuple[int, int]:
        """The slider's ends in steps from the likely value, which is 0."""
        ends = ((end - self.likely) / self.step for end in (self.low, self.high))
        lowest, highest = (math.copysign(math.ceil(round(abs(end), 9)), end) for end in ends)
        return int(lowest), int(highest)


def sliders(record: Record) -> list[Slider]:
    """The most influential inputs, at most `MOST`, strongest first; none whose effect can't be computed.

    The order is that of the tornado where the record has one; then by the swing of the net present value
    between low and high, or 20 % either way.
    """
    recorded, dependencies = rebuild(record), Dependencies(record)
    eligible = dependencies.used - dependencies.reached.keys()
    swings = {
        name: _swing(recorded, name, given) for name, given in record.inputs.items() if name in eligible
    }
    tornado = [swing.input for swing in record.simulation.tornado] if record.simulation else []
    rank = {name: place for place, name in enumerate(tornado)}
    names = [name for name, swing in swings.items() if swing > 0 and math.isfinite(swing)]
    names.sort(key=lambda name: (rank.get(name, len(rank)), -swings[name]))
    candidates = (_slider(name, record.inputs[name]) for name in names)
    return [slider for slider in candidates if slider.low < slider.high][:MOST]


def _swing(recorded: RecordedCase, name: str, given: InputRecord) -> float:
    likely = recorded.values[name]
    if given.low is not None and given.high is not None:
        ends = [np.atleast_1d(np.asarray(end, dtype=np.float64)) for end in (given.low, given.high)]
    else:
        low, high = _bounds(given)
        ends = [np.clip(likely * (1 + part), low, high) for part in (-_SWING, _SWING)]
    shape = (len(ends), max(end.size for end in ends))
    moved: Array = np.stack([np.broadcast_to(end, shape[1:]) for end in ends])
    try:
        at_low, at_high = recorded.net_present_value({name: moved}) + np.zeros(2)
    except ValueError:
        return math.inf
    return abs(float(at_high - at_low))


def _bounds(given: InputRecord) -> tuple[float | None, float | None]:
    return given.bounds or ((0.0, 1.0) if given.unit == "share" else (None, None))


def _slider(name: str, given: InputRecord) -> Slider:
    value, bounds = given.value, _bounds(given)
    assert value is not None
    by_year = value if isinstance(value, tuple) else None
    if isinstance(value, tuple):
        likely, bounds = 1.0, _factor_bounds(value, bounds)
        low, high = 0.5, 1.5
    else:
        likely = float(value)
        low, high = sorted((likely / 2, likely * 2))
        if isinstance(given.low, (int, float)) and isinstance(given.high, (int, float)):
            low, high = float(given.low), float(given.high)
    low, high = (_within(end, bounds) for end in (min(likely, low), max(likely, high)))
    whole = by_year is None and given.unit != "share" and all(v == int(v) for v in (likely, low, high))
    step = _step(high - low, whole)
    return Slider(
        name=name,
        label=given.label,
        unit=given.unit,
        evidence=given.evidence,
        by_year=by_year,
        likely=likely,
        low=low,
        high=high,
        bounds=bounds,
        step=step,
    )


def _factor_bounds(
    values: tuple[float, ...], bounds: tuple[float | None, float | None]
) -> tuple[float, float | None]:
    """The factors that leave every year's value within its bounds; none is below 0."""
    lowest, highest = 0.0, math.inf
    for value in values:
        if value:
            ends = [bound / value for bound in bounds if bound is not None and bound * value >= 0]
            sides = [end for end in ends if end >= 1]
            highest = min([highest, *sides])
            lowest = max([lowest, *(end for end in ends if end < 1)])
    return lowest, None if math.isinf(highest) else highest


def _within(value: float, bounds: tuple[float | None, float | None]) -> float:
    low, high = bounds
    value = value if low is None else max(value, low)
    return value if high is None else min(value, high)


def _step(span: float, whole: bool) -> float:
    """The largest of 1, 2 or 5 times a power of ten that gives enough positions; 1 for whole numbers."""
    if not span > 0:
        return 1.0
    most = span / _POSITIONS
    power = math.floor(math.log10(most))
    lead = max(lead for lead in (1, 2, 5) if lead <= most / 10**power * (1 + 1e-9) or lead == 1)
    step = float(Decimal(lead).scaleb(power))
    return max(step, 1.0) if whole else step
