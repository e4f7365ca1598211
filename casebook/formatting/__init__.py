"""Money, shares, numbers, months and dates as a reader of the client's locale writes them.

Every figure is rounded half-up here, on the decimal digits that Python shows for it, before Babel sets it
in the locale's signs: Babel by itself rounds half to even. The minus sign is U+2212 and stands in front;
NaN and infinity are refused, so that no reader ever meets them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import cast

from babel import UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.numbers import get_currency_precision, get_decimal_symbol
from babel.units import format_unit

from casebook import i18n
from casebook.formatting.locales import (
    MILLION,
    MINUS,
    NO_BREAK_SPACE,
    compact,
    currency_frame,
    grouping,
    has_words,
    locale_of,
    minus_sign,
    per_cent_frame,
)
from casebook.formatting.rounding import (
    CONTEXT,
    EXACT_DIGITS,
    MOST_DECIMALS,
    Figure,
    as_shown,
    decimal,
    decimals,
    half_up,
    per_cent,
    rough,
    significant,
)

__all__ = ["MINUS", "NO_BREAK_SPACE", "Figure", "Formatter"]


@dataclass(frozen=True)
class Formatter:
    """Figures in words of one currency and one locale.

    >>> to = Formatter("USD", "en_US")
    >>> to.money(52249600), to.money(12.5), to.money(-420)
    ('$52,249,600', '$12.50', '−$420')
    >>> to.money_short(52249600), to.number(1234.6), to.months(13.5)
    ('$52.2 million', '1,235', '14 months')
    >>> Formatter("EUR", "de_DE").money(-1234.5)
    '−1.235\\xa0€'

    Raises ValueError for a locale that Babel does not know.
    """

    currency: str = "USD"
    """ISO 4217 code."""

    locale: str = "en_US"
    """Language and territory, as Babel names them."""

    def __post_init__(self) -> None:
        """Refuse an unknown locale here, where its name is known, and not at the first figure."""
        try:
            locale_of(self.locale)
        except UnknownLocaleError as error:
            raise ValueError(f"locale {self.locale!r} is not known") from error

    def money(self, value: Figure, *, exact: bool = False) -> str:
        """Give an amount with the currency's sign.

        No decimals from 1,000 up or where the amount is whole once rounded; the currency's own otherwise.
        `exact` keeps the decimals given, up to 12 significant digits, and is meant for inputs.

        >>> Formatter().money(999.995), Formatter().money(0.005), Formatter("JPY").money(999.5)
        ('$1,000', '$0.01', '¥1,000')
        >>> Formatter().money(0.125, exact=True), Formatter().money(1234.5, exact=True)
        ('$0.125', '$1,234.50')
        """
        amount = decimal(value)
        usual = get_currency_precision(self.currency)
        if exact:
            amount = significant(amount, EXACT_DIGITS)
            places = max(decimals(amount), usual) if decimals(amount) else 0
        else:
            rounded = half_up(amount, usual)
            places = 0 if abs(rounded) >= 1000 or not decimals(rounded) else usual
            amount = half_up(amount, places)
        return self._with_currency(amount, self._digits(amount, places))

    def money_short(self, value: Figure) -> str:
        """Give an amount for a tile: three significant digits and a word from one million up.

        A whole part of more than three digits is kept (locales that count in myriads have them), and a
        figure that rounds up to the next word takes it.

        >>> [Formatter().money_short(v) for v in (999_999.4, 999_999.6, 999_950_000, -1_944_000_000)]
        ['$999,999', '$1 million', '$1 billion', '−$1.94 billion']
        """
        amount = decimal(value)
        if abs(half_up(amount, 0)) < MILLION or not has_words(self.locale):
            return self.money(value)
        figure, words = compact(amount, self.locale)
        before, after = words.prefix[0], words.suffix[0]
        return self._with_currency(figure, f"{before}{self._digits(figure, decimals(figure))}{after}")

    def money_about(self, value: Figure) -> str:
        """Give an amount that is known only roughly, such as a simulated one: three significant digits.

        >>> Formatter().money_about(-246018.4), Formatter().money_about(2284164), Formatter().money_about(0)
        ('−$246,000', '$2.28 million', '$0')
        """
        return self.money_short(rough(decimal(value)))

    def share(self, value: Figure, *, exact: bool = False) -> str:
        """Give a share (1 is the whole) in per cent, as a board reads it: one decimal, none from 100 % up.

        Under 1 % two significant digits stay, and 99.97 % keeps its four: it is not the whole.
        `exact` keeps up to 12 significant digits.

        >>> [Formatter().share(v) for v in (18.99709, 0.99967, -0.06112)]
        ['1,900%', '99.97%', '−6.1%']
        """
        given = decimal(value).scaleb(2, CONTEXT)
        return self._with_per_cent(as_shown(given, exact=True) if exact else per_cent(given))

    def share_beside(self, value: Figure, limit: Figure) -> str:
        """Give a share that is compared with a limit: as `share` does, with decimals that tell them apart.

        >>> to = Formatter()
        >>> [to.share_beside(v, 0.5) for v in (0.50031, 0.6667, 0.5)]
        ['50.03%', '66.7%', '50%']
        """
        given, bound = (decimal(each).scaleb(2, CONTEXT) for each in (value, limit))
        shown, places = per_cent(given), 0
        while shown == per_cent(bound) and shown != given and places < MOST_DECIMALS:
            places += 1
            shown = half_up(given, places)
        return self._with_per_cent(shown)

    def number(self, value: Figure, *, exact: bool = False) -> str:
        """Give a number: four significant digits, the whole part never rounded away, no trailing zeros.

        `exact` keeps up to 12 significant digits.

        >>> Formatter().number(22_000_000), Formatter().number(0.123456), Formatter().number(-2.50)
        ('22,000,000', '0.1235', '−2.5')
        """
        rounded = as_shown(decimal(value), exact=exact)
        return self._signed(rounded, self._plain(rounded))

    def months(self, value: Figure) -> str:
        """Give a time in whole months, half-up; what is above 0 and below 1 is "under a month".

        Raises ValueError for a negative time: a payback has none.

        >>> [Formatter().months(m) for m in (0, 0.6, 1.49, 12.5)]
        ['0 months', 'under a month', '1 month', '13 months']
        """
        months = decimal(value)
        if months < 0:
            raise ValueError(f"{value} months: a time can't be negative")
        if 0 < months < 1:
            # The locale data has words for a month, but none for "under".
            shortest = self.say("under a month")
            known = shortest != "under a month" or self.language == "en"
            return shortest if known else f"< {self._month_words(1)}"
        return self._month_words(int(half_up(months, 0)))

    def quantity(self, value: Figure | Iterable[Figure], unit: str, *, exact: bool = False) -> str:
        """Give a value, or values by year, as its unit asks; the unit's own words are not added.

        `share` is shown in per cent and `currency` as money, also per something (`currency/year`); the
        rest is a number. Years are parted by a comma, or by a semicolon in locales whose decimal sign is
        the comma.

        >>> Formatter().quantity([250, 262.5], "currency/customer/year", exact=True)
        '$250, $262.50'
        >>> Formatter("EUR", "de_DE").quantity((1.5, 2), "contacts/customer")
        '1,5; 2'
        """
        # A NumPy array without dimensions claims to be iterable and is not.
        if not isinstance(value, Iterable) or getattr(value, "ndim", None) == 0:
            return self._one(cast(Figure, value), unit, exact)
        between = "; " if get_decimal_symbol(locale_of(self.locale)) == "," else ", "
        return between.join(self._one(one, unit, exact) for one in value)

    def compared(self, one: Figure, other: Figure, unit: str) -> tuple[str, str]:
        """Give two values of a sentence that compares them: exactly, where they would look alike.

        >>> Formatter().compared(150.04, 100, "contacts"), Formatter().compared(100.001, 100, "contacts")
        (('150', '100'), ('100.001', '100'))
        """
        about, than = self.quantity(one, unit), self.quantity(other, unit)
        if about != than:
            return about, than
        return self.quantity(one, unit, exact=True), self.quantity(other, unit, exact=True)

    def places(self, values: Iterable[Figure]) -> int:
        """Say how many decimals a table of these amounts needs: none once one of them reaches 1,000.

        >>> Formatter().places([12.5, 990]), Formatter().places([12.5, 1000]), Formatter().places([12, 990])
        (2, 0, 0)
        """
        usual = get_currency_precision(self.currency)
        amounts = [half_up(decimal(value), usual) for value in values]
        fine = all(abs(amount) < 1000 for amount in amounts) and any(decimals(amount) for amount in amounts)
        return usual if fine else 0

    def amount(self, value: Figure, places: int) -> str:
        """Give an amount without the currency's sign, for a table that names the currency in its head.

        >>> Formatter().amount(-1234.5, 0), Formatter().amount(0.125, 2)
        ('−1,235', '0.13')
        """
        rounded = half_up(decimal(value), places)
        return self._signed(rounded, self._digits(rounded, places))

    def unit_words(self, unit: str, *, share: str = "") -> str:
        """Say a unit as a reader does; `share` is what stands for a share, and a plain number has no word.

        >>> Formatter().unit_words("currency/customer/year"), Formatter().unit_words("contacts/hour")
        ('USD a customer a year', 'contacts an hour')
        >>> Formatter().unit_words("share/year"), Formatter().unit_words("share", share="%")
        ('a year', '%')
        """
        first, *per = (part.strip() for part in unit.split("/"))
        words = [{"share": share, "number": "", "currency": self.currency}.get(first, first)]
        words += [self._each(noun) for noun in per]
        return " ".join(part for part in words if part)

    def date(self, iso_text: str) -> str:
        """Give a date (YYYY-MM-DD) in the locale's long form; ValueError if it is none.

        >>> Formatter("GBP", "en_GB").date("2026-11-21")
        '21 November 2026'
        """
        return format_date(dt.date.fromisoformat(iso_text), "long", locale=locale_of(self.locale))

    def month(self, year: int, month: int) -> str:
        """Give a month of the calendar in the locale's long form.

        >>> Formatter("GBP", "en_GB").month(2026, 9)
        'September 2026'
        """
        return format_skeleton("yMMMM", dt.date(year, month, 1), locale=locale_of(self.locale))

    def quarter(self, year: int, quarter: int) -> str:
        """Give a quarter of the calendar in the locale's short form.

        >>> Formatter("GBP", "en_GB").quarter(2026, 3), Formatter("EUR", "fr_FR").quarter(2026, 3)
        ('Q3 2026', 'T3 2026')
        """
        return format_skeleton("yQQQ", dt.date(year, 3 * quarter - 2, 1), locale=locale_of(self.locale))

    @property
    def language(self) -> str:
        """The language of the locale, such as `de`."""
        return locale_of(self.locale).language

    def say(self, phrase: str, /, **parts: object) -> str:
        """Give a fixed phrase, known by its English words, in the locale's language.

        >>> Formatter("EUR", "de_DE").say("Net present value")
        'Kapitalwert'
        """
        return i18n.say(self.language, phrase, **{name: str(part) for name, part in parts.items()})

    def say_count(self, one: str, many: str, count: int, /, **parts: object) -> str:
        """Give the phrase for one or for many, with the number as `{count}`.

        >>> Formatter().say_count("{count} finding", "{count} findings", 1)
        '1 finding'
        """
        texts = {name: str(part) for name, part in parts.items()}
        return i18n.say_count(self.language, one, many, count, count=self.number(count), **texts)

    def translate(self, text: str) -> str:
        """Give a text in the locale's language where it is a `i18n.Phrase`; any other text as it stands.

        >>> Formatter("EUR", "de_DE").translate(i18n.Phrase("{count} simulated outcomes", count=1200))
        '1.200 simulierte Fälle'
        """
        if not isinstance(text, i18n.Phrase):
            return text
        parts = {
            name: self.translate(part) if isinstance(part, str) else self.number(part, exact=True)
            for name, part in text.parts.items()
        }
        return self.say(text.phrase, **parts)

    def years(self, count: int) -> str:
        """Give a number of years in words.

        >>> Formatter().years(1), Formatter("EUR", "de_DE").years(3)
        ('1 year', '3 Jahre')
        """
        return self.say_count("{count} year", "{count} years", count)

    def _each(self, noun: str) -> str:
        """`a customer`, `an hour`: the words of time in the reader's language, all others as they stand."""
        if noun in i18n.TIMES:
            return self.say(i18n.TIMES[noun])
        return self.say("an {noun}" if noun[:1] in "aeiou" else "a {noun}", noun=noun)

    def _one(self, value: Figure, unit: str, exact: bool) -> str:
        base = unit.split("/", 1)[0].strip()
        write = {"currency": self.money, "share": self.share}.get(base, self.number)
        return write(value, exact=exact)

    def _plain(self, rounded: Decimal) -> str:
        return self._digits(rounded, decimals(rounded))

    def _digits(self, rounded: Decimal, places: int) -> str:
        """Set the digits of a rounded figure, without its sign, in the locale's separators."""
        if places > 2 * MOST_DECIMALS:
            lead = rounded.scaleb(-rounded.adjusted(), CONTEXT)
            return f"{self._plain(lead)}E{MINUS}{-rounded.adjusted()}"
        with localcontext(CONTEXT):  # Babel calculates in the current one, of 28 digits
            return str(grouping(self.locale, places).apply(abs(rounded), locale_of(self.locale)))

    def _signed(self, rounded: Decimal, text: str) -> str:
        return f"{minus_sign(self.locale)}{text}" if rounded < 0 else text

    def _with_currency(self, rounded: Decimal, digits: str) -> str:
        before, after = currency_frame(self.currency, self.locale)
        return self._signed(rounded, f"{before}{digits}{after}")

    def _with_per_cent(self, rounded: Decimal) -> str:
        return self._signed(rounded, per_cent_frame(self.locale).format(self._plain(rounded)))

    def _month_words(self, months: int) -> str:
        locale, number = locale_of(self.locale), self._plain(Decimal(months))
        for length in ("long", "short", "narrow"):
            words = format_unit(months, "duration-month", length, locale=locale)
            # Where a locale lacks a length, Babel prints the unit's identifier instead.
            if "duration" not in words:
                return words
        return f"{number} month" if months == 1 else f"{number} months"
