"""How a column writes its numbers: which mark is the decimal one, which currency, whether per cent.

The whole column decides, never a value alone: 1,234 may be a thousand or one and a bit. One pattern for each
decimal mark says which texts are numbers; a column whose values are told apart by neither is refused, with
the line to write. All of it is SQL that DuckDB runs, for ten rows as for ten million.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from casebook.measurement.sql import quoted, quoted_text
from casebook.schema.data_options import DECIMALS

STRAY = 0.01
"""A share of values so small does not speak for the column: they are set aside, and told."""

_BLANK = r"[ \t\x{a0}\x{2007}\x{2009}\x{202f}]"
_APOSTROPHE = "['’ʼ`´]"
_MINUS = "[-−–]"
_CURRENCY = r"(?:[A-Z]{0,3}\p{Sc}|[A-Z]{3}|S?Fr\.?|kr\.?|zł|Kč|Ft|lei|Rs)"
"""A currency's symbol, abbreviation, or code of three letters."""


@functools.cache
def _number(decimal: str) -> str:
    """A pattern for all texts that are a number where `decimal` is the decimal mark."""
    mark, other = (f"[{each}]" for each in (decimal, _other(decimal)))
    threes = "|".join(rf"[1-9]\d{{0,2}}(?:{group}\d{{3}})+" for group in (other, _BLANK, _APOSTROPHE))
    lakhs = rf"[1-9]\d?(?:{other}\d\d)+{other}\d{{3}}"
    # 12,- is how a price without cents is written.
    digits = rf"(?:(?:\d+|{threes}|{lakhs})(?:{mark}(?:\d+|{_MINUS}))?|{mark}\d+)"
    exponent = rf"\d+(?:{mark}\d+)?[eE][-+−]?\d+"
    money = rf"(?:{_CURRENCY}{_BLANK}*)?"
    core = (
        rf"(?:{_MINUS}|[+])?{_BLANK}*{money}(?:{_MINUS}|[+])?{_BLANK}*(?:{digits}|{exponent})"
        rf"{_BLANK}*{money}%?{_BLANK}*{_MINUS}?"
    )
    return rf"{_BLANK}*(?:{core}|[(]{_BLANK}*{core}{_BLANK}*[)]){_BLANK}*"


def _other(decimal: str) -> str:
    return DECIMALS[1 - DECIMALS.index(decimal)]


@dataclass(frozen=True)
class Notation:
    """How the numbers of a column are written."""

    decimal: str
    currency: str = ""
    """The one that stands before or after its values; some may have none."""
    percent: bool = False
    bare: bool = False
    """No value has more than digits, marks and a minus before them, which takes a fifth of the time."""

    def fits(self, text: str) -> str:
        """SQL: whether a text is a number in this notation."""
        money = f"regexp_extract({text}, {quoted_text(_CURRENCY)}) in ('', {quoted_text(self.currency)})"
        percent = f"{'' if self.percent else 'not '}contains({text}, '%')"
        return f"(regexp_full_match({text}, {quoted_text(_number(self.decimal))}) and {money} and {percent})"

    def value(self, text: str) -> str:
        """SQL: the number that a text is which fits; 12% is 0.12, (20.00) is −20."""
        if self.bare:
            without = f"replace({text}, {quoted_text(_other(self.decimal))}, '')"
            return f"try_cast(replace({without}, {quoted_text(self.decimal)}, '.') as double)"
        digits = rf"(?:\d[\d.,]*|[.,]\d+)(?:(?:{_BLANK}|{_APOSTROPHE})\d{{3}})*[\d.,]*(?:[eE][-+−]?\d+)?"
        found = f"regexp_extract({text}, {quoted_text(digits)})"
        # The decimal mark becomes a point, and whatever stands between thousands goes.
        removed = f"{self.decimal}−{_other(self.decimal)} \t\u00a0\u2007\u2009\u202f'’ʼ`´"
        number = f"try_cast(translate({found}, {quoted_text(removed)}, '.-') as double)"
        negative = quoted_text(rf"^[^\d]*(?:{_MINUS}|[(])|\d{_BLANK}*%?{_BLANK}*{_MINUS}{_BLANK}*[)]?$")
        signed = f"{number} * (case when regexp_matches({text}, {negative}) then -1 else 1 end)"
        return f"{signed} / 100" if self.percent else signed


class NotationError(ValueError):
    """The values of a column contradict each other, or can be read in two ways; says what to write."""


@dataclass(frozen=True)
class Profile:
    """How many values of a column are written in which way, with an example of each."""

    given: int
    numbers: int
    """Values that are a number with either decimal mark."""
    points: int
    """Values that are one with a decimal point only."""
    commas: int
    either: int
    """Values with a mark that may be the decimal one or stand between thousands, as in 1,234."""
    percent: int
    plain: int
    """Values of nothing but digits."""
    marked: int
    """Values of digits, marks and a minus before them."""
    currencies: Mapping[str, int]
    examples: Mapping[str, str | None]

    def notation(self, column: str, declared: str | None) -> Notation:
        """How the column writes its numbers. Raises NotationError where that can't be decided."""
        currency, percent = self._currency(), self._percent()
        decimal = declared or self.decimal(column)
        return Notation(decimal, currency, percent, bare=self.marked == self.given)

    def all_fit(self, notation: Notation) -> bool:
        """Whether every value is a number in a notation of this column."""
        other = self.points if notation.decimal == "," else self.commas
        alike = self.currencies.keys() <= {notation.currency} and self.percent in (0, self.numbers)
        return self.numbers == self.given and not other and alike

    @property
    def _few(self) -> float:
        """So many values may be written in another way than the rest."""
        return STRAY * (self.points + self.commas + self.either)

    @property
    def is_decided(self) -> bool:
        """Whether enough values tell the decimal mark from one between thousands."""
        return max(self.points, self.commas) > self._few

    def decimal(self, column: str) -> str:
        """The column's decimal mark. Raises NotationError where that can't be decided."""
        points, commas = self.points, self.commas
        if min(points, commas) > self._few:
            raise NotationError(
                f"{points:,} of {self.numbers:,} values have a decimal point, such as "
                f"{self._example('points')}, and {commas:,} a decimal comma, such as "
                f"{self._example('commas')}\n  hint: write all of them the same way"
            )
        if self.is_decided or not self.either:
            return DECIMALS[commas > points]
        example = self.examples["either"] or ""
        mark = "," if "," in example else "."
        digits = "".join(char for char in example if char.isdigit() or char in "-−")
        raise NotationError(
            f"values such as {example!r} can be read in two ways: {digits} or "
            f"{digits[:-3]}.{digits[-3:]}\n"
            f"  hint: write thousands: {{{column}: {mark!r}}} for {digits}, or "
            f"decimal: {{{column}: {mark!r}}} for {digits[:-3]}.{digits[-3:]}"
        )

    def _currency(self) -> str:
        names = {name: count for name, count in self.currencies.items() if count > STRAY * self.numbers}
        if len(names) > 1:
            shown = ", ".join(f"{name} ({count:,})" for name, count in names.items())
            raise NotationError(
                f"its values are in several currencies: {shown}\n  hint: measure each of them by itself"
            )
        return next(iter(names), "")

    def _percent(self) -> bool:
        without = self.numbers - self.percent
        if min(self.percent, without) > STRAY * self.numbers:
            raise NotationError(
                f"{self.percent:,} of {self.numbers:,} values have a percent sign, such as "
                f"{self._example('percent')}, and {without:,} have none, such as {self._example('bare')}\n"
                "  hint: write all of them the same way"
            )
        return self.percent > without

    def _example(self, kind: str) -> str:
        return repr(self.examples[kind])


def text_of(column: str) -> str:
    """SQL: a value as text; none where it is blank."""
    return f"nullif(trim({column}, {quoted_text(' ' + chr(9) + chr(0xA0))}), '')"


def is_number(text: str) -> str:
    """SQL: whether a text is a number with either decimal mark."""
    fits = (f"regexp_full_match({text}, {quoted_text(_number(mark))})" for mark in DECIMALS)
    return f"({' or '.join(fits)})"


def profiles(connection: Any, relation: str, columns: Iterable[str], limit: int = 0) -> dict[str, Profile]:
    """What the columns of a relation look like, from one look at all its rows, or at the first of them."""
    names = list(columns)
    if not names:
        return {}
    parts = [part for at in range(len(names)) for part in _counts(at)]
    rows = f"(select * from {relation} limit {limit})" if limit else relation
    looks = ", ".join(_look(text_of(quoted(name)), at) for at, name in enumerate(names))
    rows = f"(select {looks} from {rows})"
    row = connection.execute(f"select {', '.join(parts)} from {rows}").fetchall()[0]
    size = len(parts) // len(names)
    return {name: _profile(row[index * size : (index + 1) * size]) for index, name in enumerate(names)}


def read(texts: Any, whole: Any, column: str, declared: str | None) -> Any:
    """The numbers that a Series of texts holds, NaN where one is none.

    The decimal mark is the one declared, else that of the `whole` column, of which the texts may be a part.
    Raises NotationError.
    """
    import duckdb
    import pandas as pd

    with duckdb.connect(":memory:") as connection:
        connection.register("texts", pd.DataFrame({"text": texts}))
        connection.register("whole", pd.DataFrame({"text": whole}))
        own = profiles(connection, "texts", ["text"])["text"]
        if declared is None and whole is not texts:
            with contextlib.suppress(NotationError):  # a part may be clear where the whole is not
                declared = profiles(connection, "whole", ["text"])["text"].decimal(column)
        notation, text = own.notation(column, declared), text_of("text")
        value = f"case when {notation.fits(text)} then {notation.value(text)} end"
        return connection.sql(f"select {value} as value from texts").df()["value"].to_numpy()


_KINDS = ("points", "commas", "either", "percent", "bare")


def _look(text: str, at: int) -> str:
    """SQL: what is asked of each value of a column, once."""
    point, comma = (f"regexp_full_match({text}, {quoted_text(_number(mark))})" for mark in DECIMALS)
    money = f"nullif(regexp_extract({text}, {quoted_text(_CURRENCY)}), '')"
    return f"{text} as t{at}, {point} as p{at}, {comma} as c{at}, {money} as m{at}"


def _counts(at: int) -> list[str]:
    text, point, comma, number = f"t{at}", f"p{at}", f"c{at}", f"(p{at} or c{at})"
    percent = f"contains({text}, '%')"
    kinds = {
        "points": f"{point} and not {comma}",
        "commas": f"{comma} and not {point}",
        "either": f"{point} and {comma} and regexp_matches({text}, '[.,]')",
        "percent": f"{number} and {percent}",
        "bare": f"{number} and not {percent}",
    }
    return [
        f"count({text})",
        f"count({text}) filter (where regexp_full_match({text}, '\\d+'))",
        f"count({text}) filter (where regexp_full_match({text}, '-?[\\d.,]+'))",
        f"histogram(m{at}) filter (where {number})",
        *(f"count({text}) filter (where {kinds[kind]})" for kind in _KINDS),
        *(f"min({text}) filter (where {kinds[kind]})" for kind in _KINDS),
    ]


def _profile(row: tuple[Any, ...]) -> Profile:
    given, plain, marked, money, *rest = row
    counts = dict(zip(_KINDS, rest[: len(_KINDS)], strict=True))
    bare = counts.pop("bare")
    currencies = {name: count for name, count in (money or {}).items() if name}
    # A03 before a number makes it a name; a currency's code is one that is known.
    others = sum(currencies.pop(name) for name in [*currencies] if name.isalpha() and not _is_currency(name))
    return Profile(
        given=given,
        numbers=bare + counts["percent"] - others,
        plain=plain,
        marked=marked,
        currencies=currencies,
        examples=dict(zip(_KINDS, rest[len(_KINDS) :], strict=True)),
        **counts,
    )


def _is_currency(name: str) -> bool:
    from babel.numbers import is_currency

    return is_currency(name) or not (len(name) == 3 and name.isupper())
