"""What a first step is worth: what it lets one learn before the rest is spent, less its cost and delay.

The step measures an input x with an error: y = x + e, where e is normal and within a half-width nine times
in ten. After it one goes on with the way that is expected to be best given y, or stops. What is expected
given y is a regression on the draws, as for the value of perfect information, so that no draw decides for
itself. The step's cost is paid either way, and the horizon ends when it would have ended.

Source: Raiffa and Schlaifer, *Applied Statistical Decision Theory* (1961), expected value of sample
information; Strong, Oakley, Brennan and Breeze, "Estimating the expected value of sample information …"
(2015), by regression.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from casebook.analysis.acts import Act
from casebook.analysis.distribution_shapes import Z95
from casebook.analysis.information import best_act, outcomes_knowing, standard_error, with_nothing
from casebook.analysis.sampling import draw_uniforms
from casebook.formula.operations import Array
from casebook.schema.first_steps import Lesson
from casebook.schema.options import Option


@dataclass(frozen=True)
class Worth:
    """A mean of random draws."""

    value: float
    standard_error: float


@dataclass(frozen=True, eq=False)
class Learning:
    """What a first step gains."""

    lesson: Lesson
    gross: Worth
    """What its knowledge is worth, if it cost neither money nor time; never below 0."""
    net: Worth
    """Its expected net present value less that of the best option without it; may be below 0."""
    instead_of: str
    """The key of that option."""
    goes_on: float
    """The share of draws in which one goes on after it."""
    outcomes: Array = field(repr=False)
    """The net present value of each draw, the step's cost taken off."""


def learning_of(
    option: Option, acts: Mapping[str, Act], x: Array | None, *, nothing: str, key: str, seed: int
) -> Learning | None:
    """What a step gains over the best of nothing and the acts; None where nothing is drawn.

    `x` are the draws of the input that it measures, None where that input has no range: then nothing is
    learned. `key` names the step's own stream of errors.
    """
    assert option.learns is not None
    now = [each for act in acts.values() if (each := act.outcomes()) is not None]
    late = [each for act in acts.values() if (each := act.outcomes(option.delay)) is not None]
    if not now:
        return None
    y = None if x is None else x + _errors(option.learns, key, len(x), seed)
    at_once, delayed = with_nothing(np.stack(now)), with_nothing(np.stack(late))
    best = best_act(at_once)
    gain = _chosen(y, at_once) - at_once[best]
    chosen = _chosen(y, delayed)
    outcomes = chosen - option.cost
    difference = outcomes - at_once[best]
    return Learning(
        option.learns,
        gross=Worth(max(float(gain.mean()), 0.0), standard_error(gain)),
        net=Worth(float(difference.mean()), standard_error(difference)),
        instead_of=[nothing, *acts][best],
        goes_on=float((chosen != 0).mean()),
        outcomes=outcomes,
    )


def _chosen(y: Array | None, acts: Array) -> Array:
    """The outcome of each draw where y decides; where that gains nothing, one act for all of them."""
    same: Array = acts[best_act(acts)]
    if y is None:
        return same
    found = outcomes_knowing(y, acts, acts)
    return found if found.mean() > same.mean() else same


def _errors(lesson: Lesson, key: str, draws: int, seed: int) -> Array:
    """The errors of the measurement, from a stream of the step's own."""
    from scipy.special import ndtri

    name = f"option {key}"  # no input's name has a blank
    uniforms = draw_uniforms([name], start=0, count=draws, seed=seed)[name]
    return np.asarray(lesson.within / Z95 * ndtri(uniforms))
