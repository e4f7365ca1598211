"""Seeded draws of uncertain inputs, the same however they are divided into chunks.

Plain Monte Carlo: draws are independent, so that the usual standard errors hold (a Latin hypercube's
would be too wide, by an unknown factor), more draws can be added to those already made, and any number
runs in the memory of one chunk. Each input has a random stream of its own, by its name: adding an input or
leaving one out changes no draw of the others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from casebook.analysis.beta import Array
from casebook.analysis.distributions import Uncertain
from casebook.errors import CaseError

CHUNK = 10_000
"""Draws that are in memory at a time."""

# Eigenvalues of a matrix that is just possible come out so far below zero by rounding.
_ROUNDING = 1e-9
# Smaller ones are zero but for rounding, whose square root would show.
_NONE = 1e-12


def draw_uniforms(names: Sequence[str], *, start: int, count: int, seed: int) -> dict[str, Array]:
    """Give the independent uniform draws number start … start + count − 1 of each named stream.

    Each draw is above 0 and below 1: the middle of one of 2^52 steps. A stream is a PCG64 seeded by the
    seed and the name; it is advanced to `start`, so that a draw depends on seed, name and number alone.

    >>> whole = draw_uniforms(["price"], start=0, count=5, seed=7)["price"]
    >>> part = draw_uniforms(["volume", "price"], start=3, count=2, seed=7)["price"]
    >>> bool(np.array_equal(whole[3:], part))
    True
    """
    return {name: _stream(name, start, count, seed) for name in names}


def _stream(name: str, start: int, count: int, seed: int) -> Array:
    key = np.frombuffer(hashlib.sha256(name.encode()).digest()[:16], dtype="<u4").tolist()
    bits = np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key))
    bits.advance(start)
    # random_raw, as only a bit generator's own stream is the same in all versions of NumPy.
    steps = (bits.random_raw(count) >> np.uint64(12)).astype(np.float64)
    return np.asarray((steps + 0.5) * 2.0**-52)


@dataclass(frozen=True)
class Sample:
    """The draws of a case's uncertain inputs.

    Correlations are Spearman's rank correlations ρ of pairs of names, from −1 to 1; pairs that are not
    named are independent. They are made by a Gaussian copula: normal scores with the correlation
    r = 2·sin(π·ρ/6), mixed by the symmetric square root of their matrix, which treats all inputs alike.
    Each input keeps its own distribution exactly.

    Raises CaseError for a name that is not uncertain, a value outside −1 … 1, a pair given twice, and
    for correlations that can't all hold at once.

    Source: Iman and Conover, "A distribution-free approach to inducing rank correlation" (1982), for rank
    correlation between inputs; Kruskal, "Ordinal measures of association" (1958), for r.

    >>> sample = Sample((Uncertain("price", 10, 9, 12), Uncertain("volume", 5, 4, 7)), seed=1)
    >>> {name: values.shape for name, values in sample.values(0, 3).items()}
    {'price': (3, 1), 'volume': (3, 1)}
    """

    inputs: tuple[Uncertain, ...]
    seed: int = 0
    correlations: Mapping[tuple[str, str], float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = [each.name for each in self.inputs]
        seen: set[frozenset[str]] = set()
        for pair, rho in self.correlations.items():
            where = f"correlation of {pair[0]} and {pair[1]}"
            for name in pair:
                if name not in names:
                    raise CaseError(f"{where}: {name} has no range\n  hint: give it low and high")
            if pair[0] == pair[1] or frozenset(pair) in seen:
                raise CaseError(
                    f"{where}: each pair of inputs may be given once only\n  hint: take one of the two out"
                )
            if not -1 <= rho <= 1:
                raise CaseError(f"{where} is {rho:g}; must be a number between -1 and 1")
            seen.add(frozenset(pair))
        _ = self._mixing  # raises here rather than in the midst of a simulation

    @cached_property
    def _correlated(self) -> tuple[str, ...]:
        paired = {name for pair in self.correlations for name in pair}
        return tuple(each.name for each in self.inputs if each.name in paired)

    @cached_property
    def _mixing(self) -> Array:
        roots, axes = np.linalg.eigh(self._scores_matrix(1.0))
        if len(roots) and roots[0] < -_ROUNDING:
            raise CaseError(
                f"the correlations of {', '.join(self._correlated)} can't all hold at once\n"
                f"  hint: they could, if each were multiplied by {self._possible_factor():g} or less"
            )
        root: Array = np.asarray((axes * np.sqrt(np.where(roots < _NONE, 0, roots))) @ axes.T)
        # A diagonal of ones that rounding has not touched keeps each score's spread exactly one.
        return np.asarray(root / np.sqrt(np.sum(root**2, axis=1, keepdims=True)))

    def _scores_matrix(self, factor: float) -> Array:
        """The correlations of the normal scores, where each rank correlation is multiplied by factor."""
        names = self._correlated
        matrix = np.eye(len(names))
        for (one, other), rho in self.correlations.items():
            r = 2 * np.sin(np.pi * factor * rho / 6)
            matrix[names.index(one), names.index(other)] = r
            matrix[names.index(other), names.index(one)] = r
        return matrix

    def _possible_factor(self) -> float:
        """The greatest number of whole percents at which the correlations can hold."""
        percents = np.arange(100)
        least = [np.linalg.eigvalsh(self._scores_matrix(percent / 100))[0] for percent in percents]
        impossible = np.flatnonzero(np.array(least) < 0)
        return float(percents[impossible[0] - 1] if impossible.size else 99) / 100

    def uniforms(self, start: int, count: int) -> dict[str, Array]:
        """Give each input's quantiles (draws,), correlated as asked, of draws start … start + count − 1."""
        return self._uniforms([each.name for each in self.inputs], start, count)

    def _uniforms(self, wanted: Sequence[str], start: int, count: int) -> dict[str, Array]:
        mixed = [name for name in self._correlated if name in wanted]
        needed = [*(self._correlated if mixed else ()), *wanted]
        drawn = draw_uniforms(list(dict.fromkeys(needed)), start=start, count=count, seed=self.seed)
        if mixed:
            from scipy.special import ndtr, ndtri

            scores = [ndtri(drawn[name]) for name in self._correlated]
            for name in mixed:
                row = self._mixing[self._correlated.index(name)]
                # Term by term: a matrix product may round differently for another number of draws.
                total = np.zeros(count)
                for weight, score in zip(row.tolist(), scores, strict=True):
                    total += weight * score
                drawn[name] = np.clip(ndtr(total), 2.0**-53, 1 - 2.0**-53)
        return {name: drawn[name] for name in wanted}

    def values(self, start: int, count: int) -> dict[str, Array]:
        """Give each input's values (draws, 1 or years) of draws start … start + count − 1."""
        drawn = self.uniforms(start, count)
        return {each.name: each.values(drawn[each.name]) for each in self.inputs}

    def chunks(self, draws: int, size: int = CHUNK) -> Iterator[dict[str, Array]]:
        """Give the values of `draws` draws, at most `size` at a time."""
        for start in range(0, draws, size):
            yield self.values(start, min(size, draws - start))

    def column(self, name: str, draws: int) -> Array:
        """Give one input's values (draws,) alone, in its first year that has a range, made anew.

        For `variance_shares` and `evppi`, which need all draws of an input, but of one at a time.
        """
        uncertain = next(each for each in self.inputs if each.name == name)
        result = np.empty(draws)
        for start in range(0, draws, CHUNK):
            count = min(CHUNK, draws - start)
            values = uncertain.values(self._uniforms([name], start, count)[name])
            result[start : start + count] = values[:, uncertain.varying_year]
        return result
