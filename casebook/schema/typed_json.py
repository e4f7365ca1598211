"""JSON as a typed value and back, by the fields of the type.

The type says what may stand where: a dataclass or a TypedDict, whose annotations are str, bool, int, float,
Literal, Mapping[str, …], Sequence[…], tuple[…], `… | None`, and Annotated[…, rule] for what a type can't say.

    >>> @dataclasses.dataclass
    ... class Size:
    ...     files: Mapping[str, int]
    >>> size = parse({"files": {"a": 1}}, Size)
    >>> size, to_json(size)
    (Size(files={'a': 1}), {'files': {'a': 1}})
    >>> try:
    ...     parse({"files": {"a": "one"}}, Size)
    ... except ValueError as error:
    ...     print(error)
    files.a is 'one'; must be a whole number
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import lru_cache, partial
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from casebook.schema.untrusted_json import is_number, where
from casebook.schema.wording import listed, show

__all__ = ["Key", "Rule", "keys_of", "parse", "to_json"]

Rule = Callable[[Any], str | None]
"""Gives what a value must be instead, None where it is right."""

T = TypeVar("T")


def parse(value: Any, kind: type[T]) -> T:
    """The value of a kind that JSON stands for. Raises ValueError with the first key that is wrong.

    Keys that the kind does not have are passed over. One that is missing takes its field's default, or None
    where the type admits it.
    """
    parsed: T = _parser(cast(Hashable, kind))(value)
    return parsed


def to_json(value: Any) -> Any:
    """The JSON that a value stands for; fields that are None by default are left out where they are None."""
    if dataclasses.is_dataclass(value):
        return {
            each.name: to_json(part)
            for each in dataclasses.fields(value)
            if (part := getattr(value, each.name)) is not None or each.default is not None
        }
    if isinstance(value, Mapping):
        return {key: to_json(each) for key, each in value.items()}
    return [to_json(each) for each in value] if isinstance(value, tuple) else value


@dataclasses.dataclass(frozen=True)
class Key:
    """A key of a dataclass or a TypedDict."""

    name: str
    kind: Any
    """The type of its value."""
    absent: Literal["refused", "null", "default"]
    """What it means that the key is missing."""


@lru_cache(maxsize=256)
def keys_of(kind: Any) -> tuple[Key, ...]:
    """The keys of a dataclass or a TypedDict, in their order."""
    hints = get_type_hints(kind, include_extras=True)
    if dataclasses.is_dataclass(kind):
        needed = {
            each.name
            for each in dataclasses.fields(kind)
            if each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING
        }
        return tuple(
            Key(name, hint, "default" if name not in needed else "null" if _admits_none(hint) else "refused")
            for name, hint in hints.items()
        )
    return tuple(
        Key(name, get_args(hint)[0], "default")
        if get_origin(hint) is NotRequired
        else Key(name, hint, "refused" if kind.__total__ else "default")
        for name, hint in hints.items()
    )


def _admits_none(kind: Any) -> bool:
    return types.NoneType in get_args(kind)


class _WrongValueError(ValueError):
    """What is wrong with a part of a value, and the keys that lead to it."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.place: tuple[str | int, ...] = ()

    def __str__(self) -> str:
        return f"{where(self.place)} {self.what}"


def _needed(value: Any, needed: str) -> _WrongValueError:
    return _WrongValueError(f"is {show(value)}; must be {needed}")


_Parser = Callable[[Any], Any]
"""Gives the value of some kind that JSON stands for, or raises `_WrongValueError`."""


def _at(key: str | int, parser: _Parser, value: Any) -> Any:
    try:
        return parser(value)
    except _WrongValueError as fault:
        fault.place = (key, *fault.place)
        raise


@lru_cache(maxsize=1024)
def _parser(kind: Any) -> _Parser:
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is Any:
        return lambda value: value
    if origin is Annotated:
        return _ruled(_parser(arguments[0]), arguments[1:])
    if origin in (Union, types.UnionType):
        parsers = [_parser(each) for each in arguments if each is not types.NoneType]
        return _either(parsers, or_none=_admits_none(kind))
    if origin is Literal:
        return partial(_choice, arguments)
    if dataclasses.is_dataclass(kind) or is_typeddict(kind):
        return _structure(kind)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(*map(_parser, arguments))
    if origin is tuple and ... not in arguments:
        return _row([_parser(each) for each in arguments])
    if origin is not None and issubclass(origin, Sequence):
        return _sequence(_parser(arguments[0]), tuple if origin is tuple else list)
    return partial(_plain, kind)


def _ruled(parser: _Parser, rules: Sequence[Rule]) -> _Parser:
    def parse(value: Any) -> Any:
        parsed = parser(value)  # a rule is for values of the type
        for rule in rules:
            if needed := rule(value):
                raise _needed(value, needed)
        return parsed

    return parse


def _either(parsers: Sequence[_Parser], *, or_none: bool) -> _Parser:
    """For a value of one of some kinds, the last of which may be a list."""

    def parse(value: Any) -> Any:
        if value is None and or_none:
            return None
        faults = []
        for parser in parsers:
            try:
                return parser(value)
            except _WrongValueError as fault:
                faults.append(fault)
        raise faults[-1 if isinstance(value, list) else 0]

    return parse


def _choice(choices: Sequence[Any], value: Any) -> Any:
    if value not in choices:
        raise _needed(value, f"one of {listed(map(str, choices))}")
    return value


def _structure(kind: Any) -> _Parser:
    """For a dataclass; or for a TypedDict, whose mapping is left as it is."""
    make: Any = kind if dataclasses.is_dataclass(kind) else None
    keys: list[tuple[str, _Parser, str]] = []

    def parse(value: Any) -> Any:
        if not isinstance(value, dict):
            raise _needed(value, "a mapping")
        if not keys:  # not before it is needed: a kind may hold itself
            keys.extend((each.name, _parser(each.kind), each.absent) for each in keys_of(kind))
        parts: dict[str, Any] = {}
        for name, parser, absent in keys:
            if name in value:
                parts[name] = _at(name, parser, value[name])
            elif absent == "refused":
                raise _WrongValueError(f"has no {name}")
            elif absent == "null":
                parts[name] = None
        return make(**parts) if make else value

    return parse


def _mapping(key_parser: _Parser, parser: _Parser) -> _Parser:
    def parse(value: Any) -> Any:
        if not isinstance(value, dict):
            raise _needed(value, "a mapping")
        return {_at(key, key_parser, key): _at(key, parser, each) for key, each in value.items()}

    return parse


def _sequence(parser: _Parser, kind: type[list[Any]] | type[tuple[Any, ...]]) -> _Parser:
    def parse(value: Any) -> Any:
        if not isinstance(value, list):
            raise _needed(value, "a list")
        return kind([_at(number, parser, each) for number, each in enumerate(value)])

    return parse


def _row(parsers: Sequence[_Parser]) -> _Parser:
    """For a list of so many values, each of its own kind."""

    def parse(value: Any) -> Any:
        if not isinstance(value, list) or len(value) != len(parsers):
            raise _needed(value, f"a list of {len(parsers)}")
        return tuple(_at(number, *each) for number, each in enumerate(zip(parsers, value, strict=True)))

    return parse


_NAMES = {str: "text", bool: "true or false", int: "a whole number", float: "a number"}


def _plain(kind: type, value: Any) -> Any:
    if isinstance(value, bool) or kind is bool:
        is_right = kind is bool and isinstance(value, bool)
    else:
        is_right = is_number(value) if kind is float else isinstance(value, kind)
    if not is_right:
        raise _needed(value, _NAMES[kind])
    return value
