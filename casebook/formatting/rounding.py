"""How figures are rounded for a reader: half-up, on the decimal digits that Python shows for them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import SupportsFloat

# A reader compares figures by four digits and tiles by three; an input is shown as it was given.
DIGITS = 4
TILE_DIGITS = 3
EXACT_DIGITS = 12
# Beyond this many decimals a rounded figure is floating-point dust, and an exact one needs an exponent.
MOST_DECIMALS = 12

# Wide enough to hold any float written out; the default context stops at 28 digits.
CONTEXT = Context(prec=400, rounding=ROUND_HALF_UP)
_ROUGH = Context(prec=TILE_DIGITS, rounding=ROUND_HALF_UP)
Figure = SupportsFloat  # int, float, Decimal or a NumPy scalar


def decimal(value: Figure) -> Decimal:
    """Take the digits that Python shows for a number: half of 0.005 is meant as written, not as stored.

    Raises ValueError for what is no finite number.
    """
    try:
        # A float may be of a kind that prints itself with words; its digits are what counts.
        amount = Decimal(float.__repr__(value) if isinstance(value, float) else str(value))
    except InvalidOperation:
        raise ValueError(f"{value!r} is not a number") from None
    if not amount.is_finite():
        raise ValueError(f"{value!r} can't be shown: only finite numbers are figures")
    return amount


def half_up(amount: Decimal, places: int) -> Decimal:
    """Round to so many decimals."""
    return amount.quantize(Decimal(1).scaleb(-places), context=CONTEXT)


def significant(amount: Decimal, digits: int) -> Decimal:
    """Round to so many significant digits, but never a digit left of the decimal point."""
    return half_up(amount, max(0, digits - 1 - amount.adjusted()) if amount else 0)


def rough(amount: Decimal) -> Decimal:
    """Round to the digits of a tile, also left of the decimal point."""
    return _ROUGH.create_decimal(amount)


def as_shown(amount: Decimal, *, exact: bool = False) -> Decimal:
    """Round as a text or a table shows it."""
    figure = significant(amount, EXACT_DIGITS if exact else DIGITS)
    return figure if exact or decimals(figure) <= MOST_DECIMALS else half_up(amount, MOST_DECIMALS)


def per_cent(amount: Decimal) -> Decimal:
    """Round a per cent: one decimal, none from 100 up, two significant digits under 1."""
    size = abs(amount)
    if size >= 100:
        return half_up(amount, 0)
    rounded = half_up(amount, 1) if size >= 1 else significant(amount, 2)
    if abs(rounded) == 100:
        return significant(amount, DIGITS)
    return rounded if decimals(rounded) <= MOST_DECIMALS else half_up(amount, MOST_DECIMALS)


def decimals(amount: Decimal) -> int:
    """Count the decimals of a figure once its trailing zeros are dropped."""
    exponent = amount.normalize(CONTEXT).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
