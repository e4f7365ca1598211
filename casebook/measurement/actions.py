"""What one action is worth, such as a share or a like: the revenue attributed to it over its number."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from casebook.errors import CaseError
from casebook.i18n import Phrase
from casebook.measurement.averages import mean_of
from casebook.measurement.columns import Column, named
from casebook.measurement.measurement import SEED, Measurement
from casebook.measurement.rows import select


def value_of_action(
    revenue: Any,
    actions: int,
    *,
    otherwise: Any = None,
    by: Any = None,
    label: str = "",
    seed: int = SEED,
) -> Measurement:
    """The revenue that an action brings on average, in money an action.

    `revenue`: a column with one row a purchase that is attributed to the action, as a table of referrals has
    it. `actions`: how many of these actions there were, those without a purchase included. `otherwise`: a
    column that is true where a purchase came in another way, which then does not count: for a like or a
    follow, through a share or a tweet, or directly (so did ChompOn). `by`: a column of what purchases have in
    common, such as the customer. Attributed is not caused: a causal share has to follow.

    Interval: that of `mean` over all actions, those without revenue at 0, whose heavy tail it follows.

    >>> orders, direct = [40, 25, 60, 35] * 10, [False, False, True, False] * 10
    >>> value_of_action(orders, 500).value, value_of_action(orders, 500, otherwise=direct).value
    (3.2, 2.0)
    """
    what = named("value of an action", label)
    column = Column(revenue, what)
    money = column.numbers()
    columns = [("", column)]
    other = None
    if otherwise is not None:
        other = Column(otherwise, f"{what}, otherwise")
        came_otherwise = other.numbers() != 0
        columns.append((Phrase("another way"), other))
    rows = select(columns, what, by=by, least=1)
    counted = rows.of(money)
    if other is not None:
        counted = np.where(rows.of(came_otherwise), 0.0, counted)
    sums = counted if rows.clusters is None else rows.clusters.sums(counted)
    brought = sums[sums != 0]
    if isinstance(actions, bool) or int(actions) != actions or actions < max(len(brought), 2):
        raise CaseError(
            f"{what}: {actions} actions are given; must be a whole number, and at least the {len(brought)} "
            "that brought a purchase"
        )
    every = np.zeros(int(actions))
    every[: len(brought)] = brought
    found = mean_of(every, None, label, seed)
    method = Phrase("revenue an action, {method}", method=found.method)
    found = replace(found, method=method, set_aside=rows.set_aside)
    return found if rows.clusters is None else replace(found, method=rows.clusters.said(method))
