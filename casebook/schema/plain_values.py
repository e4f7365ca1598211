"""A mapping that comes from a notebook, as plain values: nothing but what a parameter file could hold."""

from __future__ import annotations

from numbers import Integral, Real

from casebook.schema.checker import Checker
from casebook.schema.passwords import HINT, REFUSAL, holds_password
from casebook.schema.wording import Place, name_of, show
from casebook.schema.yaml_source import MAX_DEPTH, MAX_VALUES, REFUSED


def plain_copy(checker: Checker, values: object) -> object:
    """A copy of nested values in dict, list, str, int, float, bool and None; tuples become lists.

    Anything else is noted as a problem, and stands as REFUSED in the copy. Lists that hold themselves, or
    each other many times over, end where a parameter file would: by depth, and by the number of values.
    """
    return _Copy(checker).copy((), values, 0)


class _Copy:
    def __init__(self, checker: Checker) -> None:
        self._checker = checker
        self._count = 0

    def copy(self, place: Place, value: object, depth: int) -> object:
        self._count += 1
        if self._count > MAX_VALUES:
            if self._count == MAX_VALUES + 1:
                self._checker.add((), f"there are more than {MAX_VALUES:,} values")
            return REFUSED
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self._text(place, str(value))
        if isinstance(value, Real):
            return int(value) if isinstance(value, Integral) else float(value)
        if isinstance(value, (dict, list, tuple)):
            if depth >= MAX_DEPTH:
                self._checker.add(place, f"values are nested deeper than {MAX_DEPTH} levels")
                return REFUSED
            if isinstance(value, dict):
                return self._mapping(place, value, depth)
            return self._items(place, value, depth)
        message = f"{name_of(place)} is {show(value)}; must be text, a number, a list or a mapping"
        self._checker.add(place, message)
        return REFUSED

    def _text(self, place: Place, text: str) -> object:
        if not holds_password(text):
            return text
        self._checker.add(place, f"{name_of(place)} {REFUSAL}", HINT)
        return REFUSED

    def _items(self, place: Place, values: list[object] | tuple[object, ...], depth: int) -> list[object]:
        copied = []
        for index, value in enumerate(values):
            copied.append(self.copy((*place, index), value, depth + 1))
            if self._count > MAX_VALUES:
                break
        return copied

    def _mapping(self, place: Place, values: dict[object, object], depth: int) -> dict[str, object]:
        copied = {}
        for key, value in values.items():
            if isinstance(key, str) and holds_password(key):
                self._checker.add(place, f"a key of {name_of(place)} {REFUSAL}", HINT)
                continue
            if not isinstance(key, str):
                self._checker.add(place, f"{name_of(place)} has the key {show(key)}; a key is text")
                continue
            copied[str(key)] = self.copy((*place, str(key)), value, depth + 1)
            if self._count > MAX_VALUES:
                break
        return copied
