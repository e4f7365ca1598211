"""Which cases to fund under a budget: the set with the highest net present value, and the next best one.

This is the 0/1 knapsack problem. HiGHS (in SciPy) solves it exactly; what it returns is checked here in full
precision, since a solver holds a budget only within its tolerance.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import sys
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from casebook.errors import CaseError

SECONDS = 20.0
"""How long a best set is looked for; sets that are hard to tell apart may take for ever."""

_MOST_REFUSED = 100

_ROUNDING = 1e-12
"""A set keeps the budget where it goes beyond it by no more than this share: 0.1 + 0.2 is 0.3."""


@dataclass(frozen=True)
class Choice:
    """A set of candidates, by their places."""

    chosen: tuple[int, ...]
    value: float
    cost: float
    proven: bool = True
    """Whether no other set is better; otherwise it is the best that was found in time."""


def best_choices(
    values: Sequence[float],
    costs: Sequence[float],
    budget: float,
    *,
    groups: Sequence[Hashable] | None = None,
    count: int = 2,
    seconds: float = SECONDS,
) -> list[Choice]:
    """The sets of the highest total value that cost at most the budget, the best first; at most `count`.

    Only candidates with a value above zero are chosen. Of candidates in one group at most one is. Each set is
    distinct; the empty one counts. After one that is not proven there is no further. Raises CaseError where
    no set was found in time.

    >>> best_choices([60, 100, 120], [10, 20, 30], 50)[0]
    Choice(chosen=(1, 2), value=220.0, cost=50.0, proven=True)
    >>> best_choices([1, 1], [0.1, 0.2], 0.3)[0].chosen
    (0, 1)
    """
    most = budget * (1 + _ROUNDING)
    worthy = [place for place, value in enumerate(values) if value > 0 and costs[place] <= most]
    found: list[Choice] = []
    excluded: list[frozenset[int]] = []
    while len(found) < count and len(excluded) < _MOST_REFUSED:
        solved = _solve(values, costs, most, worthy, groups, excluded, seconds)
        if solved is None:
            break
        chosen, proven = solved
        excluded.append(chosen)
        cost = math.fsum(costs[place] for place in chosen)
        if cost <= most:
            value = math.fsum(values[place] for place in chosen)
            found.append(Choice(tuple(sorted(chosen)), value, cost, proven))
        if not proven:
            break
    if not found:
        raise CaseError("no set of cases within the budget was found\n  hint: try another budget")
    return found


def _solve(
    values: Sequence[float],
    costs: Sequence[float],
    budget: float,
    worthy: Sequence[int],
    groups: Sequence[Hashable] | None,
    excluded: Sequence[frozenset[int]],
    seconds: float,
) -> tuple[frozenset[int], bool] | None:
    """The best set that is not excluded, and whether it is proven to be; None where there is none left."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    if not worthy:
        return None if excluded else (frozenset(), True)
    rows = [[costs[place] for place in worthy]]
    low, high = [-np.inf], [budget]
    for columns in _alternatives(worthy, groups):
        rows.append([float(column in columns) for column in range(len(worthy))])
        low.append(-np.inf)
        high.append(1.0)
    for taken in excluded:  # at least one candidate differs
        rows.append([-1.0 if place in taken else 1.0 for place in worthy])
        low.append(1.0 - len(taken))
        high.append(np.inf)
    with _silenced():
        solved = milp(
            -np.array([values[place] for place in worthy]),
            integrality=np.ones(len(worthy)),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(csr_array(np.array(rows)), low, high),
            options={"mip_rel_gap": 0.0, "time_limit": seconds},
        )
    if solved.status == 2:  # infeasible: every set has been tried
        return None
    if solved.x is None:
        raise CaseError(f"no set of cases was found within {seconds:g} seconds: {solved.message}")
    chosen = frozenset(place for place, taken in zip(worthy, solved.x, strict=True) if taken > 0.5)
    return chosen, solved.status == 0


def _alternatives(worthy: Sequence[int], groups: Sequence[Hashable] | None) -> Iterator[set[int]]:
    """The columns of which at most one may be chosen."""
    members: dict[Hashable, set[int]] = {}
    for column, place in enumerate(worthy):
        if groups is not None:
            members.setdefault(groups[place], set()).add(column)
    return (columns for columns in members.values() if len(columns) > 1)


@contextlib.contextmanager
def _silenced() -> Iterator[None]:
    """HiGHS makes remarks on file descriptor 1 itself, past sys.stdout, where only data belong."""
    if os.name != "posix":
        yield
        return
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
        ctypes.CDLL(None).fflush(None)
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
