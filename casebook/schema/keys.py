"""Keys of lines, pools, KPIs and steps: what refers to them, so that names can be reworded and translated."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from itertools import chain, count
from typing import Protocol, TypeVar

from casebook.errors import CaseError


class Keyed(Protocol):
    """A line or a pool."""

    @property
    def key(self) -> str:
        """Unique among its like."""
        ...

    @property
    def name(self) -> str:
        """What a reader sees."""
        ...


T = TypeVar("T", bound=Keyed)


def key_of(name: str) -> str:
    """The key that a name stands for where none is given: its words in small letters, joined by hyphens.

    >>> key_of("Loyal customers spend more"), key_of("Überstunden (Team 2)"), key_of("?!")
    ('loyal-customers-spend-more', 'überstunden-team-2', '?!')
    """
    return "-".join(re.findall(r"\w+", name.casefold())) or name


def new_key(given: str | None, name: str, taken: Container[str], label: str) -> str:
    """The key as given, or one made of the name that nothing has yet.

    Raises CaseError where the given one is taken, or not written as keys are.
    """
    if given is None:
        made = key_of(name)
        further = (f"{made}-{number}" for number in count(2))
        return next(key for key in chain([made], further) if key not in taken)
    if given != key_of(given):
        raise CaseError(
            f"{label} has the key {given!r}; a key is made of lower-case letters, digits and hyphens\n"
            f"  hint: write key='{key_of(given)}'"
        )
    if given in taken:
        raise CaseError(f"{label} has the key {given!r}, which another has\n  hint: give it one of its own")
    return given


def find(reference: str, among: Iterable[T]) -> T | None:
    """What a key or a name refers to; None where it is neither."""
    items = list(among)
    by_name = (item for item in items if item.name == reference)
    return next(by_name, next((item for item in items if item.key == reference), None))
