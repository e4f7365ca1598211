"""How many internal rates a cash flow has: the search that the sheet "IRR check" makes by formulas.

With u = ln(1 + rate) the present value is Σ flow[t] · e^(−u·t). Descartes' rule of signs says how many rates
there can be, and Cauchy's bound between which values of u they lie. There the present value is computed on a
grid: a change of sign is a rate; where it turns towards zero without reaching it between two points, the
turning point itself is looked at. What could still hide is said to be not verified.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...model.result import BORROWING, NO_RATE, SEVERAL_RATES, TOUCHING
from ...words import Phrase

GRID = 200
"""Steps of the grid."""

HALVINGS = 52
"""Steps of each bisection."""

NOISE = 4e-15
"""A present value this small beside the amounts that it is made of is zero."""

Array = NDArray[np.float64]

ONE = Phrase("there is exactly one")
NONE = Phrase(NO_RATE)
UNVERIFIED = Phrase("not verified: the cash flow may have several rates close together")
PER_CENT = "{number}\u00a0%"
BOTH = "{first} and {last}"
SPAN = "from {low} to {high}"


@dataclass(frozen=True)
class Search:
    """All intermediate values of a search, as the sheet shows them."""

    flows: Array
    signs: list[int]
    """Sign of the last amount that is not zero, by period."""
    changes: int
    low: float
    high: float
    points: Array
    """Values of u."""
    present: Array
    """Present value ÷ sum of its amounts without sign; zero within NOISE."""
    slope: Array
    crosses: NDArray[np.int64]
    turns: NDArray[np.int64]
    starts: tuple[float, float, float]
    """Where the bisections start: lowest crossing, highest crossing, turning point."""
    signs_there: tuple[int, int, int]
    paths: tuple[list[float], list[float], list[float]]
    """The lower end after each halving."""
    at_turn: float
    touching: int
    """Rates at the turning point: 0, 1 where it touches zero, 2 where it lies beyond."""
    count: int
    """Number of rates; −1 where it is not verified."""
    rates: tuple[float, float, float]
    """At the ends of the paths."""

    @property
    def lowest(self) -> float:
        """The lowest rate."""
        first, _, turn = self.rates
        return turn if not self.crosses.sum() else min(first, turn) if self.touching else first

    @property
    def highest(self) -> float:
        """The highest rate."""
        _, last, turn = self.rates
        return turn if not self.crosses.sum() else max(last, turn) if self.touching else last

    @property
    def is_return(self) -> bool:
        """Whether there is one rate, on money that goes out before it comes in."""
        return self.count == 1 and self.ends[0] < 0 < self.ends[1]

    @property
    def ends(self) -> tuple[float, float]:
        """The first and the last amount that is not zero; zeros where none is."""
        used = self.flows[self.flows != 0].tolist() or [0.0]
        return used[0], used[-1]

    @property
    def words(self) -> Phrase:
        """What is said in place of a rate."""
        if self.count == 0:
            return NONE
        if self.count < 0:
            return UNVERIFIED
        low, high = (Phrase(PER_CENT, number=round(100 * rate, 2)) for rate in (self.lowest, self.highest))
        if self.count == 1:
            first, last = self.ends
            return ONE if self.is_return else Phrase(BORROWING if last < 0 < first else TOUCHING, rate=low)
        rates = Phrase(BOTH, first=low, last=high) if self.count == 2 else Phrase(SPAN, low=low, high=high)
        return Phrase(SEVERAL_RATES, count=self.count, rates=rates)


def search(flows: list[float]) -> Search:
    """Search the rates of one case's flows, start first.

    >>> search([-100.0, 230.0, -132.0]).words
    'not unique: the cash flow has 2 rates, 10\\xa0% and 20\\xa0%'
    >>> found = search([-100.0, 150.0])
    >>> found.count, round(found.lowest, 12)
    (1, 0.5)
    """
    c = np.asarray(flows, dtype=np.float64)
    used = c[c != 0]
    signs: list[int] = []
    for flow in flows:
        signs.append(int(np.sign(flow)) or (signs[-1] if signs else 0))
    changes = sum(a * b < 0 for a, b in zip(signs[1:], signs, strict=False))
    low, high = -1.0, 1.0
    if changes:
        most = float(np.abs(c).max())
        low, high = -float(np.log1p(most / abs(used[-1]))), float(np.log1p(most / abs(used[0])))
    step = (high - low) / GRID
    points: Array = low + step * np.arange(GRID + 1.0)
    present, slope = (np.array(side) for side in zip(*(_at(c, u) for u in points), strict=True))
    present[np.abs(present) <= NOISE] = 0
    years = len(c) - 1
    near = years**2 * step**2 / 8 * float(np.exp(min(years * step, 50.0)))
    crosses, turns = _marks(present, slope, near)
    firsts = np.flatnonzero(crosses), np.flatnonzero(crosses)[::-1], np.flatnonzero(turns)
    starts, there, paths = [], [], []
    for index, values, take in zip(firsts, (present, present, slope), (0, 0, 1), strict=True):
        at = int(index[0]) if index.size else 0
        starts.append(float(points[at - 1]) if at else low)
        there.append(int(np.sign(values[at - 1])) if at else 0)
        paths.append(_halved(c, starts[-1], step, there[-1], take))
    at_turn = _at(c, paths[2][-1])[0]
    at_turn = 0.0 if abs(at_turn) <= NOISE else at_turn
    touching = 0
    if turns.sum() == 1:
        side = np.sign(present[int(firsts[2][0]) - 1])
        touching = 1 if at_turn == 0 else 0 if np.sign(at_turn) == side else 2
    crossings = int(crosses.sum())
    count = crossings + touching if turns.sum() <= 1 else -1
    if crossings == changes or changes == 0:
        count, touching = changes, 0
    return Search(
        c, signs, changes, low, high, points, present, slope, crosses, turns,
        (starts[0], starts[1], starts[2]), (there[0], there[1], there[2]), (paths[0], paths[1], paths[2]),
        at_turn, touching, count, tuple(float(np.exp(path[-1]) - 1) for path in paths),  # type: ignore[arg-type]
    )  # fmt: skip


def _at(c: Array, u: float) -> tuple[float, float]:
    """Present value and slope at u, both ÷ the sum of the amounts without sign."""
    years = len(c) - 1
    t = np.arange(years + 1)
    weights = np.exp(-u * t - max(0.0, -u * years))
    size = max(1e-300, float(np.abs(c) @ weights))
    return float(c @ weights) / size, -float(c * t @ weights) / size


def _marks(present: Array, slope: Array, near: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which points of the grid end an interval with a crossing, and which one with a turn near zero."""
    crosses, turns = (np.zeros(len(present), dtype=np.int64) for _ in range(2))
    for i in range(1, len(present)):
        before, here = float(present[i - 1]), float(present[i])
        crosses[i] = before != 0 if here == 0 else here * before < 0
        towards = slope[i - 1] * before < 0 and slope[i] * here >= 0
        turns[i] = here * before > 0 and towards and min(abs(here), abs(before)) < near
    return crosses, turns


def _halved(c: Array, start: float, step: float, sign: int, take: int) -> list[float]:
    path = [start]
    for halving in range(1, HALVINGS + 1):
        width = step / 2**halving
        path.append(path[-1] + (width if int(np.sign(_at(c, path[-1] + width)[take])) == sign else 0))
    return path
