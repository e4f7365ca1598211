"""What it is worth to know more before deciding: the value of perfect information, of all and of one input.

The decision is to do nothing, or one of the acts that are open: to invest, or to go any other way. Without
knowing more, one takes the act with the highest mean net present value. Whoever knew an input beforehand
could decide otherwise where it comes out otherwise; what this gains on average is the most that measuring it
can be worth. Amounts are in the case's currency.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from casebook.analysis.beta import Array

EVPI_METHOD = "mean over the draws of what the better decision would have saved"
EVPPI_METHOD = (
    "mean over the draws of what is gained by deciding from the input's value; the net present value "
    "expected at that value is a regression on the other nine tenths of the draws: a straight line, and "
    "departures from it in √draws bins as far as they exceed chance"
)
_FOLDS = 10
_MOMENTS = ((0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2))  # powers of x and y


@dataclass(frozen=True)
class Estimate:
    """A figure from random draws, and how far chance may have moved it."""

    value: float
    """Never below 0."""

    standard_error: float
    """The standard deviation of value over seeds; 0 where no draw would have changed the decision."""

    method: str
    """How it was computed, in words for the reader of a report."""


def evpi(npv_draws: Array) -> Estimate:
    """Give the expected value of perfect information: E[max_a NPV_a] − max_a E[NPV_a], nothing (0) among a.

    That is the mean of what the act that looks best gives away where another turns out better.
    `npv_draws` are independent draws (draws,) of investing, or (acts, draws) of several acts in the same
    draws; two draws at least. ValueError where they are not finite.

    Source: Hubbard, *How to Measure Anything*, "The value of information for ranges".

    >>> evpi(np.array([-1.0, 3.0, -1.0, 3.0])).value
    0.5
    >>> evpi(np.array([[420.0, -300.0], [100.0, -15.0]])).value  # both as likely: 210 against 60
    150.0
    """
    acts = with_nothing(npv_draws)
    loss = acts.max(axis=0) - acts[best_act(acts)]
    return Estimate(float(loss.mean()), standard_error(loss), EVPI_METHOD)


def evppi(x_draws: Array, npv_draws: Array) -> Estimate:
    """Give the value of perfect information on one input x: E_x[max_a E[NPV_a | x]] − max_a E[NPV_a].

    `x_draws` (draws,) are x's values, in one year where x is by year; `npv_draws` (draws,) or (acts, draws)
    are independent draws in the same order; twenty at least. Doing nothing (0) is one more act. ValueError
    where they are not finite.

    E[NPV_a | x] comes from one set of draws by regression (see `expected_given`); the estimate is the mean
    gain of taking the act with the highest one over the act taken without x. A draw's own tenth of the draws
    has no part in the regression that decides for it, so that noise does not pass for knowledge. The estimate
    is at most `evpi` of the same draws; it errs to the low side, by less than a standard error with the usual
    10,000 draws. A value that rests on events rarer than one in the number of draws comes out as 0.

    Source: Strong and Oakley, "An efficient method for computing single-parameter partial expected value
    of perfect information" (2013), and Strong, Oakley and Brennan, "Estimating multiparameter partial
    expected value of perfect information …: a nonparametric regression approach" (2014).

    >>> x = np.linspace(-1, 1, 1000)
    >>> round(evppi(x, x).value, 3), evppi(x, x + 5).value
    (0.25, 0.0)
    """
    acts = with_nothing(npv_draws)
    chosen = outcomes_knowing(x_draws, acts, acts)
    gain = chosen - acts[best_act(acts)]
    return Estimate(max(float(gain.mean()), 0.0), standard_error(gain), EVPPI_METHOD)


def with_nothing(npv_draws: Array) -> Array:
    """The outcomes (acts, draws) with those of doing nothing, which are 0, before them.

    Raises ValueError where there are fewer than two draws, or one is not finite.
    """
    npv = np.atleast_2d(np.asarray(npv_draws, dtype=np.float64))
    if npv.ndim != 2 or npv.shape[1] < 2 or not np.isfinite(npv).all():
        raise ValueError("must be at least two finite net present values, one a draw")
    return np.concatenate([np.zeros((1, npv.shape[1])), npv])


def best_act(acts: Array) -> int:
    """The place of the act with the highest mean; of equal ones the first."""
    return int(np.argmax(acts.mean(axis=1)))


def outcomes_knowing(x_draws: Array, acts: Array, outcomes: Array) -> Array:
    """The outcome (draws,) of each draw where the act is chosen that is expected to be best at its x.

    `acts` (acts, draws) are what is chosen by, the first of them doing nothing, and `outcomes` what it
    brings, in the same shape. ValueError for other draws of x than there are of the acts, or too few.
    """
    x = np.asarray(x_draws, dtype=np.float64)
    if x.shape != acts.shape[1:] or x.size < 2 * _FOLDS or not np.isfinite(x).all():
        raise ValueError(f"must be two equally long lists of at least {2 * _FOLDS} finite draws")
    chosen = np.argmax(np.concatenate([acts[:1], expected_given(x, acts[1:])]), axis=0)
    return np.asarray(np.take_along_axis(outcomes, chosen[None], axis=0)[0])


def expected_given(x: Array, acts: Array) -> Array:
    """E[NPV_a | x] at each draw, for each of the acts (acts, draws).

    A case is mostly a sum of products, in which E[NPV | x] is a straight line; caps, minima and steps
    bend it. So a line is fitted, and the mean departures from it in √draws bins of equal counts are added,
    freed of what noise alone would show and interpolated between the bins. A draw's own tenth of the draws
    has no part in its fit.
    """
    edges = np.unique(np.quantile(x, np.linspace(0, 1, round(np.sqrt(x.size)) + 1)[1:-1]))
    cell = np.searchsorted(edges, x, side="right")  # equal values of x are in one bin
    bins = edges.size + 1
    x = (x - x.mean()) / (x.std() or 1.0)
    cell_in_fold = np.arange(x.size) % _FOLDS * bins + cell
    return np.stack([_fitted(x, npv, cell_in_fold, bins) for npv in acts])


def _fitted(x: Array, npv: Array, cell_in_fold: NDArray[np.intp], bins: int) -> Array:
    """One act's expectation at each draw, each fold from the nine others; x is standardised."""
    middle, spread = npv.mean(), npv.std() or 1.0
    y = (npv - middle) / spread
    sums = np.stack([np.bincount(cell_in_fold, x**i * y**j, minlength=_FOLDS * bins) for i, j in _MOMENTS])
    sums = sums.reshape(len(_MOMENTS), _FOLDS, bins)
    others = sums.sum(axis=1, keepdims=True) - sums
    expected = np.empty(x.size)
    for fold in range(_FOLDS):
        mine = slice(fold, None, _FOLDS)
        expected[mine] = _regression(others[:, fold], x[mine])
    return np.asarray(middle + spread * expected)


def _regression(sums: Array, x: Array) -> Array:
    """The y expected at x, from each bin's Σ1, Σx, Σy, Σx², Σxy, Σy²."""
    counts, in_x, in_y, in_xx, in_xy, in_yy = sums[:, sums[0] > 0.5]
    count, sum_x, sum_y = counts.sum(), in_x.sum(), in_y.sum()
    variation = in_xx.sum() - sum_x**2 / count
    # Below this x is one value and what is left of it is rounding.
    slope = (in_xy.sum() - sum_x * sum_y / count) / variation if variation > 1e-9 * count else 0.0
    level = (sum_y - slope * sum_x) / count
    place = in_x / counts
    departure = in_y / counts - level - slope * place
    residual = in_yy - 2 * slope * in_xy + slope**2 * in_xx - (in_y - slope * in_x) ** 2 / counts
    noise = max(float(residual.sum()), 0.0) / max(count - counts.size, 1)
    departure = _beyond_noise(departure, noise * counts.size / count)
    return np.asarray(level + slope * x + np.interp(x, place, departure))


def _beyond_noise(departure: Array, variance: float) -> Array:
    """What of the bins' departures is more than noise of that variance would show.

    They are taken apart into waves, and octave by octave shrunk (James and Stein): slow waves, which
    hold what is bent or stepped, are kept, and quick ones, which hold noise, go.
    """
    waves = _waves(departure.size)
    amounts = waves @ departure
    first = 0
    while first < amounts.size:
        octave = amounts[first : 2 * first + 3]
        seen = float(octave @ octave)
        # Two standard deviations above its mean: noise alone gets there in about one octave of twenty.
        chance = variance * (octave.size + 2 * np.sqrt(2 * octave.size))
        octave *= max(0.0, 1 - chance / seen) if seen > 0 else 0.0
        first = 2 * first + 3
    return np.asarray(amounts @ waves)


@lru_cache(maxsize=8)
def _waves(count: int) -> Array:
    """The orthonormal cosines on `count` bins, slowest first (DCT-II)."""
    place, wave = np.arange(count) + 0.5, np.arange(count)[:, None]
    waves: Array = np.cos(np.pi / count * wave * place) * np.sqrt(2 / count)
    waves[0] = np.sqrt(1 / count)
    return waves


def standard_error(values: Array) -> float:
    """The standard deviation over seeds of the mean of independent draws."""
    return float(values.std(ddof=1) / np.sqrt(values.size))
