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
_PERCENT = "[ \u00a0\u202f]?%"
_WITH_EXPONENT = rf"[+-]?{_UNSIGNED}[eE][+-]?[0-9]+(?:{_PERCENT})?"

NUMBER = rf"^\s*[+-]?{_UNSIGNED}(?:[eE][+-]?[0-9]+)?(?:{_PERCENT})?\s*$"
"""Any number as text."""


def at_least(bound: float, *, strict: bool = False) -> str:
    """A pattern for numbers as text that are at least (`strict`: more than) a bound.

    >>> import re
    >>> [bool(re.search(at_least(0.5), text)) for text in ("0.49", "50%", "49.9%", "1_000", "-3")]
    [False, True, False, True, False]
    """
    return _either(_above(bound, strict=strict), _above(bound * 100, strict=strict, exact=bound))


def at_most(bound: float, *, strict: bool = False) -> str:
    """A pattern for numbers as text that are at most (`strict`: less than) a bound."""
    return _either(_below(bound, strict=strict), _below(bound * 100, strict=strict, exact=bound))


def _either(plain: str, percent: str) -> str:
    return rf"^\s*(?:{plain}|(?:{percent}){_PERCENT}|{_WITH_EXPONENT})\s*$"


def _above(bound: float, *, strict: bool, exact: float | None = None) -> str:
    number = _decimal(bound, exact)
    if number < 0:
        return rf"(?:\+?{_UNSIGNED}|-(?:{_smaller(-number, strict=strict)}))"
    zero = rf"|-{_ZERO}" if number == 0 and not strict else ""
    return rf"(?:\+?(?:{_larger(number, strict=strict)}){zero})"


def _below(bound: float, *, strict: bool, exact: float | None = None) -> str:
    number = _decimal(bound, exact)
    if number < 0:
        return rf"-(?:{_larger(-number, strict=strict)})"
    if number == 0 and strict:
        return rf"-(?:{_larger(number, strict=True)})"
    return rf"(?:-{_UNSIGNED}|\+?(?:{_smaller(number, strict=strict)}))"


_ZERO = r"(?:0\.?|0?\.0+(?:_0+)*)"


def _decimal(bound: float, exact: float | None) -> Decimal:
    """The bound as it is written; of a percentage a hundred times that, without the noise of a float."""
    return Decimal(repr(float(bound))) if exact is None else Decimal(repr(float(exact))) * 100


def _split(number: Decimal) -> tuple[str, str]:
    whole, _, fraction = f"{number:f}".partition(".")
    return whole.lstrip("0"), fraction.rstrip("0")


def _larger(number: Decimal, *, strict: bool) -> str:
    """Unsigned numbers that are at least (or more than) one that is 0 or more."""
    whole, fraction = _split(number)
    any_fraction = rf"(?:{_FRACTION}|\.)?"
    cases = [rf"[1-9]{_DIGIT}{{{len(whole)},}}{any_fraction}"]
    for index, digit in enumerate(whole):
        if digit != "9":
            rest = len(whole) - index - 1
            head = _prefix(whole[:index]) + _next(index, int(digit) + 1, 9)
            cases.append(rf"{head}{_DIGIT}{{{rest}}}{any_fraction}")
    same = _prefix(whole) if whole else "0?"
    for index, digit in enumerate(fraction):
        if digit != "9":
            head = "_?".join(fraction[:index]) + ("_?" if index else "")
            cases.append(rf"{same}\.{head}[{int(digit) + 1}-9]{_DIGIT}*")
    if not strict:
        if fraction:
            cases.append(rf"{same}\.{'_?'.join(fraction)}{_DIGIT}*")
        else:
            cases.append(rf"(?:{same if whole else '0'}{any_fraction}|{_FRACTION if not whole else '(?!)'})")
    elif fraction:
        cases.append(rf"{same}\.{'_?'.join(fraction)}(?:_?0)*_?[1-9]{_DIGIT}*")
    else:
        cases.append(rf"{same}\.(?:0_?)*[1-9]{_DIGIT}*")
    return "|".join(cases)


def _smaller(number: Decimal, *, strict: bool) -> str:
    """Unsigned numbers that are at most (or less than) one that is 0 or more."""
    whole, fraction = _split(number)
    any_fraction = rf"(?:{_FRACTION}|\.)?"
    cases = []
    if whole:
        cases += [rf"0{any_fraction}", _FRACTION]
        if len(whole) > 1:
            cases.append(rf"[1-9]{_DIGIT}{{0,{len(whole) - 2}}}{any_fraction}")
    for index, digit in enumerate(whole):
        least = 1 if index == 0 else 0
        if int(digit) > least:
            rest = len(whole) - index - 1
            head = _prefix(whole[:index]) + _next(index, least, int(digit) - 1)
            cases.append(rf"{head}{_DIGIT}{{{rest}}}{any_fraction}")
    same = _prefix(whole) if whole else "0?"
    for index, digit in enumerate(fraction):
        head = "_?".join(fraction[:index])
        if index:
            cases.append(rf"{same}\.{head}")
        if digit != "0":
            join = "_?" if index else ""
            cases.append(rf"{same}\.{head}{join}[0-{int(digit) - 1}]{_DIGIT}*")
    if fraction:
        cases.append(rf"{_prefix(whole) if whole else '0'}\.?")
    if not strict:
        tail = rf"\.{'_?'.join(fraction)}(?:_?0)*" if fraction else r"(?:\.|\.0+(?:_0+)*)?"
        cases.append(rf"{same if whole or fraction else '0'}{tail}")
        if not whole and not fraction:
            cases.append(r"\.0+(?:_0+)*")
    return "|".join(cases) or "(?!)"


def _prefix(digits: str) -> str:
    return "_?".join(digits)


def _next(index: int, low: int, high: int) -> str:
    return ("_?" if index else "") + f"[{low}-{high}]"
