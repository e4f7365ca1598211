"""What a record means: one entry for each thing in it, named by its path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.golden.transcript import Entry, entry, number

_NAMES = ("id", "input", "rule", "name", "label")  # by what one of several is known, the first it has
_HASH = "sha256"
_LEFT_OUT = ("parameters", "client.logo", "provenance.digests", "provenance.versions")


def _inline(value: Any) -> tuple[str, tuple[str, ...]]:
    """A value without names of its own in words and figures: `*(customers, #)`."""
    if isinstance(value, bool) or value is None:
        return str(value).lower(), ()
    if isinstance(value, int | float):
        return "#", (number(value),)
    if isinstance(value, str):
        printed = entry("", value)
        return printed.words, printed.figures
    if isinstance(value, Mapping):
        parts = [(f"{key}=", _inline(each)) for key, each in sorted(value.items()) if each is not None]
        around = "{}"
    else:
        parts, around = [("", _inline(each)) for each in value], "[]"
    words = ", ".join(name + text for name, (text, _) in parts)
    return around[0] + words + around[1], tuple(figure for _, (_, figures) in parts for figure in figures)


def _named(items: list[Any]) -> Iterator[tuple[str, Any]]:
    """Mappings with what each is known by."""
    for item in items:
        key = next((key for key in _NAMES if isinstance(item.get(key), str)), None)
        yield str(item.get(key, "")), {name: value for name, value in item.items() if name != key}


def entries(value: Any, path: str = "") -> Iterator[Entry]:
    """Give a record's entries: mappings sorted by name, lists as they stand, and nothing for what is null."""
    if isinstance(value, list) and _opens(value):
        for name, item in _named(value):
            yield from entries(item, f"{path}.{name}")
    elif isinstance(value, Mapping):
        below = {key: each for key, each in value.items() if _opens(each)}
        plain = {
            key: each
            for key, each in value.items()
            if key not in below and key != _HASH and each not in (None, [], {})
        }
        words, figures = _inline(plain)
        if plain:
            yield Entry("value", f"{path} {words}".strip(), figures)
        for key in sorted(below):
            place = f"{path}.{key}".strip(".")
            if place not in _LEFT_OUT:
                yield from entries(below[key], place)
    else:
        words, figures = _inline(value)
        yield Entry("value", f"{path} {words}", figures)


def _opens(value: Any) -> bool:
    """Whether a value is told in entries of its own: it holds mappings, and is no formula."""
    if isinstance(value, list):
        return bool(value) and all(isinstance(item, Mapping) for item in value)
    return isinstance(value, Mapping) and bool(value)
