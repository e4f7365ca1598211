"""Uncertain inputs: a distribution through three values that people can give.

`low` and `high` are always the 5th and the 95th percentile: one time in ten the truth lies outside. They
are never end points, whatever the kind. Values are in the input's own unit.

| kind         | likely is                               | may likely equal low, or high?     |
|--------------|-----------------------------------------|------------------------------------|
| `pert`       | the mode                                | yes                                |
| `triangular` | the mode                                | yes                                |
| `uniform`    | any value between: it shapes nothing    | yes                                |
| `normal`     | mean and median: half-way               | no                                 |
| `lognormal`  | the median: √(low · high)               | no                                 |
| `beta`       | any of mode, median and mean, on [0, 1] | only where it piles up at that end |

Where likely follows from low and high (the last three), a rounded one is accepted within 1 % of the range
(of the range of logarithms for the lognormal; beyond the span of its centres for the beta); low and high
are then kept as given. Where all three values are equal, the input is a constant.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, cast, get_args

import numpy as np

from casebook.analysis import distribution_shapes
from casebook.analysis.beta import Array
from casebook.analysis.distribution_shapes import Shape
from casebook.errors import CaseError

Kind = Literal["pert", "triangular", "uniform", "normal", "lognormal", "beta"]
"""The distributions by name."""

KINDS: tuple[Kind, ...] = get_args(Kind)

TOLERANCE = 0.01
"""By how much of its range a likely value may miss what low and high leave for it."""

# Ranges by year of one shape differ in the last bits; so many digits still place a mode far beyond need.
_DIGITS = 12

# Beyond this the mean of a lognormal would leave the floats, and long before it any meaning.
_WIDEST_LOGNORMAL = math.log(1e30)

Value = float | tuple[float, ...]
"""One value for all years, or one for each year."""


@dataclass(frozen=True)
class Distribution:
    """A shape in its place: every value is origin + scale × the shape's value."""

    kind: Kind
    origin: float
    scale: float
    shape: Shape

    def quantile(self, u: Array) -> Array:
        """Give the values below which the shares u of draws lie; u is above 0 and below 1, any shape."""
        return self.origin + self.scale * self.shape.quantile(np.asarray(u, dtype=np.float64))

    @property
    def mean(self) -> float:
        """The expected value, in the input's unit."""
        return self.origin + self.scale * self.shape.mean

    @property
    def sd(self) -> float:
        """The standard deviation, in the input's unit."""
        return self.scale * self.shape.sd

    @property
    def lowest(self) -> float:
        """The least value that can be drawn, −inf where there is none: for a PERT its end point a."""
        return self.origin + self.scale * self.shape.lowest

    @property
    def highest(self) -> float:
        """The greatest value that can be drawn, inf where there is none: for a PERT its end point b."""
        return self.origin + self.scale * self.shape.highest


def fit(kind: str, low: float, likely: float, high: float) -> Distribution:
    """Give the distribution of that kind with the 5th percentile low and the 95th percentile high.

    Raises CaseError where the three values contradict each other or the kind, and says what would agree.

    >>> pert = fit("pert", 90, 100, 130)
    >>> pert.quantile([0.05, 0.95]).round(6).tolist()
    [90.0, 130.0]
    >>> abs(pert.mean - (pert.lowest + 4 * 100 + pert.highest) / 6) < 1e-9
    True
    >>> fit("normal", 8, 12, 16.4)
    Traceback (most recent call last):
    casebook.errors.CaseError: low is 8, likely is 12, high is 16.4; in a normal distribution likely is \
half-way between low and high
      hint: likely would have to be 12.2; pert takes any likely value between
    """
    problem = disagreement(kind, low, likely, high)
    if problem is not None:
        raise CaseError("\n  hint: ".join(problem))
    known = cast(Kind, kind)
    if low == high:
        return Distribution(known, low, 0.0, distribution_shapes.CONSTANT)
    if known == "lognormal":
        sigma = round((math.log(high) - math.log(low)) / (2 * distribution_shapes.Z95), _DIGITS)
        middle = math.sqrt(low) * math.sqrt(high)
        return Distribution(known, 0.0, middle, distribution_shapes.lognormal(sigma))
    if known == "beta":
        return Distribution(known, 0.0, 1.0, _beta(low, likely, high))
    ratio = round((likely - low) / (high - low), _DIGITS)
    if known == "pert":
        shape = distribution_shapes.pert(ratio)
    elif known == "triangular":
        shape = distribution_shapes.triangular(ratio)
    else:
        shape = distribution_shapes.uniform() if known == "uniform" else distribution_shapes.normal()
    return Distribution(known, low, high - low, shape)


def disagreement(kind: str, low: float, likely: float, high: float) -> tuple[str, str] | None:
    """Say what is wrong with a range, and what would fix it; None where nothing is.

    Arithmetic only, for a quick check of a parameter file: whether a beta's likely value is near its
    centre needs the fit, which says so itself.

    >>> disagreement("pert", 5, 3, 9)
    ('low is 5, likely is 3, high is 9; likely must lie between low and high', 'likely would have to be \
5 to 9')
    """
    given = f"low is {_text(low)}, likely is {_text(likely)}, high is {_text(high)}"
    if kind not in KINDS:
        return f"distribution is {kind!r}; it must be one of {', '.join(KINDS)}", "without one, it is pert"
    if not all(math.isfinite(x) for x in (low, likely, high, high - low)):
        return f"{given}; each must be a finite number", "give three numbers"
    if low > high:
        return f"{given}; low must not be above high", "low is the 5th percentile, high the 95th"
    if not low <= likely <= high:
        wanted = f"likely would have to be {_text(low)} to {_text(high)}"
        return f"{given}; likely must lie between low and high", wanted
    if low == high:
        return None
    if kind == "normal" and abs((low - likely) + (high - likely)) / 2 > TOLERANCE * (high - low):
        wanted = _wanted(low / 2 + high / 2, high - low)
        return f"{given}; in a normal distribution likely is half-way between low and high", wanted
    if kind == "lognormal":
        return _lognormal_disagreement(given, low, likely, high)
    if kind == "beta" and not 0 < low < high < 1:
        wanted = "give shares such as 0.02 or 2%, or take pert"
        return f"{given}; a beta distribution needs low above 0 and high below 1", wanted
    return None


def _lognormal_disagreement(given: str, low: float, likely: float, high: float) -> tuple[str, str] | None:
    if low <= 0:
        return f"{given}; a lognormal distribution needs low above 0", "pert takes values of any sign"
    half_way = math.log(low) / 2 + math.log(high) / 2
    if math.log(high) - math.log(low) > _WIDEST_LOGNORMAL:
        return f"{given}; a lognormal distribution needs high below 1e30 × low", "take pert"
    if abs(math.log(likely) - half_way) <= TOLERANCE * (math.log(high) - math.log(low)):
        return None
    wanted = _wanted(math.sqrt(low) * math.sqrt(high), high - low)
    return f"{given}; in a lognormal distribution likely is the median, √(low × high)", wanted


def _beta(low: float, likely: float, high: float) -> Shape:
    fitted = distribution_shapes.beta(low, high)
    given = f"low is {_text(low)}, likely is {_text(likely)}, high is {_text(high)}"
    if fitted is None:
        raise CaseError(f"{given}; no beta distribution can be computed for this range\n  hint: take pert")
    shape, (least, greatest) = fitted
    slack = TOLERANCE * (high - low)
    if not least - slack <= likely <= greatest + slack:
        # Where the peak is at an end, what may be given still has to lie between low and high.
        least, greatest = max(least, low), min(greatest, high)
        span = f"{_text(least, high - low)} to {_text(greatest, high - low)}"
        raise CaseError(
            f"{given}; in a beta distribution likely is its mode, median or mean\n"
            f"  hint: likely would have to be {span}; pert takes any likely value between"
        )
    return shape


def _wanted(value: float, width: float) -> str:
    return f"likely would have to be {_text(value, width)}; pert takes any likely value between"


def _text(value: float, width: float | None = None) -> str:
    """A number as a person would write it: where a width is given, to a thousandth of that."""
    allowed = 0.0 if width is None else abs(width) / 1000
    for digits in range(3 if width else 6, 17):
        text = f"{value:.{digits}g}"
        if abs(float(text) - value) <= allowed:
            return text
    return repr(value)


@dataclass(frozen=True)
class Uncertain:
    """An input that may take other values than its likely one.

    All three values are single numbers, or all are tuples of one number a year; an input by year draws
    one quantile for all its years. Draws beyond what the input may be (`bounds`) are set to the bound: as
    low and high lie within, this leaves both percentiles where they are. Raises CaseError, naming the
    input and the year, where values contradict each other.

    >>> price = Uncertain("price", likely=(10, 20), low=(9, 18), high=(11, 22))
    >>> price.values(np.array([0.05, 0.5])).round(6).tolist()
    [[9.0, 18.0], [10.0, 20.0]]
    """

    name: str
    likely: Value
    low: Value
    high: Value
    kind: str = "pert"
    """One of KINDS."""

    bounds: tuple[float | None, float | None] = (None, None)
    """The least and the greatest value that the input may have; None where it is open."""

    def __post_init__(self) -> None:
        if len({np.shape(value) for value in (self.likely, self.low, self.high)}) > 1:
            raise CaseError(
                f"{self.name}: low, likely and high must all be single values, or all lists of one value "
                "a year\n  hint: repeat a value that stays the same"
            )
        for where, low, likely, high in self._ranges():
            problem = disagreement(self.kind, low, likely, high)
            if problem is not None:
                raise CaseError(f"{where}: " + "\n  hint: ".join(problem))
            least, greatest = self.bounds
            if (least is not None and low < least) or (greatest is not None and high > greatest):
                span = " to ".join("…" if bound is None else _text(bound) for bound in self.bounds)
                raise CaseError(
                    f"{where}: low is {_text(low)}, high is {_text(high)}; both must be within {span}"
                )

    def _ranges(self) -> list[tuple[str, float, float, float]]:
        columns = [np.atleast_1d(np.asarray(v, float)).tolist() for v in (self.low, self.likely, self.high)]
        by_year = isinstance(self.likely, tuple)
        wheres = [f"{self.name}, year {t + 1}" if by_year else self.name for t in range(len(columns[0]))]
        return list(zip(wheres, *columns, strict=True))

    @property
    def varying_year(self) -> int:
        """The index of the first year that has a range; 0 where none has."""
        return next((t for t, (_, low, _, high) in enumerate(self._ranges()) if low < high), 0)

    @cached_property
    def distributions(self) -> tuple[Distribution, ...]:
        """One distribution, or one for each year. Raises CaseError where a beta can't be fitted."""
        fitted = []
        for where, low, likely, high in self._ranges():
            try:
                fitted.append(fit(self.kind, low, likely, high))
            except CaseError as error:
                raise CaseError(f"{where}: {error}") from error
        return tuple(fitted)

    def values(self, u: Array) -> Array:
        """Give the values (draws, 1 or years) at quantiles u (draws), each above 0 and below 1."""
        drawn: dict[int, Array] = {}
        result = np.empty((len(u), len(self.distributions)))
        for year, each in enumerate(self.distributions):
            if id(each.shape) not in drawn:  # years mostly share their shape
                drawn[id(each.shape)] = each.shape.quantile(u)
            result[:, year] = each.origin + each.scale * drawn[id(each.shape)]
        if self.bounds != (None, None):
            np.clip(result, *self.bounds, out=result)
        return result
