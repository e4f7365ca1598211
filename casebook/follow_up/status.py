"""Plan against actual in words: on plan, behind, well behind, and by how many months."""

from __future__ import annotations

import math

import numpy as np

from casebook.formula.operations import Array
from casebook.schema.kpi_status import STANDINGS

NEAR = 0.10
"""Up to so far from plan, and a line is on plan, unless it is late."""

LATE = 1.0
"""More months late than this, and a line is behind, however near to plan."""

FAR = 0.25
"""Farther than this on the wrong side, and a line is well behind."""

BENEFIT_WORDS = STANDINGS
COST_WORDS = ("under plan", "on plan", "over plan", "well over plan")
"""From the good side to the bad one."""

SYMBOLS = ("▲", "●", "◐", "○")
"""In the order of the words: a shape for each, so that nothing hangs on a colour."""

UNKNOWN = "not known yet"
UNPLANNED = "not planned"


def relative(actual: float, planned: float) -> float | None:
    """Actual as a multiple of its plan: above 1 is more, also of a plan below zero; None where that is 0.

    >>> relative(9, 10), relative(-9, -10), relative(0, 0), relative(5, 0)
    (0.9, 1.1, 1.0, None)
    """
    if actual == planned:
        return 1.0
    return 1 + (actual - planned) / abs(planned) if planned else None


def standing(ratio: float | None, *, more_is_better: bool, months_late: float | None = None) -> str:
    """How something stands, by its actual over its plan; `UNKNOWN` for None.

    >>> [standing(ratio, more_is_better=True) for ratio in (1.2, 1.1, 0.9, 0.8, 0.74)]
    ['ahead', 'on plan', 'on plan', 'behind', 'well behind']
    >>> [standing(ratio, more_is_better=False) for ratio in (0.8, 1.1, 1.25, 1.3)]
    ['under plan', 'on plan', 'over plan', 'well over plan']
    >>> [standing(0.95, more_is_better=True, months_late=late) for late in (1, 1.1)]
    ['on plan', 'behind']
    """
    if ratio is None:
        return UNKNOWN
    words = BENEFIT_WORDS if more_is_better else COST_WORDS
    # Rounded, so that what is 10 % off in the books is not 10.00000001 % off here.
    gain = round(ratio - 1 if more_is_better else 1 - ratio, 9)
    is_late = months_late is not None and round(months_late, 9) > LATE
    near = 2 if is_late else 1
    return words[0 if gain > NEAR else near if gain >= -NEAR else 2 if gain >= -FAR else 3]


def is_late(word: str) -> bool:
    """Whether a standing is on the wrong side of the plan."""
    return word in BENEFIT_WORDS[2:] or word in COST_WORDS[2:]


def symbol(word: str) -> str:
    """The shape that goes with a standing.

    >>> symbol("well behind"), symbol("over plan"), symbol("not known yet")
    ('○', '◐', '–')
    """
    for words in (BENEFIT_WORDS, COST_WORDS):
        if word in words:
            return SYMBOLS[words.index(word)]
    return SYMBOLS[2] if word == UNPLANNED else "–"


def months_late(planned: Array, actual: float, months: int) -> float | None:
    """How many months before now the plan had reached what is there now; negative where it is ahead.

    `planned` is the running total by month, from the start (index 0); `months` are over. None where the plan
    does not only rise, where nothing was planned yet, or where the plan never gets so far.

    >>> months_late(np.array([0.0, 10, 20, 30, 40]), 15, 3), months_late(np.array([0.0, 10, 20, 30]), 30, 2)
    (1.5, -1.0)
    """
    rises = np.diff(planned)
    if (rises < 0).any() or planned[months] <= 0 or actual > planned[-1]:
        return None
    if math.isclose(actual, planned[months], rel_tol=1e-9):
        return 0.0
    if actual <= planned[0]:
        # Later than the start, as far as the plan had by then brought anything.
        return float(months)
    # The first month at which the total is there; between two months, along the straight line.
    after = int(np.argmax(planned >= actual))
    return float(months - (after - 1 + (actual - planned[after - 1]) / rises[after - 1]))
