"""The difference of two groups between rows that are alike otherwise, and whose difference that is.

Rows alike in all words are a stratum; within strata, numbers act as smooth curves (restricted cubic
splines). Each row is compared with what the other group's rows like it have, by two models at once: of the
value in each group (least squares) and of belonging to the group (logistic). It suffices that one of the two
is right (doubly robust: Robins, Rotnitzky and Zhao 1994). Without numbers both are the means of the strata,
and the result is direct standardisation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from casebook.errors import CaseError
from casebook.i18n import Phrase
from casebook.measurement.columns import Array, Mask

_FEW_VALUES = 5
"""Numbers with so few different values are read as words."""

_BENDS = 5
"""The most columns that a number becomes: itself, and its bends."""

_ROWS_A_COLUMN = 10
"""A regression needs so many rows of each group for each of its columns."""

_HARDLY = 0.05
"""A chance of belonging to a group under which a row has hardly a counterpart in it."""

_WORTH_TELLING = 0.02
"""The share of such rows from which on they are told."""

_LEAST_CHANCE = 0.01
"""No row stands for more than a hundred others."""


@dataclass(frozen=True)
class AdjustedDifference:
    """Three adjusted differences: over all rows, over those of the group, and over those of the other."""

    used: Mask
    """The rows that have counterparts in the other group."""
    shift: Mapping[str, float]
    influence: Mapping[str, Array]
    """How far each used row lies from the difference that it stands for; its mean is 0."""
    caveats: tuple[str, ...]


def adjust(values: Array, in_group: Mask, covariates: Mapping[str, Any], what: str) -> AdjustedDifference:
    """The difference between rows alike in the covariates, by whose rows it is weighted.

    Raises CaseError where no rows of both groups are alike.
    """
    words = {name: series for name, series in covariates.items() if _is_word(series)}
    names = ", ".join(covariates)
    codes, used, caveats = _strata(words, in_group, names, what)
    y, member = values[used], in_group[used]
    least = int(min(member.sum(), (~member).sum()))
    numbers = {name: series for name, series in covariates.items() if name not in words}
    design = _Design(codes, _curves(numbers, used, least, what))
    if numbers:
        chance = np.clip(design.chance(member), _LEAST_CHANCE, 1 - _LEAST_CHANCE)
        caveats += _overlap(chance, member, names, what)
    else:
        chance = design.means(member.astype(np.float64), np.ones(len(y), dtype=bool))
    (fitted, pull), (other, other_pull) = (design.regression(y, rows) for rows in (member, ~member))
    # HC3: a residual divided by 1 − leverage is what the row would have had without its own say.
    apart = np.where(member, (y - fitted) / (1 - pull), 0.0)
    other_apart = np.where(member, 0.0, (y - other) / (1 - other_pull))
    raw, other_raw = np.where(member, y - fitted, 0.0), np.where(member, 0.0, y - other)
    gap, weight, other_weight = fitted - other, 1 / chance, 1 / (1 - chance)
    parts = {
        "all": (gap, weight, other_weight, np.ones(len(y))),
        "of": (gap, np.ones(len(y)), chance * other_weight, member.astype(np.float64)),
        "against": (gap, (1 - chance) * weight, np.ones(len(y)), (~member).astype(np.float64)),
    }
    shift, influence = {}, {}
    for key, (between, up, down, target) in parts.items():
        share = float(target.mean())
        found = float((target * between + up * raw - down * other_raw).mean()) / share
        shift[key] = found
        moved = (target * (between - found) + up * apart - down * other_apart) / share
        influence[key] = moved - moved.mean()
    return AdjustedDifference(used, shift, influence, caveats)


def _is_word(series: Any) -> bool:
    import pandas as pd

    number = pd.api.types.is_numeric_dtype(series.dtype) and not pd.api.types.is_bool_dtype(series.dtype)
    return not number or series.nunique() <= _FEW_VALUES


def _strata(
    words: Mapping[str, Any], in_group: Mask, names: str, what: str
) -> tuple[Any, Mask, tuple[str, ...]]:
    """The stratum of each row that is used, those rows, and a word on strata that lack one of the groups."""
    import pandas as pd

    codes = np.zeros(len(in_group), dtype=np.int64)
    for series in words.values():
        own, known = pd.factorize(series)
        codes = pd.factorize(codes * len(known) + own)[0]
    inside, whole = np.bincount(codes, weights=in_group), np.bincount(codes)
    both = (inside >= 2) & (whole - inside >= 2)
    used = both[codes]
    if not used.any():
        raise CaseError(
            f"{what}: no rows with equal {names} occur in both groups (at least 2 of each are required)\n"
            "  hint: take out of adjust_for what restates the group, and what leaves few rows to match"
        )
    caveats: tuple[str, ...] = ()
    if not used.all():
        caveat = Phrase(
            "{rows} of {all} rows are left out: no row of the other group matches them on {columns} "
            "({strata} of {every} combinations).",
            rows=int((~used).sum()),
            all=len(used),
            columns=names,
            strata=int((~both).sum()),
            every=len(both),
        )
        caveats = (caveat,)
    return pd.factorize(codes[used])[0], used, caveats


def _overlap(chance: Array, member: Mask, names: str, what: str) -> tuple[str, ...]:
    """A word on rows that have hardly a counterpart in the other group."""
    alone = (chance < _HARDLY) | (chance > 1 - _HARDLY)
    if min((member & ~alone).sum(), (~member & ~alone).sum()) < 2:
        raise CaseError(
            f"{what}: the groups do not overlap in {names}: values common in one are rare in the other\n"
            "  hint: take out of adjust_for what decides who is in the group"
        )
    if alone.mean() < _WORTH_TELLING:
        return ()
    return (
        Phrase(
            "{rows} of {all} rows have almost no counterpart in the other group on {columns}; the "
            "comparison is thin there.",
            rows=int(alone.sum()),
            all=len(alone),
            columns=names,
        ),
    )


def _curves(numbers: Mapping[str, Any], used: Mask, least: int, what: str) -> Array:
    """Each number as columns: itself, and as many bends as the rows of the smaller group bear."""
    room = max(least // _ROWS_A_COLUMN // max(len(numbers), 1), 1)
    columns = [np.empty((int(used.sum()), 0))]
    for name, series in numbers.items():
        values = series.to_numpy(dtype=np.float64)[used]
        if not np.isfinite(values).all():
            raise CaseError(f"{what}: {name} is not finite in {int((~np.isfinite(values)).sum())} rows")
        spread = float(values.std()) or 1.0
        columns.append(spline((values - values.mean()) / spread, min(room, _BENDS)))
    if least <= sum(part.shape[1] for part in columns) + 1:
        raise CaseError(f"{what}: {least} rows in a group are too few to adjust for {', '.join(numbers)}")
    return np.hstack(columns)


def spline(x: Array, columns: int) -> Array:
    """A restricted cubic spline: straight beyond its outer knots, which lie at quantiles of x.

    Source: Harrell, *Regression Modeling Strategies* (2015), 2.4.5, with the outer knots at the fifth row
    from either end; shape (len(x), columns), at most so many.
    """
    if columns < 2:
        return x[:, None]
    outer = min(max(5 / len(x), 0.005), 0.05)
    knots = np.unique(np.quantile(x, np.linspace(outer, 1 - outer, columns + 1)))
    if len(knots) < 3:
        return x[:, None]
    last, before = knots[-1], knots[-2]
    end, near = np.maximum(x - last, 0) ** 3, np.maximum(x - before, 0) ** 3
    bends = [
        (
            np.maximum(x - knot, 0) ** 3
            - near * (last - knot) / (last - before)
            + end * (before - knot) / (last - before)
        )
        / (last - knots[0]) ** 2
        for knot in knots[:-2]
    ]
    return np.column_stack([x, *bends])


@dataclass(frozen=True)
class _Design:
    """One level for each stratum, and columns beside it."""

    codes: Any
    columns: Array

    def means(self, values: Array, rows: Mask) -> Array:
        """For each row the mean of its stratum, over some rows."""
        codes = self.codes[rows]
        size = int(self.codes.max()) + 1
        sums = np.bincount(codes, weights=values[rows], minlength=size)
        return np.asarray((sums / np.bincount(codes, minlength=size))[self.codes])

    def regression(self, values: Array, rows: Mask) -> tuple[Array, Array]:
        """Least squares over some rows: what it gives for every row, and each row's leverage."""
        ones = np.ones(len(values))
        level = self.means(values, rows)
        leverage = 1 / np.bincount(self.codes[rows], minlength=int(self.codes.max()) + 1)[self.codes]
        if not self.columns.shape[1]:
            return level, np.where(rows, leverage, 0.0)
        within = self.columns - np.column_stack([self.means(each, rows) for each in self.columns.T])
        own = within[rows]
        inverse = np.linalg.pinv(own.T @ own, hermitian=True)
        fitted = level + within @ (inverse @ (own.T @ (values - level)[rows]))
        leverage = leverage + np.einsum("ij,jk,ik->i", within, inverse, within)
        return fitted, np.where(rows, np.minimum(leverage, 0.99), 0.0) * ones

    def chance(self, member: Mask) -> Array:
        """The probability of each row to be in the group: logistic, by Newton's method."""
        from scipy.special import expit, logit

        size, x = int(self.codes.max()) + 1, self.columns
        share = self.means(member.astype(np.float64), np.ones(len(member), dtype=bool))
        levels = logit(np.bincount(self.codes, weights=share, minlength=size) / np.bincount(self.codes))
        slopes = np.zeros(x.shape[1])
        for _ in range(25):
            p = expit(levels[self.codes] + x @ slopes)
            w, residual = np.maximum(p * (1 - p), 1e-6), member - p
            across = np.stack([np.bincount(self.codes, weights=w * each, minlength=size) for each in x.T])
            total = np.bincount(self.codes, weights=w, minlength=size)
            by_level = np.bincount(self.codes, weights=residual, minlength=size)
            # The levels solved out of the Newton step; a trace of ridge keeps it finite where groups part.
            inner = (x.T * w) @ x - (across / total) @ across.T + 1e-3 * np.eye(len(slopes))
            step = np.linalg.solve(inner, x.T @ residual - (across / total) @ by_level - 1e-3 * slopes)
            slopes = slopes + step
            levels = levels + (by_level - across.T @ step) / total
            if np.abs(step).max() < 1e-8:
                break
        return np.asarray(expit(levels[self.codes] + x @ slopes))
