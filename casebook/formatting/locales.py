"""The signs and words of a locale, read from Babel's data once."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import NumberPattern, get_currency_symbol, get_minus_sign_symbol, parse_pattern

from casebook.formatting.rounding import CONTEXT, TILE_DIGITS, significant

NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"
MILLION = Decimal(1_000_000)


def compact(amount: Decimal, locale: str) -> tuple[Decimal, NumberPattern]:
    """Scale an amount to the locale's word for its size: (figure, pattern whose ends hold the word)."""
    formats = locale_of(locale).compact_decimal_formats
    # East Asian locales have only the short form, which is their usual one.
    by_plural = formats["long"] if "long" in formats else formats["short"]
    sizes = [int(size) for size in by_plural["other"]]
    rounded = amount
    for _ in range(2):  # a second time, for a figure that rounds up to the next word (999.95 million)
        size = max(size for size in sizes if size <= max(abs(rounded), MILLION))
        # "00 million" under 10,000,000 says that two digits stand before the word.
        power = len(str(size)) - by_plural["other"][str(size)].pattern.count("0")
        figure = significant(rounded.scaleb(-power, CONTEXT), TILE_DIGITS)
        rounded = figure.scaleb(power, CONTEXT)
    figure = figure.normalize(CONTEXT)
    forms = by_plural.get(locale_of(locale).plural_form(abs(figure)), {})
    return figure, forms.get(str(size)) or by_plural["other"][str(size)]


@lru_cache(maxsize=64)
def locale_of(locale: str) -> Locale:
    """Give a locale by its name. Raises UnknownLocaleError."""
    try:
        return Locale.parse(locale)
    except ValueError as error:
        raise UnknownLocaleError(locale) from error


@lru_cache(maxsize=64)
def has_words(locale: str) -> bool:
    """Whether the locale's data have a word for millions; a few have none."""
    formats = locale_of(locale).compact_decimal_formats
    by_plural = formats.get("long") or formats.get("short") or {}
    return any(int(size) <= MILLION for size in by_plural.get("other", {}))


@lru_cache(maxsize=64)
def minus_sign(locale: str) -> str:
    """Give the minus sign, as typeset."""
    # Right-to-left locales wrap their sign in direction marks, which stay.
    return get_minus_sign_symbol(locale_of(locale)).replace("-", MINUS)


@lru_cache(maxsize=512)
def grouping(locale: str, places: int) -> NumberPattern:
    """Give the locale's grouping with exactly so many decimals."""
    whole = locale_of(locale).decimal_formats[None].pattern.split(";")[0].split(".")[0]
    return parse_pattern(f"{whole}.{'0' * places}" if places else whole)


@lru_cache(maxsize=64)
def per_cent_frame(locale: str) -> str:
    """Give a template with one field for the digits, such as "{}%" in English and "{} %" in German."""
    pattern = locale_of(locale).percent_formats[None]
    return f"{pattern.prefix[0]}{{}}{pattern.suffix[0]}"


@lru_cache(maxsize=256)
def currency_frame(currency: str, locale: str) -> tuple[str, str]:
    """Give what stands before and after an amount."""
    # Fonts for Latin text have ¥ but not its full-width twin, which Japanese locale data uses.
    symbol = unicodedata.normalize("NFKC", get_currency_symbol(currency, locale_of(locale)))
    pattern = locale_of(locale).currency_formats["standard"]
    before, after = (end.replace("¤", symbol) for end in (pattern.prefix[0], pattern.suffix[0]))
    # The locale data asks for a space between letters and digits (CHF 420); Babel leaves it out.
    return before + NO_BREAK_SPACE * before[-1:].isalpha(), NO_BREAK_SPACE * after[:1].isalpha() + after
