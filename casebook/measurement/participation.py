"""Who takes part: how unevenly contributions are spread over people."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from casebook.errors import CaseError
from casebook.i18n import Phrase
from casebook.measurement.bootstrap import freedom_of, student_share
from casebook.measurement.caveats import INFINITE_VARIANCE, small_sample
from casebook.measurement.columns import Array, Column, Reasons, named, usable_rows
from casebook.measurement.heavy_tails import Tail, size_of_tail, tail_of
from casebook.measurement.measurement import Measurement
from casebook.measurement.shares import wilson

_FEW = 10
"""Degrees of freedom under which a few people do all the moving."""


@dataclass(frozen=True)
class Participation:
    """How contributions are spread over those who contribute; each part is a Measurement of a share."""

    top_1_percent: Measurement
    """The share of all contributions that comes from the most active 1% of contributors."""
    next_9_percent: Measurement
    """The share from the 9% after them."""
    other_90_percent: Measurement
    """The share from the remaining 90%."""
    gini: Measurement
    """Gini's coefficient: 0 where all contribute alike, towards 1 where one does everything."""
    top_contributors: Measurement
    """The share of contributions from the `top` most active people."""
    contributors: int
    contributions: int
    posting: Measurement | None
    """The share of people who post, where `role` is given: of all `people`, or else of contributors."""
    responding: Measurement | None
    """The share of people who respond and do not post."""
    reading: Measurement | None
    """The share of people who only read, where `people` is given."""


def participation(
    authors: Any = None,
    *,
    role: Any = None,
    posts: Any = "question",
    counts: Any = None,
    people: int | None = None,
    top: int = 10,
    label: str = "",
) -> Participation:
    """The 1-9-90 shares, Gini's coefficient and the share of the top contributors.

    `authors`: one row a contribution, with who made it; rows without are set aside. For data that were
    counted where they lie give `counts` instead, one row a person. `role`: what each contribution is; those
    equal to `posts` begin something, all others respond. `people`: how many could have taken part, readers
    included.

    Shares of contributions are points of the Lorenz curve, 1 − L(0.99), L(0.99) − L(0.9), L(0.9) and
    1 − L(1 − top/n), interpolated between whole numbers of people; G = 2·Σ i·xᵢ ÷ (n·Σx) − (n+1)/n,
    times n ÷ (n − 1). Shares of people: Wilson's interval.

    Intervals: linearisation (Beach and Davidson 1983; Langel and Tillé 2013) on the log-odds, with t on
    Satterthwaite's degrees of freedom. They see the people as a sample of those who might have come. Where
    the tail is heavy, a sample mostly lacks the most active, and shares come out too even: the interval is
    moved out on that side by as much as they would change the share (`tails`). They cover 87 to 100% from 300
    people whose contributions spread like an exponential, a lognormal up to σ = 2, or a Pareto with exponent
    1.5; where few people decide, that is reported beside the figure. The top shares need 3 people or
    more at the top.

    >>> found = participation(counts=[40, 9, 5, 3, 2, 1, 1, 1, 1, 1], top=1)
    >>> round(found.top_contributors.value, 3), round(found.gini.value, 3), found.contributions
    (0.625, 0.753, 64)
    """
    what = named("participation", label)
    if (authors is None) == (counts is None):
        raise CaseError(f"{what}: give authors, one row a contribution, or counts, one row a person")
    posting = None
    if counts is not None:
        if role is not None:
            raise CaseError(f"{what}: role goes with authors; counts have no rows to tell apart")
        amounts, reasons, rows = _given(counts, what)
    else:
        amounts, posting, reasons, rows = _counted(authors, role, posts, what)
    n, total = len(amounts), float(amounts.sum())
    if n < 2 or top < 1:
        raise CaseError(
            f"{what}: {n} contributors, the top {top}; at least 2 are required, and a top of 1 or more"
        )
    top = min(top, n)
    curve = _Lorenz(np.sort(amounts))
    rest = _Rest(label, reasons, rows, curve, _tail(curve.x))
    return Participation(
        top_1_percent=rest.part(0.99, 1, Phrase("share of contributions by the top 1% of contributors")),
        next_9_percent=rest.part(0.9, 0.99, Phrase("share of contributions by the next 9%")),
        other_90_percent=rest.part(0, 0.9, Phrase("share of contributions by the other 90%")),
        gini=rest.gini(Phrase("Gini's coefficient of contributions a person")),
        top_contributors=rest.part(
            1 - top / n, 1, Phrase("share of contributions by the top {count} contributors", count=top)
        ),
        contributors=n,
        contributions=round(total),
        **_people(n, posting, people, rest, what),
    )


@dataclass(frozen=True)
class _Rest:
    """What all parts have in common."""

    label: str
    reasons: Reasons
    rows: int
    curve: _Lorenz
    tail: Tail | None

    @cached_property
    def beyond(self) -> _Curve | None:
        """The curve if the most active were as the tail says, those among them too who were not seen."""
        return None if self.tail is None else _Curve.with_tail(self.curve.x, self.tail)

    def part(self, low: float, high: float, method: str) -> Measurement:
        """What the people between two shares of them contribute."""
        value, influence = self.curve.part(low, high)
        return self._measured(value, influence, method, lambda curve: curve.at(high) - curve.at(low))

    def gini(self, method: str) -> Measurement:
        """Gini's coefficient."""
        value, influence = self.curve.gini_and_influence()
        return self._measured(value, influence, method, lambda curve: curve.gini())

    def _measured(
        self, value: float, influence: Array, method: str, of: Callable[[_Curve], float]
    ) -> Measurement:
        from scipy.special import expit, logit

        low, high = student_share(value, influence)
        caveats = small_sample(self.curve.n, Phrase("people"))
        if self.beyond is not None and 0 < value < 1:
            further = float(logit(of(self.beyond)) - logit(value))
            low, high = (
                float(expit(logit(low) + min(further, 0))),
                float(expit(logit(high) + max(further, 0))),
            )
        if self.tail is not None and (self.tail.shape >= INFINITE_VARIANCE or freedom_of(influence) < _FEW):
            caveats.append(
                Phrase(
                    "A few very active people drive this figure; the range allows for more active ones than"
                    " any observed, and more data could still shift it."
                )
            )
        method = Phrase("{what}, linearised", what=method)
        return Measurement(
            value, low, high, self.curve.n, method, self.label, self.reasons, self.rows, tuple(caveats)
        )

    def share(self, count: int, n: int, method: str) -> Measurement:
        return wilson(
            count,
            n,
            label=self.label,
            set_aside=self.reasons,
            method=Phrase("{what}, Wilson interval", what=method),
            rows=self.rows,
        )


def _given(counts: Any, what: str) -> tuple[Array, Reasons, int]:
    column = Column(counts, what)
    amounts = column.numbers()
    kept, reasons = usable_rows(column, least=2)
    used = amounts[kept]
    if (used < 0).any() or not (used > 0).any():
        raise CaseError(f"{what}: counts are 0 or more, and not all 0; the least is {used.min():g}")
    # Who contributed nothing is no contributor.
    return used[used > 0], reasons, int(kept.sum())


def _counted(authors: Any, role: Any, posts: Any, what: str) -> tuple[Array, int | None, Reasons, int]:
    """Contributions by person, and how many people post."""
    import pandas as pd

    column = Column(authors, what)
    column.drop(column.series.isna().to_numpy(), Phrase("no author"))
    roles = None if role is None else Column(role, f"{what}, role")
    if roles is not None:
        roles.drop(roles.series.isna().to_numpy(), Phrase("no role"))
    kept, reasons = usable_rows([("", column), *([("", roles)] if roles else [])], least=2)
    codes, _ = pd.factorize(column.series[kept])
    amounts = np.bincount(codes).astype(np.float64)
    posting = None
    if roles is not None:
        begins = (roles.series[kept] == posts).to_numpy(dtype=bool)
        if not begins.any():
            seen = ", ".join(repr(each) for each in roles.series.dropna().unique()[:8])
            hint = f"the roles are {seen}; write posts=…"
            raise CaseError(f"{what}: no row has the role {posts!r}\n  hint: {hint}")
        posting = len(np.unique(codes[begins]))
    return amounts, posting, reasons, int(kept.sum())


def _people(
    active: int, posting: int | None, people: int | None, rest: _Rest, what: str
) -> dict[str, Measurement | None]:
    if people is not None and people < active:
        raise CaseError(f"{what}: people is {people:,}, but {active:,} different people contributed")
    whole = active if people is None else people
    found: dict[str, Measurement | None] = {"posting": None, "responding": None, "reading": None}
    if posting is not None:
        begin, respond = (
            (Phrase("share of contributors who post"), Phrase("share of contributors who respond only"))
            if people is None
            else (Phrase("share of people who post"), Phrase("share of people who respond only"))
        )
        found["posting"] = rest.share(posting, whole, begin)
        found["responding"] = rest.share(active - posting, whole, respond)
    if people is not None:
        found["reading"] = rest.share(people - active, people, Phrase("share of people who only read"))
    return found


def _tail(ordered: Array) -> Tail | None:
    return tail_of(ordered[len(ordered) - size_of_tail(len(ordered)) - 1 :])


class _Curve:
    """A Lorenz curve: the share of contributions from each share of people, the least active first."""

    def __init__(self, people: Array, contributions: Array) -> None:
        self.people = np.concatenate([[0.0], people / people[-1]])
        self.contributions = np.concatenate([[0.0], contributions / contributions[-1]])

    @classmethod
    def with_tail(cls, ordered: Array, tail: Tail) -> _Curve:
        """Of amounts in rising order, those in the tail replaced by small parts of it."""
        body, parts = ordered[: len(ordered) - tail.count], 20 * tail.count
        each = tail.count / parts
        sums = np.concatenate([np.cumsum(body), body.sum() + np.cumsum(tail.means(parts) * each)])
        people = np.concatenate([np.arange(1.0, len(body) + 1), len(body) + each * np.arange(1, parts + 1)])
        return cls(people, sums)

    def at(self, share: float) -> float:
        """What the least active share of people contributes."""
        return float(np.interp(share, self.people, self.contributions))

    def gini(self) -> float:
        """Gini's coefficient: twice the area between the curve and the diagonal."""
        heights = self.contributions[1:] + self.contributions[:-1]
        return float(1 - (np.diff(self.people) * heights).sum())


class _Lorenz(_Curve):
    """The Lorenz curve of amounts in rising order, and how far each person moves what is read off it."""

    def __init__(self, ordered: Array) -> None:
        self.x = ordered
        self.n = len(ordered)
        self.mean = float(ordered.mean())
        self.sums = np.cumsum(ordered)
        super().__init__(np.arange(1.0, self.n + 1), self.sums)

    def part(self, low: float, high: float) -> tuple[float, Array]:
        """What the people between two shares of them contribute."""
        ends = [self._point(min(max(share, 0.0), 1.0)) for share in (low, high)]
        return ends[1][0] - ends[0][0], ends[1][1] - ends[0][1]

    def _point(self, p: float) -> tuple[float, Array]:
        """L(p) and how each person moves it."""
        value = self.at(p)
        if not 0 < p < 1:
            return value, np.zeros(self.n)
        quantile = self.x[min(max(math.ceil(p * self.n - 1e-9) - 1, 0), self.n - 1)]
        return value, (p * quantile + np.minimum(self.x - quantile, 0.0) - value * self.x) / self.mean

    def gini_and_influence(self) -> tuple[float, Array]:
        """Gini's coefficient without its bias in small samples."""
        rank, plain = np.arange(1, self.n + 1), self.gini()
        below = self.sums / rank
        moved = 2 * rank / self.n * (self.x - below) + self.mean - self.x - plain * (self.mean + self.x)
        return min(plain * self.n / (self.n - 1), 1.0), moved / self.mean
