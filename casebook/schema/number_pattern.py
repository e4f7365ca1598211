"""Regular expressions for numbers written as text, such as 22_000_000 or 10%, within bounds.

Editors read a parameter file as YAML 1.2, where these are text, and a JSON Schema can hold text to a pattern
only. The patterns compare digit by digit. A number with an exponent passes whatever its size: in YAML it is a
number, and then bounded as such.
"""

from __future__ import annotations

from decimal import Decimal

_DIGIT = "(?:_?[0-9])"
_WHOLE = "(?:0|[1-9][0-9]*(?:_[0-9]+)*)"
_FRACTION = r"\.[0-9]+(?:_[0-9]+)*"
_UNSIGNED = rf"(?:{_WHOLE}(?:{_FRACTION}|\.)?|{_FRACTION})"
_DECIMALS = rf"(?:\.{_DIGIT}*)?"
_PERCENT = "[ \u00a0\u202f]?%"
_END = r"\s*$"
_ZERO = r"(?:0\.?|0?\.0+(?:_0+)*)"
_WITH_EXPONENT = rf"[+-]?{_UNSIGNED}[eE][+-]?[0-9]+(?:{_PERCENT})?"

NUMBER = rf"^\s*[+-]?{_UNSIGNED}(?:[eE][+-]?[0-9]+)?(?:{_PERCENT})?\s*$"
"""Any number as text."""


def at_least(bound: float, *, strict: bool = False) -> str:
    """A pattern for numbers as text that are at least (`strict`: more than) a bound.

    >>> import re
    >>> [bool(re.search(at_least(0.5), text)) for text in ("0.49", "50%", "49.9%", "1_000", "-3")]
    [False, True, False, True, False]
    """
    return rf"^\s*(?:{_either(bound, strict=strict)}|{_WITH_EXPONENT}\s*$)"


def at_most(bound: float, *, strict: bool = False) -> str:
    """A pattern that of numbers as text takes those that are at most (`strict`: less than) a bound."""
    return rf"^(?!\s*(?:{_either(bound, strict=not strict)}))"


def _either(bound: float, *, strict: bool) -> str:
    number = Decimal(repr(float(bound)))
    # A hundred times the bound as it is written, without the noise of a float.
    return f"{_above(number, _END, strict=strict)}|{_above(number * 100, _PERCENT + _END, strict=strict)}"


def _above(number: Decimal, end: str, *, strict: bool) -> str:
    if number < 0:
        beyond = rf"(?:{_larger(-number, strict=not strict)}){end}"
        return rf"(?:\+?|-(?!{beyond})){_UNSIGNED}{end}"
    zero = "" if number or strict else rf"|-{_ZERO}{end}"
    return rf"\+?(?:{_larger(number, strict=strict)}){end}{zero}"


def _larger(number: Decimal, *, strict: bool) -> str:
    """Unsigned numbers that are at least (or more than) one that is 0 or more."""
    whole, _, fraction = f"{number:f}".partition(".")
    whole, fraction = whole.lstrip("0"), fraction.rstrip("0")
    ones, decimals = "_?".join(whole) or "0?", "_?".join(fraction)
    cases = [rf"[1-9]{_DIGIT}{{{len(whole)},}}{_DECIMALS}"]
    for index, digit in enumerate(whole):
        head = "_?".join([*whole[:index], f"[{int(digit) + 1}-9]"])
        cases += [] if digit == "9" else [rf"{head}{_DIGIT}{{{len(whole) - index - 1}}}{_DECIMALS}"]
    for index, digit in enumerate(fraction):
        head = "_?".join([*fraction[:index], f"[{int(digit) + 1}-9]"])
        cases += [] if digit == "9" else [rf"{ones}\.{head}{_DIGIT}*"]
    if strict:
        cases.append(rf"{ones}\.{decimals}(?:_?0)*_?[1-9]{_DIGIT}*")
    elif fraction:
        cases.append(rf"{ones}\.{decimals}{_DIGIT}*")
    else:
        cases.append(f"{ones}{_DECIMALS}" if whole else _UNSIGNED)
    return "|".join(cases)
