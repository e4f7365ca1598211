"""Who takes part: how unevenly contributions are spread over people."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from casebook.errors import CaseError
from casebook.measurement.bootstrap import student_share
from casebook.measurement.columns import Array, Column, Reasons, named, tally
from casebook.measurement.measurement import Measurement
from casebook.measurement.shares import wilson
from casebook.words import Phrase


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
    1 − L(1 − top/n), interpolated where that is no whole number of people; G = 2·Σ i·xᵢ ÷ (n·Σx) − (n+1)/n,
    times n ÷ (n − 1). Shares of people: Wilson's interval.

    Intervals: linearisation (Beach and Davidson 1983; Langel and Tillé 2013) on the log-odds, with t on
    Satterthwaite's degrees of freedom. They see the people as a sample of those who might have come. Gini's
    coefficient and the shares of the 9 and 90% cover 87 to 93% from 300 people whose contributions spread
    like an exponential, from 1,000 like a lognormal with σ = 1. The top shares do so where 10 people or more
    are the top of an exponential, 30 of a lognormal (for the top 1%: of 1,000 and 3,000 people). All cover
    less, and the top shares come out too low, where the tail is heavier, as a power law's with exponent under
    3: a few people beyond those seen would change everything.

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
            f"{what}: {n} contributors, the top {top}; 2 or more are needed, and a top of 1 or more"
        )
    top = min(top, n)
    curve = _Lorenz(np.sort(amounts))
    rest = _Rest(label, reasons, rows)
    tail, upper, base = curve.share(0.99, 1), curve.share(0.9, 0.99), curve.share(0, 0.9)
    return Participation(
        top_1_percent=rest.measured(tail, n, Phrase("share of contributions by the top 1% of contributors")),
        next_9_percent=rest.measured(upper, n, Phrase("share of contributions by the next 9%")),
        other_90_percent=rest.measured(base, n, Phrase("share of contributions by the other 90%")),
        gini=rest.measured(curve.gini(), n, Phrase("Gini's coefficient of contributions a person")),
        top_contributors=rest.measured(
            curve.share(1 - top / n, 1),
            n,
            Phrase("share of contributions by the top {count} contributors", count=top),
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

    def measured(self, found: tuple[float, Array], n: int, method: str) -> Measurement:
        value, influence = found
        low, high = student_share(value, influence)
        method = Phrase("{what}, linearised", what=method)
        return Measurement(value, low, high, n, method, self.label, self.reasons, self.rows)

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
    kept, reasons = tally(column, least=2)
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
    kept, reasons = tally([("", column), *([("", roles)] if roles else [])], least=2)
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
        raise CaseError(f"{what}: people is {people:,}, and {active:,} different ones contributed")
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


class _Lorenz:
    """The Lorenz curve of amounts in rising order, and how far each person moves what is read off it."""

    def __init__(self, ordered: Array) -> None:
        self.x = ordered
        self.n = len(ordered)
        self.mean = float(ordered.mean())
        self.sums = np.concatenate([[0.0], np.cumsum(ordered)])

    def share(self, low: float, high: float) -> tuple[float, Array]:
        """What the people between two shares of them contribute."""
        ends = [self._point(share) for share in (low, high)]
        return ends[1][0] - ends[0][0], ends[1][1] - ends[0][1]

    def _point(self, p: float) -> tuple[float, Array]:
        """L(p) and how each person moves it."""
        place = min(max(p, 0.0), 1.0) * self.n
        value = float(np.interp(place, np.arange(self.n + 1), self.sums) / self.sums[-1])
        quantile = self.x[min(max(math.ceil(place - 1e-9) - 1, 0), self.n - 1)] if p > 0 else 0.0
        moved = p * quantile + np.minimum(self.x - quantile, 0.0) - value * self.x
        return value, (moved if 0 < p < 1 else np.zeros(self.n)) / self.mean

    def gini(self) -> tuple[float, Array]:
        """Gini's coefficient without its bias in small samples."""
        rank = np.arange(1, self.n + 1)
        plain = float(2 * (rank * self.x).sum() / (self.n * self.sums[-1]) - (self.n + 1) / self.n)
        below = self.sums[1:] / rank
        moved = 2 * rank / self.n * (self.x - below) + self.mean - self.x - plain * (self.mean + self.x)
        return min(plain * self.n / (self.n - 1), 1.0), moved / self.mean
