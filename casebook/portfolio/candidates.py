"""What a budget is spent on: options that are funded together or not at all, with their worth together.

Of each case at most one option is funded, of cases that are alternatives at most one. The best set under a
budget is found by adding up what its members are worth. Cases of one client that overlap are worth less
together, so each combination of their options is a candidate of its own, and of these at most one is taken.
So the search stays exact, and it need know neither of options nor of overlaps.

What cases lose to each other is that of their wholes, whichever options are combined: a record holds no
claims of other options. It is the most that they lose, unless an option claims more than the whole does.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from casebook.errors import CaseError
from casebook.portfolio.entry import Entry
from casebook.portfolio.overlap import of_one_client, pool_of, shares_of, value_lost
from casebook.schema.options import NOTHING

MOST_SETS = 1_023
"""Of the overlapping cases of one client: all those of ten."""

MOST_COMBINATIONS = 59_048
"""With their options: all those of ten cases with two options each."""

Pick = tuple[int, int]
"""A case by its place, and one of its options by its place among them."""


@dataclass(frozen=True)
class Candidate:
    """Options of some cases."""

    picks: tuple[Pick, ...]
    value: float
    """Expected net present value together, without what the cases would claim twice."""
    cost: float
    group: int
    """Of the candidates of one group at most one is funded."""


def candidates(entries: Sequence[Entry], budget: float) -> list[Candidate]:
    """All that can be funded: options of single cases, and the combinations of those that overlap.

    An option that loses money, or costs more than the budget, is in none: a further case never adds more
    than its own value. Raises CaseError where the cases of a client overlap in too many combinations.
    """
    worthy = {place: own for place, entry in enumerate(entries) if (own := _worthy(place, entry, budget))}
    found: list[Candidate] = []
    for group, places in enumerate(_overlapping(entries, list(worthy))):
        lost: dict[tuple[int, ...], float] = {}
        for picks in _combinations(entries, {place: worthy[place] for place in places}):
            chosen = tuple(place for place, _ in picks)
            if chosen not in lost:
                lost[chosen] = value_lost([entries[place] for place in chosen])
            options = [entries[place].options[number] for place, number in picks]
            value = math.fsum(each.expected_net_present_value for each in options) - lost[chosen]
            found.append(Candidate(picks, value, math.fsum(each.costs for each in options), group))
    return found


def _worthy(place: int, entry: Entry, budget: float) -> list[Pick]:
    """The options of a case that are worth something and fit the budget; to do nothing is not to fund it."""
    return [
        (place, number)
        for number, each in enumerate(entry.options)
        if each.key != NOTHING and each.expected_net_present_value > 0 and each.costs <= budget * (1 + 1e-12)
    ]


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


def _combinations(
    entries: Sequence[Entry], worthy: Mapping[int, Sequence[Pick]]
) -> Iterator[tuple[Pick, ...]]:
    """All sets of options but the empty one, with at most one of each case and of alternative cases."""
    cases: dict[Hashable, int] = defaultdict(lambda: 1)
    ways: dict[Hashable, list[Pick | None]] = defaultdict(lambda: [None])
    for place, picks in worthy.items():
        cases[entries[place].alternatives] += 1
        ways[entries[place].alternatives] += picks
    sets, combinations = math.prod(cases.values()) - 1, math.prod(map(len, ways.values())) - 1
    if sets > MOST_SETS or combinations > MOST_COMBINATIONS:
        raise CaseError(
            f"{entries[next(iter(worthy))].client} has {len(worthy)} cases that overlap; their combinations "
            f"are more than the {MOST_SETS:,}, or {MOST_COMBINATIONS:,} with options, that can be compared "
            "under a budget\n"
            "  hint: leave some of them out of the folder, or give no budget"
        )
    for chosen in itertools.product(*ways.values()):
        if some := tuple(sorted(pick for pick in chosen if pick is not None)):
            yield some
