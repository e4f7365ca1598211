"""Numbers as people write them in a parameter file, and the other way round.

The text `10%`, `22_000_000` or `1e5` gives the same number whether YAML took it for a number or for text,
so that it does not matter which version of YAML a reader follows.
"""

from __future__ import annotations

import re
import unicodedata
from numbers import Real

LARGEST = 1e18
"""No amount, count or share in a case is larger; beyond it a figure is a slip of the keyboard."""

LONGEST = 400
"""Characters in a number; longer ones are refused before anything tries to read them."""

_WHOLE = r"(?:0|[1-9][0-9]*(?:_[0-9]+)*)"
_FRACTION = r"\.[0-9]+(?:_[0-9]+)*"
_NUMBER = re.compile(
    rf"(?P<digits>[+-]?(?:{_WHOLE}(?:{_FRACTION}|\.)?|{_FRACTION}))(?:[eE](?P<exponent>[+-]?[0-9]+))?"
    r"(?P<percent>[ \u00a0\u202f]?%)?"
)
_NOT_FINITE = re.compile(r"[+-]?\.?(?:inf|infinity|nan)", re.IGNORECASE)
_SEPARATED = re.compile(r"(?P<sign>[+-]?)(?P<digits>[0-9]+(?:[.,'’ \u00a0\u202f_][0-9]+)+)(?P<percent> ?%)?")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:([,.'’ \u00a0\u202f])[0-9]{3})(?:\1[0-9]{3})*")
_WORDS = (
    (re.compile(r"\s*(?:k|thousand)", re.IGNORECASE), "e3"),
    (re.compile(r"\s*(?:m|mn|mio|million)", re.IGNORECASE), "e6"),
    (re.compile(r"\s*(?:bn|billion)", re.IGNORECASE), "e9"),
    (re.compile(r"\s*(?:percent|per cent|pct)", re.IGNORECASE), "%"),
)
EXAMPLES = "write a number such as 1200, 1_200, 1e3 or 12%"


class NumberError(ValueError):
    """Something is not a number that a case can use: `rule` says what it must be, `hint` what to write."""

    def __init__(self, rule: str, hint: str | None = None) -> None:
        """Make the error of a rule."""
        super().__init__(rule)
        self.rule = rule
        self.hint = hint


def read_number(value: object) -> float:
    """The number that a value stands for; a percentage gives its share.

    >>> read_number("10%"), read_number("22_000_000"), read_number("1e5"), read_number(3)
    (0.1, 22000000.0, 100000.0, 3.0)

    Raises NumberError for anything else: separators, currency signs, truth values, dates, NaN, infinity,
    and numbers over 1e18 in size.
    """
    if isinstance(value, bool) or not isinstance(value, (str, Real)):
        raise NumberError("a number", EXAMPLES)
    if isinstance(value, str):
        return _in_range(_from_text(value.strip()))
    try:
        return _in_range(float(value))
    except OverflowError:
        raise _too_large() from None


def is_number_text(text: str) -> bool:
    """Whether a text is written as a number, of whatever size.

    >>> is_number_text("10 %"), is_number_text("012"), is_number_text("1,000")
    (True, False, False)
    """
    return len(text) <= LONGEST and _NUMBER.fullmatch(text) is not None


def write_number(value: float, unit: str = "") -> str:
    """A number as one would type it into a parameter file.

    >>> write_number(22e6), write_number(0.075, "share"), write_number(1e18), write_number(-2.5)
    ('22_000_000', '7.5%', '1e18', '-2.5')
    """
    if unit == "share":
        percent = f"{value * 100:.10g}"
        if "e" not in percent and read_number(f"{percent}%") == value:
            return f"{percent}%"
    if value != int(value):
        return repr(value)
    whole = int(value)
    if abs(whole) >= 1_000_000_000 and float(short := f"{value:g}") == value and "e" in short:
        return short.replace("e+0", "e").replace("e+", "e")
    return f"{whole:_}" if abs(whole) >= 10_000 else str(whole)


def _from_text(text: str) -> float:
    match = _NUMBER.fullmatch(text) if len(text) <= LONGEST else None
    if match is None:
        raise _explain(text)
    # Shifting the exponent instead of dividing by 100 keeps 8.98% at the nearest float to 0.0898.
    exponent = int(match["exponent"] or 0) - (2 if match["percent"] else 0)
    number = float(f"{match['digits']}e{exponent}")
    if number == 0 and re.search("[1-9]", match["digits"]):
        raise NumberError("a number large enough to be told from 0")
    return number


def _in_range(number: float) -> float:
    if number != number:
        raise NumberError("a finite number", "leave the line out where there is no figure")
    if abs(number) > LARGEST:
        raise _too_large()
    return number


def _too_large() -> NumberError:
    return NumberError("a finite number of at most 1e18 in size")


def _explain(text: str) -> NumberError:
    """What is wrong with a text that is not a number; the text is compared with the usual slips."""
    rule = "a number"
    if len(text) > LONGEST:
        return NumberError(rule, EXAMPLES)
    if _NOT_FINITE.fullmatch(text):
        return NumberError("a finite number", "leave the line out where there is no figure")
    amount = _without_currency(text)
    cleaned = _without_separators(amount)
    if amount != text:
        hint = "the currency is stated once, in currency"
        return NumberError(rule, f"write {cleaned}: {hint}" if cleaned else f"write digits only: {hint}")
    if cleaned:
        return NumberError(rule, f"write {cleaned}: use _ between thousands and . for decimals")
    if text.replace("−", "-") != text and is_number_text(text.replace("−", "-")):
        return NumberError(rule, f"write {text.replace('−', '-')}, with a hyphen for minus")
    return NumberError(rule, _without_words(text) or EXAMPLES)


def _without_currency(text: str) -> str:
    """The text without a currency's sign or code at either end, where digits are left."""
    bare = "".join(" " if unicodedata.category(char) == "Sc" else char for char in text)
    if bare == text:
        bare = re.sub(r"^[A-Z]{3}(?=[ 0-9])|(?<=[ 0-9])[A-Z]{3}$", " ", text)
    bare = bare.strip()
    return bare if re.match(r"[+-]?\.?[0-9]", bare) else text


def _without_separators(text: str) -> str | None:
    """A number with separators, as casebook takes it; None when the text is nothing of the kind."""
    if is_number_text(text):
        return text
    match = _SEPARATED.fullmatch(text)
    if match is None:
        return None
    digits, percent = match["digits"], "%" if match["percent"] else ""
    if _THOUSANDS.fullmatch(digits):
        whole, fraction = digits, ""
    else:
        whole, mark, fraction = digits.rpartition("," if digits.rfind(",") > digits.rfind(".") else ".")
        if not mark or not fraction.isdigit():
            return None
    plain = re.sub("[^0-9]", "", whole).lstrip("0") or "0"
    grouped = f"{int(plain):_}" if len(plain) > 4 else plain
    return f"{match['sign']}{grouped}{'.' + fraction if fraction else ''}{percent}"


def _without_words(text: str) -> str | None:
    match = re.match(rf"[+-]?{_WHOLE}(?:{_FRACTION})?", text)
    if match is None:
        return None
    number, rest = match.group(), text[match.end() :]
    for pattern, ending in _WORDS:
        if pattern.fullmatch(rest):
            return f"write {number}{ending}"
    if re.fullmatch(r"\s+[^\W\d_][\w /-]*", rest):
        return f"write {number}: the unit is stated in inputs.yaml"
    return None
