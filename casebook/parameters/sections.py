"""The parts of a parameter file that are not inputs: client, currency, locale, story, document."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from pathlib import Path

from casebook.parameters.periods import MONTH_FORM, Month, month_of
from casebook.reading.checking import Checker
from casebook.reading.fonts import damaged_fonts
from casebook.reading.paths import TooManyError, check_file, check_folder
from casebook.reading.pictures import fault_of
from casebook.reading.wording import Place, closest, listed, name_of, show
from casebook.reading.yaml_source import REFUSED

CLIENT_KEYS = ("name", "logo", "colour")
DOCUMENT_KEYS = ("date", "author", "confidentiality", "paper", "fonts")
PAPERS = ("a4", "us-letter")
LOGO_SUFFIXES = (".png", ".jpg", ".jpeg", ".svg")

STORY_TEXTS = ("decision", "note", "situation", "maturity")
STORY_LISTS = ("goals", "strategy")
STORY_TABLES: dict[str, tuple[str, ...]] = {
    # The first key of each is the one that an entry can't do without.
    "kpis": ("name", "baseline", "target", "by", "source", "actual", "standing"),
    "next_steps": ("step", "owner", "by"),
    "competitors": ("name", "finding", "source"),
}
STANDINGS = ("ahead", "on plan", "behind", "well behind")
"""How a KPI stands, from the good side to the bad one, where the client says so."""

STORY_KEYS = (*STORY_TEXTS, *STORY_LISTS, *STORY_TABLES)

_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LOCALE = re.compile(r"[A-Za-z]{2,3}(?:_[A-Za-z0-9]{2,8}){0,3}")


@dataclass(frozen=True)
class Client:
    """Who the case is for."""

    name: str
    logo: Path | None = None
    """The file, found from the parameter file's folder."""
    colour: str | None = None
    """`#rgb` or `#rrggbb`, as written."""


def read_client(checker: Checker, value: object, folder: Path) -> tuple[Client | None, dict[str, object]]:
    """The client, and its keys as plain text."""
    entries = checker.mapping(("client",), value, CLIENT_KEYS, required=("name",))
    plain: dict[str, object] = {}
    for key, entry in entries.items():
        place = ("client", key)
        if key == "colour" and entry is None:
            hint = "put it in quotes, '#c8102e': a bare # begins a comment"
            checker.add(place, "client.colour is empty; #rgb or #rrggbb is needed", hint)
            continue
        text = checker.text(place, entry, one_line=True)
        if text is not None:
            plain[key] = text
    colour, logo = plain.get("colour"), plain.get("logo")
    if isinstance(colour, str) and not _COLOUR.fullmatch(colour):
        hint = f"write '#{colour}'" if _COLOUR.fullmatch(f"#{colour}") else "for example '#c8102e'"
        message = f"client.colour is {show(colour)}; #rgb or #rrggbb is needed"
        checker.add(("client", "colour"), message, hint)
    path = None
    if isinstance(logo, str):
        path = check_file(checker, ("client", "logo"), logo, folder, suffixes=LOGO_SUFFIXES)
        if path and (fault := _fault_of_picture(path)):
            checker.add(("client", "logo"), f"client.logo is {show(logo)}, which can't be shown: {fault}")
    name = plain.get("name")
    client = (
        Client(name, path, colour if isinstance(colour, str) else None) if isinstance(name, str) else None
    )
    return client, plain


def _fault_of_picture(path: Path) -> str | None:
    try:
        return fault_of(path.read_bytes())
    except OSError as error:
        return f"it can't be read ({error.strerror})"


def read_locale(checker: Checker, value: object) -> str | None:
    """A locale that Babel knows."""
    from babel.core import Locale, UnknownLocaleError
    from babel.localedata import locale_identifiers

    name = checker.text(("locale",), value, one_line=True)
    if name is None:
        return None
    # Babel finds a locale's data by file name, so only what looks like a locale is handed on.
    if _LOCALE.fullmatch(name):
        try:
            Locale.parse(name)
            return name
        except (UnknownLocaleError, ValueError):
            pass
    known = locale_identifiers()
    match = closest(name, known)
    hint = f"did you mean {match}?" if match else "for example en_US, en_GB or de_DE"
    checker.add(("locale",), f"locale is {show(name)}; a language and country is needed", hint)
    return None


def read_month(checker: Checker, place: Place, value: object) -> Month | None:
    """A month of the calendar."""
    text = checker.text(place, value, one_line=True)
    month = month_of(text) if text is not None else None
    if text is not None and month is None:
        checker.add(place, f"{name_of(place)} is {show(text)}; a month is needed", MONTH_FORM)
    return month


def read_story(checker: Checker, value: object) -> dict[str, object]:
    """The story: the texts around the figures. All of it is text."""
    story: dict[str, object] = {}
    for key, entry in checker.mapping(("story",), value, STORY_KEYS).items():
        place: Place = ("story", key)
        if entry is REFUSED:
            continue
        if key in STORY_TEXTS:
            story[key] = checker.text(place, entry)
        elif key in STORY_LISTS:
            items = enumerate(checker.items(place, entry))
            story[key] = [checker.text((*place, index), item) for index, item in items]
        else:
            items = enumerate(checker.items(place, entry))
            story[key] = [_row(checker, (*place, index), item, STORY_TABLES[key]) for index, item in items]
    return story


def _row(checker: Checker, place: Place, value: object, keys: tuple[str, ...]) -> dict[str, object]:
    entries = checker.mapping(place, value, keys, required=keys[:1])
    return {
        key: checker.choice((*place, key), entry, STANDINGS)
        if key == "standing"
        else checker.text((*place, key), entry)
        for key, entry in entries.items()
    }


def read_document(checker: Checker, value: object, folder: Path) -> dict[str, object]:
    """What stands on the cover and how the pages are set."""
    document: dict[str, object] = {}
    for key, entry in checker.mapping(("document",), value, DOCUMENT_KEYS).items():
        place = ("document", key)
        text = (
            checker.choice(place, entry, PAPERS)
            if key == "paper"
            else checker.text(place, entry, one_line=True)
        )
        if text is None:
            continue
        if key == "date":
            _check_date(checker, place, text)
        elif key == "fonts":
            _check_fonts(checker, place, text, folder)
        document[key] = text
    return document


def _check_fonts(checker: Checker, place: Place, text: str, folder: Path) -> None:
    path = check_folder(checker, place, text, folder)
    try:
        damaged = list(damaged_fonts(path)) if path else []
    except TooManyError as error:
        checker.add(
            place, f"{name_of(place)} is {show(text)}, for which {error}", "name a folder of fonts alone"
        )
        return
    if damaged:
        message = f"{name_of(place)} is {show(text)}, with fonts that can't be read: {listed(damaged)}"
        checker.add(place, message, "take them out, or put sound ones in their place")


def _check_date(checker: Checker, place: Place, text: str) -> None:
    try:
        if _DATE.fullmatch(text):
            datetime.date.fromisoformat(text)
            return
    except ValueError:
        pass
    checker.add(
        place, f"{name_of(place)} is {show(text)}; a date is needed", "write YYYY-MM-DD, such as 2026-03-31"
    )
