"""How a problem's message names a place in a file and shows a value: short, on one line, printable."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable
from pathlib import Path

from casebook.schema.number_text import is_number_text
from casebook.schema.passwords import holds_password

Place = tuple[str | int, ...]
"""Where a value stands: the keys and (from 0) the positions that lead to it."""

_UNUSABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")

_SECRET = "a text with a password"

_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What steers a terminal: controls, line breaks, orders to write in the other direction."""


def name_of(place: Place) -> str:
    """A place in words.

    >>> name_of(("discount_rate",)), name_of(("client", "logo")), name_of(("inputs", "customers", "value"))
    ('discount_rate', 'client.logo', 'customers')
    >>> name_of(("inputs", "adoption", 1)), name_of(("story", "kpis", 0, "name"))
    ('adoption in year 2', 'story.kpis, item 1: name')
    >>> name_of(("scenarios", "Bad year", "adoption", 1)), name_of(("correlations", "price", "volume"))
    ("adoption in year 2 of scenario 'Bad year'", 'correlation of price and volume')
    """
    if len(place) > 1 and place[0] == "inputs":
        return _name_of_input(place[1:])
    if len(place) > 1 and place[0] == "scenarios":
        scenario = f"scenario '{printable(str(place[1]))}'"
        return f"{_name_of_input(place[2:])} of {scenario}" if place[2:] else scenario
    if len(place) in (2, 3) and place[0] == "correlations":
        names = [printable(str(name)) for name in place[1:]]
        return f"correlation of {' and '.join(names)}" if names[1:] else f"correlations of {names[0]}"
    text = ""
    after_item = False
    for step in place:
        if isinstance(step, int):
            text += f", item {step + 1}"
        else:
            text += (": " if after_item else "." if text else "") + printable(step)
        after_item = isinstance(step, int)
    return text or "the file"


def _name_of_input(place: Place) -> str:
    name, *steps = place
    text = printable(str(name))
    for step in steps:
        if isinstance(step, int):
            text += f" in year {step + 1}"
        elif step != "value":
            text = f"{printable(step)} of {text}"
    return text


def show(value: object) -> str:
    """A value in a message: text in quotes unless it is a number, long things cut or counted.

    >>> print(show("10%"), show("ten"), show(True), show([1, 2]), show("x" * 90))
    10% 'ten' true a list of 2 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…'
    >>> show("postgresql://me:secret@db/shop")
    'a text with a password'
    """
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        if holds_password(value):
            return _SECRET
        short = value if len(value) <= 60 else value[:60] + "…"
        return short if is_number_text(short) else repr(short)
    if isinstance(value, int):
        return str(value) if value.bit_length() < 200 else "a number of more than 60 digits"
    if isinstance(value, float):
        return repr(float(value))
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}" if value else "an empty list"
    if isinstance(value, dict):
        return "a mapping" if value else "an empty mapping"
    return f"a {type(value).__name__}"


def printable(text: str, limit: int = 60) -> str:
    """A text on one line, without quotes; what can't be printed is escaped, and a password not repeated.

    >>> printable("a\\nb")
    'a\\\\nb'
    """
    if holds_password(text):
        return _SECRET
    short = text if len(text) <= limit else text[:limit] + "…"
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in short)


def shortened(text: str, most: int = 2000) -> str:
    """A text of a length that anybody reads, with a remark on what was cut off.

    >>> shortened("abcdef", 3)
    'abc… (3 more characters)'
    """
    return text if len(text) <= most else f"{text[:most]}… ({len(text) - most:,} more characters)"


def visible(text: str, *, lines: bool = False) -> str:
    """A text whose control characters are shown and not obeyed; line breaks too, unless it may have `lines`.

    >>> print(visible("a\\x1b[31m b\\nc"), visible("\\u202eevil\\x9b"))
    a\\x1b[31m b\\nc \\u202eevil\\x9b
    """
    return _STEERING.sub(lambda match: match[0] if lines and match[0] == "\n" else repr(match[0])[1:-1], text)


def unusable_character(text: str) -> str | None:
    """The first character of a text that no document can show, named; None when there is none.

    >>> unusable_character("one\\ntwo\\tthree"), unusable_character("bell \\a")
    (None, 'the control character U+0007')
    """
    found = _UNUSABLE.search(text)
    if found is None:
        return None
    code = ord(found.group())
    kind = "control" if code < 0xA0 else "invisible"
    return f"the {kind} character U+{code:04X}"


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name that a misspelt one probably stands for.

    >>> closest("handle_tme", ["customers", "handle_time"])
    'handle_time'
    """
    if len(name) > 80:
        return None
    names = list(known)
    folded = {_folded(known_name): known_name for known_name in reversed(names)}
    matches = difflib.get_close_matches(_folded(name.strip()), folded, n=1)
    return folded[matches[0]] if matches else None


def _folded(name: str) -> str:
    return name.casefold().replace("-", "_").replace(" ", "_")


def listed(names: Iterable[str]) -> str:
    """Names in a row, at most a dozen of them.

    >>> listed(["a", "b"])
    'a, b'
    """
    every = list(names)
    return ", ".join(every[:12]) + (f" and {len(every) - 12} more" if len(every) > 12 else "")


def display(path: Path) -> str:
    """A file's name as one would type it: from the current directory where that is shorter."""
    given = str(path)
    try:
        relative = os.path.relpath(path)
    except (OSError, ValueError):  # another drive, or a current directory that is gone
        return given
    return relative if len(relative) <= len(given) else given
