"""Money, shares, numbers, months and dates as a reader of the client's locale writes them.

Every figure is rounded half-up here, on the decimal digits that Python shows for it, before Babel sets it
in the locale's signs: Babel by itself rounds half to even. The minus sign is U+2212 and stands in front;
NaN and infinity are refused, so that no reader ever meets them.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation, localcontext
from functools import lru_cache
from typing import SupportsFloat, cast

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.numbers import (
    NumberPattern,
    get_currency_precision,
    get_currency_symbol,
    get_decimal_symbol,
    get_minus_sign_symbol,
    parse_pattern,
)
from babel.units import format_unit

from casebook import words

NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"

# A reader compares figures by four digits and tiles by three; an input is shown as it was given.
_DIGITS = 4
_TILE_DIGITS = 3
_EXACT_DIGITS = 12
# Beyond this many decimals a rounded figure is floating-point dust, and an exact one needs an exponent.
_MOST_DECIMALS = 12
_MILLION = Decimal(1_000_000)
TIMES = {
    "year": "a year",
    "month": "a month",
    "week": "a week",
    "day": "a day",
    "hour": "an hour",
    "minute": "a minute",
}
"""Units of time, and how one of them is said behind another unit."""

# Wide enough to hold any float written out; the default context stops at 28 digits.
_CONTEXT = Context(prec=400, rounding=ROUND_HALF_UP)
_ROUGH = Context(prec=_TILE_DIGITS, rounding=ROUND_HALF_UP)
Figure = SupportsFloat  # int, float, Decimal or a NumPy scalar


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
            _parsed(self.locale)
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
        amount = _decimal(value)
        usual = get_currency_precision(self.currency)
        if exact:
            amount = _significant(amount, _EXACT_DIGITS)
            places = max(_places(amount), usual) if _places(amount) else 0
        else:
            rounded = _half_up(amount, usual)
            places = 0 if abs(rounded) >= 1000 or not _places(rounded) else usual
            amount = _half_up(amount, places)
        return self._with_currency(amount, self._digits(amount, places))

    def money_short(self, value: Figure) -> str:
        """Give an amount for a tile: three significant digits and a word from one million up.

        A whole part of more than three digits is kept (locales that count in myriads have them), and a
        figure that rounds up to the next word takes it.

        >>> [Formatter().money_short(v) for v in (999_999.4, 999_999.6, 999_950_000, -1_944_000_000)]
        ['$999,999', '$1 million', '$1 billion', '−$1.94 billion']
        """
        amount = _decimal(value)
        if abs(_half_up(amount, 0)) < _MILLION or not _has_words(self.locale):
            return self.money(value)
        figure, words = _compact(amount, _parsed(self.locale))
        before, after = words.prefix[0], words.suffix[0]
        return self._with_currency(figure, f"{before}{self._digits(figure, _places(figure))}{after}")

    def money_about(self, value: Figure) -> str:
        """Give an amount that is known only roughly, such as a simulated one: three significant digits.

        >>> Formatter().money_about(-246018.4), Formatter().money_about(2284164), Formatter().money_about(0)
        ('−$246,000', '$2.28 million', '$0')
        """
        return self.money_short(_ROUGH.create_decimal(_decimal(value)))

    def share(self, value: Figure, *, exact: bool = False) -> str:
        """Give a share (1 is the whole) in per cent, as a board reads it: one decimal, none from 100 % up.

        Under 1 % two significant digits stay, and 99.97 % keeps its four: it is not the whole.
        `exact` keeps up to 12 significant digits.

        >>> [Formatter().share(v).replace(NO_BREAK_SPACE, "_") for v in (18.99709, 0.99967, -0.06112)]
        ['1,900_%', '99.97_%', '−6.1_%']
        """
        given = _decimal(value).scaleb(2, _CONTEXT)
        return self._with_per_cent(_rounded(given, exact=True) if exact else _per_cent(given))

    def share_beside(self, value: Figure, limit: Figure) -> str:
        """Give a share that is compared with a limit: as `share` does, with decimals that tell them apart.

        >>> to = Formatter()
        >>> [to.share_beside(v, 0.5).replace(NO_BREAK_SPACE, "_") for v in (0.50031, 0.6667, 0.5)]
        ['50.03_%', '66.7_%', '50_%']
        """
        given, bound = (_decimal(each).scaleb(2, _CONTEXT) for each in (value, limit))
        shown, places = _per_cent(given), 0
        while shown == _per_cent(bound) and shown != given and places < _MOST_DECIMALS:
            places += 1
            shown = _half_up(given, places)
        return self._with_per_cent(shown)

    def number(self, value: Figure, *, exact: bool = False) -> str:
        """Give a number: four significant digits, the whole part never rounded away, no trailing zeros.

        `exact` keeps up to 12 significant digits.

        >>> Formatter().number(22_000_000), Formatter().number(0.123456), Formatter().number(-2.50)
        ('22,000,000', '0.1235', '−2.5')
        """
        rounded = _rounded(_decimal(value), exact)
        return self._signed(rounded, self._plain(rounded))

    def months(self, value: Figure) -> str:
        """Give a time in whole months, half-up; what is above 0 and below 1 is "under a month".

        Raises ValueError for a negative time: a payback has none.

        >>> [Formatter().months(m) for m in (0, 0.6, 1.49, 12.5)]
        ['0 months', 'under a month', '1 month', '13 months']
        """
        months = _decimal(value)
        if months < 0:
            raise ValueError(f"{value} months: a time can't be negative")
        if 0 < months < 1:
            # The locale data has words for a month, but none for "under".
            said = self.say("under a month")
            known = said != "under a month" or self.language == "en"
            return said if known else f"< {self._month_words(1)}"
        return self._month_words(int(_half_up(months, 0)))

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
        between = "; " if get_decimal_symbol(_parsed(self.locale)) == "," else ", "
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
        amounts = [_half_up(_decimal(value), usual) for value in values]
        fine = all(abs(amount) < 1000 for amount in amounts) and any(_places(amount) for amount in amounts)
        return usual if fine else 0

    def amount(self, value: Figure, places: int) -> str:
        """Give an amount without the currency's sign, for a table that names the currency in its head.

        >>> Formatter().amount(-1234.5, 0), Formatter().amount(0.125, 2)
        ('−1,235', '0.13')
        """
        rounded = _half_up(_decimal(value), places)
        return self._signed(rounded, self._digits(rounded, places))

    def unit_words(self, unit: str, *, share: str = "") -> str:
        """Say a unit as a reader does; `share` is what stands for a share, and a plain number has no word.

        >>> Formatter().unit_words("currency/customer/year"), Formatter().unit_words("contacts/hour")
        ('USD a customer a year', 'contacts an hour')
        >>> Formatter().unit_words("share/year"), Formatter().unit_words("share", share="%")
        ('a year', '%')
        """
        first, *per = (part.strip() for part in unit.split("/"))
        said = [{"share": share, "number": "", "currency": self.currency}.get(first, first)]
        said += [self._each(noun) for noun in per]
        return " ".join(part for part in said if part)

    def date(self, iso_text: str) -> str:
        """Give a date (YYYY-MM-DD) in the locale's long form; ValueError if it is none.

        >>> Formatter("GBP", "en_GB").date("2026-11-21")
        '21 November 2026'
        """
        return format_date(dt.date.fromisoformat(iso_text), "long", locale=_parsed(self.locale))

    def month(self, year: int, month: int) -> str:
        """Give a month of the calendar in the locale's long form.

        >>> Formatter("GBP", "en_GB").month(2026, 9)
        'September 2026'
        """
        return format_skeleton("yMMMM", dt.date(year, month, 1), locale=_parsed(self.locale))

    @property
    def language(self) -> str:
        """The language of the locale, such as `de`."""
        return _parsed(self.locale).language

    def say(self, phrase: str, /, **parts: object) -> str:
        """Give a fixed phrase, known by its English words, in the locale's language.

        >>> Formatter("EUR", "de_DE").say("Net present value")
        'Kapitalwert'
        """
        return words.say(self.language, phrase, **{name: str(part) for name, part in parts.items()})

    def say_count(self, one: str, many: str, count: int, /, **parts: object) -> str:
        """Give the phrase for one or for many, with the number as `{count}`.

        >>> Formatter().say_count("{count} finding", "{count} findings", 1)
        '1 finding'
        """
        said = {name: str(part) for name, part in parts.items()}
        return words.say_count(self.language, one, many, count, count=self.number(count), **said)

    def tell(self, text: str) -> str:
        """Give a text in the locale's language where it is a `words.Phrase`; any other text as it stands.

        >>> Formatter("EUR", "de_DE").tell(words.Phrase("{count} simulated outcomes", count=1200))
        '1.200 simulierte Fälle'
        """
        if not isinstance(text, words.Phrase):
            return text
        parts = {
            name: self.tell(part) if isinstance(part, str) else self.number(part, exact=True)
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
        if noun in TIMES:
            return self.say(TIMES[noun])
        return self.say("an {noun}" if noun[:1] in "aeiou" else "a {noun}", noun=noun)

    def _one(self, value: Figure, unit: str, exact: bool) -> str:
        base = unit.split("/", 1)[0].strip()
        write = {"currency": self.money, "share": self.share}.get(base, self.number)
        return write(value, exact=exact)

    def _plain(self, rounded: Decimal) -> str:
        return self._digits(rounded, _places(rounded))

    def _digits(self, rounded: Decimal, places: int) -> str:
        """Set the digits of a rounded figure, without its sign, in the locale's separators."""
        if places > 2 * _MOST_DECIMALS:
            lead = rounded.scaleb(-rounded.adjusted(), _CONTEXT)
            return f"{self._plain(lead)}E{MINUS}{-rounded.adjusted()}"
        with localcontext(_CONTEXT):  # Babel calculates in the current one, of 28 digits
            return str(_pattern(self.locale, places).apply(abs(rounded), _parsed(self.locale)))

    def _signed(self, rounded: Decimal, text: str) -> str:
        return f"{_minus(self.locale)}{text}" if rounded < 0 else text

    def _with_currency(self, rounded: Decimal, digits: str) -> str:
        before, after = _currency_frame(self.currency, self.locale)
        return self._signed(rounded, f"{before}{digits}{after}")

    def _with_per_cent(self, rounded: Decimal) -> str:
        return self._signed(rounded, _per_cent_frame(self.locale).format(self._plain(rounded)))

    def _month_words(self, months: int) -> str:
        locale, number = _parsed(self.locale), self._plain(Decimal(months))
        for length in ("long", "short", "narrow"):
            words = format_unit(months, "duration-month", length, locale=locale)
            # Where a locale lacks a length, Babel prints the unit's identifier instead.
            if "duration" not in words:
                return words
        return f"{number} month" if months == 1 else f"{number} months"


def _decimal(value: Figure) -> Decimal:
    """Take the digits that Python shows for a number: half of 0.005 is meant as written, not as stored."""
    try:
        # A float may be of a kind that prints itself with words; its digits are what counts.
        amount = Decimal(float.__repr__(value) if isinstance(value, float) else str(value))
    except InvalidOperation:
        raise ValueError(f"{value!r} is not a number") from None
    if not amount.is_finite():
        raise ValueError(f"{value!r} can't be shown: only finite numbers are figures")
    return amount


def _half_up(amount: Decimal, places: int) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-places), context=_CONTEXT)


def _significant(amount: Decimal, digits: int) -> Decimal:
    """Round to so many significant digits, but never a digit left of the decimal point."""
    return _half_up(amount, max(0, digits - 1 - amount.adjusted()) if amount else 0)


def _rounded(amount: Decimal, exact: bool) -> Decimal:
    """Round as a text or a table shows it."""
    figure = _significant(amount, _EXACT_DIGITS if exact else _DIGITS)
    return figure if exact or _places(figure) <= _MOST_DECIMALS else _half_up(amount, _MOST_DECIMALS)


def _per_cent(amount: Decimal) -> Decimal:
    """Round a per cent: one decimal, none from 100 up, two significant digits under 1."""
    size = abs(amount)
    if size >= 100:
        return _half_up(amount, 0)
    rounded = _half_up(amount, 1) if size >= 1 else _significant(amount, 2)
    if abs(rounded) == 100:
        return _significant(amount, _DIGITS)
    return rounded if _places(rounded) <= _MOST_DECIMALS else _half_up(amount, _MOST_DECIMALS)


def _places(amount: Decimal) -> int:
    """Count the decimals of a figure once its trailing zeros are dropped."""
    exponent = amount.normalize(_CONTEXT).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _compact(amount: Decimal, locale: Locale) -> tuple[Decimal, NumberPattern]:
    """Scale an amount to the locale's word for its size: (figure, pattern whose ends hold the word)."""
    formats = locale.compact_decimal_formats
    # East Asian locales have only the short form, which is their usual one.
    by_plural = formats["long"] if "long" in formats else formats["short"]
    sizes = [int(size) for size in by_plural["other"]]
    rounded = amount
    for _ in range(2):  # a second time, for a figure that rounds up to the next word (999.95 million)
        size = max(size for size in sizes if size <= max(abs(rounded), _MILLION))
        # "00 million" under 10,000,000 says that two digits stand before the word.
        power = len(str(size)) - by_plural["other"][str(size)].pattern.count("0")
        figure = _significant(rounded.scaleb(-power, _CONTEXT), _TILE_DIGITS)
        rounded = figure.scaleb(power, _CONTEXT)
    figure = figure.normalize(_CONTEXT)
    forms = by_plural.get(locale.plural_form(abs(figure)), {})
    return figure, forms.get(str(size)) or by_plural["other"][str(size)]


@lru_cache(maxsize=64)
def _parsed(locale: str) -> Locale:
    try:
        return Locale.parse(locale)
    except ValueError as error:
        raise UnknownLocaleError(locale) from error


@lru_cache(maxsize=64)
def _has_words(locale: str) -> bool:
    """Whether the locale's data have a word for millions; a few have none."""
    formats = _parsed(locale).compact_decimal_formats
    by_plural = formats.get("long") or formats.get("short") or {}
    return any(int(size) <= _MILLION for size in by_plural.get("other", {}))


@lru_cache(maxsize=64)
def _minus(locale: str) -> str:
    # Right-to-left locales wrap their sign in direction marks, which stay.
    return get_minus_sign_symbol(_parsed(locale)).replace("-", MINUS)


@lru_cache(maxsize=512)
def _pattern(locale: str, places: int) -> NumberPattern:
    """Give the locale's grouping with exactly so many decimals."""
    whole = _parsed(locale).decimal_formats[None].pattern.split(";")[0].split(".")[0]
    return parse_pattern(f"{whole}.{'0' * places}" if places else whole)


@lru_cache(maxsize=64)
def _per_cent_frame(locale: str) -> str:
    """Give a template with one field for the digits, such as "{} %"."""
    pattern = _parsed(locale).percent_formats[None]
    before, after = pattern.prefix[0], pattern.suffix[0]
    if after and not after[0].isspace():
        after = NO_BREAK_SPACE + after
    return f"{before}{{}}{after}"


@lru_cache(maxsize=256)
def _currency_frame(currency: str, locale: str) -> tuple[str, str]:
    """Give what stands before and after an amount."""
    # Fonts for Latin text have ¥ but not its full-width twin, which Japanese locale data uses.
    symbol = unicodedata.normalize("NFKC", get_currency_symbol(currency, _parsed(locale)))
    pattern = _parsed(locale).currency_formats["standard"]
    before, after = (end.replace("¤", symbol) for end in (pattern.prefix[0], pattern.suffix[0]))
    # The locale data asks for a space between letters and digits (CHF 420); Babel leaves it out.
    return before + NO_BREAK_SPACE * before[-1:].isalpha(), NO_BREAK_SPACE * after[:1].isalpha() + after
