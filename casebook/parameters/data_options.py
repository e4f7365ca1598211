"""How a source of data is to be read, as a parameter file says it: options, names, dates, decimal marks."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from zoneinfo import available_timezones

from casebook.parameters.servers import ALLOWED
from casebook.reading.checking import Checker
from casebook.reading.wording import Place, listed, name_of, show
from casebook.reading.yaml_source import REFUSED

COMMON_KEYS = ("columns", "dates", "timezone", "id", "missing", "decimal", "thousands")
_KEYS_OF = {
    "csv": ("delimiter", "encoding", "header"),
    "tsv": ("encoding", "header"),
    "excel": ("sheet", "header"),
    "sqlite": ("table", "query"),
    "server": ("table", "query", "password_from"),
}
OWN_KEYS = tuple(dict.fromkeys(key for keys in _KEYS_OF.values() for key in keys))
ENCODINGS = ("utf-8", "utf-16", "windows-1252", "cp1252", "latin-1")
DECIMALS = (".", ",")
LOWEST_HEADER = 1_000
"""The names of the columns stand in this row at the latest."""


def read_options(
    checker: Checker, place: Place, entries: Mapping[str, object], kind: str | None
) -> dict[str, str]:
    """The texts that say how a source is read."""
    options: dict[str, str] = {}
    for key in ("timezone", *OWN_KEYS):
        if key not in entries:
            continue
        at = (*place, key)
        owners = [owner for owner, keys in _KEYS_OF.items() if key in keys]
        if owners and kind is not None and kind not in owners:
            checker.add(
                at, f"{name_of(at)} serves {listed(owners)} only; this source is {kind}", "take it out"
            )
            continue
        text = None if key == "header" else checker.text(at, entries[key], one_line=key != "query")
        if text is None:
            continue
        if key == "timezone" and text not in available_timezones():
            hint = checker.suggest(text, available_timezones(), kind="names")
            checker.add(
                at, f"{name_of(at)} is {show(text)}; a time zone such as Europe/Berlin is needed", hint
            )
        elif key == "encoding" and text.lower() not in ENCODINGS:
            checker.add(at, f"{name_of(at)} is {show(text)}; one of {listed(ENCODINGS)} is needed")
        elif key == "password_from" and not re.fullmatch(f"{ALLOWED}[A-Za-z0-9_]+", text):
            # It may be the password itself, so it is not repeated.
            message = f"{name_of(at)} is no name of a variable that begins with {ALLOWED}"
            checker.add(at, message, f"such as {ALLOWED}SHOP_PASSWORD, with the password as its value")
        else:
            options[key] = text
    if kind in ("server", "sqlite") and {"table", "query"} <= options.keys():
        checker.add(place, f"{name_of(place)} has both table and query; one of the two is needed")
    if kind == "server" and not entries.keys() & {"table", "query"}:
        checker.add(place, f"{name_of(place)} has neither table nor query; one of the two is needed")
    return options


def read_decimals(checker: Checker, place: Place, entries: Mapping[str, object]) -> dict[str, str]:
    """The decimal mark by column, from decimal: or from thousands:, which takes the other mark."""
    other = dict(zip(DECIMALS, reversed(DECIMALS), strict=True))
    found: dict[str, str] = {}
    for key, meaning in (("decimal", dict(zip(DECIMALS, DECIMALS, strict=True))), ("thousands", other)):
        at, value = (*place, key), entries.get(key)
        if key not in entries:
            continue
        by_column = value if isinstance(value, dict) else {"": value}
        for column, mark in by_column.items():
            where = (*at, column) if column else at
            text = checker.text(where, mark, one_line=True)
            if text is None:
                continue
            if text not in DECIMALS:
                hint = "spaces and apostrophes between thousands are read without it"
                rule = f"{name_of(where)} is {show(text)}; '.' or ',' is needed"
                checker.add(where, rule, hint if key == "thousands" else None)
            elif found.setdefault(column, meaning[text]) != meaning[text]:
                checker.add(where, f"{name_of(where)} is {show(text)}, and so is decimal; they must differ")
    return found


def read_header(checker: Checker, place: Place, value: object) -> tuple[int, ...]:
    """The number of a row, or of several that follow one another."""
    given = value if isinstance(value, list) else [value]
    rows = [row for row in given if isinstance(row, int) and not isinstance(row, bool)]
    follow = bool(rows) and rows == given and rows == list(range(rows[0], rows[0] + len(rows)))
    if follow and rows[0] >= 1 and rows[-1] <= LOWEST_HEADER:
        return tuple(rows)
    if value is not REFUSED:
        message = f"{name_of(place)} is {checker.shown(place, value)}; the number of a row is needed"
        checker.add(place, message, "write header: 3, or header: [2, 3] where two rows hold the names")
    return ()


def read_texts(checker: Checker, place: Place, value: object, hint: str) -> dict[str, str]:
    """A mapping of texts; what it maps, `hint` says."""
    if value is None:
        return {}
    entries = checker.mapping(place, value, None, hint=f"write each as {hint}")
    texts = {key: checker.text((*place, key), entry, one_line=True) for key, entry in entries.items()}
    return {key: text for key, text in texts.items() if text is not None}


def read_dates(checker: Checker, place: Place, value: object) -> dict[str, str | None]:
    """The columns that hold times, each with its format or None."""
    if isinstance(value, dict):
        return dict(read_texts(checker, place, value, 'column: "%d.%m.%Y"'))
    return dict.fromkeys(read_names(checker, place, value))


def read_names(checker: Checker, place: Place, value: object) -> tuple[str, ...]:
    """One text, or a list of them."""
    if value is None:
        return ()
    given: Collection[object] = value if isinstance(value, list) else [value]
    places = [(*place, index) if isinstance(value, list) else place for index in range(len(given))]
    texts = [checker.text(at, entry, one_line=True) for at, entry in zip(places, given, strict=True)]
    return tuple(text for text in texts if text is not None)
