"""The orders in which cases are ranked. A case without the figure comes after those that have it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from casebook.portfolio.entry import Entry

Key = Callable[[Entry], tuple[float, ...]]


@dataclass(frozen=True)
class Order:
    """One order: what it is called, and a key of which the least comes first."""

    label: str
    key: Key


def _most(value: float | None) -> float:
    return math.inf if value is None else -value


def _least(value: float | None) -> float:
    return math.inf if value is None else value


def _payback(entry: Entry) -> tuple[float, ...]:
    # What never costs more than it has brought has paid back from the start.
    if entry.payback_months is None and entry.no_payback == "no money at risk":
        return 0.0, -entry.net_present_value
    return _least(entry.payback_months), -entry.net_present_value


ORDERS = (
    Order("Net present value", lambda e: (-e.net_present_value,)),
    Order("Return", lambda e: (_most(e.return_on_investment), -e.net_present_value)),
    Order("Payback", _payback),
    Order("Chance of loss", lambda e: (_least(e.probability_of_loss), -e.net_present_value)),
    Order(
        "Evidence",
        lambda e: (
            -e.known,
            -e.evidence.get("measured", 0.0),
            -e.evidence.get("stated", 0.0),
            -e.net_present_value,
        ),
    ),
)


def ranked(entries: Iterable[Entry], order: Order) -> list[Entry]:
    """The cases in an order; equal ones by their folder."""
    return sorted(entries, key=lambda entry: (*order.key(entry), entry.folder, entry.kind))
