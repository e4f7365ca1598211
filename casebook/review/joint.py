"""What findings come to: several of them at once, and the one that takes most away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_

from casebook.review.change import Change
from casebook.review.finding import Finding
from casebook.review.pricing import Pricing


@dataclass(frozen=True)
class Joint:
    """What several open objections come to if all of them are right."""

    rules: tuple[str, ...]
    net_present_value: float
    amount: float
    """The change of the net present value, of which the part that is answered has been left out."""


def strongest_change(findings: Sequence[Finding]) -> Finding | None:
    """The open finding that takes most away if it is right, all of which follows from the formulas."""
    moves = [
        each
        for each in findings
        if each.is_open and isinstance(each.basis, Change) and not each.basis.as_so_far and each.price.loss
    ]
    return max(moves, key=lambda each: each.open_share * each.price.loss, default=None)


def joint_price(pricing: Pricing, findings: Sequence[Finding]) -> Joint | None:
    """What the open findings that change the case come to together; None for fewer than two.

    One case has all their changes, so that money that two of them take away is lost once. Where answers cover
    parts of them, the same part of the whole is left out as of the sum of their prices.
    """
    moves = [each for each in findings if each.is_open and isinstance(each.basis, Change)]
    if len(moves) < 2:
        return None
    changes = (each.basis for each in moves if isinstance(each.basis, Change))
    worth = pricing.net_present_value(reduce(and_, changes))
    whole = sum(abs(each.price.amount or 0.0) for each in moves)
    still = sum(abs(each.open_amount or 0.0) for each in moves)
    amount = (worth - pricing.base) * (still / whole if whole else 1.0)
    return Joint(tuple(dict.fromkeys(each.rule for each in moves)), pricing.base + amount, amount)
