"""Writing an expression down, with the brackets that decide its value and no others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from casebook.formula.expression import (
    Computed,
    Constant,
    Expression,
    Input,
    Operation,
    Step,
    Year,
    walk,
)
from casebook.formula.operations import OPERATIONS, RUNNING_TOTALS

_ATOM = 9  # binds tighter than every operator


class Language(Protocol):
    """How a reader's language says the words and numbers of a formula; `Formatter` is one."""

    def say(self, phrase: str, /, **parts: object) -> str:
        """A fixed phrase, called by its English words."""
        ...

    def translate(self, text: str) -> str:
        """A text that may be a `Phrase`."""
        ...

    def number(self, value: float, *, exact: bool = False) -> str:
        """A bare number."""
        ...


class _English:
    """Plain English, for messages."""

    def say(self, phrase: str, /, **parts: object) -> str:
        return phrase.format(**parts) if parts else phrase

    def translate(self, text: str) -> str:
        return text

    def number(self, value: float, *, exact: bool = False) -> str:
        return f"{value:,.15g}"


ENGLISH: Language = _English()


def words(expression: Expression, language: Language = ENGLISH) -> str:
    """The formula with the labels of its inputs: `Passengers × Share influenced`."""
    return write(expression, lambda node: _label(node, language), language)


def _label(node: Expression, language: Language) -> str | None:
    if isinstance(node, Input | Step):
        return language.translate(node.label)
    if isinstance(node, Computed):
        return language.say("{name} (computed)", name=node.label)
    if isinstance(node, Year):
        return language.say("Year")
    if isinstance(node, Constant):
        number = _plain(node.amount, language)
        return f"{number} {language.translate(node.label)}" if node.label else number
    return None


def _plain(value: float | tuple[float, ...], language: Language) -> str:
    values = value if isinstance(value, tuple) else (value,)
    text = "; ".join(language.number(part, exact=True) for part in values)
    return f"({text})" if len(values) > 1 else text


def write(expression: Expression, leaf: Callable[[Expression], str | None], language: Language) -> str:
    """The expression as text; `leaf` gives the text of a node, or None for an operation to be taken apart."""
    written: dict[int, tuple[str, int]] = {}
    say = language.say
    for node in walk(expression):  # operands first, so that a sum of a thousand terms nests no calls
        text = leaf(node)
        taken_apart = text is None and isinstance(node, Operation)
        written[id(node)] = _operation(node, written, say) if taken_apart else (text or "", _ATOM)
    return written[id(expression)][0]


def _operation(
    node: Expression, written: dict[int, tuple[str, int]], say: Callable[..., str]
) -> tuple[str, int]:
    """The text of an operation, from those of its operands, and how tightly it binds."""
    assert isinstance(node, Operation)
    kind = OPERATIONS[node.name]
    texts = [written[id(operand)][0] for operand in node.operands]
    if node.name == "where":
        condition, yes, no = texts
        return say("({yes} if {condition}, otherwise {no})", yes=yes, condition=condition, no=no), _ATOM
    if node.name in RUNNING_TOTALS:
        return _running_total(node, texts[0], texts[1], say), _ATOM
    if node.name == "compound":
        return say("({first}, growing each year by {growth})", first=texts[0], growth=texts[1]), _ATOM
    if node.name == "previous":
        return say("last year's ({value}; in year 1: {first})", value=texts[0], first=texts[1]), _ATOM
    symbol = say(kind.symbol) if kind.is_word else kind.symbol
    if kind.precedence == 0:
        return f"{symbol} ({'; '.join(texts)})", _ATOM

    def bracketed(place: int, needed: int) -> str:
        text, binds = written[id(node.operands[place])]
        return text if binds >= needed else f"({text})"

    if len(texts) == 1:
        return symbol + bracketed(0, kind.precedence), kind.precedence
    # a − (b − c), a ÷ (b × c) and (a ^ b) ^ c keep the brackets that decide their value.
    tighter = kind.precedence + 1
    right = node.operands[1]
    loose = node.name in ("+", "*", "and", "or") and isinstance(right, Operation) and right.name == node.name
    left_text = bracketed(0, tighter if node.name == "**" else kind.precedence)
    right_text = bracketed(1, kind.precedence if loose else tighter)
    return f"{left_text} {symbol} {right_text}", kind.precedence


def _running_total(node: Operation, flow: str, keep: str, say: Callable[..., str]) -> str:
    kept = node.operands[1]
    keeps_all = isinstance(kept, Constant) and kept.amount == 1
    if node.name == "cumulative_average":
        if keeps_all:
            return say("running total of ({flow}; half in its first year)", flow=flow)
        return say(
            "running total of ({flow}; half in its first year; kept each year: {keep})", flow=flow, keep=keep
        )
    if keeps_all:
        return say("running total of ({flow})", flow=flow)
    return say("running total of ({flow}; kept each year: {keep})", flow=flow, keep=keep)
