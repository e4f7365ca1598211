"""What cases of one client claim of the same pool, and the benefit that goes when they count together.

A case's own ledger keeps the claims of its lines within each pool. Two cases know nothing of each other:
added up, they may claim more contacts than there are. Cases of one client that name a pool by the same key,
in the same unit, are therefore counted as if their lines stood in one case: in each month all claims on a
pool are scaled down to it in one proportion, a line that draws on several pools counts at the smallest share
that they leave it, and costs stay. The proportion favours no case; another rule would have to know which
contacts are whose. Where the cases state different sizes of a pool, the smallest counts among those that
claim from it: more is not known to be there.

Claims that stay within the pool may still mean the same contacts. That can be neither seen nor ruled out, so
nothing is taken off for it; `casebook.portfolio.overlap_register` works out what it comes to at worst.

What a set of cases loses only grows with each case added to it, since the shares only fall.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from casebook.formula.operations import Array
from casebook.portfolio.claims import Claim, Draw
from casebook.portfolio.entry import Entry

_ROUNDING = 1e-9
"""Claims that go beyond a pool by no more than this share keep within it."""

CENT = 0.005
"""Overlaps of less are shown as nothing, so nothing is said of them."""

Pool = tuple[str, str]
"""Key and unit: what has the same key in another unit can't be compared."""


@dataclass(frozen=True)
class Use:
    """What cases of one client claim of a pool, by case and month from the start of the first."""

    claimed: Array
    size: Array
    """As each case states it; infinite where it claims nothing."""

    @property
    def shares(self) -> Array:
        """What is left of every claim, by month."""
        return _share(self.size.min(0), self.claimed.sum(0))


def pool_of(claim: Claim) -> Pool:
    """What the claim is on."""
    return claim.key, claim.unit


def of_one_client(entries: Sequence[Entry]) -> list[list[int]]:
    """The places of the cases of each client in each currency: only these overlap and are added up."""
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, entry in enumerate(entries):
        places[entry.client, entry.currency].append(place)
    return list(places.values())


def uses(cases: Sequence[Entry]) -> dict[Pool, Use]:
    """The pools that cases of one client draw on."""
    shape = len(cases), max(span(case).stop for case in cases)
    found: dict[Pool, Use] = {}
    for number, case in enumerate(cases):
        for claim in case.claims:
            use = found.setdefault(pool_of(claim), Use(np.zeros(shape), np.full(shape, np.inf)))
            claimed = by_month(claim.claimed)
            use.claimed[number, span(case)] += claimed
            use.size[number, span(case)] = np.where(claimed > 0, by_month(claim.size), np.inf)
    return found


def benefit_lost(entries: Sequence[Entry]) -> list[Array]:
    """What each case loses of its benefits by year if all of these count: positive, undiscounted."""
    lost = [np.zeros(entry.years) for entry in entries]
    for places in of_one_client(entries):
        if len(places) > 1:
            shared = shares_of([entries[place] for place in places])
            for place in places:
                for draw in entries[place].draws:
                    lost[place] = lost[place] + draw_lost(entries[place], draw, shared)
    return lost


def value_lost(entries: Sequence[Entry]) -> float:
    """The present value of `benefit_lost`, each case at its own rate."""
    lost = zip(benefit_lost(entries), entries, strict=True)
    return math.fsum(float(by_year @ discount(entry)) for by_year, entry in lost)


def shares_of(cases: Sequence[Entry]) -> dict[Pool, Array]:
    """What cases of one client leave of every claim on a pool, by month."""
    return {pool: use.shares for pool, use in uses(cases).items()}


def draw_lost(case: Entry, draw: Draw, shared: Mapping[Pool, Array]) -> Array:
    """What some lines of a case lose by year, the shares being those of all cases."""
    lost: Array = (by_month(draw.money) / 12 * (1 - kept(case, draw, shared))).reshape(-1, 12).sum(1)
    return lost


def kept(case: Entry, draw: Draw, shared: Mapping[Pool, Array]) -> Array:
    """The part that stays of some lines' money, by month of the case.

    The money is as the case counts it, at the share that its own claims leave; all cases leave less.
    """
    claims = [claim for claim in case.claims if claim.key in draw.pools]
    alone = np.min([_share(by_month(claim.size), by_month(claim.claimed)) for claim in claims], axis=0)
    left = np.min([shared[pool_of(claim)][span(case)] for claim in claims], axis=0)
    return np.divide(left, alone, out=np.ones_like(left), where=alone > 0)


def span(case: Entry) -> slice:
    """The months of a case among those of its client."""
    first = case.begins or 0
    return slice(first, first + 12 * case.years)


def by_month(values: Sequence[float] | Array) -> Array:
    """Years as months, each as its year."""
    return np.repeat(np.asarray(values, dtype=np.float64), 12)


def discount(entry: Entry) -> Array:
    """What a unit of money at the end of each year is worth at the start of the case."""
    factors: Array = (1 + entry.discount_rate) ** -np.arange(1.0, entry.years + 1)
    return factors


def _share(size: Array, claimed: Array) -> Array:
    over = claimed > size * (1 + _ROUNDING)
    return np.divide(size, claimed, out=np.ones_like(claimed), where=over)
