"""What differs between the options of two records, and in which of them is recommended and asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from casebook.record.options import OptionRecord
from casebook.record.types import Record


@dataclass(frozen=True)
class Stand:
    """What an option comes to in one of the cases."""

    approve_now: float
    expected_net_present_value: float


@dataclass(frozen=True)
class OptionChange:
    """An option that is not the same in both cases."""

    key: str
    name: str
    before: Stand | None
    """None where the case has no such option."""
    after: Stand | None
    redefined: bool
    """Whether what the option is has changed, and not only its figures."""


@dataclass(frozen=True)
class Preference:
    """The option that is recommended or asked for, by name, where it is another one now."""

    what: Literal["Recommended", "Asked for"]
    before: str
    after: str


def option_changes(before: Record, after: Record) -> tuple[OptionChange, ...]:
    """The options that differ, as the records have them; none where a record is of a version without."""
    if not before.options or not after.options:
        return ()
    ones, others = ({each.key: each for each in record.options} for record in (before, after))
    pairs = ((key, ones.get(key), others.get(key)) for key in ones | others)
    return tuple(_change(key, one, other) for key, one, other in pairs if _differ(one, other))


def preferences(before: Record, after: Record) -> Iterator[Preference]:
    """What is recommended or asked for instead."""
    ones, others = ({each.key: each.name for each in record.options} for record in (before, after))
    pairs: tuple[tuple[Literal["Recommended", "Asked for"], str | None, str | None], ...] = (
        ("Recommended", before.recommended, after.recommended),
        ("Asked for", before.decided, after.decided),
    )
    for what, one, other in pairs:
        if one is not None and other is not None and one != other:
            yield Preference(what, ones.get(one, one), others.get(other, other))


def _differ(one: OptionRecord | None, other: OptionRecord | None) -> bool:
    if one is None or other is None:
        return True
    return _stand(one) != _stand(other) or _described(one) != _described(other)


def _change(key: str, one: OptionRecord | None, other: OptionRecord | None) -> OptionChange:
    named = other or one
    assert named is not None
    redefined = one is not None and other is not None and _described(one) != _described(other)
    return OptionChange(
        key,
        named.name,
        None if one is None else _stand(one),
        None if other is None else _stand(other),
        redefined,
    )


def _stand(option: OptionRecord) -> Stand:
    return Stand(option.approve_now, option.expected_net_present_value)


def _described(option: OptionRecord) -> tuple[Any, ...]:
    """What the parameter file says of an option, its words apart."""
    lesson = option.learning and (option.learning.input, option.learning.within)
    return dict(option.values), option.money, option.cost, option.delay, option.stop, option.gate, lesson
