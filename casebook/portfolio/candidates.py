"""What a budget is spent on: cases that are funded together or not at all, with what they are worth together.

The best set under a budget is found by adding up what its members are worth. Cases of one client that overlap
are worth less together, so each combination of them is a candidate of its own, and of these at most one is
taken. So the search stays exact, and it need know nothing of overlaps.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

from casebook.errors import CaseError
from casebook.portfolio.entry import Entry
from casebook.portfolio.overlap import of_one_client, pool_of, shares_of, value_lost

MOST_COMBINATIONS = 1_023
"""Of the overlapping cases of one client: all those of ten."""


@dataclass(frozen=True)
class Candidate:
    """Some cases, by their places."""

    places: tuple[int, ...]
    value: float
    """Net present value together, without what they would claim twice."""
    cost: float
    group: int
    """Of the candidates of one group at most one is funded."""


def candidates(entries: Sequence[Entry], budget: float) -> list[Candidate]:
    """All that can be funded: single cases, and the combinations of those that overlap.

    A case that loses money, or costs more than the budget, is in none: a further case never adds more than
    its own value. Raises CaseError where the cases of a client overlap in too many combinations.
    """
    worthy = [
        place
        for place, entry in enumerate(entries)
        if entry.net_present_value > 0 and entry.costs <= budget * (1 + 1e-12)
    ]
    found: list[Candidate] = []
    for group, places in enumerate(_overlapping(entries, worthy)):
        for chosen in _combinations(entries, places):
            cases = [entries[place] for place in chosen]
            value = math.fsum(case.net_present_value for case in cases) - value_lost(cases)
            found.append(Candidate(chosen, value, math.fsum(case.costs for case in cases), group))
    return found


def _overlapping(entries: Sequence[Entry], worthy: Sequence[int]) -> Iterator[list[int]]:
    """The worthy cases, those together of which one's worth depends on another: alternatives and overlaps."""
    cases = [entries[place] for place in worthy]
    for client in of_one_client(cases):
        yield from _linked({worthy[n]: marks for n, marks in _links([cases[n] for n in client], client)})


def _links(cases: Sequence[Entry], places: Sequence[int]) -> Iterator[tuple[int, set[Hashable]]]:
    """Each case with its marks: two cases that have one in common depend on each other.

    A pool binds only where all claims of the client on it go beyond it; a part of them does less.
    """
    tight = {pool for pool, left in shares_of(cases).items() if (left < 1).any()}
    for place, case in zip(places, cases, strict=True):
        yield place, {case.alternatives, *(tight & {pool_of(claim) for claim in case.claims})}


def _linked(marks: dict[int, set[Hashable]]) -> list[list[int]]:
    """Places that hang together by a common mark, directly or by way of others."""
    groups: list[tuple[set[int], set[Hashable]]] = []
    for place, own in marks.items():
        touching = [group for group in groups if group[1] & own]
        groups = [group for group in groups if not group[1] & own]
        members = {place}.union(*(group[0] for group in touching))
        groups.append((members, own.union(*(group[1] for group in touching))))
    return [sorted(members) for members, _ in groups]


def _combinations(entries: Sequence[Entry], places: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """All sets of the cases but the empty one, with at most one of those that are alternatives."""
    alternatives: dict[Hashable, list[int | None]] = defaultdict(lambda: [None])
    for place in places:
        alternatives[entries[place].alternatives].append(place)
    if math.prod(map(len, alternatives.values())) - 1 > MOST_COMBINATIONS:
        raise CaseError(
            f"{entries[places[0]].client} has {len(places)} cases that overlap; their combinations are more "
            f"than the {MOST_COMBINATIONS:,} that can be compared under a budget\n"
            "  hint: leave some of them out of the folder, or give no budget"
        )
    for chosen in itertools.product(*alternatives.values()):
        if some := tuple(sorted(place for place in chosen if place is not None)):
            yield some
