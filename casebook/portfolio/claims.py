"""What a case draws on that its client's other cases may draw on, too, and the money that rests on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from casebook.errors import CaseError
from casebook.formula.units import yearly
from casebook.record.types import AmountRecord, PoolRecord, Record
from casebook.schema.wording import visible


@dataclass(frozen=True)
class Claim:
    """What the counted lines of a case claim of one pool, before it is kept within the pool."""

    key: str
    """Pools of two cases with one key are the same."""
    name: str
    unit: str
    """Of size and claims; what flows, such as contacts, by the year."""
    size: list[float]
    """By year, as `claimed`."""
    claimed: list[float]


@dataclass(frozen=True)
class Draw:
    """The money of the lines that draw on the same pools."""

    pools: list[str]
    """Their keys."""
    money: list[float]
    """By year, positive, as the case counts it. Lines below zero are no part of it: nothing lowers a loss."""


def claims_of(record: Record) -> tuple[list[Claim], list[Draw]]:
    """The claims of a record, and the money that rests on them.

    Pools without a key, which records of old versions have, can't be told from others and are left out.
    """
    pools = [pool for pool in record.pools if pool.key is not None]
    drawn: dict[tuple[str, ...], list[float]] = defaultdict(lambda: [0.0] * record.years)
    for line in record.lines:
        keys = tuple(visible(pool.key or "") for pool in pools if line.name in pool.lines)
        if keys and line.side == "benefit":
            drawn[keys] = [
                total + max(money, 0.0) for total, money in zip(drawn[keys], line.annual, strict=True)
            ]
    return list(_claims(pools, record.years)), [Draw(list(keys), money) for keys, money in drawn.items()]


def _claims(pools: Sequence[PoolRecord], years: int) -> Iterator[Claim]:
    for pool in pools:
        factor, unit = _by_the_year(pool.size.unit)
        size, claimed = (
            [max(factor * value, 0.0) for value in _by_year(amount, years)]
            for amount in (pool.size, pool.claimed)
        )
        yield Claim(visible(pool.key or ""), visible(pool.name), unit, size, claimed)


def _by_the_year(unit: str) -> tuple[float, str]:
    try:
        return yearly(unit)
    except CaseError:  # a record from elsewhere; its unit is compared as a text
        return 1.0, visible(unit)


def _by_year(amount: AmountRecord, years: int) -> Sequence[float]:
    return amount.value if len(amount.value) == years else amount.value * years
