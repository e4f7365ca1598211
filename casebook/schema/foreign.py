"""JSON that comes from elsewhere (a manifest, a record, a journal), taken as a type or refused by its key.

The type says what may stand where: a dataclass or a TypedDict, whose annotations are str, bool, int, float,
Literal, Mapping[str, …], Sequence[…], `… | None`, and Annotated[…, rule] for what a type can't say.

    >>> class Size(TypedDict):
    ...     files: Mapping[str, int]
    >>> fault({"files": {"a": 1}}, Size), fault({"files": {"a": "one"}}, Size), fault({}, Size)
    (None, "files.a is 'one'; a whole number is needed", 'it has no files')
"""

from __future__ import annotations

import codecs
import dataclasses
import json
import math
import os
import re
import stat
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    TypedDict,  # noqa: F401 - the example's
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from casebook.errors import InputError, Problem
from casebook.schema.wording import display, listed, printable, show

__all__ = ["Rule", "fault", "is_number", "read_json", "taken", "unusable"]

Rule = Callable[[Any], str | None]
"""Gives what is needed instead of a value, None where the value will do."""

T = TypeVar("T")

MOST_BYTES = 10_000_000
"""A record has about 100 kB; more than this is none."""
_HALF = re.compile("[\ud800-\udfff]")


def read_json(path: Path, *, most: int = MOST_BYTES, kind: str = "") -> Any:
    """What stands in a JSON file. Raises InputError where it is no file, too large, or no JSON.

    `kind` is what it should be, where that is no part of a report.
    """
    try:
        # A pipe, a device or a file without end is not waited for.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            about = os.fstat(descriptor)
            wrong = "is no file" if not stat.S_ISREG(about.st_mode) else ""
            wrong = wrong or (f"is over {most // 1_000_000} MB" if about.st_size > most else "")
            data = b"" if wrong else file.read(most + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no file can have this name"
        raise InputError([Problem(display(path), f"can't be opened: {reason}")]) from None
    hint = None if kind else "make the report again"
    if not wrong and kind and data.startswith(codecs.BOM_UTF8):
        wrong = f"the file is not {kind}: it begins with a byte-order mark"
        hint = "save it as UTF-8 without one"
    if not wrong:
        try:
            return json.loads(data)
        except (ValueError, RecursionError, MemoryError):
            what = f"the file is not {kind}" if kind else "the file is damaged"
            wrong = f"{what}: this is not JSON"
    raise InputError([Problem(display(path), wrong, hint)])


def taken(value: Any, kind: type[T]) -> T:
    """The value of a dataclass that JSON stands for. Raises ValueError with the first key that is wrong."""
    if wrong := fault(value, kind):
        raise ValueError(wrong)
    made: T = _made(value, kind)
    return made


def fault(value: Any, kind: Any) -> str | None:
    """What is wrong with a value that should be of a kind, in one line; None where it is of it."""
    return next(_faults(value, kind, ()), None)


def _made(value: Any, kind: Any) -> Any:
    make: Any = kind if dataclasses.is_dataclass(kind) else None
    if make is None:
        return value
    hints = _fields(make)
    return make(**{name: _made(each, hints[name]) for name, each in value.items()})


@lru_cache(maxsize=64)
def _fields(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _faults(value: Any, kind: Any, place: tuple[str | int, ...]) -> Iterator[str]:
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is Any:
        return
    if origin is Annotated:
        found = next(_faults(value, arguments[0], place), None)
        if found:  # a rule is for values of the type
            yield found
            return
        for rule in arguments[1:]:
            if needed := rule(value):
                yield _said(place, value, needed)
    elif origin in (Union, types.UnionType):
        rest = [each for each in arguments if each is not type(None)]
        if value is not None or len(rest) == len(arguments):
            yield from _of_one(value, rest, place)
    elif origin is Literal:
        if value not in arguments:
            yield _said(place, value, f"one of {listed(map(str, arguments))} is needed")
    elif dataclasses.is_dataclass(kind) or is_typeddict(kind):
        yield from _of_fields(value, kind, place)
    elif origin is not None and issubclass(origin, Mapping):
        if isinstance(value, dict):
            for key, each in value.items():
                yield from _faults(key, arguments[0], (*place, key))
                yield from _faults(each, arguments[1], (*place, key))
        else:
            yield _said(place, value, "a mapping is needed")
    elif origin is not None and issubclass(origin, Sequence):
        if isinstance(value, list):
            for number, each in enumerate(value):
                yield from _faults(each, arguments[0], (*place, number))
        else:
            yield _said(place, value, "a list is needed")
    elif not _is_plain(value, kind):
        yield _said(place, value, f"{_NAMES[kind]} is needed")


def _of_one(value: Any, kinds: Sequence[Any], place: tuple[str | int, ...]) -> Iterator[str]:
    """The first fault of a value that fits none of some kinds, the last of which may be a list."""
    found = [next(_faults(value, kind, place), None) for kind in kinds]
    if all(found):
        yield found[-1 if isinstance(value, list) else 0] or ""


def _of_fields(value: Any, kind: Any, place: tuple[str | int, ...]) -> Iterator[str]:
    if not isinstance(value, dict):
        yield _said(place, value, "a mapping is needed")
        return
    hints = _fields(kind)
    optional = {name for name, hint in hints.items() if get_origin(hint) is NotRequired}
    optional |= set() if getattr(kind, "__total__", True) else set(hints)
    if dataclasses.is_dataclass(kind):
        for each in dataclasses.fields(kind):
            is_set = each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING
            optional |= set() if is_set else {each.name}
        if more := [name for name in value if name not in hints]:
            yield f"{_where(place)} has a key that is not known: {printable(more[0])}"
    for name, hint in hints.items():
        if name in value:
            inner = get_args(hint)[0] if get_origin(hint) is NotRequired else hint
            yield from _faults(value[name], inner, (*place, name))
        elif name not in optional:
            yield f"{_where(place)} has no {name}"


_NAMES = {str: "text", bool: "true or false", int: "a whole number", float: "a number"}


def _is_plain(value: Any, kind: Any) -> bool:
    if isinstance(value, bool) or kind is bool:
        return kind is bool and isinstance(value, bool)
    return is_number(value) if kind is float else isinstance(value, kind)


def is_number(value: Any) -> bool:
    """Whether a value is a number that can be computed with."""
    try:
        return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:  # a whole number past what a float can hold
        return False


def unusable(value: Any) -> str | None:
    """The first value in JSON, at whatever depth, that can't be written as JSON again; None where all can."""
    waiting: list[tuple[tuple[str | int, ...], Any]] = [((), value)]
    while waiting:
        place, each = waiting.pop()
        if isinstance(each, dict):
            waiting += [((*place, key), one) for key, one in each.items()]
            each = "".join(each)
        elif isinstance(each, list):
            waiting += [((*place, number), one) for number, one in enumerate(each)]
        if isinstance(each, (int, float)) and not isinstance(each, bool) and not is_number(each):
            return _said(place, each, "a number is needed")
        if isinstance(each, str) and _HALF.search(each):
            return f"{_where(place)} has half of a character in it"
    return None


def _said(place: tuple[str | int, ...], value: Any, needed: str) -> str:
    return f"{_where(place)} is {show(value)}; {needed}"


def _where(place: tuple[str | int, ...]) -> str:
    return ".".join(printable(str(step), 40) for step in place) or "it"
