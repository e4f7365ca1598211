"""Kinds of text in a form of its own: currencies, locales, months, dates and colours."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from casebook.schema.checker import Checker
from casebook.schema.periods import MONTH_FORM, MONTH_PATTERN, PERIOD_PATTERN, Month, month_of
from casebook.schema.value_kinds import LINE, Form, Kind, Schema
from casebook.schema.wording import Place, closest, name_of

_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR"}


@dataclass(frozen=True)
class Currency(Kind):
    """A currency's ISO 4217 code."""

    is_settable = True

    def read(self, checker: Checker, place: Place, value: object) -> str | None:
        from babel.numbers import list_currencies

        code = LINE.read(checker, place, value)
        known = list_currencies()
        if code is None or code in known:
            return code
        match = _SIGNS.get(code) or closest(code, known)
        hint = f"did you mean {match}?" if match else "for example USD, EUR or GBP"
        checker.refuse(place, code, "an ISO 4217 currency code", hint)
        return None

    def json_schema(self) -> Schema:
        from babel.numbers import list_currencies

        return {"enum": sorted(list_currencies())}


@dataclass(frozen=True)
class LocaleName(Form):
    """A locale that Babel knows; an editor is given the languages, and the check names the countries."""

    pattern: str = "[A-Za-z]{2,3}(?:_[A-Za-z0-9]{2,8}){0,3}"
    needed: str = "a language and a country"

    def parse(self, text: str) -> str | None:
        from babel.core import Locale, UnknownLocaleError

        # Babel finds a locale's data by file name, so only what looks like a locale comes here.
        try:
            return text if Locale.parse(text) else None
        except (UnknownLocaleError, ValueError):
            return None

    def hint_at(self, text: str) -> str:
        from babel.localedata import locale_identifiers

        match = closest(text, locale_identifiers())
        return f"did you mean {match}?" if match else "for example en_US, en_GB or de_DE"

    def json_schema(self) -> Schema:
        from babel.core import get_global
        from babel.localedata import locale_identifiers

        known = {name.split("_")[0] for name in locale_identifiers()} | set(get_global("language_aliases"))
        languages = sorted(name for name in known if re.fullmatch("[A-Za-z]{2,3}", name))
        # Babel reads the language in any case: EN_us is en_US.
        spelt = "|".join("".join(f"[{char}{char.upper()}]" for char in name.lower()) for name in languages)
        return {"type": "string", "pattern": rf"^\n*(?:{spelt})(?:_[A-Za-z0-9]{{2,8}}){{0,3}}\n*$"}


@dataclass(frozen=True)
class MonthName(Form):
    """A month of the calendar, such as 2026-01."""

    pattern: str = MONTH_PATTERN
    needed: str = "a month"
    hint: str | None = MONTH_FORM

    def parse(self, text: str) -> Month | None:
        return month_of(text)


@dataclass(frozen=True)
class PeriodName(Form):
    """A month, quarter or year of the calendar, as it was written."""

    pattern: str = PERIOD_PATTERN
    needed: str = "a month, a quarter or a year"
    hint: str | None = 'write 2026-01, 2026-Q1 or "2026"'


@dataclass(frozen=True)
class Date(Form):
    """A day of the calendar."""

    pattern: str = (
        r"(?!0000)(?![0-9]{4}-(?:02-3|(?:04|06|09|11)-31))"
        r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
    )
    needed: str = "a date"
    hint: str | None = "write YYYY-MM-DD, such as 2026-03-31"

    def parse(self, text: str) -> str | None:
        try:
            return datetime.date.fromisoformat(text).isoformat()
        except ValueError:
            return None


@dataclass(frozen=True)
class DayOrPeriod(Form):
    """A day, month, quarter or year of the calendar, as it was written."""

    pattern: str = f"{Date.pattern}|{PERIOD_PATTERN}"
    needed: str = "a date, a month, a quarter or a year"
    hint: str | None = 'write 2026-03-31, 2026-03, 2026-Q1 or "2026"'

    def parse(self, text: str) -> str | None:
        return text if re.fullmatch(PERIOD_PATTERN, text) else Date().parse(text)


@dataclass(frozen=True)
class Colour(Form):
    """A colour as `#rgb` or `#rrggbb`."""

    pattern: str = "#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})"
    needed: str = "#rgb or #rrggbb"

    def read(self, checker: Checker, place: Place, value: object) -> str | None:
        if value is None:
            hint = "put it in quotes, '#c8102e': a bare # begins a comment"
            checker.add(place, f"{name_of(place)} is empty; must be {self.needed}", hint)
            return None
        colour: str | None = super().read(checker, place, value)
        return colour

    def hint_at(self, text: str) -> str:
        return f"write '#{text}'" if re.fullmatch(self.pattern, f"#{text}") else "for example '#c8102e'"
