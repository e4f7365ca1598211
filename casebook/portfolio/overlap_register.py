"""Each pool that several cases of a client draw on: what they claim, what goes, what may still be doubled."""

from __future__ import annotations

import dataclasses
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from casebook.formula.operations import Array
from casebook.portfolio.entry import Entry
from casebook.portfolio.overlap import (
    Pool,
    Use,
    by_month,
    discount,
    draw_lost,
    kept,
    of_one_client,
    pool_of,
    shares_of,
    span,
    uses,
)
from casebook.schema.periods import Month, month_of


@dataclass(frozen=True)
class Part:
    """One case's part in an overlap."""

    case: str
    """Its label."""
    claimed: float
    size: float | None
    """Of the pool, as the case states it; None where it claims nothing then."""
    lost: float
    """Present value of the benefit that is not counted beside the other cases."""


@dataclass(frozen=True)
class Overlap:
    """A pool on which several cases of one client draw at the same time.

    Claims and sizes are those of the month in which the claims come nearest to the pool, or furthest beyond
    it.
    """

    client: str
    currency: str
    key: str
    pool: str
    unit: str
    when: str
    """That month, as in `2028-01`; `year 2` of each case where not all of them say when they start."""
    parts: tuple[Part, ...]
    claimed: float
    size: float
    """The smallest that a case which claims states."""
    lost: float
    """Present value."""
    at_most_twice: float
    """What two or more cases may mean of what still counts, in the month in which that is most."""
    at_most_worth: float
    """Its present value, over all months: what the sum would lose if they do."""

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return dataclasses.asdict(self) | {"parts": list(map(dataclasses.asdict, self.parts))}


def overlaps(entries: Sequence[Entry]) -> list[Overlap]:
    """The overlaps among cases that all count, those that cost most first."""
    found = (_of_client(cases) for cases in _clients(entries))
    return sorted(
        (each for some in found for each in some), key=lambda each: (-each.lost, -each.at_most_worth)
    )


def not_comparable(entries: Sequence[Entry]) -> list[str]:
    """What keeps pools of one client from being compared, a sentence each."""
    return [remark for cases in _clients(entries) for remark in _remarks(cases)]


def _clients(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """The cases of each client that has several."""
    return ([entries[n] for n in places] for places in of_one_client(entries) if len(places) > 1)


def _remarks(cases: Sequence[Entry]) -> Iterator[str]:
    units: dict[str, dict[str, str]] = defaultdict(dict)
    for case in cases:
        for claim in case.claims:
            units[claim.key].setdefault(claim.unit, claim.name)
    for names in units.values():
        if len(names) > 1:
            yield (
                f"The cases of {cases[0].client} count “{next(iter(names.values()))}” in different units "
                f"({', '.join(names)}), so whether they overlap there is not known."
            )
    unnamed = [case.label for case in cases if case.unnamed_pools]
    if unnamed:
        yield f"Whether {', '.join(unnamed)} overlaps is not known: an old record. Make the report again."


def _of_client(cases: Sequence[Entry]) -> Iterator[Overlap]:
    shared = shares_of(cases)
    lost = _lost(cases, shared)
    for pool, use in uses(cases).items():
        if ((use.claimed > 0).sum(0) > 1).any():
            yield _overlap(cases, pool, use, lost[pool], _money(cases, pool, shared))


def _overlap(cases: Sequence[Entry], pool: Pool, use: Use, lost: Array, money: Array) -> Overlap:
    month = _tightest(use)
    sizes, still = use.size[:, month], use.claimed * use.shares
    drawing = [number for number in range(len(cases)) if use.claimed[number].any()]
    names = (claim.name for number in drawing for claim in cases[number].claims if pool_of(claim) == pool)
    return Overlap(
        client=cases[0].client,
        currency=cases[0].currency,
        key=pool[0],
        pool=next(names),
        unit=pool[1],
        when=_when(cases[0], month),
        parts=tuple(
            Part(
                cases[number].label,
                float(use.claimed[number, month]),
                float(sizes[number]) if math.isfinite(sizes[number]) else None,
                float(lost[number]),
            )
            for number in drawing
        ),
        claimed=float(use.claimed[:, month].sum()),
        size=float(sizes.min()),
        lost=float(lost.sum()),
        at_most_twice=float((still.sum(0) - still.max(0)).max()),
        at_most_worth=_worth_of_doubles(still, money),
    )


def _lost(cases: Sequence[Entry], shared: Mapping[Pool, Array]) -> dict[Pool, Array]:
    """The present value that each case loses to each pool; a line's loss is put to its tightest one."""
    lost: dict[Pool, Array] = defaultdict(lambda: np.zeros(len(cases)))
    for number, case in enumerate(cases):
        for draw in case.draws:
            pools = [pool_of(claim) for claim in case.claims if claim.key in draw.pools]
            tightest = min(pools, key=lambda pool: float(shared[pool][span(case)].sum()))
            lost[tightest][number] += draw_lost(case, draw, shared) @ discount(case)
    return lost


def _money(cases: Sequence[Entry], pool: Pool, shared: Mapping[Pool, Array]) -> Array:
    """The present value of what still counts of the lines that draw on a pool, by case and month."""
    money = np.zeros((len(cases), len(shared[pool])))
    for number, case in enumerate(cases):
        claims = [claim.key for claim in case.claims if pool_of(claim) == pool]
        for draw in case.draws:
            if claims and claims[0] in draw.pools:
                a_month = by_month(discount(case) * draw.money) / 12
                money[number, span(case)] += a_month * kept(case, draw, shared)
    return money


def _worth_of_doubles(claimed: Array, money: Array) -> float:
    """What goes if in each month all claims together mean no more than the largest of them.

    What still counts is then what earns least, at the average of each case, so that nothing worse can be
    true. Both arguments are by case and month. Two cases that claim 30 and 40 at 2 and 1 each:

    >>> _worth_of_doubles(np.array([[30.0], [40.0]]), np.array([[60.0], [40.0]]))
    60.0
    """
    each = np.divide(money, claimed, out=np.zeros_like(money), where=claimed > 0)
    cheapest_first = np.argsort(each, axis=0, kind="stable")
    each, rising = (np.take_along_axis(part, cheapest_first, axis=0) for part in (each, claimed))
    before = np.cumsum(rising, axis=0) - rising
    counts = np.clip(claimed.max(0) - before, 0, rising)
    return float((each * (rising - counts)).sum())


def _tightest(use: Use) -> int:
    """The month in which several cases claim most of the pool."""
    claimed, size = use.claimed.sum(0), use.size.min(0)
    fill = np.divide(claimed, size, out=np.full_like(claimed, np.inf), where=size > 0)
    return int(np.argmax(np.where((use.claimed > 0).sum(0) > 1, fill, -1.0)))


def _when(case: Entry, month: int) -> str:
    start = month_of(case.start or "")
    if case.begins is None or start is None:
        return f"year {month // 12 + 1}"
    return str(Month(start.number - case.begins + month))
