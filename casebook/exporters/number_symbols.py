"""How a locale writes numbers, as data for readers that can't call Babel: the script of the page.

They are read off what `Formatter` prints, so that both print the same.
"""

from __future__ import annotations

from typing import Any

from babel import Locale
from babel.numbers import get_currency_precision

from casebook.formatting import Formatter

_LEAST_WORD = 6
"""Amounts have a word for their size from 10^6 up."""


def number_symbols(formatter: Formatter, years: int) -> dict[str, Any]:
    """What stands between, before and after digits; `months` holds the words for every time of the horizon.

    >>> symbols = number_symbols(Formatter("EUR", "de_DE"), 1)
    >>> symbols["group"], symbols["decimal"], symbols["money"], symbols["months"][1]
    ('.', ',', ['', '\\xa0€'], '1 Monat')
    """
    groups = formatter.number(1_111_111_111)
    parts = _digits(groups)
    return {
        "minus": formatter.number(-5).partition("5")[0],
        "decimal": formatter.number(1.5)[1:-1],
        "group": groups[len(parts[0])] if len(parts) > 1 else "",
        # How many digits stand in the last group, and how many in each before it.
        "grouping": [len(parts[-1]), len(parts[-2])] if len(parts) > 1 else [99, 99],
        "share": _frame(formatter.share(0.05)),
        "money": _frame(formatter.money(5)),
        "precision": get_currency_precision(formatter.currency),
        "months": [formatter.months(number) for number in range(12 * years + 1)],
        "under_a_month": formatter.months(0.5),
        **_sizes(Locale.parse(formatter.locale)),
    }


def _frame(text: str) -> list[str]:
    before, _, after = text.partition("5")
    return [before, after]


def _digits(text: str) -> list[str]:
    return "".join(sign if sign.isdigit() else " " for sign in text).split()


def _sizes(locale: Locale) -> dict[str, Any]:
    """The words for large amounts by plural form, and the rules that choose the form."""
    formats = locale.compact_decimal_formats
    by_form = formats["long"] if "long" in formats else formats["short"]
    sizes = []
    for text, pattern in sorted(by_form["other"].items(), key=lambda item: len(item[0])):
        words = {
            form: [patterns[text].prefix[0], patterns[text].suffix[0]]
            for form, patterns in by_form.items()
            if text in patterns
        }
        # "00 million" for 10,000,000 says that two digits stand before the word.
        size = {"from": len(text) - 1, "power": len(text) - pattern.pattern.count("0"), "words": words}
        if size["from"] <= _LEAST_WORD:
            sizes = [size]  # the largest at or below the first word stands for it
        else:
            sizes.append(size)
    plain = all(form == size["words"]["other"] for size in sizes for form in size["words"].values())
    rules = [] if plain else [[form, _rule(rule)] for form, rule in locale.plural_form.abstract]
    return {"sizes": sizes, "plurals": rules}


def _rule(node: Any) -> list[Any]:
    """Babel's tree of a plural rule as `["and", rule, rule]`, `["in", operand, [[low, high]]]` …"""
    kind, parts = node
    if kind in ("and", "or", "not"):
        return [kind, *(_rule(part) for part in parts)]
    if kind != "relation":
        raise ValueError(f"a plural rule has a part {kind!r}, which is not known")
    _, operand, (_, ranges) = parts
    return ["in", _operand(operand), [[low[1][0], high[1][0]] for low, high in ranges]]


def _operand(node: Any) -> Any:
    kind, parts = node
    return ["mod", _operand(parts[0]), parts[1][1][0]] if kind == "mod" else kind
