"""What a plain scalar means, to YAML 1.2 and to YAML 1.1, and whether the two agree.

casebook reads YAML 1.2; papermill reads the same file with PyYAML, which is YAML 1.1. A scalar that they
take for different things (`012`, `no`, `12:30:45`) would give two cases from one file, so it is refused.
Rather than list such scalars, this module asks both readers and compares.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from casebook.schema.number_text import LONGEST, NumberError, is_number_text, read_number
from casebook.schema.wording import printable

_NULL = ("", "~", "null", "Null", "NULL")
_BOOL = {word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")}
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")

Plain = str | int | float | bool | None


class ScalarError(ValueError):
    """A plain scalar that can't be taken as it stands; `rule` follows "customers is 012, "."""

    def __init__(self, rule: str, hint: str) -> None:
        """Make the error of a rule."""
        super().__init__(rule)
        self.rule = rule
        self.hint = hint


def read_plain(text: str) -> Plain:
    """The value of a plain scalar, on which all readers of YAML agree.

    >>> [read_plain(text) for text in ("3", "1e5", "10%", "true", "", "2026-11-21")]
    [3, 100000.0, '10%', True, None, '2026-11-21']

    Raises ScalarError where they do not agree.
    """
    if len(text) > LONGEST:
        return _long(text)
    value = _core(text)
    meanings = [_meaning(value), _meaning(_papermill(text))]
    if meanings[0] == meanings[1] and meanings[0][0] == "number":
        # 0x1F and 007 are the same number to both, but not the text that a name or a code would need.
        meanings[1] = _meaning(text)
    if meanings[0] != meanings[1]:
        readings = " or as ".join(_in_words(meaning) for meaning in meanings)
        raise ScalarError(f"which can be read as {readings}", _hint(text, value))
    return value


def quoted(text: str) -> str:
    """A text as a single-quoted scalar.

    >>> print(quoted("it's"))
    'it''s'
    """
    return "'" + printable(text).replace("'", "''") + "'"


def _long(text: str) -> str:
    """A long scalar is text; only the kind of it is asked for, because computing it could take hours."""
    if _INT.fullmatch(text) or _FLOAT.fullmatch(text) or not _papermill_resolver().is_text(text):
        raise ScalarError(f"a number of {len(text)} characters", "quote it if it is text")
    return text


def _core(text: str) -> Plain:
    """YAML 1.2's core schema."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text):
        base = {"0o": 8, "0x": 16}.get(text[:2], 10)
        return int(text, base)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _NOT_FINITE.fullmatch(text):
        return float(text.replace(".", "").lower())
    return text


@lru_cache(maxsize=1)
def _papermill_resolver() -> Any:
    """PyYAML's resolver and constructor as papermill sets them up: without dates, which stay text."""
    import yaml
    from yaml.constructor import SafeConstructor
    from yaml.resolver import Resolver

    class Papermill(SafeConstructor, Resolver):
        yaml_implicit_resolvers = {  # noqa: RUF012 (the name and kind that PyYAML looks for)
            first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
            for first, pairs in Resolver.yaml_implicit_resolvers.items()
        }

        def __init__(self) -> None:
            SafeConstructor.__init__(self)
            Resolver.__init__(self)

        def is_text(self, text: str) -> bool:
            return bool(self.resolve(yaml.ScalarNode, text, (True, False)) == "tag:yaml.org,2002:str")

        def read(self, text: str) -> object:
            node = yaml.ScalarNode(self.resolve(yaml.ScalarNode, text, (True, False)), text)
            try:
                return self.construct_object(node)
            except (yaml.YAMLError, ValueError, OverflowError):
                return _UNREADABLE
            finally:
                self.constructed_objects.clear()
                self.recursive_objects.clear()

    return Papermill()


_UNREADABLE = object()


@lru_cache(maxsize=4096)
def _papermill(text: str) -> object:
    return _papermill_resolver().read(text)


def _meaning(value: object) -> tuple[str, object]:
    """What a value says: text that is written as a number counts as that number."""
    if value is _UNREADABLE:
        return "error", None
    if isinstance(value, bool) or value is None:
        return type(value).__name__, value
    if isinstance(value, str) and not is_number_text(value):
        return "text", value
    try:
        number = read_number(value)
    except NumberError as error:
        # NaN, infinity, too large: the same complaint is the same meaning.
        return "no number", error.rule
    return "number", number


def _in_words(meaning: tuple[str, object]) -> str:
    kind, value = meaning
    if kind == "text":
        return f"the text {quoted(str(value))}"
    if kind == "number":
        return f"the number {value:.15g}"
    named = {"bool": str(value).lower(), "NoneType": "nothing", "error": "an error"}
    return named.get(kind, "no usable number")


def _hint(text: str, value: Plain) -> str:
    if not text[:1].isdigit() and text[:1] not in "+-.":
        if _papermill(text) is _UNREADABLE:
            return f"quote it: {quoted(text)}"
        return f"quote it if it is text: {quoted(text)}; or write true or false"
    if ":" in text:
        return f"quote it: {quoted(text)}"
    number = text.lstrip("0") if text.isdigit() else None
    plainly = f"write {number or 0}" if number is not None else "write the number in decimal digits"
    return f"{plainly}, or quote it if it is text: {quoted(text)}"
